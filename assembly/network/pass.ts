/**
 * The forward and backward pass over all samples at once; they fill the tape that every reading of the curvature needs.
 *
 *   forward    Z^l = Ã^l [W b]ᵀ,  a^{l+1} = φ(z^l),  slope = φ'(z^l),  bend = φ''(z^l)
 *   backward   g^l = W^{l+1}ᵀ δ^{l+1},  bend ← φ''(z^l) ∘ g^l,  δ^l = φ'(z^l) ∘ g^l
 *
 * evaluateLoss, between the two, supplies g of the last layer. (Rumelhart, Hinton and Williams, 1986.)
 */
import { multiplyEntries } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { put, rowOf } from '../dense/rows';
import { activate, thirdDerivative } from './activation';
import { NONE, SQUARES } from './loss';
import { Network } from './network';

/** Fills input, slope and bend of every layer, and the predictions. */
export function forward(net: Network): void {
  augment(net, 0, net.inputs);
  forwardAgain(net);
}

/** forward() where the inputs are those of the pass before, and only parameters have changed. */
export function forwardAgain(net: Network): void {
  const n = net.samples;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    const outputs = layer.outputs;
    // z is kept in the place of φ''(z), which overwrites it; where that is not wanted, in that of δ, so that less memory is touched.
    const z = net.part == NONE ? layer.delta : layer.bend;
    multiply(
      n,
      outputs,
      layer.width,
      layer.input,
      layer.width,
      ALONG,
      layer.weights,
      layer.width,
      ALONG,
      z,
      outputs,
      false,
    );
    const last = l + 1 == net.depth;
    const stride = last ? outputs : net.layer(l + 1).width;
    const values = last ? net.predictions : net.layer(l + 1).input;
    if (layer.third != 0) thirdDerivative(layer.activation, n * outputs, z, layer.third);
    // Row by row only where ones stand between the rows.
    const rows = stride == outputs ? 1 : n;
    const length = stride == outputs ? n * outputs : outputs;
    for (let i = 0; i < rows; i++) {
      const bend = rowOf(z, i, length);
      activate(layer.activation, length, bend, rowOf(values, i, stride), rowOf(layer.slope, i, length), bend);
    }
    if (!last) appendOnes(net, l + 1);
  }
}

/** From g in the last layer's delta: delta and bend of every layer. For the squares alone delta is left at 0, once bend has it. */
export function backward(net: Network): void {
  const n = net.samples;
  for (let l = net.depth - 1; l >= 0; l--) {
    const layer = net.layer(l);
    const outputs = layer.outputs;
    if (layer.second != 0) {
      memory.copy(layer.second, layer.bend, (<usize>(n * outputs)) << 3);
      memory.copy(layer.upward, layer.delta, (<usize>(n * outputs)) << 3);
    }
    if (net.part != NONE) multiplyEntries(n * outputs, layer.delta, layer.bend);
    multiplyEntries(n * outputs, layer.slope, layer.delta);
    if (l > 0) {
      multiply(
        n,
        layer.inputs,
        outputs,
        layer.delta,
        outputs,
        ALONG,
        layer.weights,
        layer.width,
        ACROSS,
        net.layer(l - 1).delta,
        layer.inputs,
        false,
      );
    }
    if (net.part == SQUARES) memory.fill(layer.delta, 0, (<usize>(n * outputs)) << 3);
  }
}

/** The gradient in packed order: Σ_i δ_i ã_iᵀ, layer by layer. */
export function gradient(net: Network, out: usize): void {
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    multiply(
      layer.outputs,
      layer.width,
      net.samples,
      layer.delta,
      layer.outputs,
      ACROSS,
      layer.input,
      layer.width,
      ACROSS,
      rowOf(out, layer.offset, 1),
      layer.width,
      false,
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
