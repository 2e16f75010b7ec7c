/** Rearrangements of matrices. */
import { at, put, rowOf } from './rows';

/** B (n × m, row stride ldb) = Aᵀ for A m × n with row stride lda. */
export function transpose(m: i32, n: i32, a: usize, lda: i32, b: usize, ldb: i32): void {
  for (let i = 0; i < m; i++) {
    const row = rowOf(a, i, lda);
    let column = b + ((<usize>i) << 3);
    for (let j = 0; j < n; j++) {
      store<f64>(column, at(row, j));
      column += (<usize>ldb) << 3;
    }
  }
}

/** Copies the lower triangle of the n × n matrix a onto the upper one. */
export function mirror(n: i32, a: usize): void {
  for (let i = 0; i < n; i++) {
    const row = rowOf(a, i, n);
    for (let j = 0; j < i; j++) put(rowOf(a, j, n), i, at(row, j));
  }
}
