/**
 * The adjoints of the curvature factors from the assembled Hessian. With A = α I + 2β H taken as constant,
 *
 *   ∇(α tr H + β ‖H‖_F²) = Σ_i ∇⟨A, H_i⟩,
 *
 * and for each sample, with ã ã' for the inputs of layers l < k (factors.ts),
 *
 *   S̄^l_aa'  = Σ_bb' A_(a,b),(a',b') ã_b ã_b'          ā^l_b  += 2 Σ_aa'b' A_(a,b),(a',b') S_aa' ã_b'
 *   M̄^{lk}_ac = 2 Σ_bd A_(c,d),(a,b) ã_b ã'_d          ā^k_d  += 2 Σ_abc A_(c,d),(a,b) ã_b M_ac
 *   T̄^{lk}_ad = 2 Σ_bc A_(c,d),(a,b) ã_b δ_c           δ̄^k_c  += 2 Σ_abd A_(c,d),(a,b) ã_b T_ad
 *   ā^l_b += 2 Σ_acd A_(c,d),(a,b) (M_ac ã'_d + δ_c T_ad)
 *
 * All but the last read the same product Y = A ã of rows of H with the inputs of all samples, a unit a at a time. ‖H‖_F² takes N P²
 * multiply–adds at most; adjoints of the first layer's inputs are not wanted.
 */
import { addScaled, dot, scale } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { at, put, rowOf } from '../dense/rows';
import { Adjoints } from '../network/adjoint-block';
import { diagonalStep, Factors, transferLength } from '../network/block';
import { Network } from '../network/network';

/** Scratch doubles of contractHessian for blocks of count samples. */
export function contractionScratch(net: Network, count: i32): f64 {
  let longest: f64 = 0.0;
  let widest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    longest = Math.max(longest, <f64>net.layer(l).parameters);
    widest = Math.max(widest, <f64>net.layer(l).width);
  }
  return <f64>count * (longest + widest);
}

/** Adds the adjoints of β ‖H‖_F² for weight = 2β, from H in packed order. The factors must have absorbed their scales. */
export function contractHessian(
  net: Network,
  factors: Factors,
  h: usize,
  weight: f64,
  adjoints: Adjoints,
  scratch: usize,
): void {
  for (let l = 0; l < net.depth; l++) {
    for (let a = 0; a < net.layer(l).outputs; a++)
      contractSameLayer(net, factors, h, weight, l, a, adjoints, scratch);
    for (let k = l + 1; k < net.depth; k++) contractLayers(net, factors, h, weight, l, k, adjoints, scratch);
  }
}

/** Adds the adjoints of α tr H: of Σ tr(S) ‖ã‖². */
export function contractIdentity(net: Network, factors: Factors, alpha: f64, adjoints: Adjoints): void {
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    const n = layer.outputs;
    const width = layer.width;
    const step = diagonalStep(net, l);
    for (let i = 0; i < factors.count; i++) {
      const input = rowOf(layer.input, factors.start + i, width);
      const s = factors.sample(net, l, l, i);
      const adjoint = adjoints.factors.sample(net, l, l, i);
      const size = alpha * dot(width, input, input);
      let trace = 0.0;
      for (let a = 0; a < n; a++) {
        trace += at(s, a * step);
        put(adjoint, a * step, at(adjoint, a * step) + size);
      }
      if (l > 0) addScaled(width, 2.0 * alpha * trace, input, rowOf(adjoints.input(l), i, width));
    }
  }
}

/** Unit a of layer l against the units from a on. */
function contractSameLayer(
  net: Network,
  factors: Factors,
  h: usize,
  weight: f64,
  l: i32,
  a: i32,
  adjoints: Adjoints,
  y: usize,
): void {
  const layer = net.layer(l);
  const n = layer.outputs;
  const width = layer.width;
  const order = net.last.offset + net.last.parameters;
  const first = layer.offset + a * width;
  const length = (n - a) * width;
  const block = rowOf(h, first, order) + ((<usize>first) << 3);
  const inputs = rowOf(layer.input, factors.start, width);
  multiply(factors.count, length, width, inputs, width, ALONG, block, order, ALONG, y, length, false);
  for (let i = 0; i < factors.count; i++) {
    const input = rowOf(inputs, i, width);
    const inputAdjoint = rowOf(adjoints.input(l), i, width);
    const s = factors.sample(net, l, l, i);
    const adjoint = adjoints.factors.sample(net, l, l, i);
    for (let b = a; b < n; b++) {
      const sum = weight * dot(width, input, y);
      put(adjoint, a * n + b, at(adjoint, a * n + b) + sum);
      if (b > a) put(adjoint, b * n + a, at(adjoint, b * n + a) + sum);
      if (l > 0) addScaled(width, (b > a ? 4.0 : 2.0) * weight * at(s, a * n + b), y, inputAdjoint);
      y = rowOf(y, 1, width);
    }
  }
}

