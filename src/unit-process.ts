/**
 * E of one hidden layer, unit by unit, without its blocks: their exact moments from pairs of samples (core/unit-moments.ts), and a Lanczos process on each
 * (core/unit-lanczos.ts). What a process has not met yet Wolkowicz and Styan bound, as in deflation.ts; core/bounded-units.ts puts them together.
 */
import { boundedUnits, type BoundedUnitsPayload } from './core/bounded-units.js';
import { perform, type Steps } from './core/job.js';
import { unitLanczos, type UnitRows } from './core/unit-lanczos.js';
import { unitMoments, type UnitSums } from './core/unit-moments.js';
import { restBound } from './deflation.js';
import { processMoments } from './krylov.js';
import { type CheckedDataset, type CheckedNetwork, partOf } from './network.js';

export interface UnitProcess {
  readonly network: CheckedNetwork;
  readonly data: CheckedDataset;
  /** A power of two: the processes are those of scale · E. */
  readonly scale: number;
  /** Of a unit's block. */
  readonly order: number;
  readonly sums: UnitSums;
  readonly found: UnitRows;
  /** Bounds on the norm of what the relations leave out, one for each unit, and how far rows are from orthonormal, entry by entry. */
  readonly dropped: Float64Array;
  defect: number;
  /** c: at least λ_1 of every block on the complement of its rows; and what rounding may have done to the products. */
  ceiling: number;
  uncertain: number;
}

/** With the moments of the blocks, and no product yet. */
export function* beginUnits(
  network: CheckedNetwork,
  data: CheckedDataset,
  scale: number,
): Steps<UnitProcess> {
  const part = partOf(network, 'residual');
  const [hidden] = part.layers;
  return {
    ...{ network: part, data, scale },
    order: hidden.inputs + (hidden.bias ? 1 : 0) + part.outputs,
    sums: yield* perform(unitMoments, { network: part, data, scale }),
    found: { rows: [], columns: [], couplings: [] },
    dropped: new Float64Array(hidden.outputs),
    defect: 0,
    ceiling: Infinity,
    uncertain: Infinity,
  };
}

/** So many products more, or as many as the blocks' order leaves. */
export function productsLeft({ order, found }: UnitProcess, steps: number): number {
  return Math.min(steps, order - found.columns.length);
}

/** Up to so many products with E more. */
export function* extendUnits(process: UnitProcess, steps: number): Steps<void> {
  const { network, data, scale, found } = process;
  const more = yield* perform(unitLanczos, {
    ...{ network, data, scale },
    rows: found.rows,
    steps: productsLeft(process, steps),
  });
  found.rows.push(...more.rows);
  found.columns.push(...more.columns);
  found.couplings.push(...more.couplings);
  more.dropped.forEach((x, a) => (process.dropped[a] += x));
  process.defect = Math.max(process.defect, more.defect);
  [process.ceiling, process.uncertain] = [0, 0];
  process.dropped.forEach((_, a) => {
    const { rest, uncertain } = unitRest(process, a);
    process.ceiling = Math.max(process.ceiling, rest + uncertain);
    process.uncertain = Math.max(process.uncertain, uncertain);
  });
}

/**
 * λ_1 of E from above, and of E and what is added to it beyond the rows that are split off. What rounding did to the factors of E is
 * not in it.
 */
export function* boundUnits(
  { network, found, ceiling, uncertain }: UnitProcess,
  { rows, added }: Pick<BoundedUnitsPayload, 'rows' | 'added'>,
): Steps<{ largest: number; beyondAdded: number }> {
  // Squares out of range tell nothing.
  if (!Number.isFinite(ceiling + uncertain)) return { largest: Infinity, beyondAdded: Infinity };
  const payload = { network, processes: found, ceiling, rows, added };
  const { largest, beyondAdded } = yield* perform(boundedUnits, payload);
  return { largest: largest + uncertain, beyondAdded: beyondAdded + uncertain };
}

/**
 * λ_1 of unit a's block on the complement of its rows, at most; and what rounding may have done to its products, in norm. Sums over samples and inputs run in
 * stretches (assembly/dense/gemm.ts), so that few hundred roundings are on any path, and N/256 and d/256 more; all relative to the terms.
 */
function unitRest(
  { data: { samples }, order, sums, found, dropped, defect }: UnitProcess,
  a: number,
): { rest: number; uncertain: number } {
  const k = found.columns.length;
  const size = sums.sizes[a];
  const path = 512 + (samples + order) / 64;
  const uncertain = dropped[a] + (Number.EPSILON * (path + 8 * k) + 4 * k * defect) * size;
  const slack = Number.EPSILON * path * size;
  const columns = found.columns.map((all, j) => all.subarray(a * (j + 1), (a + 1) * (j + 1)));
  const { sum, squares } = processMoments(columns, found.couplings[k - 1][a]);
  if (k === order) return { rest: 0, uncertain };
  const moments = {
    order,
    trace: { lower: sums.traces[a] - slack, upper: sums.traces[a] + slack },
    frobeniusNorm: {
      lower: Math.sqrt(Math.max(0, sums.squares[a] - slack * size)),
      upper: Math.sqrt(Math.max(0, sums.squares[a]) + slack * size),
    },
  };
  return { rest: Math.max(0, restBound(moments, k, sum, squares, uncertain)), uncertain };
}
