/**
 * The ABI of the core, on one page. Exports only; every computation is one hop away.
 *
 * Pointers are byte addresses into the exported memory; counts are in doubles unless named bytes. Kernels take pointers
 * and sizes and allocate nothing; `…Scratch` and `…Bytes` say, as f64 since it may exceed 2³², what they need. The heap is
 * the TypeScript side's: everything from __heap_base on (src/core/instance.ts).
 */
export { addScaled, scale } from './dense/elementwise';
export { multiplyByRows, multiplyByTransposed } from './dense/gemm';
export { gram, gramScratch } from './dense/gram';
export { multiplyVector } from './dense/matvec';
export { frobeniusNorm, maxAbs, sumOfSquares } from './dense/norm';
export { squareRows } from './dense/square';

export { activate, thirdDerivative } from './network/activation';
export {
  jetBytes,
  networkBytes,
  setData,
  setForms,
  setJets,
  setLayer,
  setNetwork,
  setPacked,
  tapeBytes,
} from './network/network';
export { backward, forward, forwardAgain, gradient } from './network/pass';
export { evaluateLoss } from './network/loss';
export { batchSize, factorsBytes, factorsPerSample } from './network/block';
export { absorbScales, computeFactors, factorsScratch, normalize, releaseScales } from './network/factors';
export { adjointsBytes, adjointsPerSample, clearAdjoints, unscale } from './network/adjoint-block';
export { pullBack, pullBackScratch } from './network/adjoint';

export { fillPairRows, pairRowsBytes, pairRowsPerSample, pairRowsScratch } from './curvature/pairs';
export { sampleSums, sampleSumsLength, sampleSumsScratch } from './curvature/samples';
export { momentsScratch, momentsTile } from './curvature/moments';
export { TILE } from './curvature/tile';
export { normalizeRows, orthogonalityScratch, orthogonalityTile } from './curvature/orthogonality';
export { addToHessian, blockSquares, complete, hessianScratch } from './curvature/hessian';
export { addCrossAdjoints, crossAdjointsScratch } from './curvature/cross-adjoints';
export {
  clearRowAdjoints,
  columnsDoubles,
  fillColumns,
  rowAdjointsPerSample,
  spreadRowAdjoints,
} from './curvature/adjoint-rows';
export { gradientScratch, gradientTile } from './curvature/moments-gradient';
export { contractHessian, contractIdentity, contractionScratch } from './curvature/contraction';
export { hessianVectorProduct, hvpScratch } from './curvature/hvp';
export { transferColumns, transferRows, transferScratch } from './curvature/transfers';
export { gatherUnit, scatterUnit, unitBlock, unitOrder, unitScratch } from './curvature/units';
export { unitMomentsScratch, unitMomentsTile, unitTerms, unitTermsDoubles } from './curvature/unit-moments';

export { gatherSamples } from './training/batch';
export { adamStep, momentumStep } from './training/updates';

export { clearNegligible, finish, gatherRows, prepare } from './eigen/eigh';
export { PANEL, reducePanel, reductionScratch, updateRest } from './eigen/tridiagonal';
export { implicitQl, negligibleIn, rootFreeQl, SWEEPS_PER_VALUE } from './eigen/ql';
export {
  assemble,
  choose,
  deflate,
  mergeBytes,
  mergeScratch,
  secularRoots,
  secularVectors,
  secularWeights,
  tear,
} from './eigen/divide-conquer';
export { orthogonalize } from './eigen/lanczos';
export { orthogonalityRatio, residualRatio } from './eigen/residuals';
export { naturalOrder } from './eigen/sort';
export { applyReflectors, reflectorsScratch, RUN } from './eigen/reflectors';

/** First byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
