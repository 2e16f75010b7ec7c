/**
 * The Lanczos process on the curvature, some steps at a time: H Qᵀ = Qᵀ T + q β eᵀ with orthonormal rows Q of P entries in packed
 * order. Nothing is kept between jobs: the rows come in, and the new ones go out.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Core, outOfRange } from './instance.js';
import { single } from './job.js';
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
    const net = place(core, network, data);
    runTape(core, net, scale);
    const most = Math.min(P, before + steps);
    const q = core.allocate((most + 1) * P);
    core.view(q, rows.length).set(rows);
    const scratch = core.allocate(core.kernels.hvpScratch(net));
    const [coefficients, spare] = [core.allocate(most + 1), core.allocate(most + 1)];
    const row = (i: number): number => q + 8 * P * i;
    const result: LanczosResult = { rows, columns: [], couplings: [], dropped: 0, defect: 0 };
    if (before === 1) normalize(core, row(0), P);

    let count = before;
    for (let step = 0; step < steps && count <= P; step++) {
      core.kernels.hessianVectorProduct(net, row(count - 1), scratch, row(count));
      const rest = core.kernels.orthogonalize(count, P, q, row(count), coefficients, spare);
      result.columns.push(core.read(coefficients, count));
      core.view(coefficients, count + 1)[count] = rest;
      const size = core.kernels.frobeniusNorm(count + 1, coefficients);
      if (!Number.isFinite(size)) throw outOfRange('the Hessian times v');
      report((step + 1) / steps);
      const spent = rest <= NEGLIGIBLE * Math.sqrt(count) * size;
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

/** What is left of a product is rounding, and no direction. */
const NEGLIGIBLE = 32 * Number.EPSILON;

function normalize(core: Core, x: number, n: number): void {
  const norm = core.kernels.frobeniusNorm(n, x);
  const view = core.view(x, n);
  for (let i = 0; i < n; i++) view[i] /= norm;
}

/** The largest inner product of row `count` with those before it; or how far its norm is from 1. */
function defectOf(core: Core, q: number, count: number, n: number, spare: number): number {
  const last = q + 8 * n * count;
  core.kernels.multiplyVector(count, n, q, n, last, spare);
  return Math.max(core.kernels.maxAbs(count, spare), Math.abs(core.kernels.frobeniusNorm(n, last) - 1));
}
