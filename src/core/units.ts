/** The residual part E of the curvature by hidden units, where there is one hidden layer (assembly/curvature/units.ts). */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { eighInPlace } from './eigh.js';
import { type Core } from './instance.js';
import { single } from './job.js';
import { type Pointer } from './kernels.js';
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
}

export interface UnitsResult {
  /** Upper bounds on λ_1(E), and on λ_1 of E on the orthogonal complement of what is split off; rounding of the blocks included. */
  largest: number;
  beyond: number;
  /** rows · E · rowsᵀ and rows · E² · rowsᵀ, count × count. */
  products: Float64Array;
  squares: Float64Array;
}

export const units = single('units', (core, payload: UnitsPayload, report): UnitsResult => {
  const { network, data, scale, rows, split } = payload;
  const P = network.parameters;
  const count = rows.length / P;
  return core.frame(() => {
    const { kernels } = core;
    const net = place(core, network, data);
    runTape(core, net, scale);
    const order = kernels.unitOrder(net);
    const hidden = network.layers[0].outputs;
    const [x, image] = [core.write(rows), core.zeros(count * P)];
    const block = core.allocate(order * order);
    const scratch = core.allocate(kernels.unitScratch(net));
    const [own, product] = [core.allocate(count * order), core.allocate(count * order)];
    const values = new Float64Array(hidden * order);
    const among = core.allocate(hidden * order * count);
    let rounding = 0;
    for (let a = 0; a < hidden; a++) {
      const size = finite(kernels.unitBlock(net, a, scratch, block), 'network: its curvature');
      rounding = Math.max(rounding, Number.EPSILON * (64 + data.samples + 8 * order) * size);
      kernels.gatherUnit(net, a, count, P, x, own);
      kernels.multiplyByRows(count, order, order, own, block, product);
      kernels.scatterUnit(net, a, count, P, product, image);
      core.frame(() => {
        const found = eighInPlace(core, block, order, { vectors: true });
        values.set(found.values, a * order);
        const vectors = core.write(found.vectors!);
        kernels.multiplyByRows(order, count, order, vectors, own, among + 8 * a * order * count);
      });
      report((a + 1) / hidden);
    }
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    const inner = core.allocate(count * count);
    const gram = (from: Pointer): Float64Array => {
      kernels.multiplyByRows(count, count, P, from, image, inner);
      return core.read(inner, count * count);
    };
    return {
      largest: largest + rounding,
      beyond: largestBeyond(core, values, among, count, split, largest) + rounding,
      products: gram(x),
      squares: gram(image),
    };
  });
});

/** Halvings of the interval from 0 to λ_1(E): to a millionth. */
const HALVINGS = 20;
const VANISHING = 2 ** -960;

/**
 * An upper bound on λ_1 of E on the complement of the first `split` rows, from the eigenvalues of E and what its eigenvectors have
 * along the rows (values.length × count). With S(x) = Q (E − x)⁻¹ Qᵀ, the matrix [[E − x, Qᵀ], [Q, 0]] has as many positive eigenvalues as
 * E − x and −S(x) together, and as E − x on the complement and `split` more (Haynsworth); so those of E above x can be counted.
 */
function largestBeyond(
  core: Core,
  values: Float64Array,
  among: Pointer,
  count: number,
  split: number,
  largest: number,
): number {
  const { kernels } = core;
  const n = values.length;
  const none = (x: number): boolean =>
    core.frame(() => {
      const weighted = core.allocate(n * count);
      const s = core.allocate(count * count);
      const view = core.view(weighted, n * count);
      view.set(core.view(among, n * count));
      // 1/(μ − x), and −1/x on all that the units leave out, where E is 0: that is −I/x and 1/(μ − x) + 1/x on the rest.
      values.forEach((value, p) => {
        const weight = 1 / (value - x) + 1 / x;
        for (let r = p * count; r < (p + 1) * count; r++) view[r] *= weight;
      });
      kernels.multiplyByTransposed(count, count, n, among, weighted, s);
      const all = core.view(s, count * count);
      const part = new Float64Array(split * split);
      for (let i = 0; i < split; i++) {
        for (let j = 0; j < split; j++) part[i * split + j] = all[i * count + j] - (i === j ? 1 / x : 0);
      }
      const inertia = eighInPlace(core, core.write(part), split, { vectors: false }).values;
      // Where rounding leaves a sign open, it is taken for the worse.
      const doubt = 1e-10 * Math.max(Math.abs(inertia[0]), Math.abs(inertia[split - 1]));
      const negative = inertia.filter((value) => value < doubt).length;
      const above = values.reduce((sum, value) => sum + (value >= x ? 1 : 0), 0);
      return above + negative - split <= 0;
    });
  // Where 1/x would leave the range there is nothing to gain.
  if (largest < VANISHING) return largest;
  let [low, high] = [0, largest];
  for (let step = 0; step < HALVINGS && high > 0; step++) {
    const middle = (low + high) / 2;
    if (values.includes(middle) || !none(middle)) low = middle;
    else high = middle;
  }
  return high;
}
