/**
 * Interval arithmetic on IEEE 754 doubles, round to nearest, and nothing else assumed: every result holds the exact result for
 * all numbers in its operands.
 *
 * Each of +, −, ×, ÷ and √ is off by at most half a unit in the last place of what it gives, so by less than the step that above()
 * and below() take: 2⁻⁵² |x| + 2⁻¹⁰⁷⁴ is at least one unit, below the normal range, too, and rounding is monotone. (S. M. Rump, Verification methods, Acta
 * Numerica 19 (2010) 287.) What overflows becomes infinite or NaN, never a number, and is refused at the end: sums, products, Math.min and Math.max pass NaN on.
 */
import { type Interval } from '../bounds.js';

const word = new DataView(new ArrayBuffer(8));

/** The unit roundoff u = 2⁻⁵³, and the smallest number above 0. */
export const UNIT = Number.EPSILON / 2;
export const TINY = Number.MIN_VALUE;

/** At most any number that rounds to x. */
export function below(x: number): number {
  return x - (2 * UNIT * Math.abs(x) + TINY);
}

/** At least any number that rounds to x. */
export function above(x: number): number {
  return x + (2 * UNIT * Math.abs(x) + TINY);
}

/** γ_k = k u / (1 − k u), rounded up: a sum of products of k roundings on each path is off by at most so much of Σ |terms|. */
export function gamma(k: number): number {
  return 1.01 * k * UNIT;
}

export function point(x: number): Interval {
  return { lower: x, upper: x };
}

/** Holds the number that x is the rounded value of. */
export function near(x: number): Interval {
  return { lower: below(x), upper: above(x) };
}

export function add(x: Interval, y: Interval): Interval {
  return { lower: below(x.lower + y.lower), upper: above(x.upper + y.upper) };
}

export function subtract(x: Interval, y: Interval): Interval {
  return { lower: below(x.lower - y.upper), upper: above(x.upper - y.lower) };
}

export function negate({ lower, upper }: Interval): Interval {
  return { lower: -upper, upper: -lower };
}

export function multiply(x: Interval, y: Interval): Interval {
  const [a, b, c, d] = [x.lower * y.lower, x.lower * y.upper, x.upper * y.lower, x.upper * y.upper];
  return { lower: below(Math.min(a, b, c, d)), upper: above(Math.max(a, b, c, d)) };
}

/** Everything, where the divisor may be 0. */
export function divide(x: Interval, y: Interval): Interval {
  if (!(y.lower > 0 || y.upper < 0)) return { lower: -Infinity, upper: Infinity };
  const [a, b, c, d] = [x.lower / y.lower, x.lower / y.upper, x.upper / y.lower, x.upper / y.upper];
  return { lower: below(Math.min(a, b, c, d)), upper: above(Math.max(a, b, c, d)) };
}

export function square(x: Interval): Interval {
  const { lower, upper } = magnitudes(x);
  return { lower: Math.max(0, below(lower * lower)), upper: above(upper * upper) };
}

/** Of what is not negative in x. */
export function squareRoot({ lower, upper }: Interval): Interval {
  return {
    lower: Math.max(0, below(Math.sqrt(Math.max(0, lower)))),
    upper: above(Math.sqrt(Math.max(0, upper))),
  };
}

/** The absolute values of the numbers in x. */
export function magnitudes({ lower, upper }: Interval): Interval {
  const [a, b] = [Math.abs(lower), Math.abs(upper)];
  return { lower: lower <= 0 && upper >= 0 ? 0 : Math.min(a, b), upper: Math.max(a, b) };
}

/** What an increasing function, enclosed at single numbers, takes x to. */
export function increasing(f: (x: number) => Interval, { lower, upper }: Interval): Interval {
  const first = f(lower);
  return lower === upper ? first : { lower: first.lower, upper: f(upper).upper };
}

/** ⌊log₂ |x|⌋ of a normal number; −1023 below. */
export function exponentOf(x: number): number {
  word.setFloat64(0, x);
  return ((word.getUint32(0) >>> 20) & 0x7ff) - 1023;
}

/** 2^e for −1022 ≤ e ≤ 1023, from its bits: engines need not agree on ** . */
export function powerOfTwo(e: number): number {
  word.setUint32(0, (e + 1023) << 20);
  word.setUint32(4, 0);
  return word.getFloat64(0);
}

/** x · 2^e, |e| ≤ 3000, off by at most TINY where it leaves the normal range. */
export function scaleByPower(x: number, e: number): number {
  for (; e > 1000; e -= 1000) x *= powerOfTwo(1000);
  for (; e < -1000; e += 1000) x *= powerOfTwo(-1000);
  return x * powerOfTwo(e);
}
