/** What a network and a data set are, and the checks that stand between the caller's objects and the core. */
import { type Matrix } from './matrix.js';
import {
  checkMatrix,
  checkNumber,
  checkNumbers,
  checkObject,
  checkOneOf,
  checkSpelling,
  describe,
} from './validate.js';

/** The activations of the core, in the order of their codes there (assembly/network/activation.ts). */
export const ACTIVATIONS = [
  'identity',
  'tanh',
  'sigmoid',
  'softplus',
  'gelu',
  'gelu-tanh',
  'silu',
  'sin',
  'arctan',
  'erf',
] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/**
 * The losses of the core, in the order of their codes there (assembly/network/loss.ts). Of one sample with predictions o and
 * targets y; the loss of a data set is the (weighted) mean over its samples.
 *
 *   softmax-cross-entropy   −Σ_j y_j log softmax(o)_j                 PyTorch: CrossEntropyLoss
 *   sigmoid-cross-entropy   Σ_j log(1 + e^(o_j)) − y_j o_j, a sum     K times PyTorch's BCEWithLogitsLoss, which averages over outputs
 *   squared-error           ½ Σ_j (o_j − y_j)², a sum                 K/2 times PyTorch's MSELoss, which averages over outputs
 */
export const LOSSES = ['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-error'] as const;
export type Loss = (typeof LOSSES)[number];

/** One affine layer and its activation. */
export interface Layer {
  /** W, outputs × inputs, as PyTorch's nn.Linear stores it. */
  weights: Matrix;
  /** b, one entry an output; absent: the layer has no bias, and none is counted as a parameter. */
  bias?: ArrayLike<number>;
  /** 'identity' if absent. On the last layer, the loss sees its outputs. */
  activation?: Activation;
}

/** A multilayer perceptron and the loss it is trained with. */
export interface Network {
  layers: Layer[];
  loss: Loss;
  /** ω ≥ 0: adds (ω/2)‖θ‖² over all parameters, biases too, to the loss. 0 if absent. */
  weightDecay?: number;
}

/** Samples, their targets, and optionally their weights in the mean. */
export interface Dataset {
  /** N × d. */
  inputs: Matrix;
  /**
   * N × K. For softmax-cross-entropy rows of probabilities, or N class indices; with K = 1 and another loss, N values.
   * Targets of sigmoid-cross-entropy lie in [0, 1].
   */
  targets: Matrix | ArrayLike<number>;
  /** N weights ≥ 0, not all 0; all 1 if absent. The loss is the weighted mean. */
  weights?: ArrayLike<number>;
}

export interface CheckedLayer {
  inputs: number;
  outputs: number;
  weights: Float64Array;
  bias: Float64Array | undefined;
  activation: Activation;
  /** Its index in ACTIVATIONS, the core's code. */
  activationCode: number;
}

export interface CheckedNetwork {
  layers: CheckedLayer[];
  loss: Loss;
  /** Its index in LOSSES, the core's code. */
  lossCode: number;
  /** The part of the curvature that is meant: its index in PARTS, the core's code. */
  partCode: number;
  weightDecay: number;
  /** P. */
  parameters: number;
  /** d and K. */
  inputs: number;
  outputs: number;
}

/**
 * H = G + E: the Hessian, its Gauss–Newton part and what remains (assembly/network/loss.ts); and H without its transfer terms
 * (assembly/curvature/transfers.ts). 'none': the gradient is all that is wanted.
 */
export const PARTS = ['hessian', 'gaussNewton', 'residual', 'squares', 'none'] as const;
export type Part = (typeof PARTS)[number];

/** The network whose curvature is that part of the loss Hessian of network, without weight decay. */
export function partOf(network: CheckedNetwork, part: Part): CheckedNetwork {
  return { ...network, partCode: PARTS.indexOf(part), weightDecay: 0 };
}

/** The network for work that takes first derivatives alone. */
export function withoutCurvature(network: CheckedNetwork): CheckedNetwork {
  return { ...network, partCode: PARTS.indexOf('none') };
}

