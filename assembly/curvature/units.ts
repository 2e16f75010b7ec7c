/**
 * The residual part E of the curvature of a network with one hidden layer and no activation after the last. There E couples the parameters
 * of one hidden unit with each other and with no others: unit a's weights and bias, [W b]_a:, and the weights that its output meets, V_:a.
 * Its block, of order (d + 1) + K, is
 *
 *   [[ Σ_i φ''(z_ia) g_ia ã_i ã_iᵀ,  Σ_i φ'(z_ia) ã_i δ_iᵀ ],
 *    [ …,                            0                    ]]     δ_i the loss' gradient in the logits.
 *
 * The tape is that of evaluateLoss and backward, not normalized.
 */
import { ACROSS, multiply } from '../dense/gemm';
import { scale } from '../dense/elementwise';
import { frobeniusNorm } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { mirrorPart } from '../dense/transpose';
import { Network } from '../network/network';

/** The order of a unit's block. */
export function unitOrder(net: Network): i32 {
  return net.layer(0).width + net.last.outputs;
}

/** Scratch doubles of unitBlock. */
export function unitScratch(net: Network): f64 {
  return <f64>net.samples * <f64>net.layer(0).width;
}

/**
 * The block of unit a, whole. Returns Σ_i of the norms of the terms it is summed from, which its rounding is relative to.
 */
export function unitBlock(net: Network, a: i32, scratch: usize, block: usize): f64 {
  const hidden = net.layer(0);
  const width = hidden.width;
  const k = net.last.outputs;
  const order = unitOrder(net);
  const below = rowOf(block, width, order);
  addUpWeighted(net, hidden.bend, a, width, hidden.input, scratch, block);
  addUpWeighted(net, hidden.slope, a, k, net.last.delta, scratch, below);
  for (let c = 0; c < k; c++) {
    memory.fill(rowOf(below, c, order) + ((<usize>width) << 3), 0, (<usize>k) << 3);
  }
  mirrorPart(order, block, order);

  let size = 0.0;
  for (let i = 0; i < net.samples; i++) {
    const norm = frobeniusNorm(width, rowOf(hidden.input, i, width));
    const bend = Math.abs(at(rowOf(hidden.bend, i, hidden.outputs), a));
    const slope = Math.abs(at(rowOf(hidden.slope, i, hidden.outputs), a));
    size += norm * (bend * norm + 2.0 * slope * frobeniusNorm(k, rowOf(net.last.delta, i, k)));
  }
  return size;
}

/** Σ_i w_ia y_i ã_iᵀ, w N × units and y N × length, into the first columns of rows of a block. */
function addUpWeighted(
  net: Network,
  w: usize,
  a: i32,
  length: i32,
  y: usize,
  weighted: usize,
  out: usize,
): void {
  const hidden = net.layer(0);
  const n = net.samples;
  const width = hidden.width;
  for (let i = 0; i < n; i++) {
    const weight = at(rowOf(w, i, hidden.outputs), a);
    scale(width, weight, rowOf(hidden.input, i, width), rowOf(weighted, i, width));
  }
  multiply(length, width, n, y, length, ACROSS, weighted, width, ACROSS, out, unitOrder(net), false);
}

/** The parts of the rows x (count × P, packed order) that belong to unit a, in the order of its block: count × order. */
export function gatherUnit(net: Network, a: i32, count: i32, parameters: i32, x: usize, out: usize): void {
  const order = unitOrder(net);
  for (let r = 0; r < count; r++) move(net, a, rowOf(x, r, parameters), rowOf(out, r, order), false);
}

/** Puts such parts back into rows of P, which keep the rest. */
export function scatterUnit(net: Network, a: i32, count: i32, parameters: i32, x: usize, out: usize): void {
  const order = unitOrder(net);
  for (let r = 0; r < count; r++) move(net, a, rowOf(out, r, parameters), rowOf(x, r, order), true);
}

/** A unit's parameters from a packed vector to its own order, or back. */
function move(net: Network, a: i32, packed: usize, own: usize, back: bool): void {
  const width = net.layer(0).width;
  const first = rowOf(packed, a, width);
  if (back) memory.copy(first, own, (<usize>width) << 3);
  else memory.copy(own, first, (<usize>width) << 3);
  for (let c = 0; c < net.last.outputs; c++) {
    const place = net.last.offset + c * net.last.width + a;
    if (back) put(packed, place, at(own, width + c));
    else put(own, width + c, at(packed, place));
  }
}
