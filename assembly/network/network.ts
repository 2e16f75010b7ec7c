/**
 * A network and one data set in memory: shapes, parameters, and the tape of one forward and backward pass.
 *
 * Layer l = 0 … L−1 maps n_in inputs to n_out outputs. Its input rows ã = [a; 1] carry the appended 1 only if the
 * layer has a bias, and its weights are stored with the bias as last column, [W b], so that z = [W b] ã and every
 * formula of a biased layer is the formula of an unbiased one with one more input. "Packed order" of the parameters is
 * [W b] row-major, layer by layer; the public order (W row-major, then b) differs only in where the biases stand.
 *
 * All arrays are row-major doubles. N is the number of samples.
 */

import { frobeniusNorm } from '../dense/norm';
import { at, rowOf } from '../dense/rows';

/** One layer: its shape, its parameters, and its part of the tape. */
@unmanaged
export class Layer {
  inputs: i32;
  outputs: i32;
  /** 1 if the layer has a bias, else 0. */
  bias: i32;
  activation: i32;
  /** Index of the first parameter of this layer; the same in packed and in public order. */
  offset: i32;
  /** Whether the assembled Hessian (curvature/hessian.ts) is to be in packed order. */
  packed: i32;
  /** [W b]: outputs × (inputs + bias). */
  weights: usize;
  /** ã: N × (inputs + bias). */
  input: usize;
  /** φ'(z): N × outputs. */
  slope: usize;
  /** After forward φ''(z); after backward φ''(z) ∘ g, g = ∂ℓ/∂φ(z): N × outputs. */
  bend: usize;
  /** δ = ∂ℓ/∂z = φ'(z) ∘ g, weighted by the sample's coefficient: N × outputs. */
  delta: usize;
  /** What a reverse pass through the tape needs beside (setJets), else 0: φ''(z), φ'''(z) and g, N × outputs each. */
  second: usize;
  third: usize;
  upward: usize;
  /** ‖W_:b‖ of each input b: inputs. */
  columnNorms: usize;
  /** Forms of the moments' products (curvature/pairs.ts): 1 if S^l and M^{l,l+1} enter through factors, else 0. */
  factored: i32;
  /** 1 if the cross terms of layers l and l + 1 are summed over samples, 0 if over pairs. */
  linear: i32;
  /** Powers of two that normalize() took out of the rows of input and of delta: N each. */
  inputExponents: usize;
  deltaExponents: usize;

  /** ‖ã‖ of a sample, without its exponent. */
  inputNorm(sample: i32): f64 {
    return frobeniusNorm(this.width, rowOf(this.input, sample, this.width));
  }
  inputExponent(sample: i32): i32 {
    return <i32>at(this.inputExponents, sample);
  }
  deltaExponent(sample: i32): i32 {
    return <i32>at(this.deltaExponents, sample);
  }

  /** inputs + bias: the length of ã. */
  get width(): i32 {
    return this.inputs + this.bias;
  }
  get parameters(): i32 {
    return this.outputs * (this.inputs + this.bias);
  }
}

/** The header, followed in memory by its layers. */
@unmanaged
export class Network {
  depth: i32;
  samples: i32;
  loss: i32;
  /** Which part of the curvature the tape is to hold: see network/loss.ts. */
  part: i32;
  /** X: N × d, as given. */
  inputs: usize;
  /** Y: N × K. */
  targets: usize;
  /** The weight of each sample in the mean, w_i / Σw: N. */
  coefficients: usize;
  /** φ(z) of the last layer, what the loss sees: N × K. */
  predictions: usize;
  /** What the loss keeps of a sample for its second derivative: N × K. */
  lossState: usize;
  /** The factor of each sample's second derivative: N. */
  lossScale: usize;
  /** The sum of the absolute values that each sample's g was computed from, which its rounding is relative to: N. */
  lossSize: usize;
  /** ‖W‖_F of each layer, biases apart: depth. */
  weightNorms: usize;

