/**
 * Arrays of numbers known to a radius: |x_i − mid_i| ≤ rad_i. Midpoints are computed as ever; radii take in what that may have been off by,
 * and are sums of numbers ≥ 0, rounded up at the end: k roundings leave such a sum at least (1 − u)ᵏ of its true value.
 */
import { type Interval } from '../bounds.js';
import { above, below, exponentOf, gamma, scaleByPower, TINY, UNIT } from './interval.js';

export interface Balls {
  mid: Float64Array;
  rad: Float64Array;
}

export function balls(n: number): Balls {
  return { mid: new Float64Array(n), rad: new Float64Array(n) };
}

export function put({ mid, rad }: Balls, i: number, { lower, upper }: Interval): void {
  const middle = lower + (upper - lower) / 2;
  mid[i] = middle;
  rad[i] = above(Math.max(upper - middle, middle - lower));
}

export function at({ mid, rad }: Balls, i: number): Interval {
  return { lower: below(mid[i] - rad[i]), upper: above(mid[i] + rad[i]) };
}

/** What a sum of numbers ≥ 0 is multiplied by to be at least the true one, after k roundings. */
export function inflation(k: number): number {
  return 1 + 1.01 * (k + 4) * UNIT;
}

/** A matrix with entries `down` apart down a column and `along` apart along a row: numbers known exactly, or rounded once from such. */
export interface Exact {
  data: Float64Array;
  down: number;
  along: number;
}

/** x w for x of rows × inner and w of inner × columns. */
export function timesExact(x: Balls, rows: number, inner: number, w: Exact, columns: number): Balls {
  const out = balls(rows * columns);
  const error = gamma(inner + 2);
  const inflate = inflation(inner + 5);
  // Of each product that leaves the normal range.
  const lost = 4 * inner * TINY;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let [sum, reach] = [0, 0];
      for (let t = 0, p = c * w.along, q = r * inner; t < inner; t++, p += w.down, q++) {
        const factor = w.data[p];
        const middle = x.mid[q];
        sum += middle * factor;
        reach += (x.rad[q] + (error * Math.abs(middle) + TINY)) * Math.abs(factor);
      }
      out.mid[r * columns + c] = sum;
      out.rad[r * columns + c] = reach * inflate + lost;
    }
  }
  return out;
}

/** Entry by entry, x in rows as long as y: x_ri ← x_ri y_i. */
export function scaleColumns(x: Balls, y: Balls): void {
  const n = y.mid.length;
  for (let i = 0; i < x.mid.length; i++) {
    const [xm, xr, ym, yr] = [x.mid[i], x.rad[i], y.mid[i % n], y.rad[i % n]];
    const product = xm * ym;
    x.mid[i] = product;
    x.rad[i] =
      (Math.abs(xm) * yr + xr * (Math.abs(ym) + yr) + UNIT * Math.abs(product)) * inflation(6) + 4 * TINY;
  }
}

/** x_i ← x_i + y_j where i = first + j · step. */
export function addAt(x: Balls, first: number, step: number, y: Balls): void {
  for (let j = 0, i = first; j < y.mid.length; j++, i += step) {
    const sum = x.mid[i] + y.mid[j];
    x.mid[i] = sum;
    x.rad[i] = (x.rad[i] + y.rad[j] + UNIT * Math.abs(sum)) * inflation(3) + TINY;
  }
}

/** y = xᵀ for x of rows × columns. */
export function transposed({ mid, rad }: Balls, rows: number, columns: number): Balls {
  const out = balls(mid.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      out.mid[c * rows + r] = mid[r * columns + c];
      out.rad[c * rows + r] = rad[r * columns + c];
    }
  }
  return out;
}

/** Multiplies by 2^e. */
export function scale({ mid, rad }: Balls, e: number): void {
  if (e === 0) return;
  for (let i = 0; i < mid.length; i++) {
    mid[i] = scaleByPower(mid[i], e);
    rad[i] = scaleByPower(rad[i], e) + 2 * TINY;
  }
}

/** Brings the largest midpoint into [1, 2); returns the exponent taken out. */
export function normalize(x: Balls): number {
  const largest = maxAbs(x.mid);
  if (largest === 0 || !Number.isFinite(largest)) return 0;
  const e = exponentOf(largest);
  scale(x, -e);
  return e;
}

/** At least ‖x‖, and no more than rounding above it. */
export function normUp(x: Float64Array): number {
  const largest = maxAbs(x);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  const e = exponentOf(largest);
  let sum = 0;
  if (e > -400 && e < 400) {
    for (const value of x) sum += value * value;
    return Math.sqrt(sum) * inflation(x.length + 4) + x.length * TINY;
  }
  for (const value of x) {
    const part = scaleByPower(value, -e);
    sum += part * part;
  }
  return scaleByPower(Math.sqrt(sum) * inflation(x.length + 4), e) * inflation(0) + x.length * TINY;
}

function maxAbs(x: Float64Array): number {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  return largest;
}
