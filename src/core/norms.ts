/** Norms of a network's parameters, and what the a-priori bound needs beside them. */
import { type CheckedDataset, type CheckedLayer, type CheckedNetwork } from '../network.js';
import { frobeniusNorm, spectralNorm } from './dense.js';
import { type Core } from './instance.js';
import { parameterVector, predict } from './model.js';

/** Samples of one forward pass. */
const BLOCK = 1024;

/** Which of the norms to compute that not every network has a use for, and of what. */
export interface WantedNorms {
  /** For each hidden layer whether its activations are to be measured. */
  unbounded: boolean[];
  errors: boolean;
  /** Whether the spectral norm of the last layer is that of its weights less their mean over the outputs. */
  centred: boolean;
}

/** Of the rows of a matrix, one a sample: the largest norm, and the root of the weighted mean of their squares. */
export interface RowNorms {
  largest: number;
  rms: number;
}

export interface Norms {
  layers: { weightNorm: number; biasNorm?: number }[];
  /** ‖θ‖. */
  parameterNorm: number;
  /** Upper bounds on the spectral norms of the weights of the second layer and those after it. */
  spectralNorms: number[];
  /** Of the same weights, the largest norm of a column. */
  columnNorms: number[];
  /** max_i ‖ã_i‖ of the inputs. */
  inputNorm: number;
  /** Of ã, what the second layer and those after it are given, where wanted. */
  activationNorms: (RowNorms | undefined)[];
  /** max_i ‖o_i − y_i‖. */
  errorNorm?: number;
}

export function norms(core: Core, network: CheckedNetwork, all: CheckedDataset, wanted: WantedNorms): Norms {
  const { layers } = network;
  const data = withoutWeightless(network, all);
  const later = layers.slice(1);
  return {
    layers: layers.map((layer) => ({
      weightNorm: frobeniusNorm(core, layer.weights),
      ...(layer.bias && { biasNorm: frobeniusNorm(core, layer.bias) }),
    })),
    parameterNorm: frobeniusNorm(core, parameterVector(network)),
    spectralNorms: later.map((layer) =>
      wanted.centred && layer === layers.at(-1) ? centredNorm(core, layer) : normOf(core, layer),
    ),
    columnNorms: later.map(({ weights, inputs, outputs }) =>
      greatest(lengths(core, transposed(weights, outputs, inputs), outputs)),
    ),
    inputNorm: inputNorms(core, network, data, 0).largest,
    activationNorms: later.map((_, l) =>
      wanted.unbounded[l] ? inputNorms(core, network, data, l + 1) : undefined,
    ),
    ...(wanted.errors && { errorNorm: greatest(errorNorms(core, network, data)) }),
  };
}

/** Samples of weight 0 do not matter, whatever the network makes of them. */
function withoutWeightless({ inputs: d, outputs: K }: CheckedNetwork, data: CheckedDataset): CheckedDataset {
  const { inputs, targets, coefficients } = data;
  if (!coefficients.includes(0)) return data;
  const kept = coefficients.filter((p) => p > 0);
  return {
    samples: kept.length,
    inputs: inputs.filter((_, at) => coefficients[Math.floor(at / d)] > 0),
    targets: targets.filter((_, at) => coefficients[Math.floor(at / K)] > 0),
    coefficients: kept,
  };
}

/** ‖W‖₂, raised by what rounding can take away. */
function normOf(core: Core, { weights, inputs, outputs }: CheckedLayer): number {
  return core.frame(() => spectralNorm(core, core.write(weights), outputs, inputs));
}

/** ‖(I − 1 1ᵀ/K) W‖₂; each entry of the difference is off by some K ε of the largest in its column. */
function centredNorm(core: Core, layer: CheckedLayer): number {
  const { weights, inputs, outputs } = layer;
  const means = new Float64Array(inputs);
  weights.forEach((w, at) => (means[at % inputs] += w / outputs));
  const differences = weights.map((w, at) => w - means[at % inputs]);
  const allowance = 4 * Number.EPSILON * (outputs + 4) * frobeniusNorm(core, weights);
  return normOf(core, { ...layer, weights: differences }) + allowance;
}

/** The norms of ã for what layer l is given. */
function inputNorms(core: Core, network: CheckedNetwork, data: CheckedDataset, l: number): RowNorms {
  const { inputs, bias } = network.layers[l];
  const layers = network.layers.slice(0, l);
  const plain =
    l === 0
      ? lengths(core, data.inputs, inputs)
      : outputNorms(core, { ...network, layers, outputs: inputs }, data, (o) => o);
  const augmented = (n: number): number => (n < 1 ? Math.sqrt(n * n + 1) : n * Math.sqrt(1 + 1 / n / n));
  const rows = bias ? plain.map(augmented) : plain;
  const largest = greatest(rows);
  if (largest === 0 || largest === Infinity) return { largest, rms: largest };
  const mean = rows.reduce((sum, n, i) => sum + data.coefficients[i] * (n / largest) * (n / largest), 0);
  return { largest, rms: largest * Math.sqrt(mean) };
}

function errorNorms(core: Core, network: CheckedNetwork, data: CheckedDataset): Float64Array {
  return outputNorms(core, network, data, (o, at) => o - data.targets[at]);
}

/** For each sample the norm of what f makes of its outputs, the at-th of all: some samples at a time, since a tape of all may not fit. */
function outputNorms(
  core: Core,
  network: CheckedNetwork,
  { samples, inputs }: CheckedDataset,
  f: (output: number, at: number) => number,
): Float64Array {
  const { inputs: d, outputs: K } = network;
  const norms = new Float64Array(samples);
  for (let start = 0; start < samples; start += BLOCK) {
    const x = inputs.subarray(start * d, (start + BLOCK) * d);
    const outputs = predict(core, network, x.length / d, x);
    const rows = outputs.map((o, at) => f(o, start * K + at));
    norms.set(lengths(core, rows, K), start);
  }
  return norms;
}

/** The norms of the rows of x. */
function lengths(core: Core, x: Float64Array, cols: number): Float64Array {
  return core.frame(() => {
    const rows = x.length / cols;
    const norms = core.allocate(rows);
    core.kernels.normalizeRows(rows, cols, core.write(x), norms);
    return core.read(norms, rows);
  });
}

function greatest(x: Float64Array): number {
  return x.reduce((most, value) => Math.max(most, value), 0);
}

function transposed(x: Float64Array, rows: number, cols: number): Float64Array {
  return x.map((_, at) => x[(at % rows) * cols + Math.floor(at / rows)]);
}
