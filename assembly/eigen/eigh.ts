/**
 * What surrounds the tridiagonal eigenproblem in A = V Λ Vᵀ. src/core/eigh.ts runs the steps in turn (the plan of LAPACK's dsyevd).
 *
 * A is scaled by the power of two (exact) that brings its largest entry into [1, 2), so that no intermediate overflows and
 * only what is far below ε ‖A‖ can underflow; eigenvalues are scaled back at the end.
 * Normwise backward stable: each computed eigenvalue is within c n ε ‖A‖ of a true one, residuals and departures from
 * orthogonality are of that size. Eigenvalues far below ε ‖A‖ carry no relative accuracy.
 */
import { scaleByPower } from '../dense/elementwise';
import { exponent, maxAbs, scaleByPowerOfTwo } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { isNegligible } from './ql';
import { indexAt, sortedOrder } from './sort';

/** Scales the lower triangle of a (n × n) by 2^−e, so that its largest entry lies in [1, 2). Returns e. */
export function prepare(n: i32, a: usize): i32 {
  let largest = 0.0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, maxAbs(<usize>(i + 1), rowOf(a, i, n)));
  if (largest == 0.0) return 0;
  const e = exponent(largest);
  for (let i = 0; i < n; i++) scaleByPower(i + 1, -e, rowOf(a, i, n));
  return e;
}

/** Makes 0 the entries of e (n − 1) that are negligible beside their neighbours in d or ε ‖T‖. */
export function clearNegligible(n: i32, d: usize, e: usize, negligible: f64): void {
  for (let i = 0; i < n - 1; i++) {
    if (isNegligible(at(e, i), at(d, i), at(d, i + 1), negligible)) put(e, i, 0.0);
  }
}

/** Sorts the values ascending and scales them by 2^e. order: as in sortedOrder; spare: n. */
export function finish(n: i32, e: i32, values: usize, order: usize, spare: usize): void {
  sortedOrder(n, values, order, spare);
  for (let k = 0; k < n; k++) put(spare, k, scaleByPowerOfTwo(at(values, indexAt(order, k)), e));
  memory.copy(values, spare, (<usize>n) << 3);
}

/** Row t of out = the row of z that place has for the value of number from + t, t < count. */
export function gatherRows(
  n: i32,
  from: i32,
  count: i32,
  order: usize,
  place: usize,
  z: usize,
  out: usize,
): void {
  for (let t = 0; t < count; t++) {
    const row = indexAt(place, indexAt(order, from + t));
    memory.copy(rowOf(out, t, n), rowOf(z, row, n), (<usize>n) << 3);
  }
}
