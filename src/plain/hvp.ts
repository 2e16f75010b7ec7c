/** H v by the R-operator (the formulas are in assembly/curvature/hvp.ts), all samples at once. */
import { type Dataset, type Network } from '../network.js';
import { addProduct, rowMajor, transposed } from './gemm.js';
import { lossCurvature, runTape, type Tape, type PlainLayer } from './network.js';

export function hessianVectorProduct(network: Network, data: Dataset, v: Float64Array): Float64Array {
  const tape = runTape(network, data);
  const { samples, layers } = tape;
  const directions = layers.map((layer) => pack(layer, v));
  // ż of every layer, and ȧ of its inputs, whose last column (the bias's 1) does not move.
  const dots: Float64Array[] = [];
  const moving: Float64Array[] = [];
  layers.forEach((layer, l) => {
    const { width, outputs, inputs } = layer;
    const dot = new Float64Array(samples * outputs);
    addProduct(samples, outputs, width, rowMajor(layer.input, width), rowMajor(directions[l], width), dot);
    moving[l] = new Float64Array(samples * inputs);
    if (l > 0) {
      const { slope } = layers[l - 1];
      for (let i = 0; i < moving[l].length; i++) moving[l][i] = slope[i] * dots[l - 1][i];
      addProduct(samples, outputs, inputs, rowMajor(moving[l], inputs), rowMajor(layer.weights, width), dot);
    }
    dots.push(dot);
  });
  const out = new Float64Array(tape.parameters);
  let upward = lossDirection(tape, dots.at(-1)!);
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l];
    const { inputs, outputs, width, slope, bend, delta } = layer;
    const dot = dots[l];
    for (let i = 0; i < dot.length; i++) dot[i] = slope[i] * upward[i] + bend[i] * dot[i];
    if (l > 0) {
      upward = new Float64Array(samples * inputs);
      const [v0, w0] = [directions[l], layer.weights].map((x) => transposed(rowMajor(x, width)));
      addProduct(samples, inputs, outputs, rowMajor(delta, outputs), v0, upward);
      addProduct(samples, inputs, outputs, rowMajor(dot, outputs), w0, upward);
    }
    layerProduct(layer, dot, moving[l], samples, l > 0, out);
  }
  return out;
}

/** Σ_i δ̇_i ã_iᵀ + δ_i [ȧ_i; 0]ᵀ at its place in public order. */
function layerProduct(
  { inputs, outputs, width, offset, input, delta }: PlainLayer,
  dot: Float64Array,
  moving: Float64Array,
  samples: number,
  moves: boolean,
  out: Float64Array,
): void {
  const across = (x: Float64Array, columns: number): ReturnType<typeof rowMajor> =>
    transposed(rowMajor(x, columns));
  const weights = out.subarray(offset, offset + outputs * inputs);
  addProduct(outputs, inputs, samples, across(dot, outputs), across(input, width), weights);
  if (moves) addProduct(outputs, inputs, samples, across(delta, outputs), across(moving, inputs), weights);
  for (let i = 0; i < samples; i++) {
    for (let a = 0; a < outputs; a++) out[offset + outputs * inputs + a] += dot[i * outputs + a];
  }
}

/** S_i ż_i of every sample. */
function lossDirection(tape: Tape, dot: Float64Array): Float64Array {
  const K = tape.layers.at(-1)!.outputs;
  const s = new Float64Array(K * K);
  const out = new Float64Array(dot.length);
  for (let i = 0; i < tape.samples; i++) {
    lossCurvature(tape, i, s);
    for (let a = 0; a < K; a++) {
      let sum = 0;
      for (let b = 0; b < K; b++) sum += s[a * K + b] * dot[i * K + b];
      out[i * K + a] = sum;
    }
  }
  return out;
}

/** v's entries of a layer as [W b]. */
function pack({ inputs, outputs, width, offset }: PlainLayer, v: Float64Array): Float64Array {
  const out = new Float64Array(outputs * width);
  for (let a = 0; a < outputs; a++) {
    for (let b = 0; b < inputs; b++) out[a * width + b] = v[offset + a * inputs + b];
    out[a * width + inputs] = v[offset + outputs * inputs + a];
  }
  return out;
}
