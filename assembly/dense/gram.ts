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
    lowerTriangle(n, depth, scratch, scratch, g, n, p > 0);
  }
  mirror(n, g);
}

/** The lower triangle of C ← [C +] A Bᵀ, where that is symmetric: A and B n × k in panels, k ≤ DEPTH; C has row stride ldc. */
export function lowerTriangle(
  n: i32,
  k: i32,
  a: usize,
  b: usize,
  c: usize,
  ldc: i32,
  accumulate: bool,
): void {
  for (let i = 0; i < n; i += ROWS) lowerRows(k, a, b, i, min(ROWS, n - i), c, ldc, accumulate);
}

/** Rows first … first+rows of the lower triangle, and of the blocks of 8 columns on the diagonal a little more. */
function lowerRows(
  k: i32,
  a: usize,
  b: usize,
  first: i32,
  rows: i32,
  c: usize,
  ldc: i32,
  accumulate: bool,
): void {
  const own = panelOf(a, first, k);
  const facing = panelOf(b, first, k);
  const row = rowOf(c, first, ldc);
  spread(rows, k, own, k);
  multiplyStrips(0, rows, first, k, b, k, row, ldc, accumulate);
  for (let j = 0; j < rows; j += 8) {
    const corner = row + ((<usize>(first + j)) << 3);
    const panel = panelOf(facing, j, k);
    if (j + 8 <= rows) {
      multiplyStrips(j, rows, 8, k, panel, k, corner, ldc, accumulate);
    } else {
      // The last, which overhangs the matrix.
      const rest = rows - j;
      multiplyPanels(rest, rest, k, panelOf(own, j, k), k, panel, k, rowOf(corner, j, ldc), ldc, accumulate);
    }
  }
}
