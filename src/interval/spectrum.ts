/**
 * Bounds on eigenvalues from moments and from compressions, evaluated in interval arithmetic: docs/bounds.md has the proofs, in exact arithmetic.
 */
import { type Interval } from '../bounds.js';
import {
  above,
  add,
  below,
  divide,
  multiply,
  negate,
  point,
  square,
  squareRoot,
  subtract,
} from './interval.js';

/** Of a symmetric matrix: its order P, trace and squared Frobenius norm. */
export interface SquareMoments {
  order: number;
  trace: Interval;
  squares: Interval;
}

/** Wolkowicz and Styan: μ + s/√(P−1) ≤ λ_1 ≤ μ + s √(P−1), s² = ‖H‖_F²/P − μ². */
export function largestEigenvalue({ order, trace, squares }: SquareMoments): Interval {
  if (order === 1) return trace;
  const P = point(order);
  const mean = divide(trace, P);
  const deviation = squareRoot(subtract(divide(squares, P), square(mean)));
  const root = squareRoot(point(order - 1));
  return {
    lower: add(mean, divide(deviation, root)).lower,
    upper: add(mean, multiply(deviation, root)).upper,
  };
}

export function smallestEigenvalue({ order, trace, squares }: SquareMoments): Interval {
  return negate(largestEigenvalue({ order, trace: negate(trace), squares }));
}

/**
 * At least λ_1 of every symmetric matrix with a_ii at most, and |a_ij| at most, the entries of a (n × n, those off the diagonal ≥ 0): for any x > 0 the largest
 * (A x)_i / x_i, by Collatz and Wielandt; x by power iteration.
 */
export function perronBound(n: number, a: Float64Array): number {
  let x = new Float64Array(n).fill(1);
  let least = Infinity;
  // So that no negative eigenvalue is the largest in size.
  const shift = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let step = 0; step < 300; step++) {
    const next = new Float64Array(n);
    let [most, largest] = [-Infinity, 0];
    for (let i = 0; i < n; i++) {
      let sum = point(0);
      for (let j = 0; j < n; j++) sum = add(sum, multiply(point(a[i * n + j]), point(x[j])));
      most = Math.max(most, divide(sum, point(x[i])).upper);
      next[i] = sum.upper + shift * x[i];
      largest = Math.max(largest, next[i]);
    }
    least = Math.min(least, most);
    // Not so small that a row which nothing is coupled to divides by almost nothing.
    x = next.map((value) => Math.max(value / largest, 1e-8));
    if (!(largest > 0)) break;
  }
  return least;
}

/**
 * At least λ_1 of every symmetric [[D, Bᵀ], [B, C]] with D ⪯ diag(d), column i of B of norm ρ_i at most and C ⪯ c I: at a unit vector (ξ, ζ) its form is
 * at most Σ d_i ξ_i² + 2 |ζ| Σ ρ_i |ξ_i| + c |ζ|². So x is a bound when x > d_i for all i and x − c ≥ Σ ρ_i² / (x − d_i): the least such x is
 * sought by halving, and each that is taken is proven.
 */
export function arrowheadBound(d: readonly number[], rho: readonly number[], c: number): number {
  if (c === -Infinity) return d.reduce((x, y) => Math.max(x, y), -Infinity);
  const proven = (x: number): boolean => {
    let sum = 0;
    for (let i = 0; i < d.length; i++) {
      if (rho[i] === 0 && x >= d[i]) continue;
      const gap = below(x - d[i]);
      if (!(gap > 0)) return false;
      sum = above(sum + above(above(rho[i] * rho[i]) / gap));
    }
    return below(x - c) >= sum;
  };
  const least = d.reduce((x, y) => Math.max(x, y), c);
  let reach =
    rho.reduce((sum, x) => above(sum + x), 0) + 8 * Number.EPSILON * Math.abs(least) + Number.MIN_VALUE;
  while (!proven(least + reach)) {
    if (!Number.isFinite(reach)) return Infinity;
    reach *= 2;
  }
  let [low, high] = [least, least + reach];
  for (let step = 0; step < 200; step++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (proven(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** At least Σ x_i² or its root, of numbers ≥ 0. */
export function sumOfSquaresUp(x: Iterable<number>): number {
  let sum = 0;
  for (const value of x) sum = above(sum + above(value * value));
  return sum;
}

export function rootUp(x: number): number {
  return above(Math.sqrt(x));
}
