import { checkNumbers, checkShape } from './validate.js';

/** A dense matrix of doubles in row-major order: entry (i, j) is data[i * cols + j]. */
export interface Matrix {
  rows: number;
  cols: number;
  data: Float64Array;
}

/**
 * A rows × cols matrix with a copy of data (row-major), or zeros.
 *
 * @throws TypeError or RangeError if a size is not a non-negative integer, or data is not rows × cols finite numbers
 */
export function matrix(rows: number, cols: number, data?: ArrayLike<number>): Matrix {
  checkShape('matrix', rows, cols, 0);
  return {
    rows,
    cols,
    data: data === undefined ? new Float64Array(rows * cols) : checkNumbers('data', data, rows * cols),
  };
}
