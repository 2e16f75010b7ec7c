/**
 * The curvature factors of a block of samples: the few small arrays of which the trace, the Frobenius norm and the
 * assembled Hessian are different readings. Layer l maps its input ã^l = [a^l; 1] to z^l = [W b] ã^l and a^{l+1} = φ(z^l); layers
 * count from 0. For layers l < k of one sample (δ, S weighted by the sample's coefficient), with D^l = diag φ'(z^l):
 *
 *   S^l    = ∂²ℓ/∂z^l∂z^l                                  n_l × n_l
 *          = V S^{l+1} Vᵀ + diag(φ''(z^l) ∘ g^l),  V = D^l W^{l+1}ᵀ = (∂z^{l+1}/∂z^l)ᵀ
 *   T^{lk} = (∂a^k/∂z^l)ᵀ                                  n_l × inputs_k  (T^{l,l+1} = D^l: its diagonal)
 *   M^{lk} = (∂z^k/∂z^l)ᵀ S^k                              n_l × n_k, stored as its transpose  (M^{ll} = S^l)
 *          = D^l W^{l+1}ᵀ M^{l+1,k}
 *
 * Then the Hessian of the sample's loss in the parameters of layers l and k, (a,b) in layer l and (c,d) in layer k, is
 *
 *   H^{lk}_(a,b),(c,d) = ã^l_b ( M^{lk}_ac ã^k_d + [l<k] δ^k_c T^{lk}_ad )
 *
 * where the T entry of the appended 1 is 0. Derived by the chain rule; checked against PyTorch's double autograd.
 */
import { add, addMultiplied, multiplyEntries, scaleByPower } from '../dense/elementwise';
import { ACROSS, ALONG, multiply, multiplyPanels } from '../dense/gemm';
import { exponent, frobeniusNorm, maxAbs, scaleByPowerOfTwo } from '../dense/norm';
import { packColumns, panelDoubles } from '../dense/panels';
import { at, put, rowOf } from '../dense/rows';
import { Factors, hasDiagonalOnly, layOut, mixedLength, transferLength } from './block';
import { lossCurvature } from './loss';
import { Layer, Network } from './network';

/** Rows whose largest entry is within 2^±16 are left alone: nothing there can leave the range, and nothing is spent. */
const TAME: i32 = 16;

/**
 * To be called once after backward: takes powers of two out of the rows ã and δ of wild size, and keeps them as exponents.
 * computeFactors puts them into M and T, so that a sample's whole size stands there: M ‖ã‖² and δ T in one place. Otherwise
 * K_ij² could overflow where ⟨S_i, S_j⟩ vanishes, though their product is ordinary. Exact. Also fills weightNorms and columnNorms.
 */
export function normalize(net: Network): void {
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    for (let i = 0; i < net.samples; i++) {
      put(layer.inputExponents, i, takeOut(layer.width, rowOf(layer.input, i, layer.width)));
      put(layer.deltaExponents, i, takeOut(layer.outputs, rowOf(layer.delta, i, layer.outputs)));
    }
    for (let b = 0; b < layer.inputs; b++) {
      put(layer.columnNorms, b, columnNorm(layer.outputs, layer.weights + ((<usize>b) << 3), layer.width));
    }
    put(net.weightNorms, l, frobeniusNorm(layer.inputs, layer.columnNorms));
  }
}

/** ‖x‖ of n doubles that lie stride apart, scaled so that no square leaves the range. */
function columnNorm(n: i32, x: usize, stride: i32): f64 {
  let largest = 0.0;
  for (let r = 0; r < n; r++) largest = Math.max(largest, Math.abs(at(x, r * stride)));
  if (largest == 0.0) return 0.0;
  const e = exponent(largest);
  let sum = 0.0;
  for (let r = 0; r < n; r++) {
    const entry = scaleByPowerOfTwo(at(x, r * stride), -e);
    sum += entry * entry;
  }
  return scaleByPowerOfTwo(Math.sqrt(sum), e);
}

/** Scratch doubles of computeFactors: the panels of one layer's weights and of one sample's M. */
export function factorsScratch(net: Network): f64 {
  let most: f64 = 0.0;
  for (let l = 0; l + 1 < net.depth; l++) {
    most = Math.max(most, panelDoubles(net.layer(l).outputs, net.layer(l + 1).outputs));
  }
  return 2.0 * most;
}

