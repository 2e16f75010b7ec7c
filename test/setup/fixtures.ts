/** The committed oracle results (test/fixtures/generate.py), in the library's types. */
import fixtures from '../fixtures/networks.json' with { type: 'json' };
import { type Dataset, matrix, type Matrix, type Network } from '../../src/index.js';

interface RawMatrix {
  rows: number;
  cols: number;
  data: number[];
}

export interface Expected {
  logits: number[];
  loss: number;
  gradient: number[];
  gradientScale: number;
  trace: number;
  frobeniusNorm: number;
  layerTraces: number[];
  crossNorms: number[];
  eigenvalues: number[];
  vector: number[];
  product: number[];
  hessian?: number[];
}

export interface Case {
  name: string;
  oracle: 'pytorch' | 'mpmath';
  network: Network;
  data: Dataset;
  expected: Expected;
}

interface RawCase {
  name: string;
  oracle: Case['oracle'];
  network: Omit<Network, 'layers'> & {
    layers: (Omit<Network['layers'][number], 'weights'> & { weights: RawMatrix })[];
  };
  data: { inputs: RawMatrix; targets: RawMatrix | number[]; weights?: number[] };
  expected: Expected;
}

export const CASES: Case[] = (fixtures.cases as unknown as RawCase[]).map((raw) => ({
  ...raw,
  network: {
    ...raw.network,
    layers: raw.network.layers.map((layer) => ({ ...layer, weights: toMatrix(layer.weights) })),
  },
  data: {
    ...raw.data,
    inputs: toMatrix(raw.data.inputs),
    targets: Array.isArray(raw.data.targets) ? raw.data.targets : toMatrix(raw.data.targets),
  },
}));

function toMatrix({ rows, cols, data }: RawMatrix): Matrix {
  return matrix(rows, cols, data);
}
