/**
 * Householder reduction of a symmetric matrix to tridiagonal form: A = Q T Qᵀ (LAPACK's dsytd2, unblocked).
 *
 * A: n × n row-major; only its upper triangle is read, and it is overwritten. Step i maps row i right of the diagonal,
 * x = A[i, i+1:], to (e_i, 0, …) by H_i = I − τ v vᵀ with v_0 = 1, v kept in x's place; the trailing triangle becomes
 *   A ← H A H = A − v wᵀ − w vᵀ,   w = τ A v − ½ τ² (vᵀ A v) v.
 * Only rows of the upper triangle are touched, each read once for A v and once for the update: contiguous memory.
 * 4/3 n³ flops. Normwise backward stable: T is exact for A + E, ‖E‖ ≤ c n ε ‖A‖ (Parlett, The Symmetric Eigenvalue
 * Problem, §7). The caller scales A to order 1, so that no square here overflows, and none that matters underflows.
 */
import { addScaled, dot, scale } from '../dense/elementwise';
import { at, put, rowOf } from '../dense/rows';

/**
 * Steps first … last−1 of the n. d: n diagonal entries, e: n off-diagonal ones (the last is 0), tau: n; w: n scratch. A few
 * steps a call: V8 compiles a function well only for its next call, and in one long first call stays four times as slow
 * (measured at n = 700: 373 ms in one call, 93 ms in the calls after it).
 */
export function tridiagonalize(
  n: i32,
  a: usize,
  first: i32,
  last: i32,
  d: usize,
  e: usize,
  tau: usize,
  w: usize,
): void {
  for (let i = first; i < last; i++) {
    const row = rowOf(a, i, n);
    const length = n - i - 1;
    put(d, i, at(row, i));
    const v = row + ((<usize>(i + 1)) << 3);
    const t = length > 0 ? reflector(length, v, e + ((<usize>i) << 3)) : 0.0;
    if (length == 0) put(e, i, 0.0);
    put(tau, i, t);
    if (t == 0.0) continue;
    const trailing = rowOf(a, i + 1, n) + ((<usize>(i + 1)) << 3);
    symmetricProduct(length, trailing, n, v, w);
    scale(length, t, w, w);
    addScaled(length, -0.5 * t * dot(length, w, v), v, w);
    rankTwoUpdate(length, trailing, n, v, w);
  }
}

/**
 * q (n × n) = Qᵀ = H_{n−2} … H_0, from the reflectors left in a and tau: accumulated backward, so that each H_i meets
 * only the rows and columns it can change (LAPACK's dorg2l). Row k of q is column k of Q. Steps last−1 … first of the n; the
 * first call, the one with last = n, clears q.
 */
export function formTransposedQ(n: i32, a: usize, first: i32, last: i32, tau: usize, q: usize): void {
  if (last == n) memory.fill(q, 0, (<usize>n * <usize>n) << 3);
  for (let i = last - 1; i >= first; i--) {
    put(rowOf(q, i, n), i, 1.0);
    const t = at(tau, i);
    if (t == 0.0) continue;
    const length = n - i - 1;
    const v = rowOf(a, i, n) + ((<usize>(i + 1)) << 3);
    for (let r = i + 1; r < n; r++) {
      const x = rowOf(q, r, n) + ((<usize>(i + 1)) << 3);
      addScaled(length, -t * dot(length, x, v), v, x);
    }
  }
}

/** Overwrites x with v (v_0 = 1), stores the image's leading entry at e, returns τ; 0 if x is already of that form. */
function reflector(n: i32, x: usize, e: usize): f64 {
  const alpha = load<f64>(x);
  const tail = Math.sqrt(dot(n - 1, x + 8, x + 8));
  // Squares below 1e-290 have lost digits, and a reflector built from them is not orthogonal: drop such tails, which
  // changes a matrix of norm 1 by less than 1e-145.
  if (tail < 1e-145) {
    store<f64>(e, alpha);
    return 0.0;
  }
  const beta = -copysign<f64>(Math.sqrt(alpha * alpha + tail * tail), alpha);
  store<f64>(e, beta);
  // alpha and beta differ in sign: no cancellation. Division entry by entry: 1/(alpha − beta) could overflow.
  const pivot = alpha - beta;
  for (let j = 1; j < n; j++) {
    const p = x + ((<usize>j) << 3);
    store<f64>(p, load<f64>(p) / pivot);
  }
  store<f64>(x, 1.0);
  return (beta - alpha) / beta;
}

/** w = A v, A symmetric of order n in the upper triangle of rows of stride lda. */
function symmetricProduct(n: i32, a: usize, lda: i32, v: usize, w: usize): void {
  memory.fill(w, 0, (<usize>n) << 3);
  for (let i = 0; i < n; i++) {
    const diagonal = rowOf(a, i, lda + 1);
    const rest = n - i - 1;
    const here = (<usize>i) << 3;
    store<f64>(
      w + here,
      load<f64>(w + here) + load<f64>(diagonal) * load<f64>(v + here) + dot(rest, diagonal + 8, v + here + 8),
    );
    addScaled(rest, load<f64>(v + here), diagonal + 8, w + here + 8);
  }
}

/** A −= v wᵀ + w vᵀ on the upper triangle. */
function rankTwoUpdate(n: i32, a: usize, lda: i32, v: usize, w: usize): void {
  for (let i = 0; i < n; i++) {
    const here = (<usize>i) << 3;
    const diagonal = rowOf(a, i, lda + 1);
    addScaled(n - i, -load<f64>(v + here), w + here, diagonal);
    addScaled(n - i, -load<f64>(w + here), v + here, diagonal);
  }
}
