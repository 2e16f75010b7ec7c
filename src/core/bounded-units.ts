/**
 * E of one hidden layer from above, by a process for each hidden unit's block (unit-lanczos.ts). With T and β of k products, V their rows and q the next, c
 * at least λ_1 of every block on the complement of its V:
 *
 *   E_a ⪯ c I + [V q]ᵀ A [V q],   A = [[T − c, β e_k], [β e_kᵀ, 0]],
 *
 * so that E is at most c I and as many pairs of eigenvalues and vectors a unit as it has rows.
 */
import { type CheckedNetwork } from '../network.js';
import { largestBeyond, range } from './beyond.js';
import { innerProducts } from './dense.js';
import { eighInPlace } from './eigh.js';
import { single } from './job.js';
import { placeShape } from './model.js';
import { type UnitRows } from './unit-lanczos.js';

export interface BoundedUnitsPayload {
  network: CheckedNetwork;
  processes: UnitRows;
  /** c. */
  ceiling: number;
  /** Orthonormal rows of P entries in packed order, which are split off. */
  rows: Float64Array;
  /** Σ a w wᵀ for rows w of norm 1 and weights a > 0: a matrix to add to E. */
  added: { rows: Float64Array; weights: Float64Array };
}

/** Upper bounds on λ_1(E) and on λ_1 of E and what is added to it on the orthogonal complement of the rows. */
export interface BoundedUnitsResult {
  largest: number;
  beyondAdded: number;
}

export const boundedUnits = single('boundedUnits', (core, payload: BoundedUnitsPayload) => {
  const { network, processes, ceiling, rows, added } = payload;
  const P = network.parameters;
  const units = network.layers[0].outputs;
  const steps = processes.columns.length;
  const split = rows.length / P;
  const total = split + added.weights.length;
  return core.frame((): BoundedUnitsResult => {
    const { kernels } = core;
    const net = placeShape(core, network);
    const order = kernels.unitOrder(net);
    const count = processes.rows.length;
    const x = core.allocate(total * P);
    core.view(x, rows.length).set(rows);
    core.view(x + 8 * rows.length, added.rows.length).set(added.rows);
    const [own, v] = [core.allocate(total * order), core.allocate(count * order)];
    const across = core.allocate(total * count);
    const among = core.allocate(units * count * total);
    const values = new Float64Array(units * count);
    for (let a = 0; a < units; a++) {
      const columns = processes.columns.map((all, k) => all.subarray(a * (k + 1), (a + 1) * (k + 1)));
      const form = shiftedForm(columns, processes.couplings[steps - 1][a], ceiling, count);
      processes.rows.forEach((row, r) => {
        core.view(v + 8 * order * r, order).set(row.subarray(a * order, (a + 1) * order));
      });
      kernels.gatherUnit(net, a, total, P, x, own);
      kernels.multiplyByRows(total, count, order, own, v, across);
      core.frame(() => {
        const found = eighInPlace(core, core.write(form), count, { vectors: true });
        values.set(found.values, a * count);
        const vectors = core.write(found.vectors!);
        kernels.multiplyByRows(count, total, count, vectors, across, among + 8 * a * count * total);
      });
    }
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    const weights = [...added.weights];
    const most = largest + weights.reduce((sum, weight) => Math.max(sum, weight), 0);
    const spectrum = { values, among, total, rows: innerProducts(core, total, P, x, x) };
    return {
      largest: ceiling + largest,
      beyondAdded: ceiling + largestBeyond(core, spectrum, range(0, total), weights, most),
    };
  });
});

/** [[T − c, β e], [β eᵀ, 0]] of order count, from the columns of T down to the diagonal; T − c alone where there is no next row. */
export function shiftedForm(
  columns: readonly Float64Array[],
  coupling: number,
  shift: number,
  count: number,
): Float64Array {
  const k = columns.length;
  const a = new Float64Array(count * count);
  columns.forEach((column, j) => {
    column.forEach((x, i) => (a[j * count + i] = a[i * count + j] = x - (i === j ? shift : 0)));
  });
  if (count > k) a[k * count + k - 1] = a[(k - 1) * count + k] = coupling;
  return a;
}