function contractLayers(
  net: Network,
  factors: Factors,
  h: usize,
  weight: f64,
  l: i32,
  k: i32,
  adjoints: Adjoints,
  scratch: usize,
): void {
  const layer = net.layer(l);
  const next = net.layer(k);
  const width = layer.width;
  const size = next.parameters;
  const order = net.last.offset + net.last.parameters;
  const inputs = rowOf(layer.input, factors.start, width);
  const sums = rowOf(scratch, factors.count, size);
  for (let a = 0; a < layer.outputs; a++) {
    const block = rowOf(h, next.offset, order) + ((<usize>(layer.offset + a * width)) << 3);
    multiply(factors.count, size, width, inputs, width, ALONG, block, order, ALONG, scratch, size, false);
    for (let i = 0; i < factors.count; i++) {
      contractUnit(net, factors, 2.0 * weight, l, k, a, i, rowOf(scratch, i, size), adjoints);
    }
    if (l == 0) continue;
    for (let i = 0; i < factors.count; i++) unitFactor(net, factors, l, k, a, i, rowOf(scratch, i, size));
    multiply(factors.count, width, size, scratch, size, ALONG, block, order, ACROSS, sums, width, a > 0);
  }
  if (l > 0) addScaled(factors.count * width, 2.0 * weight, sums, adjoints.input(l));
}

/** What y = A ã of unit a of layer l, entries (c, d) of layer k, is worth to sample i. */
function contractUnit(
  net: Network,
  factors: Factors,
  weight: f64,
  l: i32,
  k: i32,
  a: i32,
  i: i32,
  y: usize,
  adjoints: Adjoints,
): void {
  const n = net.layer(l).outputs;
  const next = net.layer(k);
  const sample = factors.start + i;
  const input = rowOf(next.input, sample, next.width);
  const inputAdjoint = rowOf(adjoints.input(k), i, next.width);
  const delta = rowOf(next.delta, sample, next.outputs);
  const deltaAdjoint = rowOf(adjoints.delta(k), i, next.outputs);
  const mixed = factors.sample(net, l, k, i);
  const mixedAdjoint = adjoints.factors.sample(net, l, k, i);
  const neighbours = k == l + 1;
  // T is diagonal between neighbours: of its row a, entry a.
  const p = neighbours ? 1 : next.inputs;
  const shift = neighbours ? (<usize>a) << 3 : 0;
  const length = transferLength(net, l, k);
  const transfer = rowOf(rowOf(factors.transfer(l, k), i, length), a, p);
  const transferAdjoint = rowOf(rowOf(adjoints.factors.transfer(l, k), i, length), a, p);
  for (let c = 0; c < next.outputs; c++) {
    const entry = c * n + a;
    put(mixedAdjoint, entry, at(mixedAdjoint, entry) + weight * dot(next.width, input, y));
    addScaled(next.width, weight * at(mixed, entry), y, inputAdjoint);
    put(deltaAdjoint, c, at(deltaAdjoint, c) + weight * dot(p, transfer, y + shift));
    addScaled(p, weight * at(delta, c), y + shift, transferAdjoint);
    y = rowOf(y, 1, next.width);
  }
}

/** x ← M_ac ã_d + δ_c T_ad, entries (c, d). */
function unitFactor(net: Network, factors: Factors, l: i32, k: i32, a: i32, i: i32, x: usize): void {
  const n = net.layer(l).outputs;
  const next = net.layer(k);
  const sample = factors.start + i;
  const neighbours = k == l + 1;
  const p = neighbours ? 1 : next.inputs;
  const shift = neighbours ? (<usize>a) << 3 : 0;
  const transfer = rowOf(rowOf(factors.transfer(l, k), i, transferLength(net, l, k)), a, p);
  const mixed = factors.sample(net, l, k, i);
  for (let c = 0; c < next.outputs; c++) {
    scale(next.width, at(mixed, c * n + a), rowOf(next.input, sample, next.width), x);
    addScaled(p, at(rowOf(next.delta, sample, next.outputs), c), transfer, x + shift);
    x = rowOf(x, 1, next.width);
  }
}
