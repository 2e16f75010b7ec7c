/**
 * Not part of the core: the rate of f64x2 multiplication and addition that the engine reaches when nothing else is asked of it,
 * of which bench/ reports shares. The inner loop of a matrix product with its operands left in registers: eight sums, enough
 * independent ones to hide the latency of an addition, few enough that nothing spills. The left operands swap places so that no
 * product is the same in two turns, and values are parameters, so that nothing folds away. Other shapes were slower (6 to 14
 * chains x ← x m + c: at most 84 % of this; 2 × 5, 3 × 3 and 3 × 4 spill: half).
 */

/** Flops of a turn: 8 vectors of 2, a multiplication and an addition each. */
export const FLOPS: i32 = 32;

export function run(turns: i32, factor: f64, step: f64): f64 {
  let a0 = f64x2.splat(factor);
  let a1 = f64x2.splat(2.0 * factor);
  const b0 = f64x2.splat(step);
  const b1 = f64x2.splat(2.0 * step);
  const b2 = f64x2.splat(3.0 * step);
  const b3 = f64x2.splat(4.0 * step);
  let x00 = b0;
  let x01 = b1;
  let x02 = b2;
  let x03 = b3;
  let x10 = b1;
  let x11 = b2;
  let x12 = b3;
  let x13 = b0;
  for (let turn = 0; turn < turns; turn++) {
    x00 = f64x2.add(x00, f64x2.mul(a0, b0));
    x01 = f64x2.add(x01, f64x2.mul(a0, b1));
    x02 = f64x2.add(x02, f64x2.mul(a0, b2));
    x03 = f64x2.add(x03, f64x2.mul(a0, b3));
    x10 = f64x2.add(x10, f64x2.mul(a1, b0));
    x11 = f64x2.add(x11, f64x2.mul(a1, b1));
    x12 = f64x2.add(x12, f64x2.mul(a1, b2));
    x13 = f64x2.add(x13, f64x2.mul(a1, b3));
    const swap = a0;
    a0 = a1;
    a1 = swap;
  }
  const left = f64x2.add(f64x2.add(x00, x01), f64x2.add(x02, x03));
  const right = f64x2.add(f64x2.add(x10, x11), f64x2.add(x12, x13));
  const sum = f64x2.add(left, right);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
