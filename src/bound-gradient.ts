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
import { type MomentSums, type Route } from './core/moments.js';
import { momentGradientSteps } from './core/moments-gradient.js';
import { blockTotal, chooseRoute, type LossMoments, momentSteps, total } from './moments.js';
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
  const found = yield* readingGradient(network, data, route, blockBytes, 'the bound', chainRule);
  const { largest } = wolkowiczStyan({ ...found.loss, order: network.parameters });
  return { upper: shifted(largest, network.weightDecay).upper, gradient: found.gradient };
}

/** ∇‖H‖_F = ∇Q / (2‖H‖_F), of H without weight decay; 0 where H is 0. */
export function* normGradientSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  route = chooseRoute(network, data.samples),
): Steps<Float64Array> {
  const rule: ChainRule = (_, __, sums) => {
    const squares = blockTotal(network, sums.squares);
    return { trace: 0, squares: squares > 0 ? 1 / (2 * Math.sqrt(squares)) : 0 };
  };
  return (yield* readingGradient(network, data, route, undefined, 'the norm of its Hessian', rule)).gradient;
}

/** The weights of ∇T and ∇Q in a gradient, of the moments of sums.scale · H. */
type ChainRule = (
  network: CheckedNetwork,
  samples: number,
  sums: MomentSums,
) => { trace: number; squares: number };

/** The gradient of what is read from the moments by a rule, and the moments. */
function* readingGradient(
  network: CheckedNetwork,
  data: CheckedDataset,
  route: Route,
  blockBytes: number | undefined,
  name: string,
  rule: ChainRule,
): Steps<{ loss: LossMoments; gradient: Float64Array }> {
  const { loss, sums } = yield* within(0, MOMENTS, momentSteps(network, data, route, blockBytes));
  const weights = rule(network, data.samples, sums);
  const steps = momentGradientSteps(network, data, sums, weights, blockBytes);
  const scaled = yield* within(MOMENTS, 1, steps);
  const gradient = scaled.map((entry) => finite(entry / sums.scale, `network: the gradient of ${name}`));
  return { loss, gradient };
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
