/** Norms of the transfer terms of the curvature, block by block (assembly/curvature/transfers.ts). */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { spectralNorm } from './dense.js';
import { type Core } from './instance.js';
import { single } from './job.js';
import { type Pointer } from './kernels.js';
import { finite, place, runTape } from './model.js';

export interface TransfersPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: of scale · X. */
  scale: number;
}

/** L × L: upper bounds on ‖X_lk‖₂, rounding of the blocks included; symmetric, 0 on the diagonal. */
export const transferNorms = single(
  'transferNorms',
  (core, { network, data, scale }: TransfersPayload, report): Float64Array => {
    const depth = network.layers.length;
    const norms = new Float64Array(depth * depth);
    return core.frame(() => {
      const net = place(core, network, data);
      runTape(core, net, scale);
      for (let l = 0; l < depth; l++) {
        for (let k = l + 1; k < depth; k++) {
          const norm = core.frame(() => blockNorm(core, net, { network, data, scale }, l, k));
          norms[l * depth + k] = norms[k * depth + l] = norm;
          report((l * depth + k + 1) / (depth * depth));
        }
      }
      return norms;
    });
  },
);

function blockNorm(
  core: Core,
  net: Pointer,
  { network, data }: TransfersPayload,
  l: number,
  k: number,
): number {
  const { kernels } = core;
  const { inputs, outputs: units, bias } = network.layers[l];
  const width = inputs + (bias ? 1 : 0);
  const columns = kernels.transferColumns(net, l, k);
  const together = k > l + 1;
  const rows = core.allocate((together ? units : 1) * width * columns);
  const scratch = core.allocate(kernels.transferScratch(net, l, k));
  let [largest, sizes] = [0, 0];
  for (let a = 0; a < units; a++) {
    const out = together ? rows + 8 * a * width * columns : rows;
    const size = finite(kernels.transferRows(net, l, k, a, scratch, out), 'network: its curvature');
    sizes = together ? sizes + size : Math.max(sizes, size);
    if (!together) largest = Math.max(largest, spectralNorm(core, rows, width, columns));
  }
  if (together) largest = spectralNorm(core, rows, units * width, columns);
  return largest + Number.EPSILON * (64 + data.samples + 8 * columns) * sizes;
}