/**
 * Computes the factors of count samples from start on, at data; needs forward, loss, backward and normalize. The samples share
 * the weights, so all but S are products of one tall matrix with them.
 */
export function computeFactors(
  net: Network,
  factors: Factors,
  start: i32,
  count: i32,
  data: usize,
  scratch: usize,
): void {
  layOut(net, factors, start, count, data);
  const last = net.depth - 1;
  for (let i = 0; i < count; i++) outputCurvature(net, start + i, factors.sample(net, last, last, i));
  for (let l = last - 1; l >= 0; l--) {
    for (let k = l + 1; k <= last; k++) {
      mixedBelow(net, factors, l, k);
      transferBelow(net, factors, l, k);
    }
    if (hasDiagonalOnly(net, l, l)) diagonalBelow(net, factors);
    else curvatureBelow(net, factors, l, scratch);
  }
}

/** M^{lk}ᵀ = M^{l+1,k}ᵀ W^{l+1} D^l. */
function mixedBelow(net: Network, factors: Factors, l: i32, k: i32): void {
  const next = net.layer(l + 1);
  const n = net.layer(l).outputs;
  const m = net.layer(k).outputs;
  const out = factors.mixed(l, k);
  multiply(
    factors.count * m,
    n,
    next.outputs,
    factors.mixed(l + 1, k),
    next.outputs,
    ALONG,
    next.weights,
    next.width,
    ACROSS,
    out,
    n,
    false,
  );
  scaleColumns(net.layer(l), factors, m, out);
}

/** S^l = D^l W^{l+1}ᵀ M^{l,l+1}ᵀ + diag(bend). */
function curvatureBelow(net: Network, factors: Factors, l: i32, scratch: usize): void {
  const layer = net.layer(l);
  const next = net.layer(l + 1);
  const n = layer.outputs;
  const m = next.outputs;
  const mixed = scratch + ((<usize>panelDoubles(n, m)) << 3);
  packColumns(n, m, next.weights, next.width, scratch);
  for (let i = 0; i < factors.count; i++) {
    const s = factors.sample(net, l, l, i);
    const sample = factors.start + i;
    packColumns(n, m, factors.sample(net, l, l + 1, i), n, mixed);
    multiplyPanels(n, n, m, scratch, m, mixed, m, s, n, false);
    symmetrize(n, rowOf(layer.slope, sample, n), s);
    addToDiagonal(n, rowOf(layer.bend, sample, n), s);
  }
}

/** The diagonal of S^0 alone. */
function diagonalBelow(net: Network, factors: Factors): void {
  const layer = net.layer(0);
  const next = net.layer(1);
  const n = layer.outputs;
  for (let i = 0; i < factors.count; i++) {
    const sample = factors.start + i;
    const s = factors.sample(net, 0, 0, i);
    const mixed = factors.sample(net, 0, 1, i);
    memory.fill(s, 0, (<usize>n) << 3);
    for (let c = 0; c < next.outputs; c++) {
      addMultiplied(n, rowOf(next.weights, c, next.width), rowOf(mixed, c, n), s);
    }
    multiplyEntries(n, rowOf(layer.slope, sample, n), s);
    add(n, rowOf(layer.bend, sample, n), s);
  }
}

/** T^{lk} = (∂z^{k−1}/∂z^l)ᵀ D^{k−1}, where (∂z^k/∂z^l)ᵀ = T^{lk} W^kᵀ; for k = l+1 the diagonal of D^l. */
function transferBelow(net: Network, factors: Factors, l: i32, k: i32): void {
  const layer = net.layer(l);
  const n = layer.outputs;
  const out = factors.transfer(l, k);
  if (k == l + 1) {
    memory.copy(out, rowOf(layer.slope, factors.start, n), (<usize>(factors.count * n)) << 3);
    return;
  }
  const below = net.layer(k - 1);
  const p = below.outputs;
  if (k == l + 2) {
    for (let i = 0; i < factors.count; i++) {
      const slope = rowOf(layer.slope, factors.start + i, n);
      scaledTransposedWeights(below, slope, rowOf(out, i, n * p));
    }
  } else {
    const rows = factors.count * n;
    const transfer = factors.transfer(l, k - 1);
    multiply(
      rows,
      p,
      below.inputs,
      transfer,
      below.inputs,
      ALONG,
      below.weights,
      below.width,
      ALONG,
      out,
      p,
      false,
    );
  }
  scaleColumns(below, factors, n, out);
}

