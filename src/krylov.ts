/** A Lanczos process on the curvature of a network's loss, without weight decay, and its Ritz pairs (core/lanczos.ts). */
import { type Interval } from './bounds.js';
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { lanczos } from './core/lanczos.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { uniform } from './random.js';
import { checkInteger, checkNumber } from './validate.js';

/** How long a process goes on, and where it begins. */
export interface ProcessChoices {
  tolerance: number;
  maxProducts: number;
  seed: number;
}

/** More products than that would mostly reorthogonalize; assemble the Hessian. */
export const MOST_PRODUCTS = 1000;

export function checkProcess(
  options: Record<string, unknown>,
  absent: { tolerance: number; maxProducts: number },
): ProcessChoices {
  const { tolerance = absent.tolerance, maxProducts = absent.maxProducts, seed = 0 } = options;
  return {
    tolerance: checkNumber('options.tolerance', tolerance, 0),
    maxProducts: checkInteger('options.maxProducts', maxProducts, 1, MOST_PRODUCTS),
    seed: checkInteger('options.seed', seed, 0, Number.MAX_SAFE_INTEGER),
  };
}

export interface Krylov {
  readonly network: CheckedNetwork;
  readonly data: CheckedDataset;
  /** A power of two: the process is that of scale · H. */
  readonly scale: number;
  readonly random: () => Float64Array;
  /** Orthonormal rows of P entries, packed order: one for each product, and the one that the next would begin with, if any. */
  rows: Float64Array;
  /** T's columns down to the diagonal, one for each product, and what couples each to the next. */
  readonly columns: Float64Array[];
  readonly couplings: number[];
  /** Bound on what H Qᵀ = Qᵀ T + q β eᵀ leaves out, in norm; and how far the rows are from orthonormal, entry by entry. */
  dropped: number;
  defect: number;
}

/** Ascending. r_i = link of pair i: H y = θ y + r q for its Ritz vector y, q the row after the last product's. */
export interface RitzPairs {
  values: Float64Array;
  links: Float64Array;
  /** The Ritz vectors among the first rows, as rows: products × products. */
  vectors: Float64Array;
}

/** Begins with a random vector. */
export function beginKrylov(
  network: CheckedNetwork,
  data: CheckedDataset,
  scale: number,
  seed: number,
): Krylov {
  const next = uniform(seed);
  const random = (): Float64Array => Float64Array.from({ length: network.parameters }, () => 2 * next() - 1);
  return { network, data, scale, random, rows: random(), columns: [], couplings: [], dropped: 0, defect: 0 };
}

/** Up to so many products more; at least one, while there are fewer than P. */
export function* extend(krylov: Krylov, steps: number): Steps<void> {
  const { network, data, scale, rows } = krylov;
  const first = krylov.columns.length === 0;
  const found = yield* perform(lanczos, { network, data, scale, rows, fresh: krylov.random(), steps });
  krylov.rows = first ? found.rows : concatenate(rows, found.rows);
  krylov.columns.push(...found.columns);
  krylov.couplings.push(...found.couplings);
  krylov.dropped += found.dropped;
  krylov.defect = Math.max(krylov.defect, found.defect);
}

/** Those that the first `order` products gave. */
export function* ritzPairs({ columns, couplings }: Krylov, order: number = columns.length): Steps<RitzPairs> {
  const a = new Float64Array(order * order);
  for (let j = 0; j < order; j++) a.set(columns[j], j * order);
  const found = yield* perform(kinds.eigh, { a, order, wanted: { vectors: true } });
  const { values } = found;
  const vectors = found.vectors!;
  const last = couplings[order - 1];
  return { values, links: values.map((_, k) => last * vectors[k * order + order - 1]), vectors };
}

/** The trace of T, and ‖T‖_F² + 2β² = 2 ‖H Qᵀ‖_F² − ‖Q H Qᵀ‖_F²: T's columns down to the diagonal, and what couples the last to the next row. */
export function processMoments(
  columns: readonly Float64Array[],
  coupling: number,
): { sum: number; squares: number } {
  let [sum, squares] = [0, 2 * coupling * coupling];
  columns.forEach((column, j) => {
    sum += column[j];
    column.forEach((x, i) => (squares += (i === j ? 1 : 2) * x * x));
  });
  return { sum, squares };
}

/** Σ_j c_j row_j for each vector c of coefficients, as rows of P entries. */
export function combineRows(
  rows: Float64Array,
  P: number,
  coefficients: readonly Float64Array[],
): Float64Array {
  const result = new Float64Array(coefficients.length * P);
  coefficients.forEach((weights, i) => {
    const sum = result.subarray(i * P, (i + 1) * P);
    weights.forEach((weight, j) => {
      const row = rows.subarray(j * P, (j + 1) * P);
      for (let p = 0; p < P; p++) sum[p] += weight * row[p];
    });
  });
  return result;
}

/**
 * By how much the matrix of the Ritz pairs can differ from H, in norm: what rounding did to the factors of H, taken as for its norm;
 * to products and orthogonalization; and what was dropped.
 */
export function uncertainty({ network, columns, dropped, defect }: Krylov, norm: Interval): number {
  const products = columns.length;
  const rounding = (64 + network.parameters / 256 + 8 * products) * Number.EPSILON + 4 * products * defect;
  return dropped + (norm.upper - norm.lower) + rounding * norm.upper;
}

export function concatenate(x: Float64Array, y: Float64Array): Float64Array {
  const result = new Float64Array(x.length + y.length);
  result.set(x);
  result.set(y, x.length);
  return result;
}
