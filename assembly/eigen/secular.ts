/**
 * The secular equation of a rank-one update: the eigenvalues of diag(d) + ρ z zᵀ, d ascending and distinct, no z_i zero, ρ > 0, are the
 * zeros of
 *   g(λ) = 1/ρ + Σ z_i² / (d_i − λ),
 * one between each two neighbouring poles, and one above the last (G. Golub, SIAM Rev. 15 (1973) 318).
 *
 * Root j is found as its distance τ from the nearer pole, so that all d_i − λ have full relative accuracy, which the vectors live on.
 * Each step replaces g by a constant and two poles, at the poles beside the root, with the value and the slope of g: the nearer pole
 * keeps its own weight, or, when that converges slowly, each pole takes value and slope of the sum over its side (the "fixed weight"
 * and "middle way" methods of R.-C. Li, LAPACK Working Note 89). A bracket that only shrinks keeps watch. Iteration ends when g is within
 * the rounding errors of its own evaluation, which by M. Gu and S. Eisenstat (SIAM J. Matrix Anal. Appl. 15 (1994) 1266) is what
 * orthogonality of the vectors takes.
 */
import { at, put } from '../dense/rows';

const EPSILON: f64 = 2.220446049250313e-16;
/**
 * Four are usual. Where PATIENCE steps in turn have not halved |g|, and in any case after FAST_STEPS, the bracket is halved on the scale of
 * logarithms, which is certain to end within the rest.
 */
const PATIENCE: i32 = 2;
const FAST_STEPS: i32 = 30;
const MOST_STEPS: i32 = 130;

// The problem, and the root that is looked for.
let k: i32 = 0;
let d: usize = 0;
let z: usize = 0;
let constant: f64 = 0.0;
/** The last root, above all poles. */
let outer: bool = false;
/** Where the sums over the poles on either side of the root part. */
let parting: i32 = 0;
/** The pole nearer to the root, from which τ counts; and there, the poles beside the root (or the last two) and their z². */
let origin: f64 = 0.0;
let fromLeft: bool = false;
let toLeft: f64 = 0.0;
let toRight: f64 = 0.0;
let leftSquare: f64 = 0.0;
let rightSquare: f64 = 0.0;
/** low < τ < high. */
let low: f64 = 0.0;
let high: f64 = 0.0;

// What sumPoles gives: Σ z_i²/(d_i − λ) and Σ z_i²/(d_i − λ)².
let value: f64 = 0.0;
let slope: f64 = 0.0;

/** Root j of count: returns λ_j and writes d_i − λ_j, i < count, to gaps; NaN if it did not converge. */
export function secularRoot(count: i32, j: i32, poles: usize, weights: usize, rho: f64, gaps: usize): f64 {
  k = count;
  d = poles;
  z = weights;
  constant = 1.0 / rho;
  let tau = locate(j, rho);
  let next = tau;
  let weightFixed = !outer;
  let last = Infinity;
  let slow = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    tau = next;
    sumPoles(0, parting, tau);
    const below = value;
    const belowSlope = slope;
    sumPoles(parting, k, tau);
    const g = constant + below + value;
    // Rounding: of each term and of the sums, and of τ itself. Sums of k terms can err more; late steps allow for that.
    const size = constant + Math.abs(below) + Math.abs(value);
    const terms = step < 10 ? 8.0 : <f64>(8 + k);
    if (Math.abs(g) > EPSILON * (terms * size + Math.abs(tau) * (belowSlope + slope))) {
      if (g < 0.0) low = tau;
      else high = tau;
      if (!outer && Math.abs(g) > 0.1 * last) weightFixed = !weightFixed;
      slow = Math.abs(g) > 0.5 * last ? slow + 1 : 0;
      last = Math.abs(g);
      next = tau + stepFrom(tau, g, belowSlope, slope, weightFixed);
      if (slow >= PATIENCE || step >= FAST_STEPS || !(next > low && next < high)) next = inside();
    }
    if (next == tau || next == low || next == high) {
      for (let i = 0; i < k; i++) put(gaps, i, at(d, i) - origin - tau);
      return origin + tau;
    }
  }
  return NaN;
}

/** Chooses origin and bracket for root j by the sign of g in the middle of its interval. Returns a first guess of τ. */
function locate(j: i32, rho: f64): f64 {
  outer = j == k - 1;
  parting = outer ? j : j + 1;
  const left = outer ? max(k - 2, 0) : j;
  const right = outer ? j : j + 1;
  leftSquare = left == right ? 0.0 : at(z, left) * at(z, left);
  rightSquare = at(z, right) * at(z, right);
  const width = outer ? rho * squares() : at(d, right) - at(d, j);
  const middle = 0.5 * width;
  origin = at(d, j);
  sumPoles(0, k, middle);
  const g = constant + value;
  const others =
    g - leftSquare / (at(d, left) - origin - middle) - rightSquare / (at(d, right) - origin - middle);

  // A bracket with room for a root at the middle.
  const beyond = outer && g < 0.0;
  fromLeft = outer || g >= 0.0;
  low = beyond ? 0.25 * width : fromLeft ? 0.0 : -0.75 * width;
  high = beyond ? width * (1.0 + 8.0 * EPSILON) : fromLeft ? 0.75 * width : 0.0;
  if (!fromLeft) origin = at(d, right);
  toLeft = at(d, left) - origin;
  toRight = at(d, right) - origin;
  // The two poles as they are, the others as they are in the middle.
  const guess = twoPoles(
    others * (toLeft + toRight) + leftSquare + rightSquare,
    others * toLeft * toRight + leftSquare * toRight + rightSquare * toLeft,
    others,
  );
  return guess > low && guess < high ? guess : inside();
}

/** From τ to the zero of the constant and two poles that stand for g. */
function stepFrom(tau: f64, g: f64, belowSlope: f64, aboveSlope: f64, weightFixed: bool): f64 {
  const l = toLeft - tau;
  const r = toRight - tau;
  const both = belowSlope + aboveSlope;
  const c = !weightFixed
    ? g - l * belowSlope - r * aboveSlope
    : fromLeft
      ? g - r * both + (leftSquare * (r - l)) / (l * l)
      : g - l * both - (rightSquare * (r - l)) / (r * r);
  return twoPoles((l + r) * g - l * r * both, l * r * g, c);
}

/**
 * The zero of c + s/(l − x) + S/(r − x) between l < r, or above both for the outer root, from a = c (l + r) + s + S and
 * b = c l r + s r + S l: of c x² − a x + b, without cancellation. NaN if there is none above.
 */
function twoPoles(a: f64, b: f64, c: f64): f64 {
  const root = Math.sqrt(Math.max(0.0, a * a - 4.0 * b * c));
  if (outer) return c <= 0.0 ? NaN : a >= 0.0 ? (a + root) / (2.0 * c) : (2.0 * b) / (a - root);
  return a > 0.0 ? (2.0 * b) / (a + root) : (a - root) / (2.0 * c);
}

/** A point of the bracket: the geometric mean of its ends, or where one is 0, a small part of the other. */
function inside(): f64 {
  if (low == 0.0) return high / 64.0;
  if (high == 0.0) return low / 64.0;
  return copysign<f64>(Math.sqrt(Math.abs(low)) * Math.sqrt(Math.abs(high)), low);
}

/** Sums over poles first … last − 1, λ = origin + τ. */
function sumPoles(first: i32, last: i32, tau: f64): void {
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

function squares(): f64 {
  let sum = 0.0;
  for (let i = 0; i < k; i++) sum += at(z, i) * at(z, i);
  return sum;
}
