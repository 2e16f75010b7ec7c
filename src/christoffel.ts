/**
 * Bounds on the eigenvalues of a symmetric matrix from its first four moments t_k = tr B^k = Σ λ_i^k, t_0 = P: pure scalar mathematics.
 *
 * For every real polynomial p of degree ≤ 2 with coefficients c, and M = (t_{i+j}), 3 × 3,
 *
 *   p(λ_1)² ≤ Σ_i p(λ_i)² = cᵀ M c,   so   v(λ_1)ᵀ M⁻¹ v(λ_1) ≤ 1,   v(x) = (1, x, x²),
 *
 * and the largest root of the left side less 1 bounds λ_1: one over that side is the Christoffel function, the most that any distribution
 * with these moments can have at x (N. I. Akhiezer, The Classical Moment Problem, 1965, ch. 2). Degree 1 gives Wolkowicz and Styan's bound, p = (x − c)² the fourth
 * moment about any c. And since λ_i ≥ a for all i, for any a ≤ λ_P and any p,
 *
 *   Σ_i λ_i (λ_i − a) p(λ_i)² ≤ λ_1 Σ_i (λ_i − a) p(λ_i)²,
 *
 * which bounds λ_1 from below: with p = 1 as Wolkowicz and Styan, and more sharply with the best p of degree 1. docs/bounds.md has the proofs.
 *
 * Rounding. How p is found does not matter: the inequalities hold for every p, and are evaluated, rounded outward, for the one that was found. Where M
 * is singular or nearly so (at most two distinct eigenvalues), what rounding can have done to cᵀ M c makes it definite: p is the best
 * for M + D, D diagonal, with cᵀ D c at least that. There, too, bounds are then within the root of rounding of λ_1.
 */
import { type Interval } from './bounds.js';

const EPSILON = Number.EPSILON;

/** Σ λ^k for k = 0, 1, …, each known to ± its error. */
export interface SpectralSums {
  sums: Float64Array;
  errors: Float64Array;
}

/** c_0 + c_1 x + c_2 x². */
type Polynomial = readonly [number, number, number];

/** Encloses λ_1 and λ_P. t_0 … t_4; the sharper the nearer t_1 is to 0. */
export function fourMomentBounds(moments: SpectralSums): { largest: Interval; smallest: Interval } {
  const mirrored = negated(moments);
  const upper = largestAtMost(moments);
  const lower = -largestAtMost(mirrored);
  return {
    largest: { lower: largestAtLeast(moments, lower), upper },
    smallest: { lower, upper: -largestAtLeast(mirrored, -upper) },
  };
}

function largestAtMost(moments: SpectralSums): number {
  if (isZero(moments)) return 0;
  return upperRoot(christoffel(moments), moments);
}

/** The larger x with p(x) = √Σ p(λ_i)², rounded up: λ_1 is not beyond it if p opens upward. */
function upperRoot(p: Polynomial, moments: SpectralSums): number {
  const [c0, c1, c2] = p;
  const { value, error } = sumOfSquares(p, moments);
  const q = Math.sqrt(Math.max(0, value + error)) * (1 + 2 * EPSILON);
  const rest = q - c0 + 4 * EPSILON * (q + Math.abs(c0));
  const discriminant = c1 * c1 + 4 * c2 * rest + 8 * EPSILON * (c1 * c1 + 4 * c2 * Math.abs(rest));
  const root = Math.sqrt(Math.max(0, discriminant));
  const x = c1 >= 0 ? (2 * rest) / (c1 + root) : (root - c1) / (2 * c2);
  return c2 >= 0 && Number.isFinite(x) ? x + 8 * EPSILON * Math.abs(x) : Infinity;
}

