/**
 * Householder reduction of a symmetric matrix to tridiagonal form, A = Q T Qᵀ (LAPACK's dsytrd, from the last row up).
 *
 * A: n × n row-major; only its lower triangle is read, and it is overwritten. Step i maps row i left of the diagonal,
 * x = A[i, :i], to (0, …, 0, e) by H_i = I − τ v vᵀ with v_{i−1} = 1, v kept in x's place; the leading triangle becomes
 *   A ← H A H = A + v uᵀ + u vᵀ,   u = −τ A v + ½ τ² (vᵀ A v) v.
 * This is done for a panel of PANEL rows at a time: within it only the row about to be reduced is brought up to date, and A v is
 * formed from the A of the panel's beginning and the u and v since; the rest of A takes all of them at once, a matrix product. So
 * half of the 4/3 n³ operations run at the speed of a product, the other half at that with which A v reads the triangle.
 * (J. Dongarra, D. Sorensen and S. Hammarling, J. Comput. Appl. Math. 27 (1989) 215.)
 *
 * Normwise backward stable: T is exact for A + E, ‖E‖ ≤ c n ε ‖A‖ (Parlett, The Symmetric Eigenvalue Problem, §7). The caller scales
 * A to order 1, so that no square here overflows, and none that matters underflows.
 */
import { addScaled, dot, scale } from '../dense/elementwise';
import { lowerTriangle } from '../dense/gram';
import { addRows, multiplySymmetric, multiplyVector } from '../dense/matvec';
import { maxAbs } from '../dense/norm';
import { packColumns, panelDoubles } from '../dense/panels';
import { at, put, rowOf } from '../dense/rows';

/** Rows reduced between two updates of the rest. 16 to 32 take the same time within 3 %, 48 takes 8 % more. */
export const PANEL: i32 = 16;

const coefficientsU: usize = memory.data(16 * 8, 16);
const coefficientsV: usize = memory.data(16 * 8, 16);

/** Scratch doubles: u of a panel, its v, u again, and both packed. */
export function reductionScratch(n: i32): f64 {
  return 3.0 * <f64>PANEL * <f64>n + 2.0 * panelDoubles(n, 2 * PANEL);
}

/**
 * Rows top−1 … first, a panel of at most PANEL. d: n diagonal entries; e: n, of which e_i couples i with i + 1 (the last is 0); tau: n. A
 * panel a call: V8 compiles a function well only for its next call, and in one long first call stays four times as slow.
 */
export function reducePanel(
  n: i32,
  a: usize,
  first: i32,
  top: i32,
  d: usize,
  e: usize,
  tau: usize,
  scratch: usize,
): void {
  if (top == n) put(e, n - 1, 0.0);
  for (let i = top - 1; i >= first; i--) {
    const done = top - 1 - i;
    const v = rowOf(a, i, n);
    bringUpToDate(done, i, n, v, scratch);
    put(d, i, at(v, i));
    const t = i > 0 ? reflector(i, v, e + ((<usize>(i - 1)) << 3)) : 0.0;
    put(tau, i, t);
    const u = rowOf(scratch, done, n);
    if (t == 0.0) {
      memory.fill(u, 0, (<usize>i) << 3);
      memory.fill(rowOf(u, PANEL, n), 0, (<usize>i) << 3);
    } else {
      multiplySymmetric(i, a, n, v, u);
      addProduct(done, i, n, v, u, scratch);
      scale(i, -t, u, u);
      addScaled(i, -0.5 * t * dot(i, u, v), v, u);
      memory.copy(rowOf(u, PANEL, n), v, (<usize>i) << 3);
    }
    memory.copy(rowOf(u, 2 * PANEL, n), u, (<usize>i) << 3);
  }
}

/** A ← A + Σ (v uᵀ + u vᵀ) over the panel above row first, on the triangle of order first > 0: such panels are full. */
export function updateRest(n: i32, a: usize, first: i32, tau: usize, scratch: usize): void {
  if (maxAbs(PANEL, tau + ((<usize>first) << 3)) == 0.0) return;
  const depth = 2 * PANEL;
  const columns = rowOf(scratch, 3 * PANEL, n);
  const rows = columns + ((<usize>panelDoubles(n, depth)) << 3);
  packColumns(first, depth, scratch, n, columns);
  packColumns(first, depth, rowOf(scratch, PANEL, n), n, rows);
  lowerTriangle(first, depth, rows, columns, a, n, true);
}

/** Row i of A (i + 1 entries at row) takes the u and v of the rows done before it in its panel. */
function bringUpToDate(done: i32, i: i32, n: i32, row: usize, us: usize): void {
  const vs = rowOf(us, PANEL, n);
  for (let k = 0; k < done; k++) {
    put(coefficientsU, k, at(rowOf(us, k, n), i));
    put(coefficientsV, k, at(rowOf(vs, k, n), i));
  }
  addRows(done, i + 1, us, n, coefficientsV, row);
  addRows(done, i + 1, vs, n, coefficientsU, row);
}

/** y ← y + Σ (v uᵀ + u vᵀ) x over the rows done before in the panel. */
function addProduct(done: i32, length: i32, n: i32, x: usize, y: usize, us: usize): void {
  const vs = rowOf(us, PANEL, n);
  multiplyVector(done, length, us, n, x, coefficientsU);
  multiplyVector(done, length, vs, n, x, coefficientsV);
  addRows(done, length, vs, n, coefficientsU, y);
  addRows(done, length, us, n, coefficientsV, y);
}

/** Overwrites x with v (its last entry 1), stores the entry it is mapped to at e, returns τ; 0 if x is already of that form. */
function reflector(n: i32, x: usize, e: usize): f64 {
  const alpha = at(x, n - 1);
  const rest = Math.sqrt(dot(n - 1, x, x));
  // Squares below 1e-290 have lost digits, and a reflector built from them is not orthogonal: drop such rows, which
  // changes a matrix of norm 1 by less than 1e-145.
  if (rest < 1e-145) {
    store<f64>(e, alpha);
    return 0.0;
  }
  const beta = -copysign<f64>(Math.sqrt(alpha * alpha + rest * rest), alpha);
  store<f64>(e, beta);
  // alpha and beta differ in sign: no cancellation. Division entry by entry: 1/(alpha − beta) could overflow.
  const pivot = alpha - beta;
  for (let j = 0; j < n - 1; j++) put(x, j, at(x, j) / pivot);
  put(x, n - 1, 1.0);
  return (beta - alpha) / beta;
}
