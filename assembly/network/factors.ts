/**
 * The curvature factors of a block of samples: the few small arrays of which the trace, the Frobenius norm and the
 * assembled Hessian are different readings. Layer l maps its input ã^l = [a^l; 1] to z^l = [W b] ã^l and a^{l+1} = φ(z^l); layers
 * count from 0. For layers l < k of one sample (δ, S weighted by the sample's coefficient), with D^l = diag φ'(z^l):
 *
 *   S^l    = ∂²ℓ/∂z^l∂z^l                                  n_l × n_l
 *          = V S^{l+1} Vᵀ + diag(φ''(z^l) ∘ g^l),  V = D^l W^{l+1}ᵀ = (∂z^{l+1}/∂z^l)ᵀ
 *   T^{lk} = (∂a^k/∂z^l)ᵀ                                  n_l × inputs_k  (T^{l,l+1} = D^l: its diagonal)
 *   M^{lk} = (∂z^k/∂z^l)ᵀ S^k                              n_l × n_k       (M^{ll} = S^l)
 *
 * Then the Hessian of the sample's loss in the parameters of layers l and k, (a,b) in layer l and (c,d) in layer k, is
 *
 *   H^{lk}_(a,b),(c,d) = ã^l_b ( M^{lk}_ac ã^k_d + [l<k] δ^k_c T^{lk}_ad )
 *
 * where the T entry of the appended 1 is 0. Derived by the chain rule; checked against PyTorch's double autograd.
 */
import { scaleByPower } from '../dense/elementwise';
import { multiplyTransposed } from '../dense/gemm';
import { exponent, frobeniusNorm, maxAbs } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { Factors, layOut, transferLength } from './block';
import { lossCurvature } from './loss';
import { Network } from './network';
import { factorErrors, roundingScratch } from './rounding';

/** Rows whose largest entry is within 2^±16 are left alone: nothing there can leave the range, and nothing is spent. */
const TAME: i32 = 16;

/**
 * To be called once after backward: takes powers of two out of the rows ã and δ of wild size, and keeps them as exponents.
 * computeFactors puts them into M and T, so that a sample's whole size stands there: M ‖ã‖² and δ T in one place. Otherwise
 * K_ij² could overflow where ⟨S_i, S_j⟩ vanishes, though their product is ordinary. Exact. Also fills weightNorms.
 */
export function normalize(net: Network): void {
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    for (let i = 0; i < net.samples; i++) {
      put(layer.inputExponents, i, takeOut(layer.width, rowOf(layer.input, i, layer.width)));
      put(layer.deltaExponents, i, takeOut(layer.outputs, rowOf(layer.delta, i, layer.outputs)));
    }
    put(net.weightNorms, l, frobeniusNorm(layer.parameters, layer.weights));
  }
}

/** Scratch doubles of computeFactors: (∂z^k/∂z^l)ᵀ for the layer pair at hand, and what the errors need. */
export function factorsScratch(net: Network): f64 {
  let widest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) widest = Math.max(widest, <f64>net.layer(l).outputs);
  return widest * widest + roundingScratch(net);
}

/** Computes the factors of count samples from start on, at data; needs forward, loss, backward and normalize. */
export function computeFactors(
  net: Network,
  factors: Factors,
  start: i32,
  count: i32,
  data: usize,
  scratch: usize,
): void {
  layOut(net, factors, start, count, data);
  const norms = scratch;
  const sensitivity = scratch + ((<usize>roundingScratch(net)) << 3);
  for (let i = 0; i < count; i++) {
    sampleFactors(net, factors, i, norms, sensitivity);
    factorErrors(net, factors, i, norms);
    absorbScales(net, factors, i);
  }
}

