/**
 * The bound from norms alone: no labels, and no forward pass where activations are bounded. As in assembly/network/factors.ts layers
 * count from 0, ã^l are the inputs of layer l and z^l what it computes. For every sample, w_l ≥ ‖W^l‖ and c_0, c_1, c_2 ≥ |φ|, |φ'|, |φ''|,
 *
 *   d_l = c_1 w_{l+1} d_{l+1}                                                    ≥ ‖δ^l‖
 *   σ_l = c_1² w_{l+1}² σ_{l+1} + c_2 max_a sup_δ |(W^{l+1}ᵀ δ)_a|               ≥ ‖S^l‖
 *   s_l = min(c_1² w_{l+1}² s_{l+1} + c_2 w_{l+1} d_{l+1}, √n_l σ_l)             ≥ ‖S^l‖_F
 *   β_lk = Π_{l≤j<k} c_1 w_{j+1} ≥ ‖∂z^k/∂z^l‖,   τ_lk = c_1 β_{l,k−1} ≥ ‖T^{lk}‖,   μ_lk = β_lk σ_k ≥ ‖M^{lk}‖
 *
 * from the loss constants down, through the activation of the last layer as if W^L = I followed it. With h_l ≥ ‖ã^l‖, ĥ_l ≥ its root mean
 * square over the samples, ĥ_0⁴ = κ_4, the blocks of the mean Hessian satisfy
 *
 *   ‖H^{ll}‖ ≤ σ_l ĥ_l²,   ‖H^{lk}‖ ≤ ĥ_l (μ_lk ĥ_k + τ_lk d_k),   ‖H^{0k}‖ ≤ μ_0k min(√κ_2 h_k, ĥ_0 ĥ_k) + √κ_2 τ_0k d_k
 *
 * and λ_1 is at most that of the matrix of these numbers (src/layer-blocks.ts). Frobenius norms likewise, from s_l and ranks.
 * docs/bounds.md has the proofs. It shows what the sharpness is made of, at the price of looseness; it is never the sharpest bound.
 */
import { type Norms, type RowNorms, type WantedNorms } from './core/norms.js';
import { type Steps } from './core/job.js';
import { largestOfBlocks } from './layer-blocks.js';
import { type Activation, type CheckedDataset, type CheckedNetwork } from './network.js';

/** Suprema of |φ|, |φ'|, |φ''| over the real line, rounded up. */
const SUPREMA: Record<Activation, readonly [number, number, number]> = {
  identity: [Infinity, 1, 0],
  tanh: [1, 1, 0.769800358919502], // 4 / (3√3)
  sigmoid: [1, 0.25, 0.0962250448649379], // 1 / (6√3)
  softplus: [Infinity, 1, 0.25],
  gelu: [Infinity, 1.12890414518516, 0.797884560802866], // at √2; 2/√(2π)
  'gelu-tanh': [Infinity, 1.12899306865878, 0.797884560802866], // at 1.4185; 2/√(2π)
  silu: [Infinity, 1.09983932012887, 0.5],
  sin: [1, 1, 1],
  arctan: [1.5707963267949, 1, 0.649519052838329], // π/2; 3√3/8
  erf: [1, 1.12837916709552, 0.967882898076574], // 2/√π; 2√2 / √(πe)
};

/** What cannot be known without the network's outputs. */
export type Measured = 'activations' | 'errors';

/** What the bound is made of beside the network's shape and constants. */
export interface APrioriIngredients {
  kappa2: number;
  kappa4: number;
  norms: Norms;
}

/** Upper bounds, weight decay apart. */
export interface APriori {
  largest: number;
  frobeniusNorm: number;
}

/** Bounds that hold for every sample (of ã in the mean: rms). One entry a layer; of pairs l ≤ k, at [l][k]. */
export interface SampleBounds {
  /** d, σ, s. */
  errors: number[];
  curvatures: number[];
  curvatureNorms: number[];
  /** β and, for l < k, τ. */
  sensitivities: number[][];
  transfers: number[][];
  /** h and ĥ; of layer 0, √κ₂ and κ₄^¼ stand in their places. */
  inputs: RowNorms[];
}

/** Which norms the form takes from a forward pass: of activations without a bound of their own, of the errors with squared error. */
export function aPrioriNeeds(network: CheckedNetwork): WantedNorms {
  const hidden = network.layers.slice(0, -1);
  return {
    unbounded: hidden.map(({ activation }) => SUPREMA[activation][0] === Infinity),
    errors: network.loss === 'squared-error',
    centred: seesDifferences(network),
  };
}

export function measuredFor(network: CheckedNetwork): Measured[] {
  const { unbounded, errors } = aPrioriNeeds(network);
  return [
    ...(unbounded.includes(true) ? (['activations'] as const) : []),
    ...(errors ? (['errors'] as const) : []),
  ];
}

