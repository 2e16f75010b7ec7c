/**
 * A network on typed arrays: the passes, and the curvature factors of every sample (S, M, T; the formulas are in
 * assembly/network/factors.ts), batched into products over all samples at once wherever they share a factor.
 */
import { type Dataset, type Network } from '../network.js';
import { addProduct, rowMajor, transposed } from './gemm.js';

export interface PlainLayer {
  inputs: number;
  outputs: number;
  /** inputs + 1: the rows of `input` end with the 1 that the bias multiplies. */
  width: number;
  /** Index of the layer's first parameter. */
  offset: number;
  /** outputs × width, [W b]. */
  weights: Float64Array;
  /** N × width. */
  input: Float64Array;
  /** N × outputs: δ, φ', and φ'' times the gradient in the layer's activations. */
  delta: Float64Array;
  slope: Float64Array;
  bend: Float64Array;
}

export interface Tape {
  samples: number;
  parameters: number;
  layers: PlainLayer[];
  softmax: boolean;
  /** N × K: the probabilities. */
  predicted: Float64Array;
}

/** Rows of one sample after the other: M n_l × n_k (S where l = k); T n_l × inputs_k, or its diagonal for neighbours. */
export interface Factors {
  mixed: Float64Array[][];
  transfer: Float64Array[][];
}

/** Forward and backward through a network with tanh or sigmoid inside and a cross-entropy at its end. */
export function runTape(network: Network, data: Dataset): Tape {
  const samples = data.inputs.rows;
  let offset = 0;
  const layers = network.layers.map(({ weights, bias }): PlainLayer => {
    const { rows: outputs, cols: inputs } = weights;
    const width = inputs + 1;
    const packed = new Float64Array(outputs * width);
    for (let a = 0; a < outputs; a++) {
      for (let b = 0; b < inputs; b++) packed[a * width + b] = weights.data[a * inputs + b];
      packed[a * width + inputs] = bias![a];
    }
    const [delta, slope, bend] = Array.from({ length: 3 }, () => new Float64Array(samples * outputs));
    const input = new Float64Array(samples * width);
    const layer = { inputs, outputs, width, offset, weights: packed, input, delta, slope, bend };
    offset += outputs * width;
    return layer;
  });
  fillInputs(layers[0], data.inputs.data, samples);
  let z = new Float64Array();
  layers.forEach((layer, l) => {
    const { outputs, width, slope, bend } = layer;
    z = new Float64Array(samples * outputs);
    addProduct(samples, outputs, width, rowMajor(layer.input, width), rowMajor(layer.weights, width), z);
    if (l === layers.length - 1) {
      slope.fill(1);
      return;
    }
    const isTanh = network.layers[l].activation === 'tanh';
    for (let i = 0; i < z.length; i++) {
      const y = isTanh ? Math.tanh(z[i]) : 1 / (1 + Math.exp(-z[i]));
      slope[i] = isTanh ? 1 - y * y : y * (1 - y);
      bend[i] = isTanh ? -2 * y * slope[i] : slope[i] * (1 - 2 * y);
      z[i] = y;
    }
    fillInputs(layers[l + 1], z, samples);
  });
  const softmax = network.loss === 'softmax-cross-entropy';
  const tape = { samples, parameters: offset, layers, softmax, predicted: z };
  predict(tape, data.targets as number[]);
  for (let l = layers.length - 2; l >= 0; l--) backward(layers[l], layers[l + 1], samples);
  return tape;
}

/** Sᵢ of the loss, K × K, in place: the samples' share 1/N included. */
export function lossCurvature(tape: Tape, i: number, s: Float64Array, at = 0): void {
  const K = tape.layers.at(-1)!.outputs;
  const p = tape.predicted;
  for (let a = 0; a < K; a++) {
    for (let b = 0; b < K; b++) {
      const pa = p[i * K + a];
      const off = tape.softmax ? -pa * p[i * K + b] : 0;
      s[at + a * K + b] = (a === b ? (tape.softmax ? pa + off : pa * (1 - pa)) : off) / tape.samples;
    }
  }
}

