/**
 * The Hessian–vector product, matrix-free: time O(N P), memory O(P + N Σ widths) (Pearlmutter 1994, the R-operator).
 *
 * A dot marks the derivative along v; V^l are v's entries in layer l, packed as [W b].
 *   forward    ż^l = V^l ã^l + W^l ȧ^l,   ȧ^{l+1} = φ'(z^l) ∘ ż^l,   ȧ^0 = 0
 *   last       ġ^L = S_loss (φ'(z^L) ∘ ż^L)
 *   backward   δ̇^l = φ'(z^l) ∘ ġ^l + (φ''(z^l) ∘ g^l) ∘ ż^l,   ġ^l = V^{l+1}ᵀ δ^{l+1} + W^{l+1}ᵀ δ̇^{l+1}
 *   product    (H v)^l = Σ_i δ̇_i ã_iᵀ + δ_i [ȧ_i; 0]ᵀ
 * The tape (forward, evaluateLoss, backward) supplies everything without a dot.
 */
import { add } from '../dense/elementwise';
import { multiplyTransposed } from '../dense/gemm';
import { at, put, rowOf } from '../dense/rows';
import { transpose } from '../dense/transpose';
import { applyLossCurvature } from '../network/loss';
import { Layer, Network } from '../network/network';

/** Scratch doubles of hessianVectorProduct. */
export function hvpScratch(net: Network): f64 {
  const n = <f64>net.samples;
  let total: f64 = 0.0;
  let operand: f64 = 0.0;
  let widest: f64 = 0.0;
  let weights: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    total += n * <f64>layer.outputs;
    operand = Math.max(operand, <f64>layer.outputs + <f64>layer.width);
    widest = Math.max(widest, Math.max(<f64>layer.outputs, <f64>layer.inputs));
    weights = Math.max(weights, <f64>layer.inputs * <f64>layer.outputs);
  }
  return total + 3.0 * n * widest + Math.max(weights, 2.0 * n * operand);
}

/** out = H v, both in packed order. */
export function hessianVectorProduct(net: Network, v: usize, scratch: usize, out: usize): void {
  const n = net.samples;
  let widest = 0;
  for (let l = 0; l < net.depth; l++) widest = max(widest, max(net.layer(l).outputs, net.layer(l).inputs));
  // ż^l of every layer, which δ̇^l then overwrites.
  let dots = scratch;
  for (let l = 0; l < net.depth; l++) dots = rowOf(dots, n, net.layer(l).outputs);
  const moving = dots; // ȧ^l, N × inputs
  const spare = rowOf(moving, n, widest);
  const upward = rowOf(spare, n, widest); // ġ^l
  const operand = rowOf(upward, n, widest);

  let dot = scratch;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    multiplyTransposed(
      n,
      layer.outputs,
      layer.width,
      layer.input,
      layer.width,
      directionOf(layer, v),
      layer.width,
      dot,
      layer.outputs,
    );
    if (l > 0) {
      moveInputs(net, l, rowOf(dot, -n, layer.inputs), moving);
      multiplyTransposed(
        n,
        layer.outputs,
        layer.inputs,
        moving,
        layer.inputs,
        layer.weights,
        layer.width,
        spare,
        layer.outputs,
      );
      add(n * layer.outputs, spare, dot);
    }
    dot = rowOf(dot, n, layer.outputs);
  }
  lossDirection(net, rowOf(dot, -n, net.last.outputs), spare, upward);
  for (let l = net.depth - 1; l >= 0; l--) {
    const layer = net.layer(l);
    const outputs = layer.outputs;
    dot = rowOf(dot, -n, outputs);
    for (let i = 0; i < n * outputs; i++) {
      const p = dot + ((<usize>i) << 3);
      store<f64>(p, at(layer.slope, i) * at(upward, i) + at(layer.bend, i) * load<f64>(p));
    }
    if (l > 0) {
      // dot of layer l−1 still holds ż^{l−1}.
      moveInputs(net, l, rowOf(dot, -n, layer.inputs), moving);
      transposeInputs(layer, directionOf(layer, v), operand);
      multiplyTransposed(
        n,
        layer.inputs,
        outputs,
        layer.delta,
        outputs,
        operand,
        outputs,
        upward,
        layer.inputs,
      );
      transposeInputs(layer, layer.weights, operand);
      multiplyTransposed(n, layer.inputs, outputs, dot, outputs, operand, outputs, spare, layer.inputs);
      add(n * layer.inputs, spare, upward);
    }
    layerProduct(net, l, dot, moving, operand, directionOf(layer, out));
  }
}

/** ȧ = φ'(z) ∘ ż of the layer below l, from its ż. */
function moveInputs(net: Network, l: i32, dot: usize, moving: usize): void {
  const below = net.layer(l - 1);
  for (let i = 0; i < net.samples * below.outputs; i++) {
    put(moving, i, at(below.slope, i) * at(dot, i));
  }
}

/** ġ of the last layer: S_loss (φ' ∘ ż), sample by sample. */
function lossDirection(net: Network, dot: usize, spare: usize, out: usize): void {
  const k = net.last.outputs;
  for (let i = 0; i < net.samples; i++) {
    for (let j = 0; j < k; j++) {
      put(spare, j, at(rowOf(net.last.slope, i, k), j) * at(rowOf(dot, i, k), j));
    }
    applyLossCurvature(net, i, spare, rowOf(out, i, k));
  }
}

/** (H v)^l = [δ̇ᵀ δᵀ] [ã ȧ]: one product of length 2N, or N for the first layer, whose inputs do not move. */
function layerProduct(net: Network, l: i32, dot: usize, moving: usize, scratch: usize, out: usize): void {
  const layer = net.layer(l);
  const n = net.samples;
  const length = l > 0 ? 2 * n : n;
  const right = rowOf(scratch, layer.outputs, length);
  transpose(n, layer.outputs, dot, layer.outputs, scratch, length);
  transpose(n, layer.width, layer.input, layer.width, right, length);
  if (l > 0) {
    transpose(n, layer.outputs, layer.delta, layer.outputs, rowOf(scratch, n, 1), length);
    transpose(n, layer.inputs, moving, layer.inputs, rowOf(right, n, 1), length);
    if (layer.bias) memory.fill(rowOf(right, layer.inputs, length) + ((<usize>n) << 3), 0, (<usize>n) << 3);
  }
  multiplyTransposed(layer.outputs, layer.width, length, scratch, length, right, length, out, layer.width);
}

function directionOf(layer: Layer, v: usize): usize {
  return rowOf(v, layer.offset, 1);
}

/** The weights, without their bias column, transposed: inputs × outputs. */
function transposeInputs(layer: Layer, weights: usize, out: usize): void {
  transpose(layer.outputs, layer.inputs, weights, layer.width, out, layer.outputs);
}
