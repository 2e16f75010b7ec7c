/**
 * Sums over a symmetric matrix A of order n and its square C = A A, of which only the rows at hand are ever held: row i gives
 *
 *   Σ a_ij²,  Σ a_ij c_ij,  Σ c_ij²   over j ≤ i, those with j < i twice,
 *
 * and all rows together ‖A‖_F² = tr A², tr A³ and ‖C‖_F² = tr A⁴. Half of C is enough, for it is symmetric: n³ operations in all.
 * Each sum is a dot product, its last term apart: it errs by γ_(i/2+4) Σ |terms|; an entry of C as gemm.ts says.
 */
import { dot } from './elementwise';
import { ALONG, multiply } from './gemm';
import { at, put, rowOf } from './rows';

/** Rows first … first+rows: their part of C at c, rows × (first+rows), and 3 sums a row. */
export function squareRows(n: i32, first: i32, rows: i32, a: usize, c: usize, sums: usize): void {
  const width = first + rows;
  const here = rowOf(a, first, n);
  multiply(rows, width, n, here, n, ALONG, a, n, ALONG, c, width, false);
  for (let r = 0; r < rows; r++) {
    const x = rowOf(here, r, n);
    const y = rowOf(c, r, width);
    const out = rowOf(sums, r, 3);
    put(out, 0, lowerDot(first + r, x, x));
    put(out, 1, lowerDot(first + r, x, y));
    put(out, 2, lowerDot(first + r, y, y));
  }
}

/** 2 Σ_{j<i} x_j y_j + x_i y_i. */
function lowerDot(i: i32, x: usize, y: usize): f64 {
  return 2.0 * dot(i, x, y) + at(x, i) * at(y, i);
}
