/**
 * Why the bound is as large as it is. The upper bound of Wolkowicz and Styan tends to ‖H‖_F for large P, so that what carries the norm carries the
 * bound: which layers, which part of the curvature, which samples. Nothing here enters a bound.
 */
import { gradientOfBound } from './bound-gradient.js';
import { largestAtMost, shifted } from './bounds.js';
import { alignment, type AlignmentResult } from './core/alignment.js';
import { chooseForms } from './core/forms.js';
import { perform, type Steps, within } from './core/job.js';
import { type Matrix } from './matrix.js';
import { blockTotal, chooseRoute, type MomentResults, momentSteps } from './moments.js';
import { type CheckedDataset, type CheckedNetwork, type Part, partOf } from './network.js';
import { dot } from './split.js';

/** Shares are of ‖H‖_F² without weight decay, and 0 where that is 0. Layers and samples count from 0. */
export interface Explanation {
  /** L × L, of the blocks of layers: symmetric, adds up to 1. */
  blocks: Matrix;
  /** H = G + E, the Gauss–Newton part and the residual part; mixed: 2 ⟨G, E⟩_F. The three shares add up to 1. */
  parts: { gaussNewton: PartShare; residual: PartShare; mixed: number };
  samples: {
    /** Σ_i ‖H_i‖_F², what would be left if the samples' own Hessians were orthogonal to each other. */
    own: number;
    /** ⟨H_i, H⟩_F of each sample, N: they add up to 1. */
    shares: Float64Array;
    /** The pairs with the largest products 2 ⟨H_i, H_j⟩_F, from the largest, up to ten. */
    pairs: AlignedPair[];
  };
  /** ∂ log U / ∂ log ‖·‖, how the upper bound of Wolkowicz and Styan goes with the norm of each layer's weights, and of its bias. */
  sensitivities: { weights: number; bias?: number }[];
  /**
   * What norm and bound would be if the inputs, with the 1 that a bias appends to them, were orthogonal to each other and all else were as it is:
   * the products of different samples' inputs left out of ‖H‖_F.
   */
  orthogonal: { frobeniusNorm: number; upper: number };
}

export interface PartShare {
  trace: number;
  frobeniusNorm: number;
  share: number;
}

export interface AlignedPair {
  /** i < j. */
  samples: [number, number];
  share: number;
  /** ⟨H_i, H_j⟩_F / (‖H_i‖_F ‖H_j‖_F). */
  cosine: number;
  /** The cosine of the inputs as given; 0 for a row of zeros. */
  inputCosine: number;
}

const MOST_PAIRS = 10;

/** As much work as the moments by pairs of samples twice, and the moments five times or a little more; and those themselves, if not known. */
export function* explanationSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  known?: MomentResults,
): Steps<Explanation> {
  const route = chooseRoute(network, data.samples);
  const given = known ?? (yield* within(0, 0.1, momentSteps(network, data, route)));
  const { sums } = given;
  const squares = blockTotal(network, sums.squares);
  const forms = chooseForms(network, data.samples).map((form) => ({ ...form, linear: false }));
  // Of a Hessian of zeros the scale is one that leaves the range.
  const scale = squares === 0 ? 1 : sums.scale;
  const payload = { network, data, scale, forms, most: MOST_PAIRS };
  const aligned = yield* within(0.1, 0.25, perform(alignment, payload));
  const [gaussNewton, residual] = [
    yield* within(0.25, 0.4, partSteps(network, data, 'gaussNewton')),
    yield* within(0.4, 0.5, partSteps(network, data, 'residual')),
  ];
  const shareOf = (norm: number): number => fraction((norm * sums.scale) ** 2, squares);
  const shares = [gaussNewton, residual].map(({ frobeniusNorm }) => shareOf(frobeniusNorm));
  return {
    blocks: blockShares(network, sums.squares, squares),
    parts: {
      gaussNewton: { ...gaussNewton, share: shares[0] },
      residual: { ...residual, share: shares[1] },
      mixed: squares > 0 ? 1 - shares[0] - shares[1] : 0,
    },
    samples: sampleShares(network, data, aligned, squares),
    sensitivities: yield* within(0.5, 1, sensitivitySteps(network, data, given)),
    orthogonal: orthogonalBound(network, given, aligned),
  };
}

function* partSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  name: Part,
): Steps<Omit<PartShare, 'share'>> {
  const part = partOf(network, name);
  const { moments } = yield* momentSteps(part, data, chooseRoute(part, data.samples));
  return { trace: moments.trace, frobeniusNorm: moments.frobeniusNorm };
}

/** blocks: squared norms, those with l ≤ k. */
function blockShares({ layers }: CheckedNetwork, blocks: Float64Array, squares: number): Matrix {
  const depth = layers.length;
  const data = blocks.map((_, at) => {
    const [l, k] = [Math.floor(at / depth), at % depth];
    return fraction(blocks[Math.min(l, k) * depth + Math.max(l, k)], squares);
  });
  return { rows: depth, cols: depth, data };
}

function sampleShares(
  { inputs: width }: CheckedNetwork,
  { inputs }: CheckedDataset,
  { pairs, shares, own }: AlignmentResult,
  squares: number,
): Explanation['samples'] {
  const row = (i: number): Float64Array => inputs.subarray(i * width, (i + 1) * width);
  return {
    own: fraction(
      own.reduce((sum, x) => sum + x, 0),
      squares,
    ),
    shares: shares.map((x) => fraction(x, squares)),
    pairs: pairs.map(({ i, j, product }) => ({
      samples: [i, j],
      share: fraction(2 * product, squares),
      cosine: fraction(product, Math.sqrt(own[i]) * Math.sqrt(own[j])),
      inputCosine: cosine(row(i), row(j)),
    })),
  };
}

/** ⟨∇_W U, W⟩ / U. */
function* sensitivitySteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  moments: MomentResults,
): Steps<Explanation['sensitivities']> {
  const { upper, gradient } = yield* gradientOfBound(network, data, moments);
  let offset = 0;
  const along = (parameters: Float64Array): number => {
    const sum = dot(parameters, gradient.subarray(offset, offset + parameters.length));
    offset += parameters.length;
    return fraction(sum, upper);
  };
  return network.layers.map(({ weights, bias }) => ({
    weights: along(weights),
    ...(bias && { bias: along(bias) }),
  }));
}

/** In the blocks of the first layer only a sample's products with itself are left. */
function orthogonalBound(
  network: CheckedNetwork,
  { sums, loss }: MomentResults,
  { ownBlocks }: AlignmentResult,
): Explanation['orthogonal'] {
  const depth = network.layers.length;
  const blocks = sums.squares.map((square, at) => (at < depth ? ownBlocks[at] : square));
  const norm = Math.sqrt(blockTotal(network, blocks)) / sums.scale;
  const upper = largestAtMost(network.parameters, loss.trace, { lower: norm, upper: norm });
  return { frobeniusNorm: norm, upper: shifted({ lower: upper, upper }, network.weightDecay).upper };
}

/** 0 of nothing. */
function fraction(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** In units that keep squares in range. */
function cosine(x: Float64Array, y: Float64Array): number {
  const [a, b] = [x, y].map((row) => {
    const size = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return size === 0 ? row : row.map((value) => value / size);
  });
  return fraction(dot(a, b), Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)));
}
