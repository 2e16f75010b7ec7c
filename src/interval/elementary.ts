/**
 * Enclosures of elementary functions at single doubles, from +, −, ×, ÷ alone (interval.ts). Each is a power series about 0, or a continued fraction with
 * positive terms, after exact or enclosed reduction of its argument; what is cut off is enclosed, too. Relative width: 4e-15 at most, but where said.
 */
import { type Interval } from '../bounds.js';
import {
  add,
  below,
  divide,
  increasing,
  multiply,
  near,
  negate,
  point,
  powerOfTwo,
  scaleByPower,
  square,
  subtract,
  TINY,
} from './interval.js';

const ONE = point(1);
/** Below 2⁻¹⁰⁷⁴: e^−745. */
const VANISHING = 745;
const NOTHING: Interval = { lower: 0, upper: TINY };

/** 32 bits, so that its multiples up to 2²⁰ are exact; and the rest of ln 2. */
const LN2_HIGH = 0.6931471803691238;
const LN2_REST = near(1.9082149292705877e-10);
const LN2 = 0.6931471805599453;
const HALF_PI = near(1.5707963267948966);
const QUARTER_PI = near(0.7853981633974483);
/** 2⁶⁰. */
const MOST_ANGLE = powerOfTwo(60);
/** ⌊2²⁵⁶ π/2⌋. */
const HALF_PI_256 = 0x1921fb54442d18469898cc51701b839a252049c1114cf98e804177d4c76273644n;

/** e^(x + rest), |rest| ≤ 0.01; x > 709: at least e^709. */
export function exp(x: number, rest: Interval = point(0)): Interval {
  if (x < -VANISHING - 1) return NOTHING;
  if (x > 709) return { lower: exp(709).lower, upper: Infinity };
  const k = Math.round(x / LN2);
  // Exact but for the last subtraction.
  const high = near(x - k * LN2_HIGH);
  const r = add(subtract(high, multiply(point(k), LN2_REST)), rest);
  const { lower, upper } = series(r, 14, (j) => [1, j]);
  return { lower: Math.max(0, scaleByPower(lower, k) - TINY), upper: scaleByPower(upper, k) + TINY };
}

/** e^−x − 1 for x ≥ 0. */
function expMinus1(x: number): Interval {
  if (x > 0.5) return subtract(exp(-x), ONE);
  return multiply(
    point(-x),
    series(point(-x), 15, (j) => [1, j + 1]),
  );
}

/** log(1 + x), 0 ≤ x ≤ 1: 2 artanh(x / (2 + x)). */
export function log1p(x: Interval): Interval {
  return increasing((at) => {
    const t = divide(point(at), add(point(2), point(at)));
    return multiply(
      multiply(point(2), t),
      series(square(t), 18, (j) => [2 * j - 1, 2 * j + 1]),
    );
  }, x);
}

/** 1 / (1 + e^−x). */
export function logistic(x: Interval): Interval {
  return increasing((at) => {
    const e = exp(-Math.abs(at));
    return divide(at >= 0 ? ONE : e, add(ONE, e));
  }, x);
}

/** tanh(x / 2). */
export function tanhOfHalf(x: Interval): Interval {
  return increasing((at) => {
    const e = expMinus1(Math.abs(at));
    const t = divide(e, add(point(2), e));
    return at >= 0 ? negate(t) : t;
  }, x);
}

export function arctan(x: Interval): Interval {
  return increasing((at) => {
    const size = Math.abs(at);
    const t = size > 1 ? divide(ONE, point(size)) : point(size);
    const turned = t.upper > 0.4142135623730951;
    const s = turned ? divide(subtract(t, ONE), add(t, ONE)) : t;
    const y = multiply(
      s,
      series(negate(square(s)), 22, (j) => [2 * j - 1, 2 * j + 1]),
    );
    const whole = turned ? add(QUARTER_PI, y) : y;
    const angle = size > 1 ? subtract(HALF_PI, whole) : whole;
    return at >= 0 ? angle : negate(angle);
  }, x);
}

/** sin x and cos x; [−1, 1] beyond 2⁶⁰. */
export function sinCos(x: number): { sin: Interval; cos: Interval } {
  if (!(Math.abs(x) <= MOST_ANGLE)) {
    // NaN, where x is no number.
    const any = { lower: -1, upper: 1 + 0 * x };
    return { sin: any, cos: any };
  }
  const { quarter, rest } = reduceAngle(x);
  const y = negate(square(rest));
  const s = multiply(
    rest,
    series(y, 9, (j) => [1, 2 * j * (2 * j + 1)]),
  );
  const c = series(y, 10, (j) => [1, (2 * j - 1) * 2 * j]);
  const [sin, cos] = quarter % 2 === 0 ? [s, c] : [c, negate(s)];
  return quarter < 2 ? { sin, cos } : { sin: negate(sin), cos: negate(cos) };
}

