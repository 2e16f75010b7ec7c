/**
 * Not part of the core: the elementary functions that the core compiles in, exported on their own so that
 * scripts/measure-accuracy.ts can measure them. One function for all, y[i] = f(x[i]) in place.
 */
import { erf, erfc } from './network/erf';

export function apply(f: i32, n: i32, x: usize): void {
  for (let i = 0; i < n; i++) {
    const p = x + ((<usize>i) << 3);
    store<f64>(p, evaluate(f, load<f64>(p)));
  }
}

export function heapBase(): usize {
  return __heap_base;
}

/** In the order of the names in scripts/measure-accuracy.ts. */
function evaluate(f: i32, x: f64): f64 {
  switch (f) {
    case 0:
      return Math.exp(x);
    case 1:
      return Math.expm1(x);
    case 2:
      return Math.log1p(x);
    case 3:
      return Math.tanh(x);
    case 4:
      return Math.sin(x);
    case 5:
      return Math.cos(x);
    case 6:
      return Math.atan(x);
    case 7:
      return erf(x);
    default:
      return erfc(x);
  }
}
