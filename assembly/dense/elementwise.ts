/** Passes over n contiguous doubles. */
import { scaleByPowerOfTwo } from './norm';
import { at, put } from './rows';

/** y ← y + α x. */
export function addScaled(n: i32, alpha: f64, x: usize, y: usize): void {
  const factor = f64x2.splat(alpha);
  const end = x + (((<usize>n) & ~1) << 3);
  while (x < end) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(factor, v128.load(x))));
    x += 16;
    y += 16;
  }
  if (n & 1) store<f64>(y, load<f64>(y) + alpha * load<f64>(x));
}

/** y ← x + y. */
export function add(n: i32, x: usize, y: usize): void {
  addScaled(n, 1.0, x, y);
}

/** y ← x ∘ y. */
export function multiplyEntries(n: i32, x: usize, y: usize): void {
  const end = x + (((<usize>n) & ~1) << 3);
  while (x < end) {
    v128.store(y, f64x2.mul(v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  if (n & 1) store<f64>(y, load<f64>(x) * load<f64>(y));
}

/** x · y: even terms in one lane, odd terms in the other, the lanes added, then the last term if n is odd. */
export function dot(n: i32, x: usize, y: usize): f64 {
  let sum = f64x2.splat(0.0);
  const end = x + (((<usize>n) & ~1) << 3);
  while (x < end) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return n & 1 ? total + load<f64>(x) * load<f64>(y) : total;
}

/** y ← y + x ∘ z. */
export function addMultiplied(n: i32, x: usize, z: usize, y: usize): void {
  const end = y + (((<usize>n) & ~1) << 3);
  while (y < end) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(v128.load(x), v128.load(z))));
    x += 16;
    z += 16;
    y += 16;
  }
  if (n & 1) store<f64>(y, load<f64>(y) + load<f64>(x) * load<f64>(z));
}

/** x ← 2^e x for |e| ≤ 2150; exact unless it leaves the range. */
export function scaleByPower(n: i32, e: i32, x: usize): void {
  if (e == 0) return;
  for (let i = 0; i < n; i++) put(x, i, scaleByPowerOfTwo(at(x, i), e));
}

/** y ← α x; y may be x. */
export function scale(n: i32, alpha: f64, x: usize, y: usize): void {
  const factor = f64x2.splat(alpha);
  const end = x + (((<usize>n) & ~1) << 3);
  while (x < end) {
    v128.store(y, f64x2.mul(factor, v128.load(x)));
    x += 16;
    y += 16;
  }
  if (n & 1) store<f64>(y, alpha * load<f64>(x));
}

/** (x, y) ← (c x − s y, s x + c y). */
export function rotate(n: i32, c: f64, s: f64, x: usize, y: usize): void {
  const cosine = f64x2.splat(c);
  const sine = f64x2.splat(s);
  const end = x + (((<usize>n) & ~1) << 3);
  while (x < end) {
    const u = v128.load(x);
    const v = v128.load(y);
    v128.store(x, f64x2.sub(f64x2.mul(cosine, u), f64x2.mul(sine, v)));
    v128.store(y, f64x2.add(f64x2.mul(sine, u), f64x2.mul(cosine, v)));
    x += 16;
    y += 16;
  }
  if (n & 1) {
    const u = load<f64>(x);
    const v = load<f64>(y);
    store<f64>(x, c * u - s * v);
    store<f64>(y, s * u + c * v);
  }
}
