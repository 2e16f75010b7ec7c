/** Dense kernels on arrays: row-major in, fresh arrays out. */
import { type Core } from './instance.js';

/** X Xᵀ for X rows × cols. */
export function gram(core: Core, x: Float64Array, rows: number, cols: number): Float64Array {
  return core.frame(() => {
    const g = core.allocate(rows * rows);
    core.kernels.gram(rows, cols, core.write(x), g);
    return core.read(g, rows * rows);
  });
}

export function frobeniusNorm(core: Core, x: Float64Array): number {
  return core.frame(() => core.kernels.frobeniusNorm(x.length, core.write(x)));
}
