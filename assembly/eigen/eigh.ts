/**
 * The symmetric eigenproblem A = V Λ Vᵀ: scale, reduce to tridiagonal form, QL, sort (the plan of LAPACK's dsyev).
 *
 * A is scaled by the power of two (exact) that brings its largest entry into [1, 2), so that no intermediate overflows and
 * only what is far below ε ‖A‖ can underflow; eigenvalues are scaled back at the end.
 * Normwise backward stable: each computed eigenvalue is within c n ε ‖A‖ of a true one, residuals and departures from
 * orthogonality are of that size. Eigenvalues far below ε ‖A‖ carry no relative accuracy.
 */
import { exponent, maxAbs, scaleByPowerOfTwo } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { transpose } from '../dense/transpose';
import { ql } from './ql';
import { formTransposedQ, tridiagonalize } from './tridiagonal';

/** Scratch doubles of eigh. */
export function eighScratch(n: i32, vectors: bool): f64 {
  return 4.0 * <f64>n + (vectors ? <f64>n * <f64>n : 0.0);
}

/**
 * a: n × n, symmetric, destroyed; only its lower triangle is read. values: n, ascending. vectors: n × n, row k belonging to
 * values[k], or 0 for values only. Returns 0, or 1 + the index of the eigenvalue that did not converge.
 */
export function eigh(n: i32, a: usize, values: usize, vectors: usize, scratch: usize): i32 {
  copyLowerToUpper(n, a);
  const e = scaleToOne(n, a);
  const off = scratch;
  const tau = rowOf(scratch, n, 1);
  const w = rowOf(scratch, n, 2);
  const order = rowOf(scratch, n, 3);
  const z = vectors ? rowOf(scratch, n, 4) : 0;
  tridiagonalize(n, a, values, off, tau, w);
  if (vectors) formTransposedQ(n, a, tau, z);
  const status = ql(n, values, off, z);
  if (status) return status;
  sortAscending(n, values, order, w);
  for (let k = 0; k < n; k++) {
    const p = values + ((<usize>k) << 3);
    store<f64>(p, scaleByPowerOfTwo(load<f64>(p), e));
    if (vectors) {
      memory.copy(rowOf(vectors, k, n), rowOf(z, load<i32>(order + ((<usize>k) << 3)), n), (<usize>n) << 3);
    }
  }
  return 0;
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
