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

export function frobeniusNorm(core: Core, x: Float64Array): number {
  return core.frame(() => finite(core.kernels.frobeniusNorm(x.length, core.write(x)), 'x: its norm'));
}