  layer(l: i32): Layer {
    return changetype<Layer>(changetype<usize>(this) + offsetof<Network>() + <usize>l * offsetof<Layer>());
  }
  get last(): Layer {
    return this.layer(this.depth - 1);
  }
}

/** Bytes of the header and its layers. */
export function networkBytes(depth: i32): f64 {
  return <f64>offsetof<Network>() + <f64>depth * <f64>offsetof<Layer>();
}

/** Bytes of the tape of N samples, in doubles · 8; an f64, since it may exceed 2³². Shapes must be set. */
export function tapeBytes(net: Network, samples: i32): f64 {
  const n = <f64>samples;
  let doubles = n * (2.0 * <f64>net.last.outputs + 2.0) + <f64>net.depth;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    doubles += n * (<f64>layer.width + 3.0 * <f64>layer.outputs + 2.0) + <f64>layer.inputs;
  }
  return doubles * 8.0;
}

export function setNetwork(net: Network, depth: i32, loss: i32, part: i32): void {
  net.depth = depth;
  net.loss = loss;
  net.part = part;
}

export function setLayer(
  net: Network,
  index: i32,
  inputs: i32,
  outputs: i32,
  bias: i32,
  activation: i32,
  weights: usize,
): void {
  const layer = net.layer(index);
  layer.inputs = inputs;
  layer.outputs = outputs;
  layer.bias = bias;
  layer.activation = activation;
  layer.weights = weights;
  layer.factored = 0;
  layer.linear = 0;
  layer.packed = 0;
  layer.second = 0;
  layer.third = 0;
  layer.upward = 0;
  if (index == 0) {
    layer.offset = 0;
  } else {
    const before = net.layer(index - 1);
    layer.offset = before.offset + before.parameters;
  }
}

/** Chooses the forms of layer l's products; without a call, none is factored or linear. */
export function setForms(net: Network, l: i32, factored: i32, linear: i32): void {
  net.layer(l).factored = factored;
  net.layer(l).linear = linear;
}

/** Has the Hessian assembled in packed order; without a call, in public order. */
export function setPacked(net: Network): void {
  for (let l = 0; l < net.depth; l++) net.layer(l).packed = 1;
}

/** Points the network at its data and at a tape of tapeBytes(net, samples) bytes. */
export function setData(
  net: Network,
  samples: i32,
  inputs: usize,
  targets: usize,
  coefficients: usize,
  tape: usize,
): void {
  net.samples = samples;
  net.inputs = inputs;
  net.targets = targets;
  net.coefficients = coefficients;
  const n = <usize>samples;
  const k = <usize>net.last.outputs;
  net.predictions = tape;
  tape += (n * k) << 3;
  net.lossState = tape;
  tape += (n * k) << 3;
  net.lossScale = tape;
  tape += n << 3;
  net.lossSize = tape;
  tape += n << 3;
  net.weightNorms = tape;
  tape += (<usize>net.depth) << 3;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    layer.input = tape;
    tape += (n * <usize>layer.width) << 3;
    layer.slope = tape;
    tape += (n * <usize>layer.outputs) << 3;
    layer.bend = tape;
    tape += (n * <usize>layer.outputs) << 3;
    layer.delta = tape;
    tape += (n * <usize>layer.outputs) << 3;
    layer.columnNorms = tape;
    tape += (<usize>layer.inputs) << 3;
    layer.inputExponents = tape;
    tape += n << 3;
    layer.deltaExponents = tape;
    tape += n << 3;
  }
}

/** Bytes of φ'', φ''' and g of every layer, for N samples. */
export function jetBytes(net: Network, samples: i32): f64 {
  let doubles: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) doubles += 3.0 * <f64>samples * <f64>net.layer(l).outputs;
  return doubles * 8.0;
}

/** Has forward and backward keep them, in jetBytes(net, samples) bytes. */
export function setJets(net: Network, jets: usize): void {
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    layer.second = jets;
    layer.third = rowOf(layer.second, net.samples, layer.outputs);
    layer.upward = rowOf(layer.third, net.samples, layer.outputs);
    jets = rowOf(layer.upward, net.samples, layer.outputs);
  }
}