export interface CheckedDataset {
  /** N. */
  samples: number;
  /** N × d. */
  inputs: Float64Array;
  /** N × K, class indices expanded. */
  targets: Float64Array;
  /** w_i / Σw. */
  coefficients: Float64Array;
}

/** Without hyphens and underscores. */
const NON_SMOOTH = ['relu', 'leakyrelu', 'relu6', 'prelu', 'hardtanh', 'hardswish', 'elu', 'selu', 'celu'];

/** Most parameters: indices into P-vectors are 32-bit in the core. */
const MAX_PARAMETERS = 2 ** 28;

export function checkNetwork(value: unknown): CheckedNetwork {
  const { layers, loss, weightDecay } = checkFields('network', value, ['layers', 'loss', 'weightDecay']);
  if (!Array.isArray(layers)) {
    throw new TypeError(`network.layers: expected an array of layers; got ${describe(layers)}`);
  }
  if (layers.length === 0) throw new RangeError('network.layers: expected at least one layer; got none');
  const checked: CheckedLayer[] = [];
  for (const [l, layer] of (layers as unknown[]).entries()) {
    checked.push(checkLayer(`network.layers[${l}]`, layer, checked.at(-1)?.outputs));
  }
  const parameters = checked.reduce((sum, l) => sum + l.weights.length + (l.bias?.length ?? 0), 0);
  if (parameters > MAX_PARAMETERS) {
    throw new RangeError(`network: expected at most ${MAX_PARAMETERS} parameters; got ${parameters}`);
  }
  const checkedLoss = checkOneOf('network.loss', loss, LOSSES);
  return {
    layers: checked,
    loss: checkedLoss,
    partCode: 0,
    lossCode: LOSSES.indexOf(checkedLoss),
    weightDecay: weightDecay === undefined ? 0 : checkNumber('network.weightDecay', weightDecay, 0),
    parameters,
    inputs: checked[0].inputs,
    outputs: checked.at(-1)!.outputs,
  };
}

export function checkDataset(network: CheckedNetwork, value: unknown): CheckedDataset {
  const { inputs, targets, weights } = checkFields('data', value, ['inputs', 'targets', 'weights']);
  const x = checkInputs('data.inputs', network, inputs);
  return {
    samples: x.rows,
    inputs: x.data,
    targets: checkTargets(network, x.rows, targets),
    coefficients: checkWeights(x.rows, weights),
  };
}

/** The inputs of a network: N × d. */
export function checkInputs(name: string, network: CheckedNetwork, value: unknown): Matrix {
  const x = checkMatrix(name, value);
  if (x.cols !== network.inputs) {
    throw new RangeError(
      `${name}: expected ${network.inputs} columns, the inputs of network.layers[0]; got ${x.rows} × ${x.cols}`,
    );
  }
  return x;
}

function checkFields(name: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  const object = checkObject(name, value);
  checkSpelling(name, object, known);
  return object;
}

function checkLayer(name: string, value: unknown, inputs: number | undefined): CheckedLayer {
  const { weights, bias, activation } = checkFields(name, value, ['weights', 'bias', 'activation']);
  const w = checkMatrix(`${name}.weights`, weights);
  if (inputs !== undefined && w.cols !== inputs) {
    throw new RangeError(
      `${name}.weights: expected ${inputs} columns, the outputs of the layer before (outputs × inputs, as in PyTorch); ` +
        `got ${w.rows} × ${w.cols}`,
    );
  }
  const phi = activation === undefined ? 'identity' : checkActivation(`${name}.activation`, activation);
  return {
    inputs: w.cols,
    outputs: w.rows,
    weights: w.data,
    bias: bias === undefined ? undefined : checkBias(`${name}.bias`, bias, w),
    activation: phi,
    activationCode: ACTIVATIONS.indexOf(phi),
  };
}

