/** The degree of orthogonality among the samples (assembly/curvature/orthogonality.ts). */
import { type Kind } from './job.js';
import { type Pointer } from './kernels.js';
import { cutStrips, type Strip, stripLength } from './strips.js';
import { CompensatedSums } from './sums.js';

export interface OrthogonalityPayload {
  samples: number;
  /** d, and whether the first layer has a bias. */
  width: number;
  bias: boolean;
  inputs: Float64Array;
  coefficients: Float64Array;
}

interface State extends Pick<OrthogonalityPayload, 'samples' | 'width' | 'bias'> {
  /** Rows of unit length. */
  x: Pointer;
  norms: Pointer;
  coefficients: Pointer;
  scratch: Pointer;
  tileSums: Pointer;
}

/** κ₂, κ₄ and Σ_{i≠j} cos². */
export const orthogonality: Kind<OrthogonalityPayload, State, Strip, Float64Array, Float64Array> = {
  name: 'orthogonality',

  plan(core, { samples }) {
    const tile = core.kernels.TILE.value;
    return cutStrips(samples, samples, true, tile, stripLength(samples, tile)).map((strip) => ({
      group: 0,
      ...strip,
    }));
  },

  open(core, { samples, width, bias, inputs, coefficients }) {
    const state = {
      samples,
      width,
      bias,
      x: core.write(inputs),
      norms: core.allocate(samples),
      coefficients: core.write(coefficients),
      scratch: core.allocate(core.kernels.orthogonalityScratch()),
      tileSums: core.allocate(3),
    };
    core.kernels.normalizeRows(samples, width, state.x, state.norms);
    return state;
  },

  run(core, { samples, width, bias, x, norms, coefficients, scratch, tileSums }, { row, first, last }) {
    const { kernels } = core;
    const tile = kernels.TILE.value;
    const sums = new CompensatedSums(3);
    const ni = Math.min(tile, samples - row);
    for (let j = first; j < last; j += tile) {
      const nj = Math.min(tile, samples - j);
      kernels.orthogonalityTile(
        width,
        bias ? 1 : 0,
        x,
        norms,
        coefficients,
        row,
        ni,
        j,
        nj,
        scratch,
        tileSums,
      );
      sums.add(core.view(tileSums, 3));
    }
    return sums.totals();
  },

  combine(_payload, parts) {
    const sums = new CompensatedSums(3);
    for (const part of parts) sums.add(part);
    return sums.totals();
  },

  length: () => 3,
};
