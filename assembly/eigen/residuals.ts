/**
 * How good an eigensystem is: ratios in the manner of LAPACK's tests (dsyt21), in 1-norms,
 *   ‖A Vᵀ − Vᵀ Λ‖ / (n ε ‖A‖)  and  ‖V Vᵀ − I‖ / (n ε),
 * for count eigenvectors in the rows of V. The first is taken with A and Λ scaled by the power of two that brings the largest entry of A
 * into [1, 2). Where ε ‖A‖ is below the smallest double, that takes its place: no eigenvalue can be told more finely.
 */
import { ALONG, multiply } from '../dense/gemm';
import { gram } from '../dense/gram';
import { scaleByPowerOfTwo } from '../dense/norm';
import { mirror } from '../dense/transpose';
import { at, rowOf } from '../dense/rows';
import { prepare } from './eigh';

const EPSILON: f64 = 2.220446049250313e-16;

/** The lower triangle of a is read; a is destroyed. work: count × n. */
export function residualRatio(n: i32, count: i32, a: usize, values: usize, v: usize, work: usize): f64 {
  const e = prepare(n, a);
  mirror(n, a);
  let norm = 0.0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, sumOfSizes(n, rowOf(a, i, n)));
  multiply(count, n, n, v, n, ALONG, a, n, ALONG, work, n, false);
  let worst = 0.0;
  for (let k = 0; k < count; k++) {
    const value = scaleByPowerOfTwo(at(values, k), -e);
    let size = 0.0;
    for (let i = 0; i < n; i++) size += Math.abs(at(rowOf(work, k, n), i) - value * at(rowOf(v, k, n), i));
    worst = Math.max(worst, size);
  }
  const grain = Math.max(EPSILON * norm, scaleByPowerOfTwo(1.0, -1074 - e));
  return worst / (<f64>n * grain);
}

/** work: count × count, and then gram's scratch. */
export function orthogonalityRatio(n: i32, count: i32, v: usize, work: usize): f64 {
  gram(count, n, v, work, rowOf(work, count, count));
  let worst = 0.0;
  for (let k = 0; k < count; k++) {
    const row = rowOf(work, k, count);
    worst = Math.max(worst, sumOfSizes(count, row) - Math.abs(at(row, k)) + Math.abs(at(row, k) - 1.0));
  }
  return worst / (<f64>n * EPSILON);
}

function sumOfSizes(n: i32, x: usize): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += Math.abs(at(x, i));
  return sum;
}
