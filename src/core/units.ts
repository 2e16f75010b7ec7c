/** The residual part E of the curvature by hidden units, where there is one hidden layer (assembly/curvature/units.ts). */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { largestBeyond, range, type Spectrum } from './beyond.js';
import { innerProducts } from './dense.js';
import { eighInPlace } from './eigh.js';
import { single } from './job.js';
import { finite, place, runTape } from './model.js';

export interface UnitsPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: of scale · E. */
  scale: number;
  /** Orthonormal rows of P entries in packed order. */
  rows: Float64Array;
  /** So many of them, from the first, span what is split off. */
  split: number;
  /** Σ a w wᵀ for rows w of norm 1 and weights a > 0: a matrix to add to E. */
  added?: { rows: Float64Array; weights: Float64Array };
}

export interface UnitsResult {
  /** Upper bounds on λ_1(E), and on λ_1 of E on the orthogonal complement of what is split off; rounding of the blocks included. */
  largest: number;
  beyond: number;
  /** The like of beyond for E and what is added to it; of nothing added the same. */
  beyondAdded: number;
  /** rows · E · rowsᵀ and rows · E² · rowsᵀ, count × count. */
  products: Float64Array;
  squares: Float64Array;
}

export const units = single('units', (core, payload: UnitsPayload, report): UnitsResult => {
  const { network, data, scale, rows, split, added } = payload;
  const P = network.parameters;
  const count = rows.length / P;
  const total = count + (added?.weights.length ?? 0);
  return core.frame(() => {
    const { kernels } = core;
    const net = place(core, network, data);
    runTape(core, net, scale);
    const order = kernels.unitOrder(net);
    const hidden = network.layers[0].outputs;
    const [x, image] = [core.allocate(total * P), core.zeros(total * P)];
    core.view(x, count * P).set(rows);
    if (added) core.view(x + 8 * count * P, added.rows.length).set(added.rows);
    const block = core.allocate(order * order);
    const scratch = core.allocate(kernels.unitScratch(net));
    const [own, product] = [core.allocate(total * order), core.allocate(total * order)];
    const values = new Float64Array(hidden * order);
    const among = core.allocate(hidden * order * total);
    let rounding = 0;
    for (let a = 0; a < hidden; a++) {
      const size = finite(kernels.unitBlock(net, a, scratch, block), 'network: its curvature');
      rounding = Math.max(rounding, Number.EPSILON * (64 + data.samples + 8 * order) * size);
      kernels.gatherUnit(net, a, total, P, x, own);
      kernels.multiplyByRows(total, order, order, own, block, product);
      kernels.scatterUnit(net, a, total, P, product, image);
      core.frame(() => {
        const found = eighInPlace(core, block, order, { vectors: true });
        values.set(found.values, a * order);
        const vectors = core.write(found.vectors!);
        kernels.multiplyByRows(order, total, order, vectors, own, among + 8 * a * order * total);
      });
      report((a + 1) / hidden);
    }
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    const spectrum: Spectrum = { values, among, total, rows: innerProducts(core, total, P, x, x) };
    const beyond = largestBeyond(core, spectrum, range(0, split), [], largest) + rounding;
    const weights = added ? [...added.weights] : [];
    const most = largest + weights.reduce((sum, weight) => Math.max(sum, weight), 0);
    const places = [...range(0, split), ...range(count, total)];
    return {
      largest: largest + rounding,
      beyond,
      beyondAdded: added ? largestBeyond(core, spectrum, places, weights, most) + rounding : beyond,
      products: innerProducts(core, count, P, x, image),
      squares: innerProducts(core, count, P, image, image),
    };
  });
});
