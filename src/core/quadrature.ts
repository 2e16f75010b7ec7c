/**
 * Gauss rules of the curvature, one for each random direction v of norm 1: the measure vᵀ δ(λ − H) v is replaced by the eigenvalues of the
 * Lanczos process' T from v, with the squares of the first entries of T's eigenvectors as weights. With n nodes it integrates
 * polynomials up to degree 2n − 1 as vᵀ p(H) v (G. Golub and J. Welsch, Math. Comp. 23 (1969) 221).
 *
 * v has entries ±1/√P (Rademacher).
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { eigh } from './eigh.js';
import { type Core } from './instance.js';
import { type Kind } from './job.js';
import { isSpent, multiply, normalize, placeProcess, type Process } from './lanczos.js';
import { sfc32 } from './random.js';

export interface QuadraturePayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** Most nodes of a rule. */
  steps: number;
  /** The seed of each direction. */
  seeds: number[];
}

/** Nodes ascend; weights are at least 0, and sum to 1. */
export interface GaussRule {
  nodes: Float64Array;
  weights: Float64Array;
}

interface QuadratureState {
  process: Process;
  steps: number;
}

/** A task is a seed: the rules have nothing in common but the network and its data, which every worker then places once. */
export const quadrature: Kind<QuadraturePayload, QuadratureState, number, GaussRule, GaussRule[]> = {
  name: 'quadrature',

  plan: (_core, { seeds }) => seeds.map((task) => ({ group: 0, weight: 1, task })),

  open(core, { network, data, steps }) {
    const most = Math.min(steps, network.parameters);
    return { process: placeProcess(core, network, data, 1, most), steps: most };
  },

  run(core, { process, steps }, seed, report) {
    const { q, length } = process;
    const random = sfc32(seed);
    const probe = core.view(q, length);
    for (let p = 0; p < length; p++) probe[p] = random() < 0 ? -1 : 1;
    normalize(core, q, length);

    const columns: Float64Array[] = [];
    let largest = 0;
    for (let count = 1; count <= steps; count++) {
      const { column, rest, size } = multiply(core, process, count);
      columns.push(column);
      report(count / steps);
      // Unlike a process in search of all eigenvalues, the rule ends where v has no more to it: it is exact then. What is dropped
      // is of the size of rounding in H, not only in this product.
      largest = Math.max(largest, size);
      if (count === length || isSpent(rest, count, largest)) break;
      normalize(core, q + 8 * length * count, length);
    }
    return ruleOf(core, columns);
  },

  combine: (_payload, rules) => rules,
};

/** From T's columns down to the diagonal. */
function ruleOf(core: Core, columns: Float64Array[]): GaussRule {
  const order = columns.length;
  const a = new Float64Array(order * order);
  columns.forEach((column, j) => a.set(column, j * order));
  const { values, vectors } = eigh(core, a, order, { vectors: true });
  return { nodes: values, weights: values.map((_, k) => vectors![k * order] * vectors![k * order]) };
}
