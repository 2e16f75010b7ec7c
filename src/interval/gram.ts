/**
 * Inner products between rows, a tile at a time: out_ij = x_i · y_j for ni × nj rows of n. Each is summed in chunks, and the sums of the chunks then, so that no
 * path has more than pathOf(n) roundings.
 */

/** Rows of a tile, either way. */
export const TILE = 32;
const CHUNK = 256;

/** Roundings on the longest path from a product to its sum. */
export function pathOf(n: number): number {
  return Math.min(n, CHUNK) + Math.ceil(n / CHUNK) + 1;
}

/** x and y begin at rows first of arrays of rows of n; out has rows of TILE. */
export function innerProducts(
  n: number,
  x: Float64Array,
  firstX: number,
  ni: number,
  y: Float64Array,
  firstY: number,
  nj: number,
  out: Float64Array,
): void {
  out.fill(0);
  for (let from = 0; from < n; from += CHUNK) {
    const length = Math.min(CHUNK, n - from);
    for (let i = 0; i < ni; i += 2) {
      // At the edge a row stands in for the one that is missing.
      const i1 = Math.min(i + 1, ni - 1);
      const a0 = (firstX + i) * n + from;
      const a1 = (firstX + i1) * n + from;
      for (let j = 0; j < nj; j += 2) {
        const j1 = Math.min(j + 1, nj - 1);
        const b0 = (firstY + j) * n + from;
        const b1 = (firstY + j1) * n + from;
        let [s00, s01, s10, s11] = [0, 0, 0, 0];
        for (let p = 0; p < length; p++) {
          const x0 = x[a0 + p];
          const x1 = x[a1 + p];
          const y0 = y[b0 + p];
          const y1 = y[b1 + p];
          s00 += x0 * y0;
          s01 += x0 * y1;
          s10 += x1 * y0;
          s11 += x1 * y1;
        }
        out[i * TILE + j] += s00;
        if (j1 > j) out[i * TILE + j1] += s01;
        if (i1 > i) out[i1 * TILE + j] += s10;
        if (i1 > i && j1 > j) out[i1 * TILE + j1] += s11;
      }
    }
  }
}
