/** How the learning rate η changes with the number t of steps made: by + − × ÷ alone, so in the same bits everywhere. */

export type Schedule =
  /** η₀ (1 − t / steps) until it is 0. */
  | { kind: 'linear'; steps: number }
  /** η₀ factor^⌊t / every⌋. */
  | { kind: 'step'; every: number; factor: number };

export function rateAt(rate: number, schedule: Schedule | undefined, step: number): number {
  if (schedule === undefined) return rate;
  if (schedule.kind === 'linear') return rate * Math.max(0, 1 - step / schedule.steps);
  return rate * power(schedule.factor, Math.floor(step / schedule.every));
}

/** By squaring: Math.pow may differ between engines. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base; exponent > 0; square *= square, exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result *= square;
  }
  return result;
}
