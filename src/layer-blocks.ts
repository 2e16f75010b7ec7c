/**
 * The layer-block bound: λ_1(H) ≤ λ_1(A) for the L × L matrix A of bounds on the layers' blocks, A_ll ≥ λ_1(H^ll) by Wolkowicz and Styan and
 * A_lk = ‖H^lk‖_F. For a unit vector x, cut into layers, xᵀ H x ≤ Σ A_ll ‖x_l‖² + Σ_{l≠k} A_lk ‖x_l‖ ‖x_k‖ ≤ λ_1(A).
 */
import { largestAtMost } from './bounds.js';
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { type LossMoments } from './moments.js';

/** An upper bound on λ_1, weight decay apart. */
export function* layerBlockSteps({ layers, crossNorms }: LossMoments): Steps<number> {
  const order = layers.length;
  const a = crossNorms.slice();
  layers.forEach(({ parameters, trace, frobeniusNorm }, l) => {
    a[l * (order + 1)] = largestAtMost(parameters, trace, frobeniusNorm);
  });
  return yield* largestOfBlocks(a, order);
}

/** λ_1 of the symmetric order × order matrix a, from above. */
export function* largestOfBlocks(a: Float64Array, order: number): Steps<number> {
  const { values } = yield* perform(kinds.eigh, { a, order, wanted: { vectors: false } });
  const size = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // eigh's residuals stay below 10 n ε ‖A‖ (docs/eigensolver.md), and ‖A‖ ≤ n max|a|.
  return values[order - 1] + 32 * order * order * Number.EPSILON * size;
}
