/**
 * What surrounds the tridiagonal eigenproblem in A = V Λ Vᵀ: scaling before, sorting after. src/core/eigh.ts runs the steps in
 * turn (the plan of LAPACK's dsyev): prepare, tridiagonalize, formTransposedQ, qlEigenvalue for each l, finish.
 *
 * A is scaled by the power of two (exact) that brings its largest entry into [1, 2), so that no intermediate overflows and
 * only what is far below ε ‖A‖ can underflow; eigenvalues are scaled back at the end.
 * Normwise backward stable: each computed eigenvalue is within c n ε ‖A‖ of a true one, residuals and departures from
 * orthogonality are of that size. Eigenvalues far below ε ‖A‖ carry no relative accuracy.
 */
import { exponent, maxAbs, scaleByPowerOfTwo } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { transpose } from '../dense/transpose';

/** Copies the lower triangle of a (n × n) over the upper one and scales a by 2^−e. Returns e. */
export function prepare(n: i32, a: usize): i32 {
  copyLowerToUpper(n, a);
  return scaleToOne(n, a);
}

/**
 * Sorts the values ascending and scales them by 2^e; with vectors, row k of vectors becomes the row of z that belongs to
 * values[k]. order, spare: n scratch each.
 */
export function finish(
  n: i32,
  e: i32,
  values: usize,
  z: usize,
  vectors: usize,
  order: usize,
  spare: usize,
): void {
  sortAscending(n, values, order, spare);
  for (let k = 0; k < n; k++) {
    put(values, k, scaleByPowerOfTwo(at(values, k), e));
    if (vectors) memory.copy(rowOf(vectors, k, n), rowOf(z, indexAt(order, k), n), (<usize>n) << 3);
  }
}

/** Reads the lower triangle into the upper one, where tridiagonalize works. */
function copyLowerToUpper(n: i32, a: usize): void {
  for (let i = 0; i + 1 < n; i++) {
    const below = rowOf(a, i + 1, n) + ((<usize>i) << 3);
    transpose(n - i - 1, 1, below, n, rowOf(a, i, n) + ((<usize>(i + 1)) << 3), 1);
  }
}

/** Scales a by 2^−e with e returned, so that the largest entry of its upper triangle lies in [1, 2). */
function scaleToOne(n: i32, a: usize): i32 {
  let largest = 0.0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, maxAbs(<usize>(n - i), rowOf(a, i, n + 1)));
  if (largest == 0.0) return 0;
  const e = exponent(largest);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const p = rowOf(a, i, n) + ((<usize>j) << 3);
      store<f64>(p, scaleByPowerOfTwo(load<f64>(p), -e));
    }
  }
  return e;
}

/**
 * Sorts values, leaving in order (one i32 in each double's place) where each came from. Bottom-up merge sort: stable,
 * n log n for any input.
 */
function sortAscending(n: i32, values: usize, order: usize, spare: usize): void {
  for (let i = 0; i < n; i++) store<i32>(order + ((<usize>i) << 3), i);
  // Merge runs of indices by the values they point at, then gather the values.
  for (let run = 1; run < n; run *= 2) {
    for (let start = 0; start < n; start += 2 * run) {
      const middle = min(start + run, n);
      const end = min(start + 2 * run, n);
      let i = start;
      let j = middle;
      for (let k = start; k < end; k++) {
        const left =
          i < middle && (j >= end || at(values, indexAt(order, i)) <= at(values, indexAt(order, j)));
        store<i32>(spare + ((<usize>k) << 3), indexAt(order, left ? i++ : j++));
      }
    }
    memory.copy(order, spare, (<usize>n) << 3);
  }
  for (let k = 0; k < n; k++) put(spare, k, at(values, indexAt(order, k)));
  memory.copy(values, spare, (<usize>n) << 3);
}

function indexAt(order: usize, i: i32): i32 {
  return load<i32>(order + ((<usize>i) << 3));
}
