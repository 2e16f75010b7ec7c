/**
 * e = exp x of two numbers at once, for 0 ≥ x ≥ −708, as a quotient: with k the integer nearest to x / ln 2 and r = x − k ln 2,
 *
 *   e = 2ᵏ (D + 2r) / D,   D = 2 − c,   c = r − r² (P₁ + r² (P₂ + …))
 *
 * which is that of FreeBSD's e_exp.c (K. C. Ng, 1993), within an ulp. So what is made of e by + − × ÷ takes one division, and
 * 1 − e = ((1 − 2ᵏ) D − 2ᵏ 2r) / D has no cancellation: k = 0 wherever |x| < ½ ln 2. Functions of one result each, for the caller to compose.
 *
 * Every constant stands twice in memory: V8 would build a constant vector anew each time, by three instructions (a fourth of the time of tanh).
 */

/** Below it 2ᵏ would be subnormal. */
export const LEAST: f64 = -708.0;

const constants: usize = memory.data<f64>(
  [
    // 1 / ln 2
    1.4426950408889634, 1.4426950408889634,
    // 1.5 · 2⁵²: added, it leaves the nearest integer in the low bits.
    6755399441055744.0, 6755399441055744.0,
    // ln 2 in two parts, of which k times the first is exact.
    6.9314718036912381649e-1, 6.9314718036912381649e-1, 1.90821492927058770002e-10,
    1.90821492927058770002e-10,
    // P₁ … P₅
    1.66666666666666019037e-1, 1.66666666666666019037e-1, -2.77777777770155933842e-3,
    -2.77777777770155933842e-3, 6.61375632143793436117e-5, 6.61375632143793436117e-5,
    -1.6533902205465251539e-6, -1.6533902205465251539e-6, 4.13813679705723846039e-8,
    4.13813679705723846039e-8,
    // 1, 2, 4; LEAST
    1.0, 1.0, 2.0, 2.0, 4.0, 4.0, -708.0, -708.0,
  ],
  16,
);

/** k, in the low bits of a large number. */
export function halvings(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, v128.load(constants, 0)), v128.load(constants, 16));
}

/** r from x and halvings(x). */
export function remainder(x: v128, n: v128): v128 {
  const k = f64x2.sub(n, v128.load(constants, 16));
  const high = f64x2.sub(x, f64x2.mul(k, v128.load(constants, 32)));
  return f64x2.sub(high, f64x2.mul(k, v128.load(constants, 48)));
}

/** 2ᵏ from halvings(x). */
export function power(n: v128): v128 {
  return i64x2.shl(i64x2.add(n, i64x2.splat(1023)), 52);
}

/** D from r. In pairs of terms, not by Horner's rule, whose chain is longer than what the processor looks ahead. */
export function divisor(r: v128): v128 {
  const t = f64x2.mul(r, r);
  const t2 = f64x2.mul(t, t);
  const first = f64x2.add(v128.load(constants, 64), f64x2.mul(t, v128.load(constants, 80)));
  const second = f64x2.add(v128.load(constants, 96), f64x2.mul(t, v128.load(constants, 112)));
  const third = f64x2.add(second, f64x2.mul(t2, v128.load(constants, 128)));
  const c = f64x2.sub(r, f64x2.mul(t, f64x2.add(first, f64x2.mul(t2, third))));
  return f64x2.sub(two(), c);
}

/** x_i ← exp x_i for n numbers ≤ 0, −∞ and NaN included. */
export function exponentials(n: i32, x: usize): void {
  const end = x + (((<usize>n) & ~1) << 3);
  while (x < end) {
    const y = v128.load(x);
    const k = halvings(y);
    const r = remainder(y, k);
    const d = divisor(r);
    v128.store(x, f64x2.mul(power(k), f64x2.div(f64x2.add(d, f64x2.add(r, r)), d)));
    if (!inRange(y)) {
      const first = f64x2.extract_lane(y, 0);
      const second = f64x2.extract_lane(y, 1);
      if (!(first >= LEAST)) store<f64>(x, Math.exp(first));
      if (!(second >= LEAST)) store<f64>(x, Math.exp(second), 8);
    }
    x += 16;
  }
  if (n & 1) {
    store<f64>(single, load<f64>(x));
    exponentials(2, single);
    store<f64>(x, load<f64>(single));
  }
}

/** Room for a number and a neighbour that counts for nothing. */
const single: usize = memory.data(16, 16);

/** Whether both are at least LEAST; false for NaN. */
export function inRange(x: v128): bool {
  return i64x2.all_true(f64x2.ge(x, v128.load(constants, 192)));
}

/** 1, 2 and 4, twice each. */
export function one(): v128 {
  return v128.load(constants, 144);
}
export function two(): v128 {
  return v128.load(constants, 160);
}
export function four(): v128 {
  return v128.load(constants, 176);
}