export function computeFactors(tape: Tape): Factors {
  const { samples, layers } = tape;
  const last = layers.length - 1;
  const mixed = layers.map((): Float64Array[] => []);
  const transfer = layers.map((): Float64Array[] => []);
  const K = layers[last].outputs;
  mixed[last][last] = new Float64Array(samples * K * K);
  for (let i = 0; i < samples; i++) lossCurvature(tape, i, mixed[last][last], i * K * K);
  for (let l = last - 1; l >= 0; l--) {
    const { outputs: n, slope } = layers[l];
    let sensitivity = neighbour(layers[l], layers[l + 1], samples);
    transfer[l][l + 1] = slope;
    for (let k = l + 1; k <= last; k++) {
      const { inputs, outputs: m, width, weights } = layers[k];
      if (k > l + 1) {
        const t = scaleColumns(sensitivity, layers[k - 1].slope, n, inputs, samples);
        transfer[l][k] = t;
        sensitivity = new Float64Array(samples * n * m);
        addProduct(samples * n, m, inputs, rowMajor(t, inputs), rowMajor(weights, width), sensitivity);
      }
      mixed[l][k] = timesCurvature(sensitivity, mixed[k][k], n, m, samples);
    }
    mixed[l][l] = pullBack(mixed[l][l + 1], layers[l], layers[l + 1], samples);
  }
  return { mixed, transfer };
}

function fillInputs({ input, inputs, width }: PlainLayer, values: Float64Array, samples: number): void {
  for (let i = 0; i < samples; i++) {
    for (let b = 0; b < inputs; b++) input[i * width + b] = values[i * inputs + b];
    input[i * width + inputs] = 1;
  }
}

/** Outputs into probabilities, and δ of the last layer. */
function predict({ samples, layers, softmax, predicted: p }: Tape, targets: number[]): void {
  const { outputs: K, delta } = layers.at(-1)!;
  for (let i = 0; i < samples; i++) {
    let largest = -Infinity;
    for (let j = 0; j < K; j++) largest = Math.max(largest, p[i * K + j]);
    let sum = 0;
    for (let j = 0; j < K; j++) {
      const x = p[i * K + j];
      p[i * K + j] = softmax ? Math.exp(x - largest) : 1 / (1 + Math.exp(-x));
      sum += p[i * K + j];
    }
    for (let j = 0; j < K; j++) {
      if (softmax) p[i * K + j] /= sum;
      const target = softmax ? Number(targets[i] === j) : targets[i];
      delta[i * K + j] = (p[i * K + j] - target) / samples;
    }
  }
}

function backward(layer: PlainLayer, next: PlainLayer, samples: number): void {
  const { outputs: n, delta, slope, bend } = layer;
  const down = transposed(rowMajor(next.weights, next.width));
  addProduct(samples, n, next.outputs, rowMajor(next.delta, next.outputs), down, delta);
  for (let i = 0; i < delta.length; i++) {
    bend[i] *= delta[i];
    delta[i] *= slope[i];
  }
}

/** (∂z^{l+1}/∂z^l)ᵀ = D Wᵀ of every sample. */
function neighbour(
  { outputs: n, slope }: PlainLayer,
  { outputs: m, width, weights }: PlainLayer,
  samples: number,
): Float64Array {
  const v = new Float64Array(samples * n * m);
  for (let i = 0, at = 0; i < samples; i++) {
    for (let a = 0; a < n; a++) {
      for (let c = 0; c < m; c++) v[at++] = slope[i * n + a] * weights[c * width + a];
    }
  }
  return v;
}

function scaleColumns(
  x: Float64Array,
  slope: Float64Array,
  n: number,
  p: number,
  samples: number,
): Float64Array {
  const t = new Float64Array(x.length);
  for (let i = 0, at = 0; i < samples; i++) {
    for (let a = 0; a < n; a++) for (let b = 0; b < p; b++, at++) t[at] = x[at] * slope[i * p + b];
  }
  return t;
}

/** Xᵢ Sᵢ, small products without a factor in common. */
function timesCurvature(
  x: Float64Array,
  s: Float64Array,
  n: number,
  m: number,
  samples: number,
): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < samples; i++) {
    for (let a = 0; a < n; a++) {
      const row = (i * n + a) * m;
      for (let c = 0; c < m; c++) {
        const factor = x[row + c];
        const from = (i * m + c) * m;
        for (let d = 0; d < m; d++) y[row + d] += factor * s[from + d];
      }
    }
  }
  return y;
}

/** S^l = M Vᵀ + diag(bend) = (M W) D + diag(bend). */
function pullBack(m: Float64Array, layer: PlainLayer, next: PlainLayer, samples: number): Float64Array {
  const { outputs: n, slope, bend } = layer;
  const s = new Float64Array(samples * n * n);
  const right = transposed(rowMajor(next.weights, next.width));
  addProduct(samples * n, n, next.outputs, rowMajor(m, next.outputs), right, s);
  for (let i = 0; i < samples; i++) {
    for (let a = 0; a < n; a++) {
      const row = (i * n + a) * n;
      for (let b = 0; b < n; b++) s[row + b] *= slope[i * n + b];
      s[row + a] += bend[i * n + a];
    }
  }
  return s;
}
