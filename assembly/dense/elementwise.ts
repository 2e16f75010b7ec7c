/** Passes over n contiguous doubles, entry by entry; no entry depends on another, so order does not matter. */
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
export function multiply(n: i32, x: usize, y: usize): void {
  const end = x + (((<usize>n) & ~1) << 3);
  while (x < end) {
    v128.store(y, f64x2.mul(v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  if (n & 1) store<f64>(y, load<f64>(x) * load<f64>(y));
}

/** x ← 2^e x for |e| ≤ 2150; exact unless it leaves the range. */
export function scaleByPower(n: i32, e: i32, x: usize): void {
  if (e == 0) return;
  for (let i = 0; i < n; i++) put(x, i, scaleByPowerOfTwo(at(x, i), e));
}

/** y ← α x; y may be x. */
export function scale(n: i32, alpha: f64, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) put(y, i, alpha * at(x, i));
}
