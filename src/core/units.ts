/** The residual part of the curvature by hidden units, where there is one hidden layer (assembly/curvature/units.ts). */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { eighInPlace } from './eigh.js';
import { single } from './job.js';
import { finite, place, runTape } from './model.js';

export interface UnitsPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: of scale · E. */
  scale: number;
  /** Rows of P entries in packed order. */
  rows: Float64Array;
}

export interface UnitsResult {
  /** Enclose all eigenvalues of E, rounding of the blocks included; 0 is among them where P exceeds what the units hold. */
  largest: number;
  smallest: number;
  /** rows · E · rowsᵀ and rows · E² · rowsᵀ, count × count. */
  products: Float64Array;
  squares: Float64Array;
}

export const units = single(
  'units',
  (core, { network, data, scale, rows }: UnitsPayload, report): UnitsResult => {
    const P = network.parameters;
    const count = rows.length / P;
    return core.frame(() => {
      const { kernels } = core;
      const net = place(core, network, data);
      runTape(core, net, scale);
      const order = kernels.unitOrder(net);
      const x = core.write(rows);
      const y = core.zeros(count * P);
      const block = core.allocate(order * order);
      const scratch = core.allocate(Math.max(kernels.unitScratch(net), 2 * count * order));
      const hidden = network.layers[0].outputs;
      let [largest, smallest] = [0, 0];
      for (let a = 0; a < hidden; a++) {
        const size = finite(kernels.unitBlock(net, a, scratch, block), 'network: its curvature');
        kernels.unitProduct(net, a, block, count, P, x, scratch, y);
        const { values } = eighInPlace(core, block, order, { vectors: false });
        const rounding = Number.EPSILON * (64 + data.samples + 8 * order) * size;
        largest = Math.max(largest, values[order - 1] + rounding);
        smallest = Math.min(smallest, values[0] - rounding);
        report((a + 1) / hidden);
      }
      const inner = core.allocate(count * count);
      const among = (from: number): Float64Array => {
        for (let i = 0; i < count; i++)
          kernels.multiplyVector(count, P, from, P, y + 8 * P * i, inner + 8 * count * i);
        return core.read(inner, count * count);
      };
      return { largest, smallest, products: among(x), squares: among(y) };
    });
  },
);