function checkBias(name: string, value: unknown, weights: Matrix): Float64Array {
  const bias = checkNumbers(name, value);
  if (bias.length !== weights.rows) {
    const hint = bias.length === weights.cols ? '; are the weights transposed?' : '';
    throw new RangeError(
      `${name}: expected ${weights.rows} numbers, one for each row of the weights (outputs × inputs, as in PyTorch); ` +
        `got ${bias.length}${hint}`,
    );
  }
  return bias;
}

function checkActivation(name: string, value: unknown): Activation {
  if (typeof value === 'string' && NON_SMOOTH.includes(value.toLowerCase().replace(/[-_ ]/g, ''))) {
    throw new RangeError(
      `${name}: expected a twice differentiable activation; got '${value}', whose second derivative does not exist ` +
        `everywhere, so neither does the Hessian. Smooth alternatives: 'gelu', 'silu', 'softplus'`,
    );
  }
  return checkOneOf(name, value, ACTIVATIONS);
}

function checkTargets(network: CheckedNetwork, samples: number, value: unknown): Float64Array {
  const { outputs, loss } = network;
  const name = 'data.targets';
  if (isMatrix(value)) {
    const y = checkMatrix(name, value);
    if (y.rows !== samples || y.cols !== outputs) {
      throw new RangeError(
        `${name}: expected ${samples} × ${outputs}, samples × network outputs; got ${y.rows} × ${y.cols}`,
      );
    }
    checkTargetValues(name, loss, y);
    return y.data;
  }
  const y = checkNumbers(name, value, samples);
  if (loss === 'softmax-cross-entropy') return oneHot(name, y, outputs);
  if (outputs !== 1) {
    throw new RangeError(
      `${name}: expected a ${samples} × ${outputs} Matrix, since the network has ${outputs} outputs; got ${describe(value)}`,
    );
  }
  checkTargetValues(name, loss, { rows: samples, cols: 1, data: y });
  return y;
}

function oneHot(name: string, classes: Float64Array, outputs: number): Float64Array {
  const dense = new Float64Array(classes.length * outputs);
  for (let i = 0; i < classes.length; i++) {
    const label = classes[i];
    if (!Number.isInteger(label) || label < 0 || label >= outputs) {
      const hint = outputs === 1 ? '; for two classes on one output use sigmoid-cross-entropy' : '';
      throw new RangeError(
        `${name}[${i}]: expected a class, an integer from 0 to ${outputs - 1} for ${outputs} outputs${hint}; got ${label}`,
      );
    }
    dense[i * outputs + label] = 1;
  }
  return dense;
}

function checkTargetValues(name: string, loss: Loss, { rows, cols, data }: Matrix): void {
  if (loss === 'squared-error') return;
  const outside = data.findIndex((y) => y < 0 || y > 1);
  if (outside >= 0) {
    throw new RangeError(
      `${name}: expected probabilities or labels from 0 to 1 for ${loss}; got ${data[outside]} ` +
        `at row ${Math.floor(outside / cols)}, column ${outside % cols}`,
    );
  }
  if (loss === 'sigmoid-cross-entropy') return;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[i * cols + j];
    if (Math.abs(sum - 1) > 1e-6) {
      throw new RangeError(`${name}: expected rows that sum to 1 (within 1e-6); row ${i} sums to ${sum}`);
    }
  }
}

/** w_i / Σw, scaled by the largest weight first so that the sum cannot overflow. */
function checkWeights(samples: number, value: unknown): Float64Array {
  if (value === undefined) return new Float64Array(samples).fill(1 / samples);
  const w = checkNumbers('data.weights', value, samples);
  let largest = 0;
  for (let i = 0; i < samples; i++) {
    if (w[i] < 0) throw new RangeError(`data.weights: expected weights ≥ 0; got ${w[i]} at index ${i}`);
    largest = Math.max(largest, w[i]);
  }
  if (largest === 0) throw new RangeError('data.weights: expected at least one weight above 0; got all 0');
  let sum = 0;
  for (let i = 0; i < samples; i++) sum += w[i] /= largest;
  return w.map((wi) => wi / sum);
}

function isMatrix(value: unknown): value is Matrix {
  return typeof value === 'object' && value !== null && 'rows' in value && 'data' in value;
}
