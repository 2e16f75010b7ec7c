/**
 * Lanczos processes on E of one hidden layer, one for each hidden unit's block, all at once: E is block diagonal, so one product of E with a vector
 * that holds a row of every process is a step of them all. Each is E_a Q_aᵀ = Q_aᵀ T_a + q β eᵀ as in lanczos.ts.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Core, outOfRange } from './instance.js';
import { single } from './job.js';
import { type Pointer } from './kernels.js';
import { defectOf, isSpent, normalize } from './lanczos.js';
import { place, runTape } from './model.js';
import { sfc32 } from './random.js';

/** What so many steps have given. */
export interface UnitRows {
  /** One for each product, and the one that the next would begin with, if any: units × order, each unit's of norm 1. */
  rows: Float64Array[];
  /** The columns of all T_a down to the diagonal, units × their length; and what couples each row to the next, one for each unit. */
  columns: Float64Array[];
  couplings: Float64Array[];
}

export interface UnitLanczosPayload {
  /** Part 'residual'. */
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: the processes are those of scale · E. */
  scale: number;
  /** So far; none at first. */
  rows: Float64Array[];
  /** Fewer than what would exceed the order of a block. */
  steps: number;
}

export interface UnitLanczosResult extends UnitRows {
  /** Bounds on the norm of what each relation leaves out, and the largest inner product between rows, or 1 less their norm. */
  dropped: Float64Array;
  defect: number;
}

/** What rows, columns and couplings go on with. */
export const unitLanczos = single('unitLanczos', (core, payload: UnitLanczosPayload, report) => {
  const { network, data, scale, rows, steps } = payload;
  const P = network.parameters;
  const units = network.layers[0].outputs;
  return core.frame((): UnitLanczosResult => {
    const { kernels } = core;
    const net = place(core, network, data);
    runTape(core, net, scale);
    const order = kernels.unitOrder(net);
    const before = Math.max(1, rows.length);
    const room = before + steps;
    const q = core.allocate(units * room * order);
    const at = (a: number, row: number): Pointer => q + 8 * order * (a * room + row);
    const [x, image] = [core.zeros(P), core.allocate(P)];
    const scratch = core.allocate(kernels.hvpScratch(net));
    const [coefficients, spare] = [core.allocate(room), core.allocate(room)];
    rows.forEach((row, r) => {
      for (let a = 0; a < units; a++)
        core.view(at(a, r), order).set(row.subarray(a * order, (a + 1) * order));
    });
    const readRow = (r: number): Float64Array => {
      const row = new Float64Array(units * order);
      for (let a = 0; a < units; a++) row.set(core.view(at(a, r), order), a * order);
      return row;
    };
    const result: UnitLanczosResult = {
      ...{ rows: [], columns: [], couplings: [] },
      dropped: new Float64Array(units),
      defect: 0,
    };
    if (rows.length === 0) {
      const begin = beginning(0);
      for (let a = 0; a < units; a++) begin(core, at(a, 0), order);
      for (let a = 0; a < units; a++) normalize(core, at(a, 0), order);
      result.rows.push(readRow(0));
    }
    for (let count = before; count < room; count++) {
      for (let a = 0; a < units; a++) kernels.scatterUnit(net, a, 1, P, at(a, count - 1), x);
      kernels.hessianVectorProduct(net, x, scratch, image);
      const columns = new Float64Array(units * count);
      const couplings = new Float64Array(units);
      const begin = beginning(count);
      for (let a = 0; a < units; a++) {
        const next = at(a, count);
        kernels.gatherUnit(net, a, 1, P, image, next);
        const rest = kernels.orthogonalize(count, order, at(a, 0), next, coefficients, spare);
        columns.set(core.view(coefficients, count), a * count);
        core.view(coefficients, room)[count] = rest;
        const size = kernels.frobeniusNorm(count + 1, coefficients);
        if (!Number.isFinite(size)) throw outOfRange('the Hessian times v');
        const spent = isSpent(rest, count, size);
        if (spent || count === order) result.dropped[a] += rest;
        else couplings[a] = rest;
        if (count === order) continue;
        if (spent) {
          begin(core, next, order);
          kernels.orthogonalize(count, order, at(a, 0), next, coefficients, spare);
        }
        normalize(core, next, order);
        result.defect = Math.max(result.defect, defectOf(core, at(a, 0), count, order, spare));
      }
      result.columns.push(columns);
      result.couplings.push(couplings);
      if (count < order) result.rows.push(readRow(count));
      report((count + 1 - before) / steps);
    }
    return result;
  });
});

/** Writes random vectors, of which each row has its own sequence. */
function beginning(row: number): (core: Core, out: Pointer, length: number) => void {
  const next = sfc32(row);
  return (core, out, length) => {
    const view = core.view(out, length);
    for (let i = 0; i < length; i++) view[i] = next() / 2 ** 31;
  };
}
