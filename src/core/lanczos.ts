/**
 * The Lanczos process on the curvature, some steps at a time: H Qᵀ = Qᵀ T + q β eᵀ with orthonormal rows Q of P entries in packed
 * order. Nothing is kept between jobs: the rows come in, and the new ones go out.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Core, outOfRange } from './instance.js';
import { single } from './job.js';
import { type Pointer } from './kernels.js';
import { place, runTape } from './model.js';

export interface LanczosPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: the process is that of scale · H. */
  scale: number;
  /** Orthonormal rows so far; the process goes on from the last. At first any one vector that is not 0. */
  rows: Float64Array;
  /** A vector to begin again from where the rows span an invariant subspace. Not 0. */
  fresh: Float64Array;
  steps: number;
}

export interface LanczosResult {
  /** What the rows continue with, after the last one given (which comes back first, at norm 1, if it was alone). */
  rows: Float64Array;
  /** T's columns down to the diagonal, one for each step: a product each. */
  columns: Float64Array[];
  /** How each new row is coupled to the one before. 0 where the process began again, and at the end, when the rows span everything. */
  couplings: number[];
  /** Bound on the norm of what the relation leaves out, and the largest inner product between rows, or 1 less their norm. */
  dropped: number;
  defect: number;
}

/** Ends early, after a new beginning or where there is nothing left; always takes one step. */
export const lanczos = single('lanczos', (core, payload: LanczosPayload, report): LanczosResult => {
  const { network, data, scale, rows, fresh, steps } = payload;
  const P = network.parameters;
  const before = rows.length / P;
  return core.frame(() => {
    const process = placeProcess(core, network, data, scale, Math.min(P, before + steps));
    const { q, coefficients, spare } = process;
    const row = (i: number): number => q + 8 * P * i;
    core.view(q, rows.length).set(rows);
    const result: LanczosResult = { rows, columns: [], couplings: [], dropped: 0, defect: 0 };
    if (before === 1) normalize(core, row(0), P);

    let count = before;
    for (let step = 0; step < steps && count <= P; step++) {
      const { column, rest, size } = multiply(core, process, count);
      result.columns.push(column);
      report((step + 1) / steps);
      const spent = isSpent(rest, count, size);
      result.couplings.push(spent || count === P ? 0 : rest);
      if (spent || count === P) result.dropped += rest;
      if (count === P) break;
      if (spent) {
        core.view(row(count), P).set(fresh);
        core.kernels.orthogonalize(count, P, q, row(count), coefficients, spare);
      }
      normalize(core, row(count), P);
      result.defect = Math.max(result.defect, defectOf(core, q, count++, P, spare));
      if (spent) break;
    }
    const first = before === 1 ? 0 : before;
    result.rows = core.read(row(first), (count - first) * P);
    return result;
  });
});

/** A process in the core's memory. */
export interface Process {
  net: Pointer;
  /** P, the length of a row. */
  length: number;
  /** The rows: one more than there are products. */
  q: Pointer;
  scratch: Pointer;
  /** One number for each row. */
  coefficients: Pointer;
  spare: Pointer;
}

/** In the current frame, with room for so many products; its rows are not set. */
export function placeProcess(
  core: Core,
  network: CheckedNetwork,
  data: CheckedDataset,
  scale: number,
  products: number,
): Process {
  const net = place(core, network, data);
  runTape(core, net, scale);
  const q = core.allocate((products + 1) * network.parameters);
  const scratch = core.allocate(core.kernels.hvpScratch(net));
  const [coefficients, spare] = [core.allocate(products + 1), core.allocate(products + 1)];
  return { net, length: network.parameters, q, scratch, coefficients, spare };
}

/** The next column of T down to the diagonal, what is left of the product, and the norm of both together. */
export interface Product {
  column: Float64Array;
  rest: number;
  size: number;
}

/** The product of the last of `count` rows, made orthogonal to all of them: the row after, not yet of norm 1. */
export function multiply(
  core: Core,
  { net, length, q, scratch, coefficients, spare }: Process,
  count: number,
): Product {
  const { kernels } = core;
  const [last, next] = [q + 8 * length * (count - 1), q + 8 * length * count];
  kernels.hessianVectorProduct(net, last, scratch, next);
  const rest = kernels.orthogonalize(count, length, q, next, coefficients, spare);
  const column = core.read(coefficients, count);
  core.view(coefficients, count + 1)[count] = rest;
  const size = kernels.frobeniusNorm(count + 1, coefficients);
  if (!Number.isFinite(size)) throw outOfRange('the Hessian times v');
  return { column, rest, size };
}

/** What is left of a product of that size is rounding, and no direction. */
export function isSpent(rest: number, count: number, size: number): boolean {
  return rest <= 32 * Number.EPSILON * Math.sqrt(count) * size;
}

export function normalize(core: Core, x: number, n: number): void {
  const norm = core.kernels.frobeniusNorm(n, x);
  const view = core.view(x, n);
  for (let i = 0; i < n; i++) view[i] /= norm;
}

/** The largest inner product of row `count` with those before it; or how far its norm is from 1. */
export function defectOf(core: Core, q: number, count: number, n: number, spare: number): number {
  const last = q + 8 * n * count;
  core.kernels.multiplyVector(count, n, q, n, last, spare);
  return Math.max(core.kernels.maxAbs(count, spare), Math.abs(core.kernels.frobeniusNorm(n, last) - 1));
}
