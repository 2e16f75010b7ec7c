/**
 * The Wolkowicz–Styan bound on λ_1 as a function of the parameters, and its gradient, which descends toward flat minima:
 *
 *   U = μ + √(P−1) s,   μ = T/P,  s² = Q/P − μ²,   T = tr H,  Q = ‖H‖_F²
 *   ∇U = α ∇T + β ∇Q,   α = (1 − √(P−1) μ/s) / P,  β = √(P−1) / (2 s P)
 *
 * so that one reverse pass with the weights α and β gives it (core/moments-gradient.ts). Weight decay shifts U and leaves ∇U as it is.
 * At s = 0, where all eigenvalues agree, U has a corner; then ∇U := ∇T / P, the gradient of the mean.
 */
import { shifted, wolkowiczStyan } from './bounds.js';
import { type Steps, within } from './core/job.js';
import { finite } from './core/model.js';
import { type MomentSums } from './core/moments.js';
import { momentGradientSteps } from './core/moments-gradient.js';
import { blockTotal, chooseRoute, momentSteps, total } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';

/** A bound on the largest eigenvalue and how it changes with the parameters. */
export interface BoundGradient {
  /** ≥ λ_1, guaranteed: the bound wolkowiczStyan of sharpness. */
  upper: number;
  /** ∂U/∂θ: P entries. */
  gradient: Float64Array;
}

/** The part of the way that the moments are: the gradient takes some three times as long. */
const MOMENTS = 0.25;

export function* boundGradientSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  route = chooseRoute(network, data.samples),
  blockBytes?: number,
): Steps<BoundGradient> {
  const { loss, sums } = yield* within(0, MOMENTS, momentSteps(network, data, route, blockBytes));
  const { largest } = wolkowiczStyan({ ...loss, order: network.parameters });
  const weights = chainRule(network, data.samples, sums);
  const steps = momentGradientSteps(network, data, sums, weights, blockBytes);
  const scaled = yield* within(MOMENTS, 1, steps);
  const gradient = scaled.map((entry) => finite(entry / sums.scale, 'network: the gradient of the bound'));
  return { upper: shifted(largest, network.weightDecay).upper, gradient };
}

/** α and β, of the moments of scale · H. */
function chainRule(
  network: CheckedNetwork,
  samples: number,
  sums: MomentSums,
): { trace: number; squares: number } {
  const P = network.parameters;
  const mean = total(sums.traces) / P;
  const square = blockTotal(network, sums.squares) / P;
  const variance = square - mean * mean;
  const widest = network.layers.reduce((most, { inputs, outputs }) => Math.max(most, inputs, outputs), 0);
  if (P === 1 || !(variance > Number.EPSILON * (16 + samples + widest) * square)) {
    return { trace: 1 / P, squares: 0 };
  }
  const deviation = Math.sqrt(variance);
  const factor = Math.sqrt(P - 1) / deviation;
  return { trace: (1 - factor * mean) / P, squares: factor / (2 * P) };
}
