/**
 * The ABI of the core, on one page. Exports only; every computation is one hop away.
 *
 * Pointers are byte addresses into the exported memory; counts are in doubles unless named bytes. Kernels take pointers
 * and sizes and allocate nothing; `…Scratch` and `…Bytes` say, as f64 since it may exceed 2³², what they need. The heap is
 * the TypeScript side's: everything from __heap_base on (src/core/instance.ts).
 */
export { gram } from './dense/gram';
export { frobeniusNorm, maxAbs } from './dense/norm';
export { mirror } from './dense/transpose';

export { activate } from './network/activation';
export { networkBytes, setData, setLayer, setNetwork, tapeBytes } from './network/network';
export { backward, backwardScratch, forward, gradient, gradientScratch } from './network/pass';
export { evaluateLoss } from './network/loss';
export { factorsBytes, factorsPerSample } from './network/block';
export { computeFactors, factorsScratch, normalize } from './network/factors';

export { momentsDiagonal, momentsScratch, momentsTile, TILE } from './curvature/moments';
export { normalizeRows, orthogonalityScratch, orthogonalityTile } from './curvature/orthogonality';
export { addToHessian, blockSquares, hessianScratch } from './curvature/hessian';
export { hessianVectorProduct, hvpScratch } from './curvature/hvp';

export { finish, prepare } from './eigen/eigh';
export { formTransposedQ, tridiagonalize } from './eigen/tridiagonal';
export { qlEigenvalue, qlNegligible } from './eigen/ql';

/** First byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
