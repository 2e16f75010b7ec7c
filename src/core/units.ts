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
    const gram = (y: Pointer, z: Pointer, size: number): Float64Array => {
      const inner = core.allocate(size * size);
      kernels.multiplyByRows(size, size, P, y, z, inner);
      return core.read(inner, size * size);
    };
    const spectrum: UnitSpectrum = { values, among, total, rows: gram(x, x, total) };
    const beyond = largestBeyond(core, spectrum, range(0, split), [], largest) + rounding;
    const weights = added ? [...added.weights] : [];
    const most = largest + weights.reduce((sum, weight) => Math.max(sum, weight), 0);
    const places = [...range(0, split), ...range(count, total)];
    return {
      largest: largest + rounding,
      beyond,
      beyondAdded: added ? largestBeyond(core, spectrum, places, weights, most) + rounding : beyond,
      products: gram(x, image, count),
      squares: gram(image, image, count),
    };
  });
});

/** E's eigenvalues, what its eigenvectors have along the rows (values.length × total), and the rows' own inner products. */
interface UnitSpectrum {
  values: Float64Array;
  among: Pointer;
  total: number;
  rows: Float64Array;
}

/** Halvings of the interval from 0 to what is known: to a millionth. */
const HALVINGS = 20;
const VANISHING = 2 ** -960;

/**
 * An upper bound on λ_1 of E + Σ a w wᵀ on the complement of rows U: the rows at `places` are U, and then the w, with weights a > 0. For any x, with
 * R = (E − x)⁻¹, the matrix [[E − x, W, U], [Wᵀ, −1/a, 0], [Uᵀ, 0, 0]] has as many positive eigenvalues as E − x and −([W U]ᵀ R [W U] + diag(1/a, 0))
 * together, and as E + Σ a w wᵀ − x on the complement and as there are U (Haynsworth, twice); so those of the latter above x can be counted.
 * most: at least the number sought.
 */
function largestBeyond(
  core: Core,
  { values, among, total, rows }: UnitSpectrum,
  places: readonly number[],
  weights: readonly number[],
  most: number,
): number {
  const { kernels } = core;
  const n = values.length;
  const order = places.length;
  const split = order - weights.length;
  const none = (x: number): boolean =>
    core.frame(() => {
      const weighted = core.allocate(n * total);
      const s = core.allocate(total * total);
      const view = core.view(weighted, n * total);
      view.set(core.view(among, n * total));
      // 1/(μ − x), and −1/x on all that the units leave out, where E is 0: that is −I/x and 1/(μ − x) + 1/x on the rest.
      values.forEach((value, p) => {
        const weight = 1 / (value - x) + 1 / x;
        for (let r = p * total; r < (p + 1) * total; r++) view[r] *= weight;
      });
      kernels.multiplyByTransposed(total, total, n, among, weighted, s);
      const all = core.view(s, total * total);
      const part = new Float64Array(order * order);
      places.forEach((row, i) => {
        places.forEach((col, j) => {
          part[i * order + j] = all[row * total + col] - rows[row * total + col] / x;
        });
        if (i >= split) part[i * (order + 1)] += 1 / weights[i - split];
      });
      const inertia = eighInPlace(core, core.write(part), order, { vectors: false }).values;
      // Where rounding leaves a sign open, it is taken for the worse.
      const doubt = 1e-10 * Math.max(Math.abs(inertia[0]), Math.abs(inertia[order - 1]));
      const negative = inertia.filter((value) => value < doubt).length;
      const above = values.reduce((sum, value) => sum + (value >= x ? 1 : 0), 0);
      return above + negative - split <= 0;
    });
  // Where 1/x would leave the range there is nothing to gain.
  if (most < VANISHING) return most;
  let [low, high] = [0, most];
  for (let step = 0; step < HALVINGS && high > 0; step++) {
    const middle = (low + high) / 2;
    if (values.includes(middle) || !none(middle)) low = middle;
    else high = middle;
  }
  return high;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
