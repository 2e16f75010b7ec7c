/**
 * What the bracket says of gradient descent. On the quadratic model a step η multiplies the error along an eigenvector by 1 − η λ: it oscillates
 * and grows where λ > 2/η, so nowhere if η < 2 / upper, and somewhere if η > 2 / lower. Heavy-ball momentum β makes 2 (1 + β) of the 2
 * (B. Polyak, 1964). Directions with λ < 0 are left at every step size, as they should be.
 */
import { type Analysis } from './analysis.js';
import { significantDown, significantUp } from './numbers.js';
import { type Style, wrap } from './style.js';

const CAVEAT =
  'Of full batches; with momentum β both times 1 + β, with mini-batches less. Training tends to hover at λ_max ≈ 2/η (edge of stability).';

export function stepSize({ lower, upper }: Analysis, width: number, paint: Style): string[] {
  if (!(upper > 0)) return [];
  const stable = `η < ${significantDown(2 / upper)}`;
  const unstable = `η > ${significantUp(2 / lower)}`;
  const rows = [
    paint.green(paint.bold(stable)) + paint.dim('   stable on the quadratic model (2 / upper)'),
    ...(lower > 0 ? [unstable + paint.dim('   oscillates and grows (2 / lower)')] : []),
  ];
  return [...rows, ...wrap(CAVEAT, width).map(paint.dim)];
}
