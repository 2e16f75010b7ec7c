/**
 * The adjoints of the cross terms that are summed over samples (samples.ts): of 4 ⟨P, R⟩ with P = Σ_i ã_i ⊗ X_i and R = Σ_i ã_i ⊗ Y_i,
 *
 *   X̄_i = 4 Rᵀ ã_i,   Ȳ_i = 4 Pᵀ ã_i,   ā_i = 4 (R X_i + P Y_i).
 */
import { addScaled } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { rowOf } from '../dense/rows';
import { Adjoints } from '../network/adjoint-block';
import { Factors } from '../network/block';
import { Network } from '../network/network';
import { spreadCross, spreadTurned } from './adjoint-rows';
import { crossRow, turnedRow } from './pairs';

/** Scratch doubles of addCrossAdjoints for blocks of count samples. */
export function crossAdjointsScratch(net: Network, count: i32): f64 {
  let longest: f64 = 0.0;
  for (let l = 0; l + 1 < net.depth; l++) {
    if (!net.layer(l).linear) continue;
    const length = <f64>net.layer(l).outputs * <f64>net.layer(l + 1).outputs;
    longest = Math.max(longest, length + <f64>net.layer(l).width);
  }
  return <f64>count * longest;
}

/** β times them; sums: P and R of every layer that has them, as sampleSums gives them. The factors must have absorbed their scales. */
export function addCrossAdjoints(
  net: Network,
  factors: Factors,
  sums: usize,
  beta: f64,
  adjoints: Adjoints,
  scratch: usize,
): void {
  const count = factors.count;
  for (let l = 0; l + 1 < net.depth; l++) {
    const layer = net.layer(l);
    if (!layer.linear) continue;
    const width = layer.width;
    const length = layer.outputs * net.layer(l + 1).outputs;
    const cross = sums;
    const turned = rowOf(sums, width, length);
    sums = rowOf(turned, width, length);
    const inputs = rowOf(layer.input, factors.start, width);
    const rows = scratch;
    const product = rowOf(rows, count, length);
    if (l > 0) {
      for (let i = 0; i < count; i++) crossRow(net, factors, l, i, rowOf(rows, i, length));
      multiply(count, width, length, rows, length, ALONG, turned, length, ALONG, product, width, false);
      for (let i = 0; i < count; i++) turnedRow(net, factors, l, i, rowOf(rows, i, length));
      multiply(count, width, length, rows, length, ALONG, cross, length, ALONG, product, width, true);
      addScaled(count * width, 4.0 * beta, product, adjoints.input(l));
    }
    multiply(count, length, width, inputs, width, ALONG, turned, length, ACROSS, rows, length, false);
    for (let i = 0; i < count; i++) {
      spreadCross(net, factors, l, i, 4.0 * beta, rowOf(rows, i, length), adjoints);
    }
    multiply(count, length, width, inputs, width, ALONG, cross, length, ACROSS, rows, length, false);
    for (let i = 0; i < count; i++) {
      spreadTurned(net, factors, l, i, 4.0 * beta, rowOf(rows, i, length), adjoints);
    }
  }
}