/** The factors of sample i of the block, from the last layer down; norms: ‖∂z^k/∂z^l‖_F at (l, k). */
function sampleFactors(net: Network, factors: Factors, i: i32, norms: usize, sensitivity: usize): void {
  const sample = factors.start + i;
  const last = net.depth - 1;
  outputCurvature(net, sample, curvatureOf(net, factors, last, i));
  for (let l = last - 1; l >= 0; l--) {
    const n = net.layer(l).outputs;
    const slope = rowOf(net.layer(l).slope, sample, n);
    for (let k = l + 1; k <= last; k++) {
      const next = net.layer(k);
      const m = next.outputs;
      if (k == l + 1) {
        memory.copy(rowOf(factors.transfer(l, k), i, n), slope, (<usize>n) << 3);
        scaledTransposedWeights(net, k, slope, sensitivity);
      } else {
        // T = (∂z^{k−1}/∂z^l)ᵀ D^{k−1}, then (∂z^k/∂z^l)ᵀ = T W^kᵀ in the place of its predecessor.
        const transfer = rowOf(factors.transfer(l, k), i, n * next.inputs);
        scaleColumns(
          n,
          next.inputs,
          sensitivity,
          rowOf(net.layer(k - 1).slope, sample, next.inputs),
          transfer,
        );
        multiplyTransposed(
          n,
          m,
          next.inputs,
          transfer,
          next.inputs,
          next.weights,
          next.width,
          sensitivity,
          m,
        );
      }
      put(rowOf(norms, l, net.depth), k, frobeniusNorm(n * m, sensitivity));
      const mixed = rowOf(factors.mixed(l, k), i, n * m);
      multiplyTransposed(n, m, m, sensitivity, m, curvatureOf(net, factors, k, i), m, mixed, m);
      if (k == l + 1) {
        const s = curvatureOf(net, factors, l, i);
        multiplyTransposed(n, n, m, mixed, m, sensitivity, m, s, n);
        symmetrize(n, s);
        addToDiagonal(n, rowOf(net.layer(l).bend, sample, n), s);
      }
    }
  }
}

/** Puts the exponents that normalize() took out of ã^l, ã^k and δ^k into M^{lk} and T^{lk}. */
function absorbScales(net: Network, factors: Factors, i: i32): void {
  const sample = factors.start + i;
  for (let l = 0; l < net.depth; l++) {
    const e = net.layer(l).inputExponent(sample);
    for (let k = l; k < net.depth; k++) {
      const next = net.layer(k);
      const length = net.layer(l).outputs * next.outputs;
      scaleByPower(length, e + next.inputExponent(sample), rowOf(factors.mixed(l, k), i, length));
      if (k > l) {
        const size = transferLength(net, l, k);
        scaleByPower(size, e + next.deltaExponent(sample), rowOf(factors.transfer(l, k), i, size));
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

function curvatureOf(net: Network, factors: Factors, l: i32, i: i32): usize {
  const n = net.layer(l).outputs;
  return rowOf(factors.mixed(l, l), i, n * n);
}

/** V = D W_kᵀ: inputs × outputs, D = diag(slope). */
function scaledTransposedWeights(net: Network, k: i32, slope: usize, v: usize): void {
  const layer = net.layer(k);
  for (let a = 0; a < layer.inputs; a++) {
    const row = rowOf(v, a, layer.outputs);
    const factor = at(slope, a);
    for (let c = 0; c < layer.outputs; c++) {
      put(row, c, factor * at(rowOf(layer.weights, c, layer.width), a));
    }
  }
}

/** y = x diag(scale), m × n. */
function scaleColumns(m: i32, n: i32, x: usize, scale: usize, y: usize): void {
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < n; b++) {
      put(rowOf(y, a, n), b, at(rowOf(x, a, n), b) * at(scale, b));
    }
  }
}

function addToDiagonal(n: i32, d: usize, s: usize): void {
  for (let a = 0; a < n; a++) {
    const p = rowOf(s, a, n + 1);
    store<f64>(p, load<f64>(p) + at(d, a));
  }
}

/** s ← (s + sᵀ)/2: rounding leaves V S Vᵀ a few ulp from symmetric. */
function symmetrize(n: i32, s: usize): void {
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      const lower = rowOf(s, a, n) + ((<usize>b) << 3);
      const upper = rowOf(s, b, n) + ((<usize>a) << 3);
      const mean = 0.5 * (load<f64>(lower) + load<f64>(upper));
      store<f64>(lower, mean);
      store<f64>(upper, mean);
    }
  }
}
