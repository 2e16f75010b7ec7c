/**
 * Symmetric tridiagonal matrices by QL with Wilkinson's shift: implicit and with rotations applied to rows (A. Dubrulle, R. Martin and
 * J. Wilkinson, Numer. Math. 12 (1968) 377; EISPACK's imtql2), or, for eigenvalues alone, free of square roots (Pal, Walker and Kahan:
 * Parlett, The Symmetric Eigenvalue Problem, §8.15; C. Reinsch, Algorithm 464, Comm. ACM 16 (1973) 689; LAPACK's dsterf).
 *
 * An off-diagonal entry is negligible when |e_i| ≤ ε (|d_i| + |d_{i+1}|) or |e_i| ≤ ε ‖T‖. The second test is what keeps
 * rank-deficient matrices moving: on the null space the local test compares rounding noise with rounding noise, and
 * Hessians of networks are rank-deficient. Both perturb T by at most ε ‖T‖. Never an absolute tolerance.
 */
import { rotate } from '../dense/elementwise';
import { at, put, rowOf } from '../dense/rows';

const EPSILON: f64 = 2.220446049250313e-16;

/** Sweeps allowed, as in EISPACK and LAPACK; one or two for each eigenvalue are usual. */
export const SWEEPS_PER_VALUE: i32 = 30;

/**
 * Eigenvalues, in place of the n diagonal entries d and unsorted; e has n entries, of which n − 1 are read and all may be overwritten. The rotations are applied to the
 * n rows at z, stride apart, of which n entries are touched: from the identity, row k becomes the eigenvector of d_k. negligible: that
 * of the whole T. Returns −1, or the index of an eigenvalue that did not converge.
 */
export function implicitQl(n: i32, d: usize, e: usize, z: usize, stride: i32, negligible: f64): i32 {
  let sweeps = SWEEPS_PER_VALUE * n;
  for (let l = 0; l < n; l++) {
    let m = blockEnd(n, l, d, e, negligible);
    while (m != l) {
      if (sweeps-- == 0) return l;
      implicitSweep(l, m, n, d, e, z, stride);
      m = blockEnd(n, l, d, e, negligible);
    }
  }
  return -1;
}

/**
 * Makes d_l an eigenvalue, l counting up from 0: squares holds the n − 1 squares e_i². Returns what is left of the given number of
 * sweeps, or −1 if they did not suffice.
 */
export function rootFreeQl(n: i32, l: i32, d: usize, squares: usize, negligible: f64, sweeps: i32): i32 {
  let m = blockEndOfSquares(n, l, d, squares, negligible);
  while (m != l) {
    if (sweeps-- == 0) return -1;
    rootFreeSweep(l, m, d, squares);
    m = blockEndOfSquares(n, l, d, squares, negligible);
  }
  return sweeps;
}

/** ε ‖T‖. ‖T‖_∞ = max_i (|e_{i−1}| + |d_i| + |e_i|) is at least ‖T‖₂ and at most √3 ‖T‖₂. */
export function negligibleIn(n: i32, d: usize, e: usize): f64 {
  let most = 0.0;
  let before = 0.0;
  for (let i = 0; i < n; i++) {
    const after = i + 1 < n ? Math.abs(at(e, i)) : 0.0;
    most = Math.max(most, before + Math.abs(at(d, i)) + after);
    before = after;
  }
  return EPSILON * most;
}

export function isNegligible(off: f64, left: f64, right: f64, negligible: f64): bool {
  off = Math.abs(off);
  return off <= negligible || off <= EPSILON * (Math.abs(left) + Math.abs(right));
}

/** The first m ≥ l with e_m negligible; n − 1 if there is none. */
function blockEnd(n: i32, l: i32, d: usize, e: usize, negligible: f64): i32 {
  let m = l;
  while (m < n - 1 && !isNegligible(at(e, m), at(d, m), at(d, m + 1), negligible)) m++;
  return m;
}

function blockEndOfSquares(n: i32, l: i32, d: usize, squares: usize, negligible: f64): i32 {
  let m = l;
  for (; m < n - 1; m++) {
    const local = EPSILON * (Math.abs(at(d, m)) + Math.abs(at(d, m + 1)));
    if (at(squares, m) <= negligible * negligible || at(squares, m) <= local * local) return m;
  }
  return m;
}

function implicitSweep(l: i32, m: i32, n: i32, d: usize, e: usize, z: usize, stride: i32): void {
  let g = at(d, m) - shift(at(d, l), at(d, l + 1), at(e, l));
  let s = 1.0;
  let c = 1.0;
  let p = 0.0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * at(e, i);
    const b = c * at(e, i);
    const r = hypotenuse(f, g);
    put(e, i + 1, r);
    if (r == 0.0) {
      // The rotation is lost to underflow: the matrix has split here.
      put(d, i + 1, at(d, i + 1) - p);
      put(e, m, 0.0);
      return;
    }
    s = f / r;
    c = g / r;
    g = at(d, i + 1) - p;
    const t = (at(d, i) - g) * s + 2.0 * c * b;
    p = s * t;
    put(d, i + 1, g + p);
    g = c * t - b;
    rotate(n, c, s, rowOf(z, i, stride), rowOf(z, i + 1, stride));
  }
  put(d, l, at(d, l) - p);
  put(e, l, g);
  put(e, m, 0.0);
}

/** As implicitSweep on the squares: c and s stand for squares of the rotation's, and gamma, p for g, g²/c. */
function rootFreeSweep(l: i32, m: i32, d: usize, squares: usize): void {
  const sigma = shift(at(d, l), at(d, l + 1), Math.sqrt(at(squares, l)));
  let c = 1.0;
  let s = 0.0;
  let gamma = withoutTiny(at(d, m) - sigma);
  let p = gamma * gamma;
  for (let i = m - 1; i >= l; i--) {
    const square = at(squares, i);
    const r = p + square;
    if (i + 1 < m) put(squares, i + 1, s * r);
    const before = c;
    c = p / r;
    s = square / r;
    const old = gamma;
    const alpha = at(d, i);
    gamma = withoutTiny(c * (alpha - sigma) - s * old);
    put(d, i + 1, old + (alpha - gamma));
    p = c != 0.0 ? (gamma * gamma) / c : before * square;
  }
  put(squares, l, s * p);
  put(d, l, sigma + gamma);
}

/**
 * x, or 0 where its square has lost digits, which c = p / r and γ² / c would spread over all of T: that moves a diagonal entry of a matrix
 * of norm 1 by less than 1e-145.
 */
function withoutTiny(x: f64): f64 {
  return Math.abs(x) < 1e-145 ? 0.0 : x;
}

/** Wilkinson's shift: the eigenvalue of [[first, off], [off, second]] nearer to first. off ≠ 0. */
function shift(first: f64, second: f64, off: f64): f64 {
  const half = (second - first) / (2.0 * off);
  return first - off / (half + copysign<f64>(hypotenuse(half, 1.0), half));
}

/** √(x² + y²); the slow way where squares leave the range in which they have all their digits. */
function hypotenuse(x: f64, y: f64): f64 {
  const square = x * x + y * y;
  return square > 1e-280 && square < 1e300 ? Math.sqrt(square) : Math.hypot(x, y);
}
