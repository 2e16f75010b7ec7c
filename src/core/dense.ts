/** Dense kernels: row-major arrays in, fresh arrays out; or on rows that are in the core's memory already. */
import { eighInPlace } from './eigh.js';
import { type Core } from './instance.js';
import { type Pointer } from './kernels.js';
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

/** X Yᵀ of `count` rows of n. */
export function innerProducts(core: Core, count: number, n: number, x: Pointer, y: Pointer): Float64Array {
  return core.frame(() => {
    const out = core.allocate(count * count);
    core.kernels.multiplyByRows(count, count, n, x, y, out);
    return core.read(out, count * count);
  });
}

/**
 * At least ‖X‖₂, and above it by rounding only: from the Gram matrix of X's shorter side. Overwrites X, by X / ‖X‖_F. A Gram matrix of norm 1 or less is
 * off by some ε for each term of an inner product, its largest eigenvalue by 10 n ε (docs/eigensolver.md).
 */
export function spectralNorm(core: Core, x: Pointer, rows: number, columns: number): number {
  const { kernels } = core;
  const size = kernels.frobeniusNorm(rows * columns, x);
  if (size === 0) return 0;
  const unit = core.view(x, rows * columns);
  for (let i = 0; i < unit.length; i++) unit[i] /= size;
  const order = Math.min(rows, columns);
  return core.frame(() => {
    const a = core.allocate(order * order);
    if (columns <= rows) kernels.multiplyByTransposed(columns, columns, rows, x, x, a);
    else kernels.gram(rows, columns, x, a, core.allocate(kernels.gramScratch(rows, columns)));
    const { values } = eighInPlace(core, a, order, { vectors: false });
    return size * Math.sqrt(Math.max(0, values[order - 1]) + 8 * Number.EPSILON * (rows + columns + 8));
  });
}
