/** The degree of orthogonality among the samples (assembly/curvature/orthogonality.ts). */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Core } from './instance.js';
import { CompensatedSums } from './sums.js';

/** κ₂, κ₄ and Σ_{i≠j} cos². */
export function orthogonalitySums(core: Core, network: CheckedNetwork, data: CheckedDataset): Float64Array {
  return core.frame(() => {
    const { kernels } = core;
    const { samples } = data;
    const d = network.inputs;
    const bias = network.layers[0].bias ? 1 : 0;
    const x = core.write(data.inputs);
    const p = core.write(data.coefficients);
    const norms = core.allocate(samples);
    const scratch = core.allocate(kernels.orthogonalityScratch());
    const tileSums = core.allocate(3);
    const sums = new CompensatedSums(3);
    kernels.normalizeRows(samples, d, x, norms);
    const tile = kernels.TILE.value;
    for (let i = 0; i < samples; i += tile) {
      const ni = Math.min(tile, samples - i);
      for (let j = i; j < samples; j += tile) {
        const nj = Math.min(tile, samples - j);
        kernels.orthogonalityTile(d, bias, x, norms, p, i, ni, j, nj, scratch, tileSums);
        sums.add(core.view(tileSums, 3));
      }
    }
    return sums.totals();
  });
}
