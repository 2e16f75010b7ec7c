/**
 * G = X Xᵀ for X n × k (row-major, contiguous): the inner products between all rows; n × n, symmetric to the bit.
 * Only blocks on or below the diagonal are computed, then mirrored.
 */
import { multiplyTransposed } from './gemm';
import { rowOf } from './rows';
import { mirror } from './transpose';

const BLOCK: i32 = 64;

export function gram(n: i32, k: i32, x: usize, g: usize): void {
  for (let i = 0; i < n; i += BLOCK) {
    const rows = min(BLOCK, n - i);
    multiplyTransposed(rows, i + rows, k, rowOf(x, i, k), k, x, k, rowOf(g, i, n), n);
  }
  mirror(n, g);
}
