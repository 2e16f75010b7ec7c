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
import { blockTotal, chooseRoute, type MomentResults, momentSteps, total } from './moments.js';
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
  const moments = yield* within(0, MOMENTS, momentSteps(network, data, route, blockBytes));
  return yield* within(MOMENTS, 1, gradientOfBound(network, data, moments, blockBytes));
}

/** The same where the moments are known. */
export function* gradientOfBound(
  network: CheckedNetwork,
  data: CheckedDataset,
  moments: MomentResults,
  blockBytes?: number,
): Steps<BoundGradient> {
  const { largest } = wolkowiczStyan({ ...moments.loss, order: network.parameters });
  const weights = chainRule(network, data.samples, moments.sums);
  return {
    upper: shifted(largest, network.weightDecay).upper,
    gradient: yield* readingGradient(network, data, moments, weights, 'the bound', blockBytes),
  };
}

/** ∇‖H‖_F = ∇Q / (2‖H‖_F), of H without weight decay; 0 where H is 0. */
export function* normGradientSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  route = chooseRoute(network, data.samples),
): Steps<Float64Array> {
  const moments = yield* within(0, MOMENTS, momentSteps(network, data, route));
  const squares = blockTotal(network, moments.sums.squares);
  const weights = { trace: 0, squares: squares > 0 ? 1 / (2 * Math.sqrt(squares)) : 0 };
  const name = 'the norm of its Hessian';
  return yield* within(MOMENTS, 1, readingGradient(network, data, moments, weights, name));
}

/** The gradient of what is read from the moments of sums.scale · H, from its derivatives by T and Q. */
function* readingGradient(
  network: CheckedNetwork,
  data: CheckedDataset,
  { sums }: MomentResults,
  weights: { trace: number; squares: number },
  name: string,
  blockBytes?: number,
): Steps<Float64Array> {
  const scaled = yield* momentGradientSteps(network, data, sums, weights, blockBytes);
  return scaled.map((entry) => finite(entry / sums.scale, `network: the gradient of ${name}`));
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
