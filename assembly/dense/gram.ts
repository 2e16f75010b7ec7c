/**
 * G = X Xᵀ for X n × k (row-major, contiguous): the inner products between all rows; n × n, symmetric to the bit.
 * Only blocks of 8 columns on or below the diagonal are computed, then mirrored. Each run of terms is packed once, for both sides.
 */
import { DEPTH, multiplyRun } from './gemm';
import { packRows, panelDoubles, panelOf } from './panels';
import { rowOf } from './rows';
import { mirror } from './transpose';

/** Rows of panels that stay in the second-level cache while the panels of all columns pass by. */
const ROWS: i32 = 96;

/** Scratch doubles of gram. */
export function gramScratch(n: i32, k: i32): f64 {
  return panelDoubles(n, min(k, DEPTH));
}

export function gram(n: i32, k: i32, x: usize, g: usize, scratch: usize): void {
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    packRows(n, depth, x + ((<usize>p) << 3), k, scratch);
    for (let i = 0; i < n; i += ROWS) lowerRows(n, depth, scratch, i, min(n, i + ROWS), g, p > 0);
  }
  mirror(n, g);
}

/** Rows first … end of the lower triangle, and of the blocks on the diagonal a little more. */
function lowerRows(n: i32, k: i32, panels: usize, first: i32, end: i32, g: usize, accumulate: bool): void {
  for (let j = 0; j < end; j += 8) {
    const i = max(first, j);
    multiplyRun(
      end - i,
      min(8, n - j),
      k,
      panelOf(panels, i, k),
      k,
      panelOf(panels, j, k),
      k,
      rowOf(g, i, n) + ((<usize>j) << 3),
      n,
      accumulate,
    );
  }
}
