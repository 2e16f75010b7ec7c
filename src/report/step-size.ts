/**
 * What the bracket says of gradient descent. On the quadratic model a step η multiplies the error along an eigenvector by 1 − η λ: it oscillates
 * and grows where λ > 2/η, so nowhere if η < 2 / upper, and somewhere if η > 2 / lower. Heavy-ball momentum β makes 2 (1 + β) of the 2
 * (B. Polyak, 1964). Directions with λ < 0 are left at every step size, as they should be.
 */
import { type Analysis } from './analysis.js';
import { significantDown, significantUp } from './numbers.js';
import { type Style, wrap } from './style.js';

export const STEP_CAVEAT =
  'Of full batches; with momentum β both times 1 + β, with mini-batches less. Training tends to hover at λ_max ≈ 2/η (edge of stability).';

/** Printed, rounded to the safe side. */
export interface StepSizes {
  /** 2 / upper: stable below. */
  stable: string;
  /** 2 / lower: not stable above, if lower > 0. */
  growing?: string;
}

/** Nothing where no curvature need be positive. */
export function stepSizes({ lower, upper }: Analysis): StepSizes | undefined {
  if (!(upper > 0)) return undefined;
  return {
    stable: `η < ${significantDown(2 / upper)}`,
    ...(lower > 0 && { growing: `η > ${significantUp(2 / lower)}` }),
  };
}

export function stepSize(analysis: Analysis, width: number, paint: Style): string[] {
  const found = stepSizes(analysis);
  if (!found) return [];
  const { stable, growing } = found;
  const length = Math.max(stable.length, growing?.length ?? 0);
  const rows = [
    paint.green(paint.bold(stable.padEnd(length))) +
      paint.dim('   stable on the quadratic model (2 / upper)'),
    ...(growing ? [growing.padEnd(length) + paint.dim('   oscillates and grows (2 / lower)')] : []),
  ];
  return [...rows, ...wrap(STEP_CAVEAT, width).map(paint.dim)];
}