export function* aPrioriSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  given: APrioriIngredients,
): Steps<APriori> {
  const order = network.layers.length;
  const { spectral, frobenius } = blockBounds(network, sampleBounds(network, data, given));
  const slack = 1 + 4 * Number.EPSILON * roundings(network, data);
  const largest = spectral.every(Number.isFinite) ? yield* largestOfBlocks(spectral, order) : Infinity;
  return { largest: slack * largest, frobeniusNorm: slack * euclidean(frobenius) };
}

/** Exported for the tests, which hold every one of them against every sample. */
export function sampleBounds(
  network: CheckedNetwork,
  data: CheckedDataset,
  { kappa2, kappa4, norms }: APrioriIngredients,
): SampleBounds {
  const { layers } = network;
  const depth = layers.length;
  const { curvature, curvatureNorm, error, largestError } = lossConstants(network, data, norms.errorNorm);
  // Of the weights above each layer: the identity above the last.
  const above = [...norms.spectralNorms, 1];
  const errors = [error];
  const curvatures = [curvature];
  const curvatureNorms = [curvatureNorm];
  for (let l = depth - 1; l >= 0; l--) {
    const [, c1, c2] = SUPREMA[layers[l].activation];
    const gain = times(c1, above[l]);
    const steepest =
      l === depth - 1
        ? largestError
        : l === depth - 2 && layers[depth - 1].activation === 'identity'
          ? steepestOfLoss(network, data, norms)
          : times(norms.columnNorms[l], errors[0]);
    const sigma = times(gain, gain, curvatures[0]) + times(c2, steepest);
    const s = times(gain, gain, curvatureNorms[0]) + times(c2, above[l], errors[0]);
    curvatures.unshift(sigma);
    curvatureNorms.unshift(Math.min(s, times(Math.sqrt(layers[l].outputs), sigma)));
    errors.unshift(times(gain, errors[0]));
  }
  const [sensitivities, transfers] = [0, 1].map(() => layers.map(() => new Array<number>(depth).fill(0)));
  for (let l = 0; l < depth; l++) {
    sensitivities[l][l] = 1;
    for (let k = l + 1; k < depth; k++) {
      transfers[l][k] = times(SUPREMA[layers[k - 1].activation][1], sensitivities[l][k - 1]);
      sensitivities[l][k] = times(above[k - 1], transfers[l][k]);
    }
  }
  return {
    errors: errors.slice(0, depth),
    curvatures: curvatures.slice(0, depth),
    curvatureNorms: curvatureNorms.slice(0, depth),
    sensitivities,
    transfers,
    inputs: layers.map((layer, l) => {
      if (l === 0) return orthogonalityOf(kappa2, kappa4, norms.inputNorm);
      const [c0] = SUPREMA[layers[l - 1].activation];
      if (c0 === Infinity) return norms.activationNorms[l - 1]!;
      const h = Math.sqrt(layer.inputs * c0 * c0 + (layer.bias ? 1 : 0));
      return { largest: h, rms: h };
    }),
  };
}

/** Bounds on the spectral and the Frobenius norms of the blocks, L × L. */
export function blockBounds(
  { layers }: CheckedNetwork,
  { errors, curvatures, curvatureNorms, sensitivities, transfers, inputs }: SampleBounds,
): { spectral: Float64Array; frobenius: Float64Array } {
  const depth = layers.length;
  const [spectral, frobenius] = [0, 1].map(() => new Float64Array(depth * depth));
  for (let l = 0; l < depth; l++) {
    const { largest: first, rms } = inputs[l];
    spectral[l * (depth + 1)] = times(rms, rms, curvatures[l]);
    frobenius[l * (depth + 1)] = times(rms, rms, curvatureNorms[l]);
    // Of ∂a/∂z^l in the layers up to k: no more than the narrowest of them.
    let rank = layers[l].outputs;
    for (let k = l + 1; k < depth; k++) {
      const h = inputs[k];
      const mixed = times(sensitivities[l][k], curvatures[k]);
      const transferred = times(transfers[l][k], errors[k]);
      const mixedNorm = Math.min(
        times(sensitivities[l][k], curvatureNorms[k]),
        times(Math.sqrt(Math.min(rank, layers[k].outputs)), mixed),
      );
      const transferredNorm = times(Math.sqrt(rank), transferred);
      // In layer 0 √κ₂ goes with the largest norms of what stands beside it, ĥ_0 with root mean squares.
      const [scale, beside] = l === 0 ? [first, h.largest] : [rms, h.rms];
      const inputsOfBoth = Math.min(times(scale, beside), times(rms, h.rms));
      const norm = euclidean([
        times(mixedNorm, beside),
        transferredNorm,
        // (M δ)·(Tᵀ a), twice, is what the two have in common.
        Math.sqrt(2 * times(mixed, beside, transferred)),
      ]);
      const at = l * depth + k;
      const mirrored = k * depth + l;
      spectral[at] = spectral[mirrored] = times(inputsOfBoth, mixed) + times(scale, transferred);
      frobenius[at] = frobenius[mirrored] = times(scale, norm);
      rank = Math.min(rank, layers[k].outputs);
    }
  }
  return { spectral, frobenius };
}

