/**
 * What rounding may have done to the curvature factors of one sample: a bound on ‖ΔH^{lk}‖_F for each of its blocks, so that a
 * bound on the spectrum can stay a bound. Norms of results would not do: S^l = V S^{l+1} Vᵀ can cancel, and then errs by far
 * more than ε ‖S^l‖.
 *
 * First order in ε. Each step errs by a local amount of the size of what it added up, and B^{lk} = ∂z^k/∂z^l, whose
 * norms b_lk are those of the computed matrices, carries the error of layer k to layer l:
 *
 *   ‖ΔS^l‖ ≤ Σ_{k≥l} b_lk² σ_k     σ_l = 2γ v_l² ‖S^{l+1}‖ + cε ‖bend_l‖ + ‖W^{l+1}‖ (‖Δδ^{l+1}‖ + γ ‖δ^{l+1}‖)
 *   ‖Δδ^l‖ ≤ Σ_{k≥l} b_lk d_k      d_l = γ max|φ'| ‖W^{l+1}‖ ‖δ^{l+1}‖ + cε ‖δ^l‖
 *   ‖ΔB^{lk}‖ ≤ Σ_{l<j≤k} b_jk γ v_{j−1} b_{l,j−1}
 *   ‖ΔH^{lk}‖ ≤ ‖ã^l‖ (‖ΔM‖ ‖ã^k‖ + ‖δ^k‖ ‖ΔT‖ + ‖T‖ ‖Δδ^k‖),  ‖ΔM‖ ≤ b_lk (‖ΔS^k‖ + γ ‖S^k‖) + ‖ΔB^{lk}‖ ‖S^k‖
 *
 * with v_l = b_{l,l+1}, s = ‖S^k‖, γ = (n + 8) ε for sums of n terms, and |φ''| ≤ 1, which holds for every activation here. The forward
 * pass is taken as computed: its rounding is that of the biases of each sample's own network, a few ε of them.
 */
import { multiplyEntries } from '../dense/elementwise';
import { frobeniusNorm, maxAbs, scaleByPowerOfTwo } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { Factors, transferLength } from './block';
import { Network } from './network';

const EPSILON: f64 = 2.220446049250313e-16;
/** Roundings in an elementwise step: activations err by up to a few ulp (docs/accuracy.md). */
const STEP: f64 = 16.0 * EPSILON;

/** Scratch doubles of factorErrors. */
export function roundingScratch(net: Network): f64 {
  let widest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) widest = Math.max(widest, <f64>net.layer(l).outputs);
  return 2.0 * <f64>net.depth * <f64>net.depth + 5.0 * <f64>net.depth + widest;
}

/** errors[l · depth + k], l ≤ k, of sample i of the block, whose factors must not have absorbed their scales yet. */
export function factorErrors(net: Network, factors: Factors, i: i32, scratch: usize, errors: usize): void {
  const depth = net.depth;
  const last = depth - 1;
  const sample = factors.start + i;
  const norms = scratch; // b_lk
  const drifts = rowOf(norms, depth, depth); // ‖ΔB^{lk}‖
  const curvatures = rowOf(drifts, depth, depth); // ‖S^l‖
  const curvature = rowOf(curvatures, 1, depth); // σ_l
  const curvatureErrors = rowOf(curvature, 1, depth); // ‖ΔS^l‖
  const gradient = rowOf(curvatureErrors, 1, depth); // d_l
  const gradientErrors = rowOf(gradient, 1, depth); // ‖Δδ^l‖
  const spare = rowOf(gradientErrors, 1, depth);

  for (let l = last; l >= 0; l--) {
    const layer = net.layer(l);
    const n = layer.outputs;
    const bend = STEP * frobeniusNorm(n, rowOf(layer.bend, sample, n));
    const steepest = maxAbs(n, rowOf(layer.slope, sample, n));
    // Of the first layer, of which the diagonal may be all there is, it is not asked for.
    put(curvatures, l, l > 0 || l == last ? frobeniusNorm(n * n, factors.sample(net, l, l, i)) : 0.0);
    sensitivityNorms(net, factors, l, i, rowOf(norms, l, depth), spare);
    if (l == last) {
      // Only an output activation (code 0 is none) has a φ'' that meets the error of g.
      const meeting = layer.activation != 0 ? STEP * at(net.lossSize, sample) : 0.0;
      put(curvature, l, STEP * at(curvatures, l) + 2.0 * bend + meeting);
      put(gradient, l, STEP * (deltaNorm(net, l, sample) + at(net.lossSize, sample) * steepest));
    } else {
      const gamma = unit(net, l + 1);
      const v = at(rowOf(norms, l, depth), l + 1);
      const delta = deltaNorm(net, l + 1, sample);
      const w = at(net.weightNorms, l + 1);
      const s = at(curvatures, l + 1);
      put(curvature, l, 2.0 * gamma * v * v * s + bend + w * (at(gradientErrors, l + 1) + gamma * delta));
      put(gradient, l, gamma * steepest * w * delta + STEP * deltaNorm(net, l, sample));
    }
    carry(net, l, norms, drifts, curvature, curvatureErrors, gradient, gradientErrors);
    for (let k = l; k < depth; k++) {
      const s = at(curvatures, k);
      put(
        errors,
        l * depth + k,
        blockError(net, factors, i, l, k, norms, drifts, s, curvatureErrors, gradientErrors),
      );
    }
  }
}

