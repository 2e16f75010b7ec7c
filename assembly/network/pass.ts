/**
 * The forward and backward pass over all samples at once; they fill the tape that every reading of the curvature needs.
 *
 *   forward    Z^l = Ã^l [W b]ᵀ,  a^{l+1} = φ(z^l),  slope = φ'(z^l),  bend = φ''(z^l)
 *   backward   g^l = W^{l+1}ᵀ δ^{l+1},  bend ← φ''(z^l) ∘ g^l,  δ^l = φ'(z^l) ∘ g^l
 *
 * evaluateLoss, between the two, supplies g of the last layer. (Rumelhart, Hinton and Williams, 1986.)
 */
import { multiply } from '../dense/elementwise';
import { multiplyTransposed } from '../dense/gemm';
import { put, rowOf } from '../dense/rows';
import { transpose } from '../dense/transpose';
import { activate } from './activation';
import { Network } from './network';

/** Fills input, slope and bend of every layer, and the predictions. */
export function forward(net: Network): void {
  const n = net.samples;
  augment(net, 0, net.inputs);
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    const outputs = layer.outputs;
    // z is kept in the place of φ''(z), which overwrites it.
    const z = layer.bend;
    multiplyTransposed(
      n,
      outputs,
      layer.width,
      layer.input,
      layer.width,
      layer.weights,
      layer.width,
      z,
      outputs,
    );
    const last = l + 1 == net.depth;
    const stride = last ? outputs : net.layer(l + 1).width;
    const values = last ? net.predictions : net.layer(l + 1).input;
    for (let i = 0; i < n; i++) {
      const bend = rowOf(layer.bend, i, outputs);
      activate(
        layer.activation,
        outputs,
        bend,
        rowOf(values, i, stride),
        rowOf(layer.slope, i, outputs),
        bend,
      );
    }
    if (!last) appendOnes(net, l + 1);
  }
}

/** Scratch doubles of backward: one transposed weight matrix. */
export function backwardScratch(net: Network): f64 {
  let most: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    most = Math.max(most, <f64>layer.inputs * <f64>layer.outputs);
  }
  return most;
}

/** From g in the last layer's delta: delta and bend of every layer. */
export function backward(net: Network, scratch: usize): void {
  const n = net.samples;
  for (let l = net.depth - 1; l >= 0; l--) {
    const layer = net.layer(l);
    const outputs = layer.outputs;
    multiply(n * outputs, layer.delta, layer.bend);
    multiply(n * outputs, layer.slope, layer.delta);
    if (l > 0) {
      transpose(outputs, layer.inputs, layer.weights, layer.width, scratch, outputs);
      multiplyTransposed(
        n,
        layer.inputs,
        outputs,
        layer.delta,
        outputs,
        scratch,
        outputs,
        net.layer(l - 1).delta,
        layer.inputs,
      );
    }
  }
}

/** Scratch doubles of gradient: the transposes of one layer's delta and input. */
export function gradientScratch(net: Network): f64 {
  let most: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    most = Math.max(most, <f64>net.samples * (<f64>layer.width + <f64>layer.outputs));
  }
  return most;
}

/** The gradient in packed order: Σ_i δ_i ã_iᵀ, layer by layer. */
export function gradient(net: Network, scratch: usize, out: usize): void {
  const n = net.samples;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    const inputs = rowOf(scratch, layer.outputs, n);
    transpose(n, layer.outputs, layer.delta, layer.outputs, scratch, n);
    transpose(n, layer.width, layer.input, layer.width, inputs, n);
    multiplyTransposed(
      layer.outputs,
      layer.width,
      n,
      scratch,
      n,
      inputs,
      n,
      rowOf(out, layer.offset, 1),
      layer.width,
    );
  }
}

/** Copies rows x (N × inputs) into layer l's input and appends its ones. */
function augment(net: Network, l: i32, x: usize): void {
  const layer = net.layer(l);
  for (let i = 0; i < net.samples; i++) {
    memory.copy(rowOf(layer.input, i, layer.width), rowOf(x, i, layer.inputs), (<usize>layer.inputs) << 3);
  }
  appendOnes(net, l);
}

function appendOnes(net: Network, l: i32): void {
  const layer = net.layer(l);
  if (!layer.bias) return;
  for (let i = 0; i < net.samples; i++) {
    put(rowOf(layer.input, i, layer.width), layer.inputs, 1.0);
  }
}
