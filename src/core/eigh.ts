/** The symmetric eigensolver on arrays and on matrices already in the core's memory. */
import { type Core } from './instance.js';
import { ignore, type Report } from './job.js';
import { type Pointer } from './kernels.js';

/** Orders up to which a tridiagonal matrix is left to QL instead of being torn. */
const LEAF = 32;
/** Roots a call into the core: V8 compiles a function well only for its next call. */
const STEPS = 16;

export interface Wanted {
  vectors: boolean;
  /** Which of the eigenvalues, numbered from 0 in ascending order: from … to − 1. All if absent. */
  from?: number;
  to?: number;
  /** In place of LEAF, for tests. */
  leaf?: number;
}

export interface Eigen {
  /** Those wanted, ascending. */
  values: Float64Array;
  /** One row of n for each value. */
  vectors: Float64Array | undefined;
}

/** Eigenvalues (and vectors) of the symmetric n × n matrix a, whose lower triangle is read. */
export function eigh(core: Core, a: Float64Array, n: number, wanted: Wanted, report: Report = ignore): Eigen {
  return core.frame(() => eighInPlace(core, core.write(a), n, wanted, report));
}

/** The same for a matrix in memory, which is destroyed. Takes at most 2 n² doubles beside it, and some 100 n. */
export function eighInPlace(
  core: Core,
  a: Pointer,
  n: number,
  { vectors, from = 0, to = n, leaf = LEAF }: Wanted,
  report: Report = ignore,
): Eigen {
  const { kernels } = core;
  // The phases by their share of the time: reduction, tridiagonal problem, back-transformation.
  const [reduced, solved] = vectors ? [0.4, 0.65] : [0.9, 1];
  return core.frame(() => {
    const t = placeTridiagonal(core, n);
    const exponent = kernels.prepare(n, a);
    reduce(core, a, t, (fraction) => report(reduced * fraction));
    const negligible = kernels.negligibleIn(n, t.d, t.e);
    const solving = (fraction: number): void => report(reduced + (solved - reduced) * fraction);
    if (!vectors) {
      eigenvalues(core, t, negligible, solving);
      kernels.finish(n, exponent, t.d, t.order, t.spare);
      return { values: readValues(core, t, from, to), vectors: undefined };
    }
    const z = divideAndConquer(core, t, negligible, { from, to, leaf }, solving);
    kernels.finish(n, exponent, t.d, t.order, t.spare);
    const values = readValues(core, t, from, to);
    const rows = core.allocate((to - from) * n);
    kernels.gatherRows(n, from, to - from, t.order, t.place, z, rows);
    transformBack(core, a, t, to - from, rows, (fraction) => report(solved + (1 - solved) * fraction));
    report(1);
    return { values, vectors: core.read(rows, (to - from) * n) };
  });
}

/** The ratios of assembly/eigen/residuals.ts of eigenvectors in rows. Infinity where a result is so bad that it overflows. */
export function residuals(
  core: Core,
  a: Float64Array,
  n: number,
  values: Float64Array,
  vectors: Float64Array,
): { residual: number; orthogonality: number } {
  const { kernels } = core;
  const count = values.length;
  if (count === 0) return { residual: 0, orthogonality: 0 };
  return core.frame(() => {
    const [matrix, numbers, rows] = [core.write(a), core.write(values), core.write(vectors)];
    const work = core.allocate(Math.max(count * n, count * count + kernels.gramScratch(count, n)));
    const ratio = (x: number): number => (Number.isNaN(x) ? Infinity : x);
    return {
      residual: ratio(kernels.residualRatio(n, count, matrix, numbers, rows, work)),
      orthogonality: ratio(kernels.orthogonalityRatio(n, count, rows, work)),
    };
  });
}

/** A tridiagonal matrix and what is kept about it: n of everything. */
interface Tridiagonal {
  n: number;
  /** The diagonal, and in the end the eigenvalues. */
  d: Pointer;
  /** e_i beside d_i and d_{i+1}. */
  e: Pointer;
  tau: Pointer;
  order: Pointer;
  spare: Pointer;
  /** The row of each value's vector, before sorting. */
  place: Pointer;
}

function placeTridiagonal(core: Core, n: number): Tridiagonal {
  const [d, e, tau, order, spare, place] = Array.from({ length: 6 }, () => core.allocate(n));
  return { n, d, e, tau, order, spare, place };
}

