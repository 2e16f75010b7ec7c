/** Orders of values. An order is n indices, one i32 in each double's place. */
import { at } from '../dense/rows';

/** Leaves in order the indices of values, ascending by value: a bottom-up merge sort, stable, n log n for any input. spare: n. */
export function sortedOrder(n: i32, values: usize, order: usize, spare: usize): void {
  naturalOrder(n, order);
  for (let run = 1; run < n; run *= 2) {
    for (let start = 0; start < n; start += 2 * run) {
      const middle = min(start + run, n);
      const end = min(start + 2 * run, n);
      let i = start;
      let j = middle;
      for (let k = start; k < end; k++) {
        const left =
          i < middle && (j >= end || at(values, indexAt(order, i)) <= at(values, indexAt(order, j)));
        putIndex(spare, k, indexAt(order, left ? i++ : j++));
      }
    }
    memory.copy(order, spare, (<usize>n) << 3);
  }
}

/** 0 … n − 1. */
export function naturalOrder(n: i32, order: usize): void {
  for (let i = 0; i < n; i++) putIndex(order, i, i);
}

export function indexAt(order: usize, i: i32): i32 {
  return load<i32>(order + ((<usize>i) << 3));
}

export function putIndex(order: usize, i: i32, index: i32): void {
  store<i32>(order + ((<usize>i) << 3), index);
}
