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
import { add, multiplyEntries } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { at, put, rowOf } from '../dense/rows';
import { applyLossCurvature } from '../network/loss';
import { Layer, Network } from '../network/network';

/** Scratch doubles of hessianVectorProduct. */
export function hvpScratch(net: Network): f64 {
  const n = <f64>net.samples;
  let total: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) total += n * <f64>net.layer(l).outputs;
  return total + 2.0 * n * <f64>widest(net);
}

/** out = H v, both in packed order. */
export function hessianVectorProduct(net: Network, v: usize, scratch: usize, out: usize): void {
  const n = net.samples;
  // ż^l of every layer, which δ̇^l then overwrites.
  let dots = scratch;
  for (let l = 0; l < net.depth; l++) dots = rowOf(dots, n, net.layer(l).outputs);
  const moving = dots; // ȧ^l, N × inputs
  const upward = rowOf(moving, n, widest(net)); // ġ^l

  let dot = scratch;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    const direction = rowOf(v, layer.offset, 1);
    timesTransposed(layer, n, layer.width, layer.input, layer.width, direction, dot, false);
    if (l > 0) {
      moveInputs(net, l, rowOf(dot, -n, layer.inputs), moving);
      timesTransposed(layer, n, layer.inputs, moving, layer.inputs, layer.weights, dot, true);
    }
    dot = rowOf(dot, n, layer.outputs);
  }
  lossDirection(net, rowOf(dot, -n, net.last.outputs), moving, upward);
  for (let l = net.depth - 1; l >= 0; l--) {
    const layer = net.layer(l);
    dot = rowOf(dot, -n, layer.outputs);
    backwardDirection(layer, n, upward, dot);
    if (l > 0) {
      // dot of layer l−1 still holds ż^{l−1}.
      moveInputs(net, l, rowOf(dot, -n, layer.inputs), moving);
      times(layer, n, layer.delta, rowOf(v, layer.offset, 1), upward, false);
      times(layer, n, dot, layer.weights, upward, true);
    }
    layerProduct(net, l, dot, moving, rowOf(out, layer.offset, 1));
  }
}

/** ȧ = φ'(z) ∘ ż of the layer below l, from its ż. */
function moveInputs(net: Network, l: i32, dot: usize, moving: usize): void {
  const below = net.layer(l - 1);
  const size = net.samples * below.outputs;
  memory.copy(moving, dot, (<usize>size) << 3);
  multiplyEntries(size, below.slope, moving);
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

/** δ̇ = φ'(z) ∘ ġ + (φ''(z) ∘ g) ∘ ż, in the place of ż; ġ is spent. */
function backwardDirection(layer: Layer, n: i32, upward: usize, dot: usize): void {
  multiplyEntries(n * layer.outputs, layer.bend, dot);
  multiplyEntries(n * layer.outputs, layer.slope, upward);
  add(n * layer.outputs, upward, dot);
}

/** (H v)^l = δ̇ᵀ ã + δᵀ ȧ, the second without the bias, and not for the first layer, whose inputs do not move. */
function layerProduct(net: Network, l: i32, dot: usize, moving: usize, out: usize): void {
  const layer = net.layer(l);
  const n = net.samples;
  const m = layer.outputs;
  multiply(m, layer.width, n, dot, m, ACROSS, layer.input, layer.width, ACROSS, out, layer.width, false);
  if (l == 0) return;
  multiply(m, layer.inputs, n, layer.delta, m, ACROSS, moving, layer.inputs, ACROSS, out, layer.width, true);
}

/** out (N × outputs) ← [out +] x Wᵀ for the first `length` columns of weights w of the layer's shape; x has row stride ldx. */
function timesTransposed(
  layer: Layer,
  n: i32,
  length: i32,
  x: usize,
  ldx: i32,
  w: usize,
  out: usize,
  accumulate: bool,
): void {
  const m = layer.outputs;
  multiply(n, m, length, x, ldx, ALONG, w, layer.width, ALONG, out, m, accumulate);
}

/** out (N × inputs) ← [out +] x W for weights w of the layer's shape, without their bias column. */
function times(layer: Layer, n: i32, x: usize, w: usize, out: usize, accumulate: bool): void {
  const m = layer.outputs;
  multiply(n, layer.inputs, m, x, m, ALONG, w, layer.width, ACROSS, out, layer.inputs, accumulate);
}

/** The longest row of ȧ or ġ. */
function widest(net: Network): i32 {
  let most = 0;
  for (let l = 0; l < net.depth; l++) most = max(most, max(net.layer(l).outputs, net.layer(l).inputs));
  return most;
}
