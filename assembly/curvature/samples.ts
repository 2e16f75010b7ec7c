/**
 * What is summed over single samples. With blocks as rows of pairs of layers l ≤ k:
 *
 *   traces[l] = Σ_i tr(S_i^l) ‖ã_i^l‖²        sizes[l] = Σ_i Σ_a |S_aa| ‖ã_i^l‖²
 *   norms[l,k] = Σ_i β_i^{lk},  β_i^{lk} = ‖ã_i^l‖ (‖M_i^{lk}‖ ‖ã_i^k‖ + ‖δ_i^k‖ ‖T_i^{lk}‖) ≥ ‖H_i^{lk}‖_F
 *   betas[l,k]   the same, with what the factored form adds up in the place of ‖S‖ and ‖M‖ where it is used
 *   errors[l,k]  Σ_i of the bounds on ‖ΔH_i^{lk}‖_F of network/rounding.ts
 *
 * and where the cross terms of layers l and k = l+1 are linear in N, since Σ_ij K_ij ⟨X_i, Y_j⟩ = ⟨Σ_i ã_i ⊗ X_i, Σ_j ã_j ⊗ Y_j⟩
 * for any rows X, Y: the two sums of width_l × n_k n_l entries, X and Y the rows CROSS and TURNED of pairs.ts.
 *
 * The output is those arrays one after the other, and then the pairs of sums.
 */
import { dot, multiplyEntries } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { frobeniusNorm } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import {
  batchSize,
  diagonalStep,
  Factors,
  factorsPerSample,
  hasDiagonalOnly,
  mixedLength,
  transferLength,
} from '../network/block';
import { absorbScales, computeFactors, factorsScratch } from '../network/factors';
import { Layer, Network } from '../network/network';
import { factorErrors, roundingScratch, sensitivityNorm } from '../network/rounding';
import { crossRow, turnedRow } from './pairs';

/** Doubles of the output of sampleSums. */
export function sampleSumsLength(net: Network): f64 {
  const depth = <f64>net.depth;
  let length = 2.0 * depth + 3.0 * depth * depth;
  for (let l = 0; l < net.depth - 1; l++) {
    if (net.layer(l).linear) length += 2.0 * <f64>net.layer(l).width * crossLength(net, l);
  }
  return length;
}

/** Scratch doubles of sampleSums. */
export function sampleSumsScratch(net: Network): f64 {
  let cross: f64 = 0.0;
  for (let l = 0; l < net.depth - 1; l++) cross = Math.max(cross, crossLength(net, l));
  return (
    factorsScratch(net) +
    sampleRoom(net) +
    <f64>(net.depth * net.depth) +
    <f64>batchSize(net) * (factorsPerSample(net) + cross)
  );
}

/** Doubles that the errors and norms of one sample need. */
function sampleRoom(net: Network): f64 {
  const room = roundingScratch(net);
  if (!net.layer(0).factored) return room;
  const m = <f64>net.layer(1).outputs;
  return Math.max(room, m * (<f64>net.layer(0).outputs + 2.0 * m));
}

/** Adds count samples from start on to out. */
export function sampleSums(
  net: Network,
  start: i32,
  count: i32,
  factors: Factors,
  scratch: usize,
  out: usize,
): void {
  const batch = batchSize(net);
  const room = scratch + ((<usize>factorsScratch(net)) << 3);
  const errors = room + ((<usize>sampleRoom(net)) << 3);
  const factorData = rowOf(errors, net.depth, net.depth);
  const spare = factorData + ((<usize>(<f64>batch * factorsPerSample(net))) << 3);
  for (let i = 0; i < count; i += batch) {
    computeFactors(net, factors, start + i, min(batch, count - i), factorData, scratch);
    for (let r = 0; r < factors.count; r++) {
      factorErrors(net, factors, r, room, errors);
      addErrors(net, factors.start + r, errors, out);
    }
    absorbScales(net, factors);
    for (let r = 0; r < factors.count; r++) addNorms(net, factors, r, room, out);
    addCrossSums(net, factors, spare, out);
  }
}

function addErrors(net: Network, sample: i32, errors: usize, out: usize): void {
  const depth = net.depth;
  const sums = rowOf(out, 2 + 2 * depth, depth);
  for (let l = 0; l < depth; l++) {
    const input = net.layer(l).inputNorm(sample);
    for (let k = l; k < depth; k++) addTo(sums, l * depth + k, input * at(errors, l * depth + k));
  }
}

