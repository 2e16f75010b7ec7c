/**
 * C = A Bᵀ: the one matrix product of the library. Everything that multiplies is brought to this form, in which
 * both operands are read along contiguous rows.
 *
 *   A: m × k, row stride lda;  B: n × k, row stride ldb;  C: m × n, row stride ldc, overwritten. Strides in doubles.
 *
 * Each entry is one dot product summed in one fixed order, whatever block it falls in: even terms in one lane, odd
 * terms in the other, the lanes added, then the last term if k is odd. So C does not depend on how the work is tiled,
 * and A Aᵀ is symmetric to the bit. Error: |ĉ − c| ≤ γ_(k/2+2) |a|·|b|.
 *
 * Blocks of 2 × 4 keep 8 sums, 2 rows of A and one of B in SIMD registers; more than 15 spill (measured, V8 on x64).
 */

/** C = A Bᵀ. */
export function multiplyTransposed(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  c: usize,
  ldc: i32,
): void {
  const stepA = (<usize>lda) << 3;
  const stepB = (<usize>ldb) << 3;
  const stepC = (<usize>ldc) << 3;
  let i = 0;
  for (; i + 2 <= m; i += 2) {
    let pb = b;
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      block2x4(k, a, stepA, pb, stepB, c + ((<usize>j) << 3), stepC);
      pb += 4 * stepB;
    }
    for (; j < n; j++) {
      store<f64>(c + ((<usize>j) << 3), dot(k, a, pb));
      store<f64>(c + stepC + ((<usize>j) << 3), dot(k, a + stepA, pb));
      pb += stepB;
    }
    a += 2 * stepA;
    c += 2 * stepC;
  }
  if (i < m) {
    for (let j = 0; j < n; j++) {
      store<f64>(c + ((<usize>j) << 3), dot(k, a, b));
      b += stepB;
    }
  }
}

/** x · y for two rows of length k, in the order stated above. */
export function dot(k: i32, x: usize, y: usize): f64 {
  let sum = f64x2.splat(0.0);
  const end = x + (((<usize>k) & ~1) << 3);
  while (x < end) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return k & 1 ? total + load<f64>(x) * load<f64>(y) : total;
}

function block2x4(k: i32, a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize): void {
  let s00 = f64x2.splat(0.0);
  let s01 = s00;
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  let a1 = a + stepA;
  let b0 = b;
  let b1 = b + stepB;
  let b2 = b1 + stepB;
  let b3 = b2 + stepB;
  const end = a + (((<usize>k) & ~1) << 3);
  while (a < end) {
    const x0 = v128.load(a);
    const x1 = v128.load(a1);
    let y = v128.load(b0);
    s00 = f64x2.add(s00, f64x2.mul(x0, y));
    s10 = f64x2.add(s10, f64x2.mul(x1, y));
    y = v128.load(b1);
    s01 = f64x2.add(s01, f64x2.mul(x0, y));
    s11 = f64x2.add(s11, f64x2.mul(x1, y));
    y = v128.load(b2);
    s02 = f64x2.add(s02, f64x2.mul(x0, y));
    s12 = f64x2.add(s12, f64x2.mul(x1, y));
    y = v128.load(b3);
    s03 = f64x2.add(s03, f64x2.mul(x0, y));
    s13 = f64x2.add(s13, f64x2.mul(x1, y));
    a += 16;
    a1 += 16;
    b0 += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
  }
  const odd = (k & 1) != 0;
  finish(c, odd, s00, a, b0);
  finish(c + 8, odd, s01, a, b1);
  finish(c + 16, odd, s02, a, b2);
  finish(c + 24, odd, s03, a, b3);
  c += stepC;
  finish(c, odd, s10, a1, b0);
  finish(c + 8, odd, s11, a1, b1);
  finish(c + 16, odd, s12, a1, b2);
  finish(c + 24, odd, s13, a1, b3);
}

/** Adds the lanes and, if k is odd, the last term x y. */
function finish(c: usize, odd: bool, sum: v128, x: usize, y: usize): void {
  const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  store<f64>(c, odd ? total + load<f64>(x) * load<f64>(y) : total);
}
