/**
 * ‖x‖ = √Σ x_i² of n contiguous doubles, without overflow or underflow of the squares.
 *
 * Two passes: the largest |x_i|, then the sum of squares of x scaled by the power of two (exact) that brings the
 * largest into [1, 2). Scaling is skipped where nothing can overflow or vanish. Sums of 256 entries are summed in turn,
 * which keeps the error near (256/4 + n/256) ε in the worst case and a few ε in practice.
 */

const SUM_BLOCK: usize = 256 << 3;

export function frobeniusNorm(n: usize, x: usize): f64 {
  const largest = maxAbs(n, x);
  if (largest == 0.0 || !isFinite(largest)) return largest;
  if (largest > 1e-100 && largest < 1e100) return Math.sqrt(sumOfSquares(n, x));
  const e = exponent(largest);
  // Two factors: 2^-e alone would overflow for subnormal input.
  const half = -e >> 1;
  return scaleByPowerOfTwo(Math.sqrt(scaledSquares(n, x, powerOfTwo(half), powerOfTwo(-e - half))), e);
}

/**
 * max |x_i|; NaN if any entry is NaN. f64x2.pmax is one instruction where f64x2.max takes seven, but forgets a NaN, which is
 * therefore looked for apart.
 */
export function maxAbs(n: usize, x: usize): f64 {
  const end = x + (n << 3);
  let most = f64x2.splat(0.0);
  let odd = f64x2.splat(0.0); // all bits set in a lane that has met a NaN
  while (x + 16 <= end) {
    const v = f64x2.abs(v128.load(x));
    most = f64x2.pmax(most, v);
    odd = v128.or(odd, f64x2.ne(v, v));
    x += 16;
  }
  let result = Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  if (x < end) result = Math.max(result, Math.abs(load<f64>(x)));
  return v128.any_true(odd) ? NaN : result;
}

/** ⌊log₂ x⌋ for finite x > 0, subnormals included. */
export function exponent(x: f64): i32 {
  const bits = <i32>((reinterpret<u64>(x) >> 52) & 0x7ff);
  return bits != 0 ? bits - 1023 : exponent(x * 18014398509481984.0) - 54;
}

/** 2^e for −1022 ≤ e ≤ 1023. */
function powerOfTwo(e: i32): f64 {
  return reinterpret<f64>((<u64>(e + 1023)) << 52);
}

/** x 2^e, e taken within ±2044: beyond that every double but 0 leaves the range. Rounded once if x is near 1. */
export function scaleByPowerOfTwo(x: f64, e: i32): f64 {
  e = max(-2044, min(2044, e));
  const half = e >> 1;
  return x * powerOfTwo(half) * powerOfTwo(e - half);
}

/** Σ x_i², which may overflow or vanish, block by block. */
export function sumOfSquares(n: usize, x: usize): f64 {
  const end = x + (n << 3);
  let total = 0.0;
  while (x < end) {
    const stop = min(x + SUM_BLOCK, end);
    total += blockSquares(x, stop);
    x = stop;
  }
  return total;
}

/** Two chains of two lanes; the last few entries one by one. */
function blockSquares(x: usize, end: usize): f64 {
  let even = f64x2.splat(0.0);
  let odd = f64x2.splat(0.0);
  while (x + 32 <= end) {
    const u = v128.load(x);
    const v = v128.load(x, 16);
    even = f64x2.add(even, f64x2.mul(u, u));
    odd = f64x2.add(odd, f64x2.mul(v, v));
    x += 32;
  }
  even = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1);
  while (x < end) {
    const u = load<f64>(x);
    sum += u * u;
    x += 8;
  }
  return sum;
}

/** Σ (x_i scale1 scale2)². */
function scaledSquares(n: usize, x: usize, scale1: f64, scale2: f64): f64 {
  const end = x + (n << 3);
  let total = 0.0;
  while (x < end) {
    const stop = min(x + SUM_BLOCK, end);
    let sum = 0.0;
    while (x < stop) {
      const v = load<f64>(x) * scale1 * scale2;
      sum += v * v;
      x += 8;
    }
    total += sum;
  }
  return total;
}
