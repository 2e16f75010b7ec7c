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

/** Entries of a side of the blocks that mirror() moves at once: both then stay in the first-level cache. */
const BLOCK: i32 = 16;

/** Copies the lower triangle of the n × n matrix a onto the upper one. */
export function mirror(n: i32, a: usize): void {
  mirrorPart(n, a, n);
}

/** The same for a matrix with row stride lda. */
export function mirrorPart(n: i32, a: usize, lda: i32): void {
  for (let i = 0; i < n; i += BLOCK) {
    for (let j = 0; j <= i; j += BLOCK) mirrorBlock(n, a, lda, i, j);
  }
}

function mirrorBlock(n: i32, a: usize, lda: i32, first: i32, column: i32): void {
  const end = min(n, first + BLOCK);
  for (let j = column; j < min(n, column + BLOCK); j++) {
    const row = rowOf(a, j, lda);
    for (let i = max(first, j + 1); i < end; i++) put(row, i, at(rowOf(a, i, lda), j));
  }
}