/** x = (4 n + quarter) π/2 + rest, |rest| ≤ π/4: in integers, for 2⁵³ x is one. */
function reduceAngle(x: number): { quarter: number; rest: Interval } {
  if (Math.abs(x) < 0.75) return { quarter: 0, rest: point(x) };
  const whole = BigInt(x * powerOfTwo(53)) << 203n;
  const k = (whole + (whole > 0n ? HALF_PI_256 : -HALF_PI_256) / 2n) / HALF_PI_256;
  const rest = near(Number(whole - k * HALF_PI_256) * powerOfTwo(-256));
  // k ≤ 2⁶⁰ times what HALF_PI_256 is cut short by.
  const cut = powerOfTwo(-190);
  return {
    quarter: Number(BigInt.asUintN(2, k)),
    rest: { lower: rest.lower - cut, upper: rest.upper + cut },
  };
}

/** e^(−c x²) for c = 1 or 1/2. x² as the sum of two doubles, for its rounding would be magnified by c x². */
export function gaussian(x: number, c: number): Interval {
  const high = x * x;
  if (c * high > VANISHING + 1) return NOTHING;
  if (high < 1e-200) return { lower: below(1), upper: 1 };
  const parted = 134217729 * x;
  const head = parted - (parted - x);
  const tail = x - head;
  // T. J. Dekker, Numer. Math. 18 (1971) 224: the error of x², exactly.
  const low = tail * tail - (high - head * head - 2 * head * tail);
  return exp(-c * high, point(-c * low));
}

/** From where √(2c) x on the continued fraction takes fewer terms than it loses digits less. */
const FAR = 1.25;

/** ∫ e^(−c t²) dt from x to ∞. 2e-14 relative. */
export function gaussianTail(x: number, c: number): Interval {
  const all = c === 1 ? HALF_ROOT_PI : ROOT_HALF_PI;
  if (x < 0) return subtract(add(all, all), gaussianTail(-x, c));
  const t2 = 2 * c * x * x;
  if (t2 < FAR * FAR) return subtract(all, gaussianIntegral(x, c));
  // x + a/(x + 2a/(x + 3a/(x + …))), a = 1/(2c); the n-th of its tails lies between x and x + n a/x, and is known to e^(−2t√n).
  const a = 1 / (2 * c);
  const terms = Math.ceil(400 / t2) + 12;
  let fraction: Interval = { lower: x, upper: add(point(x), divide(point(terms * a), point(x))).upper };
  for (let j = terms - 1; j >= 1; j--) fraction = add(point(x), divide(point(j * a), fraction));
  return divide(multiply(gaussian(x, c), point(a)), fraction);
}

/** ∫ e^(−c t²) dt from 0 to x. */
export function gaussianIntegral(x: number, c: number): Interval {
  const t2 = 2 * c * x * x;
  if (t2 >= FAR * FAR) {
    const rest = subtract(c === 1 ? HALF_ROOT_PI : ROOT_HALF_PI, gaussianTail(Math.abs(x), c));
    return x > 0 ? rest : negate(rest);
  }
  const y = multiply(point(2 * c), square(point(x)));
  return multiply(
    point(x),
    multiply(
      gaussian(x, c),
      series(y, 25, (j) => [1, 2 * j + 1]),
    ),
  );
}

/** ∫ from 0 to ∞ of e^(−t²) and of e^(−t²/2). */
const HALF_ROOT_PI = near(0.886226925452758);
const ROOT_HALF_PI = near(1.2533141373155003);

/**
 * 1 + y r_1 (1 + y r_2 (1 + …)) with r_j = p/q from ratio(j), of which n factors are taken and the rest is enclosed: it is 1 + δ with |δ| ≤ m + m² + …, where
 * m is |y| times the largest of its r_j. That is the first, where p is 1 and q grows with j; it is below 1, where p and q do.
 */
export function series(y: Interval, n: number, ratio: (j: number) => readonly [number, number]): Interval {
  const [p, q] = ratio(n + 1);
  const most = multiply(
    point(Math.max(Math.abs(y.lower), Math.abs(y.upper))),
    p === 1 ? divide(ONE, point(q)) : ONE,
  ).upper;
  const rest = divide(point(most), subtract(ONE, point(most))).upper;
  let sum: Interval = { lower: below(1 - rest), upper: add(ONE, point(rest)).upper };
  for (let j = n; j >= 1; j--) {
    const [above, under] = ratio(j);
    const factor = above === 1 ? y : multiply(y, point(above));
    sum = add(ONE, multiply(divide(factor, point(under)), sum));
  }
  return sum;
}
