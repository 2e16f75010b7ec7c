/** The outermost eigenvalues of the Hessian and their vectors, matrix-free: a Lanczos process with full reorthogonalization. */
import { type Steps, within } from './core/job.js';
import { reorder } from './core/model.js';
import {
  beginKrylov,
  combineRows,
  checkProcess,
  extend,
  MOST_PRODUCTS,
  type ProcessChoices,
  ritzPairs,
} from './krylov.js';
import { type Matrix } from './matrix.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { checkInteger, checkOneOf, checkOptions } from './validate.js';

export const TOP_OPTIONS = ['k', 'ends', 'tolerance', 'maxProducts', 'seed'] as const;

export interface TopOptions {
  /** How many: default 1. */
  k?: number;
  /** Those from the largest down (default), or from the smallest up. */
  ends?: 'largest' | 'smallest';
  /** ‖H v − λ v‖ wanted, in units of the largest |λ| found: default 1e-8. The error of λ is of the order of its square. */
  tolerance?: number;
  /** Default: 300. Each product takes O(N P), and keeps P numbers. */
  maxProducts?: number;
  /** Of the vector that the process begins with: default 0. */
  seed?: number;
}

export interface TopEigenvalues {
  /** From the outermost inward. Each has an eigenvalue of H within its residual. */
  values: Float64Array;
  /** k × P, of norm 1: row i belongs to values[i]. Public order of the parameters. */
  vectors: Matrix;
  /** ‖H v − λ v‖ of each. */
  residuals: Float64Array;
  /** Matrix-free multiplications by H. */
  products: number;
  /** Whether every residual reached the tolerance. */
  converged: boolean;
}

export interface TopChoices extends ProcessChoices {
  k: number;
  ends: 'largest' | 'smallest';
}

/** Products between two looks at the Ritz values. */
const STRIDE = 8;

export function* topEigenvalueSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  { k, ends, tolerance, maxProducts, seed }: TopChoices,
): Steps<TopEigenvalues> {
  const P = network.parameters;
  const most = Math.min(P, Math.max(k, maxProducts));
  const krylov = beginKrylov(network, data, 1, seed);
  for (;;) {
    const done = krylov.columns.length;
    const steps = Math.min(done === 0 ? Math.max(STRIDE, k) : STRIDE, most - done);
    yield* within(done / most, (done + steps) / most, extend(krylov, steps));
    const products = krylov.columns.length;
    if (products < k) continue;
    const { values, links, vectors } = yield* ritzPairs(krylov);
    const wanted = Array.from({ length: k }, (_, i) => (ends === 'largest' ? products - 1 - i : i));
    const size = Math.max(Math.abs(values[0]), Math.abs(values[products - 1]));
    const residuals = Float64Array.from(wanted, (at) => Math.abs(links[at]));
    const converged = residuals.every((residual) => residual <= tolerance * size);
    if (!converged && products < most) continue;
    const rows = wanted.map((at) => vectors.subarray(at * products, (at + 1) * products));
    return {
      values: Float64Array.from(wanted, (at) => values[at] + network.weightDecay),
      vectors: { rows: k, cols: P, data: publicRows(network, combineRows(krylov.rows, P, rows)) },
      residuals,
      products,
      converged,
    };
  }
}

export function checkTopOptions(network: CheckedNetwork, value: unknown): TopChoices {
  const options = checkOptions('options', value, TOP_OPTIONS);
  const { k = 1, ends = 'largest' } = options;
  return {
    k: checkInteger('options.k', k, 1, Math.min(network.parameters, MOST_PRODUCTS)),
    ends: checkOneOf('options.ends', ends, ['largest', 'smallest']),
    ...checkProcess(options, { tolerance: 1e-8, maxProducts: 300 }),
  };
}

/** From the packed order of the parameters to the public one. */
function publicRows(network: CheckedNetwork, rows: Float64Array): Float64Array {
  const P = network.parameters;
  for (let start = 0; start < rows.length; start += P) {
    rows.set(reorder(network, rows.subarray(start, start + P), 'public'), start);
  }
  return rows;
}