/** Puts the exponents that normalize() took out of ã^l, ã^k and δ^k into M^{lk} and T^{lk} of every sample of the block. */
export function absorbScales(net: Network, factors: Factors): void {
  for (let i = 0; i < factors.count; i++) absorbSample(net, factors, i, 1);
}

/** Takes them out again. */
export function releaseScales(net: Network, factors: Factors): void {
  for (let i = 0; i < factors.count; i++) absorbSample(net, factors, i, -1);
}

function absorbSample(net: Network, factors: Factors, i: i32, sign: i32): void {
  const sample = factors.start + i;
  for (let l = 0; l < net.depth; l++) {
    const e = net.layer(l).inputExponent(sample);
    for (let k = l; k < net.depth; k++) {
      const next = net.layer(k);
      const exponents = e + next.inputExponent(sample);
      scaleByPower(mixedLength(net, l, k), sign * exponents, factors.sample(net, l, k, i));
      if (k > l) {
        const size = transferLength(net, l, k);
        const transfer = rowOf(factors.transfer(l, k), i, size);
        scaleByPower(size, sign * (e + next.deltaExponent(sample)), transfer);
      }
    }
  }
}

/** Scales a row of wild size by the power of two that brings its largest entry into [1, 2); returns the exponent. */
function takeOut(n: i32, row: usize): i32 {
  const largest = maxAbs(n, row);
  if (largest == 0.0 || !isFinite(largest)) return 0;
  const e = exponent(largest);
  if (e >= -TAME && e <= TAME) return 0;
  scaleByPower(n, -e, row);
  return e;
}

/** S of the last layer: D S_loss D + diag(bend), D the slope of its activation. */
function outputCurvature(net: Network, sample: i32, s: usize): void {
  const layer = net.last;
  const k = layer.outputs;
  const slope = rowOf(layer.slope, sample, k);
  lossCurvature(net, sample, s);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      const p = rowOf(s, a, k) + ((<usize>b) << 3);
      store<f64>(p, load<f64>(p) * (at(slope, a) * at(slope, b)));
    }
  }
  addToDiagonal(k, rowOf(layer.bend, sample, k), s);
}

/** V = D Wᵀ: inputs × outputs, D = diag(slope). */
export function scaledTransposedWeights(layer: Layer, slope: usize, v: usize): void {
  for (let a = 0; a < layer.inputs; a++) {
    const row = rowOf(v, a, layer.outputs);
    const factor = at(slope, a);
    for (let c = 0; c < layer.outputs; c++) {
      put(row, c, factor * at(rowOf(layer.weights, c, layer.width), a));
    }
  }
}

/** x ← x diag(φ'(z)) of the layer, for each sample's `rows` rows of x. */
export function scaleColumns(layer: Layer, factors: Factors, rows: i32, x: usize): void {
  const n = layer.outputs;
  for (let i = 0; i < factors.count; i++) {
    const slope = rowOf(layer.slope, factors.start + i, n);
    for (let r = 0; r < rows; r++) {
      multiplyEntries(n, slope, x);
      x = rowOf(x, 1, n);
    }
  }
}

function addToDiagonal(n: i32, d: usize, s: usize): void {
  for (let a = 0; a < n; a++) {
    const p = rowOf(s, a, n + 1);
    store<f64>(p, load<f64>(p) + at(d, a));
  }
}

/** s ← the symmetric part of diag(slope) s: rounding leaves it a few ulp from symmetric. */
function symmetrize(n: i32, slope: usize, s: usize): void {
  for (let a = 0; a < n; a++) {
    const row = rowOf(s, a, n);
    put(row, a, at(slope, a) * at(row, a));
    for (let b = 0; b < a; b++) {
      const upper = rowOf(s, b, n);
      const mean = 0.5 * (at(slope, a) * at(row, b) + at(slope, b) * at(upper, a));
      put(row, b, mean);
      put(upper, a, mean);
    }
  }
}