/** The p for which upperRoot is least: (M + D)⁻¹ v(x) at the largest x with v(x)ᵀ (M + D)⁻¹ v(x) ≤ 1, found by halving. */
function christoffel({ sums, errors }: SpectralSums): Polynomial {
  // In the basis 1, x, x² over the roots of t_0, t_2, t_4, where M has 1 on its diagonal and entries of at most 1 beside it.
  const size = [0, 2, 4].map((k) => Math.sqrt(sums[k]));
  const r = size.map((x, i) => size.map((y, j) => sums[i + j] / x / y));
  size.forEach((x, i) => {
    for (const [j, y] of size.entries()) r[i][i] += errors[i + j] / x / y;
    r[i][i] += 64 * EPSILON;
  });
  // R = L Lᵀ.
  const l00 = Math.sqrt(r[0][0]);
  const [l10, l20] = [r[1][0] / l00, r[2][0] / l00];
  const l11 = Math.sqrt(r[1][1] - l10 * l10);
  const l21 = (r[2][1] - l20 * l10) / l11;
  const l22 = Math.sqrt(r[2][2] - l20 * l20 - l21 * l21);
  /** L⁻¹ v(x): the orthonormal polynomials at x. */
  const orthonormal = (x: number): Polynomial => {
    const y0 = 1 / size[0] / l00;
    const y1 = (x / size[1] - l10 * y0) / l11;
    return [y0, y1, ((x * x) / size[2] - l20 * y0 - l21 * y1) / l22];
  };
  // From the larger zero of the last of them on, all increase. It is at most λ_1; and p = x² says that the fourth root is at least the bound.
  const [tail, slope] = [orthonormal(0)[2], (orthonormal(1)[2] - orthonormal(-1)[2]) / 2];
  const bend = 1 / size[2] / l22;
  let low = (-slope + Math.sqrt(Math.max(0, slope * slope - 4 * bend * tail))) / (2 * bend);
  let high = Math.sqrt(size[2] * Math.sqrt(r[2][2]));
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    const [y0, y1, y2] = orthonormal(middle);
    if (y0 * y0 + y1 * y1 + y2 * y2 >= 1) high = middle;
    else low = middle;
  }
  const [y0, y1, y2] = orthonormal(high);
  const c2 = y2 / l22;
  const c1 = (y1 - l21 * c2) / l11;
  const c0 = (y0 - l10 * c1 - l20 * c2) / l00;
  return [c0 / size[0], c1 / size[1], Math.max(0, c2 / size[2])];
}

/** A lower bound on λ_1, given a ≤ λ_P. −∞ where it would not be above 0. */
function largestAtLeast(moments: SpectralSums, a: number): number {
  if (isZero(moments)) return 0;
  const weighted = fromBelow(moments, a);
  return Math.max(...[CONSTANT, steepest(weighted)].map((p) => quotient(p, weighted)));
}

const CONSTANT: Polynomial = [1, 0, 0];

/** Σ λ_i w_i / Σ w_i for the weights w_i = (λ_i − a) p(λ_i)² ≥ 0, rounded down. */
function quotient(p: Polynomial, weighted: SpectralSums): number {
  const above = sumOfSquares(p, weighted, 1);
  const below = sumOfSquares(p, weighted);
  const x = (above.value - above.error) / (below.value + below.error);
  return x > 0 ? x - 4 * EPSILON * x : -Infinity;
}

/** The p of degree 1 for which the quotient is largest: (F − x G) c = 0 at the larger root x of det(F − x G), F and G the sums' 2 × 2 matrices. */
function steepest({ sums: [m0, m1, m2, m3] }: SpectralSums): Polynomial {
  const [a, b, c] = [m0 * m2 - m1 * m1, m0 * m3 - m1 * m2, m1 * m3 - m2 * m2];
  const x = (b + Math.sqrt(Math.max(0, b * b - 4 * a * c))) / (2 * a);
  const zero = (m2 - x * m1) / (m1 - x * m0);
  return Number.isFinite(zero) ? [-zero, 1, 0] : CONSTANT;
}

/** Σ (λ_i − a) λ_i^k. */
function fromBelow({ sums, errors }: SpectralSums, a: number): SpectralSums {
  const next = sums.subarray(1);
  return {
    sums: next.map((t, k) => t - a * sums[k]),
    errors: next.map(
      (t, k) => errors[k + 1] + Math.abs(a) * errors[k] + 4 * EPSILON * (Math.abs(t) + Math.abs(a * sums[k])),
    ),
  };
}

/** Σ λ_i^from p(λ_i)², and how far rounding may have taken it. */
function sumOfSquares(
  p: Polynomial,
  { sums, errors }: SpectralSums,
  from = 0,
): { value: number; error: number } {
  let [value, error] = [0, 0];
  for (const [i, x] of p.entries()) {
    for (const [j, y] of p.entries()) {
      if (x === 0 || y === 0) continue;
      value += x * y * sums[i + j + from];
      error += Math.abs(x * y) * (errors[i + j + from] + 16 * EPSILON * Math.abs(sums[i + j + from]));
    }
  }
  return { value, error };
}

/** Whether all λ_i are 0. */
function isZero({ sums, errors }: SpectralSums): boolean {
  return sums[2] + errors[2] === 0;
}

/** Those of −λ_i. */
function negated({ sums, errors }: SpectralSums): SpectralSums {
  return { sums: sums.map((t, k) => (k % 2 === 0 ? t : -t)), errors };
}
