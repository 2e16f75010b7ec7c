/** Where the curvature factors of a block of samples lie in memory. */
import { rowOf } from '../dense/rows';
import { Network } from './network';

/**
 * The header, followed in memory by depth² addresses: M^{lk} at (l, k) for l ≤ k, T^{lk} at (k, l) for k > l. Each array is
 * stored sample by sample, as rows of one matrix with a row per sample.
 */
@unmanaged
export class Factors {
  /** First sample of the block, and how many. */
  start: i32;
  count: i32;
  depth: i32;
  /** n_k × n_l a sample: its transpose, the form in which it is computed. */
  mixed(l: i32, k: i32): usize {
    return load<usize>(this.slot(l, k));
  }
  /** n_l × inputs_k a sample; for k = l+1, where it is diagonal, its n_l diagonal entries. */
  transfer(l: i32, k: i32): usize {
    return load<usize>(this.slot(k, l));
  }
  /** M^{lk} of sample i of the block. */
  sample(net: Network, l: i32, k: i32, i: i32): usize {
    return rowOf(this.mixed(l, k), i, mixedLength(net, l, k));
  }
  slot(l: i32, k: i32): usize {
    return changetype<usize>(this) + offsetof<Factors>() + <usize>(l * this.depth + k) * sizeof<usize>();
  }
}

/** Bytes of the header and its addresses. */
export function factorsBytes(net: Network): f64 {
  return <f64>offsetof<Factors>() + <f64>net.depth * <f64>net.depth * <f64>sizeof<usize>();
}

/** Doubles that one sample's factors take. */
export function factorsPerSample(net: Network): f64 {
  let doubles: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      doubles += <f64>mixedLength(net, l, k);
      if (k > l) doubles += <f64>transferLength(net, l, k);
    }
  }
  return doubles;
}

/** Samples whose factors are computed at once: enough for long products, few enough to stay in cache. */
const BATCH: i32 = 64;
const BATCH_DOUBLES: f64 = 4194304.0;

/** BATCH, or for wide layers fewer: a multiple of 8, or 1. */
export function batchSize(net: Network): i32 {
  const fitting = (<i32>Math.min(<f64>BATCH, BATCH_DOUBLES / factorsPerSample(net))) & ~7;
  return max(1, fitting);
}

/** Entries of M^{lk} as stored: of S^0 in factored form (curvature/factored.ts), which no layer needs whole, the diagonal alone. */
export function mixedLength(net: Network, l: i32, k: i32): i32 {
  return hasDiagonalOnly(net, l, k) ? net.layer(l).outputs : net.layer(l).outputs * net.layer(k).outputs;
}

export function hasDiagonalOnly(net: Network, l: i32, k: i32): bool {
  return l == 0 && k == 0 && net.layer(0).factored != 0;
}

/** Entries between neighbours on the diagonal of S^l. */
export function diagonalStep(net: Network, l: i32): i32 {
  return hasDiagonalOnly(net, l, l) ? 1 : net.layer(l).outputs + 1;
}

/** Entries of T^{lk} as stored. */
export function transferLength(net: Network, l: i32, k: i32): i32 {
  const n = net.layer(l).outputs;
  return k == l + 1 ? n : n * net.layer(k).inputs;
}

/** Lays a block of count samples from start on out at data: count · factorsPerSample doubles. */
export function layOut(net: Network, factors: Factors, start: i32, count: i32, data: usize): void {
  factors.start = start;
  factors.count = count;
  factors.depth = net.depth;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      store<usize>(factors.slot(l, k), data);
      data = rowOf(data, count, mixedLength(net, l, k));
      if (k > l) {
        store<usize>(factors.slot(k, l), data);
        data = rowOf(data, count, transferLength(net, l, k));
      }
    }
  }
}
