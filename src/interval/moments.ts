/** Trace and Frobenius norm of the Hessian, proven: those of H̃ (rows.ts) from pairs of samples, and how far H can be from it. */
import { type Interval } from '../bounds.js';
import { type CheckedNetwork } from '../network.js';
import { inflation } from './balls.js';
import { TILE } from './gram.js';
import { above, add, below, gamma, point } from './interval.js';
import { type BlockSums, longestPath } from './rows.js';
import { perronBound, largestEigenvalue, rootUp, type SquareMoments, sumOfSquaresUp } from './spectrum.js';

/** Of 2^exponent H̃. */
export interface ProvenMoments {
  exponent: number;
  /** Encloses λ_1(H̃) and all else about it, by the order, trace and squared norm of H̃ and of its diagonal blocks. */
  whole: SquareMoments;
  layers: SquareMoments[];
  /** L × L, entries l ≤ k: ‖H̃^{lk}‖_F². */
  squares: Interval[];
  /** L × L, entries l ≤ k: at least ‖H^{lk} − H̃^{lk}‖_F; and of all. */
  errors: Float64Array;
  error: number;
  /** At least ‖B‖_F (rows.ts). */
  beta: number;
}

/** squares: of the blocks l ≤ k, as stripSquares gives them, for each strip. */
export function provenMoments(
  network: CheckedNetwork,
  exponent: number,
  { betas, errors, traces }: BlockSums,
  strips: Float64Array[],
): ProvenMoments {
  const { layers } = network;
  const depth = layers.length;
  // Within a tile, over tiles (compensated) and here, over strips (compensated again, by the few that they are).
  const path = longestPath(network) + 2 * TILE + strips.length + 24;
  const squares = betas.map((_, b) => strips.reduce((sum, strip) => sum + strip[b], 0));
  const enclosed = Array.from(squares, (sum, b): Interval => {
    const reach = gamma(path) * betas[b] * betas[b] * inflation(8) + 1e-290;
    return { lower: Math.max(0, below(sum - reach)), upper: above(sum + reach) };
  });
  const orders = layers.map(({ weights, bias }) => weights.length + (bias?.length ?? 0));
  let [total, trace] = [point(0), point(0)];
  for (let l = 0; l < depth; l++) {
    trace = add(trace, traces[l]);
    for (let k = l; k < depth; k++) {
      const block = enclosed[l * depth + k];
      total = add(total, block);
      if (k > l) total = add(total, block);
    }
  }
  return {
    exponent,
    whole: { order: network.parameters, trace, squares: total },
    layers: orders.map((order, l) => ({ order, trace: traces[l], squares: enclosed[l * (depth + 1)] })),
    squares: enclosed,
    errors,
    error: blockNorm(depth, errors),
    beta: blockNorm(depth, betas),
  };
}

/** λ_1(H) ≤ λ_1(A), A_ll ≥ λ_1(H^ll), A_lk ≥ ‖H^lk‖_F (src/layer-blocks.ts). Of 2^exponent H. */
export function layerBlockBound({ layers, squares, errors }: ProvenMoments): number {
  const depth = layers.length;
  const a = new Float64Array(depth * depth);
  for (let l = 0; l < depth; l++) {
    for (let k = l; k < depth; k++) {
      const b = l * depth + k;
      const bound = k === l ? largestEigenvalue(layers[l]).upper : rootUp(squares[b].upper);
      a[b] = a[k * depth + l] = above(bound + errors[b]);
    }
  }
  return perronBound(depth, a);
}

/** At least the Frobenius norm of a symmetric matrix of blocks, from those of the blocks l ≤ k. */
function blockNorm(depth: number, blocks: Float64Array): number {
  const both: number[] = [];
  for (let l = 0; l < depth; l++) {
    for (let k = 0; k < depth; k++) both.push(blocks[Math.min(l, k) * depth + Math.max(l, k)]);
  }
  return rootUp(sumOfSquaresUp(both));
}
