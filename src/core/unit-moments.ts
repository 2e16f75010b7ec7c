/** Trace and squared Frobenius norm of each hidden unit's block of E, from pairs of samples (assembly/curvature/unit-moments.ts). */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Kind } from './job.js';
import { type Pointer } from './kernels.js';
import { place, runTape } from './model.js';
import { cutStrips, type Strip, stripLength } from './strips.js';
import { CompensatedSums } from './sums.js';

export interface UnitMomentsPayload {
  /** Part 'residual'. */
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: of scale · E. */
  scale: number;
}

/** One entry a unit. */
export interface UnitSums {
  squares: Float64Array;
  traces: Float64Array;
  /** Σ of the norms of the terms that the block is summed from. */
  sizes: Float64Array;
}

interface State {
  samples: number;
  units: number;
  net: Pointer;
  terms: Pointer;
  scratch: Pointer;
  tileSums: Pointer;
}

export const unitMoments: Kind<UnitMomentsPayload, State, Strip, Float64Array, UnitSums> = {
  name: 'unitMoments',

  plan(core, { data: { samples } }) {
    const tile = core.kernels.TILE.value;
    return cutStrips(samples, samples, true, tile, stripLength(samples, tile)).map((strip) => ({
      group: 0,
      ...strip,
    }));
  },

  open(core, { network, data, scale }) {
    const { kernels } = core;
    const units = network.layers[0].outputs;
    const net = place(core, network, data);
    runTape(core, net, scale);
    const terms = core.allocate(kernels.unitTermsDoubles(net));
    kernels.unitTerms(net, terms);
    const scratch = core.allocate(kernels.unitMomentsScratch(net));
    return { samples: data.samples, units, net, terms, scratch, tileSums: core.allocate(3 * units) };
  },

  run(core, { samples, units, net, terms, scratch, tileSums }, { row, first, last }) {
    const { kernels } = core;
    const tile = kernels.TILE.value;
    const sums = new CompensatedSums(3 * units);
    const ni = Math.min(tile, samples - row);
    for (let j = first; j < last; j += tile) {
      const nj = Math.min(tile, samples - j);
      kernels.unitMomentsTile(net, terms, row, ni, j, nj, scratch, tileSums);
      sums.add(core.view(tileSums, 3 * units));
    }
    return sums.totals();
  },

  combine({ network }, parts) {
    const units = network.layers[0].outputs;
    const sums = new CompensatedSums(3 * units);
    for (const part of parts) sums.add(part);
    const totals = sums.totals();
    return {
      squares: totals.slice(0, units),
      traces: totals.slice(units, 2 * units),
      sizes: totals.slice(2 * units),
    };
  },
};
