/**
 * Addresses: how a row-major array of doubles is read and written by index.
 */

/** Entry i of the doubles at base. */
export function at(base: usize, i: i32): f64 {
  return load<f64>(base + ((<usize>i) << 3));
}

/** Stores x as entry i of the doubles at base. */
export function put(base: usize, i: i32, x: f64): void {
  store<f64>(base + ((<usize>i) << 3), x);
}

/** Address of row i of an array of rows of n doubles. */
export function rowOf(base: usize, i: i32, n: i32): usize {
  return base + ((<usize>i * <usize>n) << 3);
}
