/** The a-priori form's bounds of a network, and norms of small matrices. */
import { aPrioriNeeds, blockBounds, sampleBounds } from '../../src/a-priori.js';
import { compileSync, Core } from '../../src/core/instance.js';
import { norms } from '../../src/core/norms.js';
import { type Dataset, loadSync, matrix, type Network } from '../../src/index.js';
import { type CheckedDataset, type CheckedNetwork, checkDataset, checkNetwork } from '../../src/network.js';
import { type Rows, transpose } from './curvature.js';

const hb = loadSync();
const core = new Core(compileSync());

export function normsOf(network: CheckedNetwork, data: CheckedDataset): ReturnType<typeof norms> {
  return norms(core, network, data, aPrioriNeeds(network));
}

export function boundsOf(
  network: Network,
  data: Dataset,
): ReturnType<typeof sampleBounds> & ReturnType<typeof blockBounds> {
  const net = checkNetwork(network);
  const set = checkDataset(net, data);
  const { kappa2, kappa4 } = hb.sharpness(network, data).ingredients!.orthogonality;
  const given = { kappa2, kappa4, norms: normsOf(net, set) };
  const bounds = sampleBounds(net, set, given);
  return { ...bounds, ...blockBounds(net, bounds) };
}

export function spectralNorm(a: Rows): number {
  const size = frobenius(a);
  if (size === 0) return 0;
  const unit = a.map((row) => row.map((x) => x / size));
  const { values } = hb.eigh(hb.gram(matrix(a.length, a[0].length, unit.flat())));
  return size * Math.sqrt(Math.max(0, values.at(-1)!));
}

export function frobenius(a: Rows): number {
  return hb.frobeniusNorm(matrix(a.length, a[0].length, a.flat()));
}

/** (I − 1 1ᵀ/K) a. */
export function withoutMeans(a: Rows): Rows {
  return transpose(
    transpose(a).map((column) => {
      const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
      return column.map((x) => x - mean);
    }),
  );
}