/** Traces, sizes, norms and betas of sample r of the block; spare: room for a row of each layer. */
function addNorms(net: Network, factors: Factors, r: i32, spare: usize, out: usize): void {
  const depth = net.depth;
  const sample = factors.start + r;
  const sizes = rowOf(out, 1, depth);
  const norms = rowOf(sizes, 1, depth);
  const betas = rowOf(norms, depth, depth);
  for (let l = 0; l < depth; l++) {
    const layer = net.layer(l);
    const n = layer.outputs;
    const input = layer.inputNorm(sample);
    const s = factors.sample(net, l, l, r);
    const step = diagonalStep(net, l);
    let trace = 0.0;
    let size = 0.0;
    for (let a = 0; a < n; a++) {
      trace += at(s, a * step);
      size += Math.abs(at(s, a * step));
    }
    addTo(out, l, trace * input * input);
    addTo(sizes, l, size * input * input);
    for (let k = l; k < depth; k++) {
      const next = net.layer(k);
      const block = l * depth + k;
      const other = next.inputNorm(sample);
      let transfer = 0.0;
      if (k > l) {
        const length = transferLength(net, l, k);
        transfer =
          frobeniusNorm(next.outputs, rowOf(next.delta, sample, next.outputs)) *
          frobeniusNorm(length, rowOf(factors.transfer(l, k), r, length));
      }
      const mixed = hasDiagonalOnly(net, l, k)
        ? curvatureNorm(net, factors, r, spare)
        : frobeniusNorm(mixedLength(net, l, k), factors.sample(net, l, k, r));
      const summed = layer.factored && k <= l + 1 ? factoredNorm(net, factors, l, k, r, spare) : mixed;
      addTo(norms, block, input * (mixed * other + transfer));
      addTo(betas, block, input * (summed * other + transfer));
    }
  }
}

/**
 * What bounds the terms of factored.ts in the place of ‖S^l‖ (k = l) or ‖M^{l,l+1}‖: v² ‖A‖ + ‖s‖ or v ‖A‖, v = ‖D Wᵀ‖_F. Infinite for
 * samples of wild size, whose exponents that form has no place for.
 */
function factoredNorm(net: Network, factors: Factors, l: i32, k: i32, r: i32, spare: usize): f64 {
  const layer = net.layer(l);
  const next = net.layer(l + 1);
  const sample = factors.start + r;
  if (layer.inputExponent(sample) | next.inputExponent(sample) | next.deltaExponent(sample)) return Infinity;
  const n = layer.outputs;
  const v = sensitivityNorm(net, l, sample, spare);
  const a = frobeniusNorm(next.outputs * next.outputs, factors.sample(net, l + 1, l + 1, r));
  return k > l ? v * a : v * v * a + frobeniusNorm(n, rowOf(layer.bend, sample, n));
}

/** ‖S^0‖_F from its factors, for of S^0 only the diagonal is there: ⟨S, S⟩ as in factored.ts. */
function curvatureNorm(net: Network, factors: Factors, r: i32, spare: usize): f64 {
  const layer = net.layer(0);
  const next = net.layer(1);
  const n = layer.outputs;
  const m = next.outputs;
  const sample = factors.start + r;
  const g = rowOf(spare, m, n); // V Vᵀ, for V = W D in spare
  const left = rowOf(g, m, m); // A G
  for (let a = 0; a < m; a++) {
    const v = rowOf(spare, a, n);
    memory.copy(v, rowOf(next.weights, a, next.width), (<usize>n) << 3);
    multiplyEntries(n, rowOf(layer.slope, sample, n), v);
  }
  multiply(m, m, n, spare, n, ALONG, spare, n, ALONG, g, m, false);
  multiply(m, m, m, factors.sample(net, 1, 1, r), m, ALONG, g, m, ACROSS, left, m, false);
  let sum = 0.0;
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) sum += at(left, a * m + b) * at(left, b * m + a);
  }
  const diagonal = factors.sample(net, 0, 0, r);
  const bend = rowOf(layer.bend, sample, n);
  return Math.sqrt(Math.max(0.0, sum + 2.0 * dot(n, diagonal, bend) - dot(n, bend, bend)));
}

/** Adds the block's parts of the sums of ã ⊗ X and ã ⊗ Y. */
function addCrossSums(net: Network, factors: Factors, rows: usize, out: usize): void {
  let sums = out + ((<usize>(2 * net.depth + 3 * net.depth * net.depth)) << 3);
  for (let l = 0; l < net.depth - 1; l++) {
    if (!net.layer(l).linear) continue;
    const length = <i32>crossLength(net, l);
    for (let r = 0; r < factors.count; r++) crossRow(net, factors, l, r, rowOf(rows, r, length));
    sums = addOuter(net.layer(l), factors, length, rows, sums);
    for (let r = 0; r < factors.count; r++) turnedRow(net, factors, l, r, rowOf(rows, r, length));
    sums = addOuter(net.layer(l), factors, length, rows, sums);
  }
}

/** sums (width × length) ← sums + Σ_i ã_i ⊗ x_i; returns what follows them. */
function addOuter(layer: Layer, factors: Factors, length: i32, x: usize, sums: usize): usize {
  const width = layer.width;
  const inputs = rowOf(layer.input, factors.start, width);
  multiply(width, length, factors.count, inputs, width, ACROSS, x, length, ACROSS, sums, length, true);
  return rowOf(sums, width, length);
}

/** Entries of a row X or Y of layers l and l+1. */
function crossLength(net: Network, l: i32): f64 {
  return <f64>net.layer(l).outputs * <f64>net.layer(l + 1).outputs;
}

function addTo(sums: usize, i: i32, x: f64): void {
  put(sums, i, at(sums, i) + x);
}
