/** A part of the curvature among the vectors of a Lanczos process. */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { innerProducts } from './dense.js';
import { outOfRange } from './instance.js';
import { single } from './job.js';
import { place, runTape } from './model.js';

export interface ImagesPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: of scale · A. */
  scale: number;
  /** count × P, in packed order. */
  rows: Float64Array;
  /** A times the first of them, as rows. */
  images: Float64Array;
}

export interface ImagesResult {
  /** A times the others. */
  images: Float64Array;
  /** rows · A · rowsᵀ and rows · A² · rowsᵀ, count × count. */
  products: Float64Array;
  squares: Float64Array;
}

export const images = single('images', (core, payload: ImagesPayload, report): ImagesResult => {
  const { network, data, scale, rows } = payload;
  const P = network.parameters;
  const [count, known] = [rows.length / P, payload.images.length / P];
  return core.frame(() => {
    const { kernels } = core;
    const net = place(core, network, data);
    runTape(core, net, scale);
    const x = core.write(rows);
    const all = core.allocate(count * P);
    core.view(all, known * P).set(payload.images);
    const scratch = core.allocate(kernels.hvpScratch(net));
    for (let i = known; i < count; i++) {
      kernels.hessianVectorProduct(net, x + 8 * i * P, scratch, all + 8 * i * P);
      report((i + 1 - known) / (count - known));
    }
    return {
      images: core.read(all + 8 * known * P, (count - known) * P),
      products: finiteProducts(core, count, P, x, all),
      squares: finiteProducts(core, count, P, all, all),
    };
  });
});

function finiteProducts(...args: Parameters<typeof innerProducts>): Float64Array {
  const products = innerProducts(...args);
  if (!products.every(Number.isFinite)) throw outOfRange('the Hessian times v');
  return products;
}