/**
 * Whether the loss sees the last layer's outputs by their differences only: S 1 = 0 and δ·1 = 0, so that the mean of the weights over the
 * classes may be taken out.
 */
function seesDifferences(network: CheckedNetwork): boolean {
  return network.loss === 'softmax-cross-entropy' && network.layers.at(-1)!.activation === 'identity';
}

interface LossConstants {
  /** ≥ ‖S‖, ‖S‖_F, ‖δ‖ and max_j |δ_j| at the predictions. */
  curvature: number;
  curvatureNorm: number;
  error: number;
  largestError: number;
}

function lossConstants(
  network: CheckedNetwork,
  data: CheckedDataset,
  errorNorm: number | undefined,
): LossConstants {
  const root = Math.sqrt(network.outputs);
  switch (network.loss) {
    case 'softmax-cross-entropy': {
      const s = labelSum(network, data);
      return { curvature: s / 2, curvatureNorm: s / 2, error: s * Math.SQRT2, largestError: s };
    }
    case 'sigmoid-cross-entropy':
      return { curvature: 1 / 4, curvatureNorm: root / 4, error: root, largestError: 1 };
    case 'squared-error':
      return { curvature: 1, curvatureNorm: root, error: errorNorm!, largestError: errorNorm! };
  }
}

/** max_a sup_δ |(Wᵀ δ)_a| for the last layer: δ is a difference of two distributions, or lies in a cube, or in a ball. */
function steepestOfLoss(network: CheckedNetwork, data: CheckedDataset, norms: Norms): number {
  const { weights, inputs, outputs } = network.layers.at(-1)!;
  if (network.loss === 'squared-error') return times(norms.columnNorms.at(-1)!, norms.errorNorm!);
  const softmax = network.loss === 'softmax-cross-entropy';
  let steepest = 0;
  for (let a = 0; a < inputs; a++) {
    let [low, high, sum] = [Infinity, -Infinity, 0];
    for (let j = 0; j < outputs; j++) {
      const x = weights[j * inputs + a];
      low = Math.min(low, x);
      high = Math.max(high, x);
      sum += Math.abs(x);
    }
    steepest = Math.max(steepest, softmax ? high - low : sum);
  }
  return softmax ? times(labelSum(network, data), steepest) : steepest;
}

/** The largest sum of a sample's soft labels, which is 1 within 1e-6, and scales S and δ; at least 1. */
function labelSum({ outputs }: CheckedNetwork, { samples, targets }: CheckedDataset): number {
  let largest = 1;
  for (let i = 0; i < samples; i++) {
    let sum = 0;
    for (let j = 0; j < outputs; j++) sum += targets[i * outputs + j];
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** √κ₂ and κ₄^¼; where κ has left the range in which it is accurate, the largest ‖x̃_i‖, which is at least that. */
function orthogonalityOf(kappa2: number, kappa4: number, inputNorm: number): RowNorms {
  const ordinary = (kappa: number): boolean => kappa > 1e-290 && kappa < 1e290;
  return {
    largest: ordinary(kappa2) ? Math.sqrt(kappa2) : inputNorm,
    rms: ordinary(kappa4) ? Math.sqrt(Math.sqrt(kappa4)) : inputNorm,
  };
}

/**
 * How many roundings lie on the longest path: some sixty a layer, and the sums behind κ₂, κ₄ and the norms. Those of a K_ij are relative to
 * ‖ã_i‖ ‖ã_j‖, at most N times what the diagonal contributes to κ.
 */
function roundings({ layers, inputs }: CheckedNetwork, { samples }: CheckedDataset): number {
  const widths = layers.reduce((sum, layer) => sum + layer.outputs, 0);
  return 64 * (layers.length + 1) + widths + samples + inputs * samples;
}

const SMALLEST_NORMAL = 2 ** -1022;

/** The product of numbers ≥ 0, from above: 0 only if one of them is, whatever the others are, and never below the normal range otherwise. */
function times(...factors: number[]): number {
  if (factors.includes(0)) return 0;
  return factors.reduce((product, x) => Math.max(SMALLEST_NORMAL, product * x));
}

/** √Σ x² in units of the largest, so that no square leaves the range; ∞ where an entry has left it. */
function euclidean(x: ArrayLike<number>): number {
  const entries = Array.from(x);
  const size = Math.max(...entries);
  if (size === 0) return 0;
  if (!Number.isFinite(size)) return Infinity;
  return size * Math.sqrt(entries.reduce((sum, value) => sum + (value / size) * (value / size), 0));
}
