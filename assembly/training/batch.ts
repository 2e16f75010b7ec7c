/** The samples of a mini-batch, brought together. */
import { rowOf } from '../dense/rows';

/** Row i of out ← row at[i] of x, for i < count; rows of `length` doubles, indices as 32-bit integers. */
export function gatherSamples(count: i32, length: i32, at: usize, x: usize, out: usize): void {
  for (let i = 0; i < count; i++) {
    const index = load<i32>(at + ((<usize>i) << 2));
    memory.copy(rowOf(out, i, length), rowOf(x, index, length), (<usize>length) << 3);
  }
}