function reduce(core: Core, a: Pointer, { n, d, e, tau }: Tridiagonal, report: Report): void {
  const { kernels } = core;
  const panel = kernels.PANEL.value;
  core.frame(() => {
    const scratch = core.allocate(kernels.reductionScratch(n));
    for (let top = n; top > 0; top -= panel) {
      const first = Math.max(0, top - panel);
      kernels.reducePanel(n, a, first, top, d, e, tau, scratch);
      if (first > 0) kernels.updateRest(n, a, first, tau, scratch);
      report(1 - (first / n) ** 3);
    }
  });
}

function eigenvalues(core: Core, { n, d, e }: Tridiagonal, negligible: number, report: Report): void {
  const { kernels } = core;
  const squares = core.view(e, n);
  squares.forEach((x, i) => (squares[i] = x * x));
  let sweeps = kernels.SWEEPS_PER_VALUE.value * n;
  for (let l = 0; l < n; l++) {
    sweeps = kernels.rootFreeQl(n, l, d, e, negligible, sweeps);
    if (sweeps < 0) throw notConverged(l, n);
    report((l + 1) / n);
  }
}

/** The vectors of T as rows, in a new n × n array, place telling which belongs to which of the values. */
function divideAndConquer(
  core: Core,
  { n, d, e, spare, place }: Tridiagonal,
  negligible: number,
  { from, to, leaf }: { from: number; to: number; leaf: number },
  report: Report,
): Pointer {
  const { kernels } = core;
  const z = core.zeros(n * n);
  const unit = core.view(z, n * n);
  for (let i = 0; i < n; i++) unit[i * (n + 1)] = 1;
  kernels.naturalOrder(n, place);
  kernels.clearNegligible(n, d, e, negligible);
  const beside = core.read(e, n);

  core.frame(() => {
    const merge = core.allocateBytes(kernels.mergeBytes());
    const scratch = core.allocate(kernels.mergeScratch(n));
    let done = 0;

    const solve = (first: number, size: number): void => {
      if (size <= leaf) {
        const failed = kernels.implicitQl(
          size,
          offset(d, first),
          offset(e, first),
          offset(z, first * (n + 1)),
          n,
          negligible,
        );
        if (failed >= 0) throw notConverged(first + failed, n);
        return;
      }
      const half = size >> 1;
      kernels.tear(first + half, d, e);
      solve(first, half);
      solve(first + half, size - half);
      join(first, size, half);
      report((done += (0.75 * size ** 3) / n ** 3));
    };

    const join = (first: number, size: number, half: number): void => {
      const coupling = beside[first + half - 1];
      const rows = offset(z, first * (n + 1));
      const survivors = kernels.deflate(merge, size, half, rows, n, offset(d, first), coupling, scratch);
      for (let j = 0; j < survivors; j += STEPS) {
        const failed = kernels.secularRoots(merge, j, Math.min(survivors, j + STEPS));
        if (failed >= 0) throw notConverged(first + failed, n);
      }
      // Only the last merge of an undivided T knows which rows nobody will ask for.
      const [begin, end, where] = size === n ? [from, to, place] : [0, size, spare];
      const chosen = kernels.choose(merge, begin, end, where);
      for (let j = 0; j < survivors; j += STEPS) {
        kernels.secularWeights(merge, j, Math.min(survivors, j + STEPS));
      }
      for (let j = 0; j < chosen; j += STEPS) {
        kernels.secularVectors(merge, j, Math.min(chosen, j + STEPS));
      }
      kernels.assemble(merge);
    };

    for (let first = 0, end = 1; first < n; first = end, end++) {
      while (end < n && beside[end - 1] !== 0) end++;
      solve(first, end - first);
    }
  });
  return z;
}

/** Takes count vectors of T, as rows, to those of A. */
function transformBack(
  core: Core,
  a: Pointer,
  { n, tau }: Tridiagonal,
  count: number,
  rows: Pointer,
  report: Report,
): void {
  const { kernels } = core;
  const run = kernels.RUN.value;
  core.frame(() => {
    const scratch = core.allocate(kernels.reflectorsScratch(n, count));
    for (let first = 1; first < n; first += run) {
      const last = Math.min(n, first + run) - 1;
      kernels.applyReflectors(n, a, tau, first, last, count, rows, scratch);
      report((last / (n - 1)) ** 2);
    }
  });
}

function readValues(core: Core, { n, d }: Tridiagonal, from: number, to: number): Float64Array {
  return core.readFinite(d, n, 'a: its largest eigenvalue').slice(from, to);
}

function offset(pointer: Pointer, doubles: number): Pointer {
  return pointer + 8 * doubles;
}

function notConverged(index: number, n: number): Error {
  return new Error(`eigh: eigenvalue ${index} of a matrix of order ${n} did not converge`);
}
