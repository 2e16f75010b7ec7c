/** The symmetric eigensolver on arrays and on matrices already in the core's memory. */
import { type Core } from './instance.js';
import { type Report } from './job.js';
import { type Pointer } from './kernels.js';

/** Householder steps a call into the core (see tridiagonalize). */
const STEPS = 16;
/** As in EISPACK and LAPACK; two or three are usual. */
const SWEEPS_PER_VALUE = 30;

export interface Eigen {
  /** n, ascending. */
  values: Float64Array;
  /** n × n, row k belonging to values[k]. */
  vectors: Float64Array | undefined;
}

/** Eigenvalues (and vectors) of the symmetric n × n matrix a, whose lower triangle is read. */
export function eigh(core: Core, a: Float64Array, n: number, vectors: boolean, report?: Report): Eigen {
  return core.frame(() => eighInPlace(core, core.write(a), n, vectors, report));
}

/** The same for a matrix in memory, which is destroyed. */
export function eighInPlace(core: Core, a: Pointer, n: number, vectors: boolean, report?: Report): Eigen {
  // The three phases by their share of the time; the first two work on a square that shrinks or grows.
  const [reduced, formed] = vectors ? [0.3, 0.5] : [0.95, 0.95];
  const cube = (x: number): number => x * x * x;
  return core.frame(() => {
    const { kernels } = core;
    const [values, offDiagonal, tau, spare, order] = Array.from({ length: 5 }, () => core.allocate(n));
    const z = vectors ? core.allocate(n * n) : 0;
    const exponent = kernels.prepare(n, a);
    for (let i = 0; i < n; i += STEPS) {
      kernels.tridiagonalize(n, a, i, Math.min(n, i + STEPS), values, offDiagonal, tau, spare);
      report?.(reduced * (1 - cube(Math.max(0, n - i - STEPS) / n)));
    }
    if (vectors) {
      for (let i = n; i > 0; i -= STEPS) {
        kernels.formTransposedQ(n, a, Math.max(0, i - STEPS), i, tau, z);
        report?.(reduced + (formed - reduced) * cube((n - Math.max(0, i - STEPS)) / n));
      }
    }
    const negligible = kernels.qlNegligible(n, values, offDiagonal);
    let sweeps = SWEEPS_PER_VALUE * n;
    for (let l = 0; l < n; l++) {
      sweeps = kernels.qlEigenvalue(n, l, values, offDiagonal, z, negligible, sweeps);
      if (sweeps < 0) {
        throw new Error(
          `eigh: eigenvalue ${l} of a matrix of order ${n} did not converge within ${SWEEPS_PER_VALUE * n} QL sweeps`,
        );
      }
      report?.(formed + (1 - formed) * ((l + 1) / n));
    }
    // a is spent, so the sorted rows can take its place.
    kernels.finish(n, exponent, values, z, vectors ? a : 0, order, spare);
    return {
      values: core.readFinite(values, n, 'a: its largest eigenvalue'),
      vectors: vectors ? core.read(a, n * n) : undefined,
    };
  });
}
