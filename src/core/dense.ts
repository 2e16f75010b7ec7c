/** Dense kernels on arrays: row-major in, fresh arrays out. */
import { type Core } from './instance.js';
import { finite } from './model.js';

/** X Xᵀ for X rows × cols. */
export function gram(core: Core, x: Float64Array, rows: number, cols: number): Float64Array {
  return core.frame(() => {
    const g = core.allocate(rows * rows);
    const scratch = core.allocate(core.kernels.gramScratch(rows, cols));
    core.kernels.gram(rows, cols, core.write(x), g, scratch);
    return core.readFinite(g, rows * rows, 'x: its Gram matrix');
  });
}

/** Doubles that are copied in and summed at a time: they stay in the second-level cache in between. */
const CHUNK = 32768;

export function frobeniusNorm(core: Core, x: Float64Array): number {
  return core.frame(() => {
    const chunk = core.allocate(Math.min(CHUNK, x.length));
    let squares = 0;
    for (let start = 0; start < x.length; start += CHUNK) {
      const part = x.subarray(start, start + CHUNK);
      core.view(chunk, part.length).set(part);
      squares += core.kernels.sumOfSquares(part.length, chunk);
    }
    // Squares that left the range, or that may have: the careful way, on all entries at once.
    if (squares > 1e-200 && squares < 1e200) return Math.sqrt(squares);
    return finite(core.kernels.frobeniusNorm(x.length, core.write(x)), 'x: its norm');
  });
}
