/**
 * Eigenvalues, and on request eigenvectors, of a symmetric tridiagonal matrix by the implicit QL method with Wilkinson's
 * shift (Dubrulle, Martin and Wilkinson, Numer. Math. 12 (1968) 377; EISPACK's imtql2).
 *
 * d: n diagonal entries, overwritten by the eigenvalues, unsorted. e: n off-diagonal entries (the last unused), destroyed.
 * z: rows (n × n) that the rotations are applied to, or 0; starting from Qᵀ, row k ends as the eigenvector of d[k].
 *
 * An off-diagonal entry is negligible when |e_i| ≤ ε (|d_i| + |d_{i+1}|) or |e_i| ≤ ε ‖T‖. The second test is what keeps
 * rank-deficient matrices moving: on the null space the local test compares rounding noise with rounding noise, and
 * Hessians of networks are rank-deficient. Both perturb T by at most ε ‖T‖. Never an absolute tolerance.
 */
import { at, put, rowOf } from '../dense/rows';

const EPSILON: f64 = 2.220446049250313e-16;

/**
 * Rotates until e[l] is negligible, so that d[l] is an eigenvalue; l counts up from 0. Returns what is left of the given
 * number of sweeps, or −1 if they did not suffice. negligible is that of T before any sweep.
 */
export function qlEigenvalue(
  n: i32,
  l: i32,
  d: usize,
  e: usize,
  z: usize,
  negligible: f64,
  sweeps: i32,
): i32 {
  let m = firstNegligible(n, l, d, e, negligible);
  while (m != l) {
    if (sweeps-- == 0) return -1;
    sweep(n, l, m, d, e, z);
    m = firstNegligible(n, l, d, e, negligible);
  }
  return sweeps;
}

/** ε ‖T‖. ‖T‖_∞ = max_i (|e_{i−1}| + |d_i| + |e_i|) is at least ‖T‖₂ and at most √3 ‖T‖₂. */
export function qlNegligible(n: i32, d: usize, e: usize): f64 {
  let most = 0.0;
  let before = 0.0;
  for (let i = 0; i < n; i++) {
    const after = i + 1 < n ? Math.abs(at(e, i)) : 0.0;
    most = Math.max(most, before + Math.abs(at(d, i)) + after);
    before = after;
  }
  return EPSILON * most;
}

/** The first m ≥ l with e_m negligible; n − 1 if there is none. */
function firstNegligible(n: i32, l: i32, d: usize, e: usize, negligible: f64): i32 {
  for (let m = l; m < n - 1; m++) {
    const off = Math.abs(at(e, m));
    if (off <= negligible || off <= EPSILON * (Math.abs(at(d, m)) + Math.abs(at(d, m + 1)))) return m;
  }
  return n - 1;
}

/** One implicit QL sweep on rows l … m. */
function sweep(n: i32, l: i32, m: i32, d: usize, e: usize, z: usize): void {
  // Wilkinson's shift: the eigenvalue of the leading 2 × 2 block nearer to d_l.
  const half = (at(d, l + 1) - at(d, l)) / (2.0 * at(e, l));
  const root = Math.hypot(half, 1.0);
  let g = at(d, m) - at(d, l) + at(e, l) / (half + copysign<f64>(root, half));
  let s = 1.0;
  let c = 1.0;
  let p = 0.0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * at(e, i);
    const b = c * at(e, i);
    const r = Math.hypot(f, g);
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
    if (z) rotateRows(n, c, s, rowOf(z, i, n));
  }
  put(d, l, at(d, l) - p);
  put(e, l, g);
  put(e, m, 0.0);
}

/** (x, y) ← (c x − s y, s x + c y) for the row x at z and the row y after it. */
function rotateRows(n: i32, c: f64, s: f64, z: usize): void {
  const cosine = f64x2.splat(c);
  const sine = f64x2.splat(s);
  const step = (<usize>n) << 3;
  const end = z + (((<usize>n) & ~1) << 3);
  while (z < end) {
    const x = v128.load(z);
    const y = v128.load(z + step);
    v128.store(z + step, f64x2.add(f64x2.mul(sine, x), f64x2.mul(cosine, y)));
    v128.store(z, f64x2.sub(f64x2.mul(cosine, x), f64x2.mul(sine, y)));
    z += 16;
  }
  if (n & 1) {
    const x = load<f64>(z);
    const y = load<f64>(z + step);
    store<f64>(z + step, s * x + c * y);
    store<f64>(z, c * x - s * y);
  }
}
