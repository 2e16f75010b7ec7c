/** The symmetric eigensolver on arrays and on matrices already in the core's memory. */
import { type Core } from './instance.js';
import { type Pointer } from './kernels.js';

export interface Eigen {
  /** n, ascending. */
  values: Float64Array;
  /** n × n, row k belonging to values[k]. */
  vectors: Float64Array | undefined;
}

/** Eigenvalues (and vectors) of the symmetric order × order matrix a, whose lower triangle is read. */
export function eigh(core: Core, a: Float64Array, order: number, vectors: boolean): Eigen {
  return core.frame(() => eighInPlace(core, core.write(a), order, vectors));
}

/** The same for a matrix in memory, which is destroyed. */
export function eighInPlace(core: Core, a: Pointer, order: number, vectors: boolean): Eigen {
  return core.frame(() => {
    const values = core.allocate(order);
    const rows = vectors ? core.allocate(order * order) : 0;
    const scratch = core.allocate(core.kernels.eighScratch(order, vectors ? 1 : 0));
    const status = core.kernels.eigh(order, a, values, rows, scratch);
    if (status !== 0) {
      throw new Error(
        `eigh: eigenvalue ${status - 1} of a matrix of order ${order} did not converge within ${30 * order} QL sweeps`,
      );
    }
    return {
      values: core.read(values, order),
      vectors: vectors ? core.read(rows, order * order) : undefined,
    };
  });
}
