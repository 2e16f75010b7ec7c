/**
 * The secular equation of a rank-one update: the eigenvalues of diag(d) + ρ z zᵀ, d ascending and distinct, no z_i zero, ρ > 0, are the
 * zeros of
 *   g(λ) = 1/ρ + Σ z_i² / (d_i − λ),
 * one between each two neighbouring poles, and one above the last (G. Golub, SIAM Rev. 15 (1973) 318).
 *
 * Root j is found as its distance τ from the nearer pole, so that all d_i − λ have full relative accuracy, which the vectors live on.
 * Each step replaces the sums over the poles on either side by one pole with the same value and slope, at the neighbouring pole
 * (the "middle way" of R.-C. Li, LAPACK Working Note 89), inside a bracket that only shrinks. Iteration ends when g is within the
 * rounding errors of its own evaluation, which by M. Gu and S. Eisenstat (SIAM J. Matrix Anal. Appl. 15 (1994) 1266) is what
 * orthogonality of the vectors takes.
 */
import { at, put } from '../dense/rows';

const EPSILON: f64 = 2.220446049250313e-16;
/** Three to five are usual. */
const MOST_STEPS: i32 = 100;

// What sumPoles gives: Σ z_i²/(d_i − λ) and Σ z_i²/(d_i − λ)².
let value: f64 = 0.0;
let slope: f64 = 0.0;

/** Root j of k: returns λ_j and writes d_i − λ_j, i < k, to gaps; NaN if it did not converge. */
export function secularRoot(k: i32, j: i32, d: usize, z: usize, rho: f64, gaps: usize): f64 {
  const outer = j == k - 1;
  const constant = 1.0 / rho;
  // The poles beside the root, or the last two below it; their distances from the middle of the interval.
  const left = outer ? max(k - 2, 0) : j;
  const right = outer ? j : j + 1;
  const base = at(d, j);
  const width = outer ? rho * sumOfSquaresOf(k, z) : at(d, right) - base;
  let tau = 0.5 * width;
  sumPoles(0, k, d, z, base, tau);
  const atMiddle = constant + value;
  const leftSquare = left == right ? 0.0 : at(z, left) * at(z, left);
  const rightSquare = at(z, right) * at(z, right);

  // The origin is the pole nearer to the root; low < τ < high.
  const fromLeft = outer || atMiddle >= 0.0;
  const origin = fromLeft ? base : at(d, right);
  let low = fromLeft ? 0.0 : -0.5 * width;
  let high = fromLeft ? 0.5 * width : 0.0;
  if (outer && atMiddle < 0.0) {
    low = 0.5 * width;
    high = width * (1.0 + 8.0 * EPSILON);
  }
  // First guess: the two poles themselves, the others as they are in the middle.
  const toLeft = at(d, left) - origin;
  const toRight = at(d, right) - origin;
  const others =
    atMiddle - leftSquare / (at(d, left) - base - tau) - rightSquare / (at(d, right) - base - tau);
  tau = twoPoles(
    others * (toLeft + toRight) + leftSquare + rightSquare,
    others * toLeft * toRight + leftSquare * toRight + rightSquare * toLeft,
    others,
    outer,
  );
  if (!(tau > low && tau < high)) tau = inside(low, high);

  for (let step = 0; step < MOST_STEPS; step++) {
    sumPoles(0, outer ? j : j + 1, d, z, origin, tau);
    const below = value;
    const belowSlope = slope;
    sumPoles(outer ? j : j + 1, k, d, z, origin, tau);
    const above = value;
    const aboveSlope = slope;
    const g = constant + below + above;
    const size = constant + Math.abs(below) + Math.abs(above);
    // Rounding: of each term and of the sums, and of τ itself. Sums of k terms can err more; late steps allow for that.
    const terms = step < 10 ? 8.0 : <f64>(8 + k);
    const uncertain = EPSILON * (terms * size + Math.abs(tau) * (belowSlope + aboveSlope));
    let next = tau;
    if (Math.abs(g) > uncertain) {
      if (g < 0.0) low = tau;
      else high = tau;
      const l = toLeft - tau;
      const r = toRight - tau;
      const c = g - l * belowSlope - r * aboveSlope;
      next = tau + twoPoles((l + r) * g - l * r * (belowSlope + aboveSlope), l * r * g, c, outer);
      if (!(next > low && next < high)) next = inside(low, high);
    }
    if (next == tau || next == low || next == high) {
      writeGaps(k, d, origin, tau, gaps);
      return origin + tau;
    }
    tau = next;
  }
  return NaN;
}

/**
 * The zero of c + s/(l − x) + S/(r − x), s, S ≥ 0, between l < r, or above both if outer, from a = c (l + r) + s + S and
 * b = c l r + s r + S l: of c x² − a x + b, without cancellation. NaN if there is none above.
 */
function twoPoles(a: f64, b: f64, c: f64, outer: bool): f64 {
  const root = Math.sqrt(Math.max(0.0, a * a - 4.0 * b * c));
  if (outer) return c <= 0.0 ? NaN : a >= 0.0 ? (a + root) / (2.0 * c) : (2.0 * b) / (a - root);
  return a > 0.0 ? (2.0 * b) / (a + root) : (a - root) / (2.0 * c);
}

/** A point of the bracket: the geometric mean of its ends, or where one is 0, a small part of the other. */
function inside(low: f64, high: f64): f64 {
  if (low == 0.0) return high / 64.0;
  if (high == 0.0) return low / 64.0;
  return copysign<f64>(Math.sqrt(Math.abs(low)) * Math.sqrt(Math.abs(high)), low);
}

/** Sums over poles first … last − 1, λ = origin + τ. */
function sumPoles(first: i32, last: i32, d: usize, z: usize, origin: f64, tau: f64): void {
  const origins = f64x2.splat(origin);
  const taus = f64x2.splat(tau);
  let values = f64x2.splat(0.0);
  let slopes = f64x2.splat(0.0);
  let i = first;
  for (; i + 2 <= last; i += 2) {
    const here = (<usize>i) << 3;
    const weight = v128.load(z + here);
    const term = f64x2.div(weight, f64x2.sub(f64x2.sub(v128.load(d + here), origins), taus));
    values = f64x2.add(values, f64x2.mul(weight, term));
    slopes = f64x2.add(slopes, f64x2.mul(term, term));
  }
  value = f64x2.extract_lane(values, 0) + f64x2.extract_lane(values, 1);
  slope = f64x2.extract_lane(slopes, 0) + f64x2.extract_lane(slopes, 1);
  if (i < last) {
    const term = at(z, i) / (at(d, i) - origin - tau);
    value += at(z, i) * term;
    slope += term * term;
  }
}

function writeGaps(k: i32, d: usize, origin: f64, tau: f64, gaps: usize): void {
  for (let i = 0; i < k; i++) put(gaps, i, at(d, i) - origin - tau);
}

function sumOfSquaresOf(k: i32, z: usize): f64 {
  let sum = 0.0;
  for (let i = 0; i < k; i++) sum += at(z, i) * at(z, i);
  return sum;
}
