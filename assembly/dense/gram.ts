/**
 * G = X Xᵀ for X n × k (row-major, contiguous): the inner products between all rows; n × n, symmetric to the bit.
 * Only blocks of 8 columns on or below the diagonal are computed, then mirrored. Each run of terms is packed once, for both sides.
 */
import { DEPTH, multiplyPanels, multiplyStrips, ROWS, spread } from './gemm';
import { packRows, panelDoubles, panelOf } from './panels';
import { rowOf } from './rows';
import { mirror } from './transpose';

/** Scratch doubles of gram. */
export function gramScratch(n: i32, k: i32): f64 {
  return panelDoubles(n, min(k, DEPTH));
}

export function gram(n: i32, k: i32, x: usize, g: usize, scratch: usize): void {
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    packRows(n, depth, x + ((<usize>p) << 3), k, scratch);
    for (let i = 0; i < n; i += ROWS) lowerRows(n, depth, scratch, i, min(ROWS, n - i), g, p > 0);
  }
  mirror(n, g);
}

/** Rows first … first+rows of the lower triangle, and of the blocks of 8 columns on the diagonal a little more. */
function lowerRows(n: i32, k: i32, panels: usize, first: i32, rows: i32, g: usize, accumulate: bool): void {
  const c = rowOf(g, first, n);
  const own = panelOf(panels, first, k);
  spread(rows, k, own, k);
  multiplyStrips(0, rows, first, k, panels, k, c, n, accumulate);
  for (let j = 0; j < rows; j += 8) {
    const corner = c + ((<usize>(first + j)) << 3);
    if (j + 8 <= rows) {
      multiplyStrips(j, rows, 8, k, panelOf(own, j, k), k, corner, n, accumulate);
    } else {
      // The last, which overhangs the matrix.
      const panel = panelOf(own, j, k);
      multiplyPanels(rows - j, rows - j, k, panel, k, panel, k, rowOf(corner, j, n), n, accumulate);
    }
  }
}