/** b_lk for k ≥ l: ‖D^l W^{l+1}ᵀ‖_F from the columns of W, ‖T^{lk}‖ ‖W^k‖ beyond. */
function sensitivityNorms(net: Network, factors: Factors, l: i32, i: i32, norms: usize, spare: usize): void {
  put(norms, l, 1.0);
  for (let k = l + 1; k < net.depth; k++) {
    if (k == l + 1) {
      put(norms, k, sensitivityNorm(net, l, factors.start + i, spare));
    } else {
      put(norms, k, transferNorm(net, factors, l, k, i) * at(net.weightNorms, k));
    }
  }
}

/** v_l = ‖D^l W^{l+1}ᵀ‖_F of a sample; spare: room for a row of layer l. */
export function sensitivityNorm(net: Network, l: i32, sample: i32, spare: usize): f64 {
  const layer = net.layer(l);
  const n = layer.outputs;
  memory.copy(spare, net.layer(l + 1).columnNorms, (<usize>n) << 3);
  multiplyEntries(n, rowOf(layer.slope, sample, n), spare);
  return frobeniusNorm(n, spare);
}

/** ‖ΔS^l‖, ‖Δδ^l‖ and ‖ΔB^{lk}‖ for all k > l, from the local errors of the layers above. */
function carry(
  net: Network,
  l: i32,
  norms: usize,
  drifts: usize,
  curvature: usize,
  curvatureErrors: usize,
  gradient: usize,
  gradientErrors: usize,
): void {
  const depth = net.depth;
  const b = rowOf(norms, l, depth);
  let s = 0.0;
  let d = 0.0;
  put(rowOf(drifts, l, depth), l, 0.0);
  for (let k = l; k < depth; k++) {
    s += at(b, k) * at(b, k) * at(curvature, k);
    d += at(b, k) * at(gradient, k);
    if (k == l) continue;
    let drift = 0.0;
    for (let j = l + 1; j <= k; j++) {
      const v = at(rowOf(norms, j - 1, depth), j);
      drift += at(rowOf(norms, j, depth), k) * unit(net, j) * v * at(b, j - 1);
    }
    put(rowOf(drifts, l, depth), k, drift);
  }
  put(curvatureErrors, l, s);
  put(gradientErrors, l, d);
}

/** ‖ΔH^{lk}‖ / ‖ã^l‖ as it will be once the scales are absorbed; the division is undone in curvature/samples.ts. */
function blockError(
  net: Network,
  factors: Factors,
  i: i32,
  l: i32,
  k: i32,
  norms: usize,
  drifts: usize,
  s: f64,
  curvatureErrors: usize,
  gradientErrors: usize,
): f64 {
  const depth = net.depth;
  const sample = factors.start + i;
  const e = net.layer(l).inputExponent(sample);
  const input = scaleByPowerOfTwo(net.layer(k).inputNorm(sample), e + net.layer(k).inputExponent(sample));
  if (k == l) return at(curvatureErrors, l) * input;
  const b = at(rowOf(norms, l, depth), k);
  const mixed = b * (at(curvatureErrors, k) + unit(net, k) * s) + at(rowOf(drifts, l, depth), k) * s;
  const transfer = transferNorm(net, factors, l, k, i);
  const below = net.layer(k - 1);
  const steepest = maxAbs(below.outputs, rowOf(below.slope, sample, below.outputs));
  const transferError = STEP * transfer + steepest * at(rowOf(drifts, l, depth), k - 1);
  const rest = deltaNorm(net, k, sample) * transferError + transfer * at(gradientErrors, k);
  return mixed * input + scaleByPowerOfTwo(rest, e);
}

/** γ for sums over the outputs or the inputs of layer k. */
function unit(net: Network, k: i32): f64 {
  return EPSILON * <f64>(max(net.layer(k).outputs, net.layer(k).inputs) + 8);
}

function transferNorm(net: Network, factors: Factors, l: i32, k: i32, i: i32): f64 {
  const length = transferLength(net, l, k);
  return frobeniusNorm(length, rowOf(factors.transfer(l, k), i, length));
}

/** ‖δ‖, with its exponent. */
function deltaNorm(net: Network, l: i32, sample: i32): f64 {
  const layer = net.layer(l);
  const norm = frobeniusNorm(layer.outputs, rowOf(layer.delta, sample, layer.outputs));
  return scaleByPowerOfTwo(norm, layer.deltaExponent(sample));
}
