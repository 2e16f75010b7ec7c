/**
 * The three ingredients that the bound is announced to depend on, one varied at a time on a three-layer network (softmax cross-entropy, tanh) at
 * random initialization: the hidden width, the size of the parameters, and how orthogonal the samples are to one another.
 */
import { type Dataset, type Hessbound, initialize, matrix, type Network } from '../../src/index.js';
import { split } from './data.js';
import { mean } from './plan.js';

export interface Sweep {
  title: string;
  axis: string;
  logarithmic: boolean;
  points: { x: number; bound: number; exact: number }[];
}

const ORTHOGONAL_SAMPLES = 20;
const CLASSES = 3;

export function sweeps(hb: Hessbound, seeds: number[]): Sweep[] {
  const network = (seed: number, inputs: number, width: number): Network =>
    initialize({
      widths: [inputs, width, CLASSES],
      activation: 'tanh',
      loss: 'softmax-cross-entropy',
      seed,
    });
  const iris = (seed: number): Dataset => split('iris', seed).train;
  const sweep = (xs: number[], problem: (x: number, seed: number) => [Network, Dataset]): Sweep['points'] =>
    xs.map((x) => {
      const all = seeds.map((seed) => hb.sharpness(...problem(x, seed), { exact: true, ingredients: false }));
      return {
        x,
        bound: mean(all.map(({ bounds }) => bounds.wolkowiczStyan!.largest.upper)),
        exact: mean(all.map(({ exact }) => exact!.largest)),
      };
    });
  return [
    {
      title: 'Hidden width',
      axis: 'hidden units, 4-m-3 on iris',
      logarithmic: true,
      points: sweep([2, 4, 8, 16, 32, 64, 128], (width, seed) => [network(seed, 4, width), iris(seed)]),
    },
    {
      title: 'Norms',
      axis: 'all weights times this, 4-16-3 on iris',
      logarithmic: true,
      points: sweep([1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16], (scale, seed) => [
        scaled(network(seed, 4, 16), scale),
        iris(seed),
      ]),
    },
    {
      title: 'Orthogonality',
      axis: `cosine of any two of ${ORTHOGONAL_SAMPLES} samples, 24-16-3`,
      logarithmic: false,
      points: sweep([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], (cosine, seed) => [
        network(seed, 24, 16),
        equiangular(24, cosine),
      ]),
    },
  ];
}

function scaled(network: Network, factor: number): Network {
  const layers = network.layers.map(({ weights, ...layer }) => ({
    ...layer,
    weights: { ...weights, data: weights.data.map((x) => factor * x) },
  }));
  return { ...network, layers };
}

/** Samples of norm √d, each pair at the same angle: x_i = √d (√c e_0 + √(1 − c) e_(i+1)). */
function equiangular(d: number, cosine: number): Dataset {
  const inputs = matrix(ORTHOGONAL_SAMPLES, d);
  for (let i = 0; i < ORTHOGONAL_SAMPLES; i++) {
    inputs.data[i * d] = Math.sqrt(d * cosine);
    inputs.data[i * d + i + 1] = Math.sqrt(d * (1 - cosine));
  }
  return { inputs, targets: Array.from({ length: ORTHOGONAL_SAMPLES }, (_, i) => i % CLASSES) };
}
