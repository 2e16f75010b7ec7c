/** Norms of a network's parameters, and what the a-priori bound needs beside them. */
import { type CheckedDataset, type CheckedLayer, type CheckedNetwork } from '../network.js';
import { frobeniusNorm, gram } from './dense.js';
import { eigh } from './eigh.js';
import { type Core } from './instance.js';
import { parameterVector, predict } from './model.js';

/** Which of the norms to compute that not every network has a use for. */
export interface WantedNorms {
  outputSpectralNorm: boolean;
  hiddenNorm: boolean;
  errorNorm: boolean;
}

export interface Norms {
  layers: { weightNorm: number; biasNorm?: number }[];
  /** ‖θ‖. */
  parameterNorm: number;
  /** Upper bound on ‖V‖, the spectral norm of the second layer's weights. */
  outputSpectralNorm?: number;
  /** max_i ‖ã_i^1‖. */
  hiddenNorm?: number;
  /** max_i ‖o_i − y_i‖. */
  errorNorm?: number;
}

export function norms(core: Core, network: CheckedNetwork, data: CheckedDataset, wanted: WantedNorms): Norms {
  return {
    layers: network.layers.map((layer) => ({
      weightNorm: frobeniusNorm(core, layer.weights),
      ...(layer.bias && { biasNorm: frobeniusNorm(core, layer.bias) }),
    })),
    parameterNorm: frobeniusNorm(core, parameterVector(network)),
    ...(wanted.outputSpectralNorm && { outputSpectralNorm: spectralNorm(core, network.layers[1]) }),
    ...(wanted.hiddenNorm && { hiddenNorm: largestHiddenNorm(core, network, data) }),
    ...(wanted.errorNorm && { errorNorm: largestError(core, network, data) }),
  };
}

/** ‖V‖₂ from the Gram matrix of V's shorter side, raised by what rounding can take away: n ε for each of n + m terms. */
function spectralNorm(core: Core, { weights, inputs, outputs }: CheckedLayer): number {
  const size = frobeniusNorm(core, weights);
  if (size === 0) return 0;
  const unit = weights.map((w) => w / size);
  const wide = inputs >= outputs;
  const order = wide ? outputs : inputs;
  const rows = wide ? unit : transposed(unit, outputs, inputs);
  const { values } = eigh(core, gram(core, rows, order, wide ? inputs : outputs), order, { vectors: false });
  const allowance = 8 * Number.EPSILON * (inputs + outputs + 8);
  return size * Math.sqrt(Math.max(0, values[order - 1]) + allowance);
}

/** max_i ‖ã_i^1‖, where the activation has no bound of its own. */
function largestHiddenNorm(core: Core, network: CheckedNetwork, data: CheckedDataset): number {
  const [hidden, output] = network.layers as [CheckedLayer, CheckedLayer];
  const part: CheckedNetwork = { ...network, layers: [hidden], outputs: hidden.outputs };
  const activations = predict(core, part, data.samples, data.inputs);
  const norm = largestRowNorm(core, activations, hidden.outputs);
  return output.bias ? Math.sqrt(norm * norm + 1) : norm;
}

/** max_i ‖o_i − y_i‖. */
function largestError(core: Core, network: CheckedNetwork, data: CheckedDataset): number {
  const predictions = predict(core, network, data.samples, data.inputs);
  return largestRowNorm(
    core,
    predictions.map((o, i) => o - data.targets[i]),
    network.outputs,
  );
}

function largestRowNorm(core: Core, x: Float64Array, cols: number): number {
  let largest = 0;
  for (let start = 0; start < x.length; start += cols) {
    largest = Math.max(largest, frobeniusNorm(core, x.subarray(start, start + cols)));
  }
  return largest;
}

function transposed(x: Float64Array, rows: number, cols: number): Float64Array {
  return x.map((_, at) => x[(at % rows) * cols + Math.floor(at / rows)]);
}
