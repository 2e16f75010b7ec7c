/**
 * The curvature factors of a block of samples: the few small arrays of which the trace, the Frobenius norm and the
 * assembled Hessian are different readings. For layers l < k of one sample (δ, S weighted by the sample's coefficient):
 *
 *   S^l    = ∂²ℓ/∂z^l∂z^l                                  n_l × n_l
 *          = V S^{l+1} Vᵀ + diag(φ''(z^l) ∘ g^l),  V = D^l W^{l+1}ᵀ = (∂z^{l+1}/∂z^l)ᵀ
 *   T^{lk} = ∂a^{k−1}/∂z^l, transposed                     n_l × n_{k−1}   (kept for k > l+1; T^{l,l+1} = D^l)
 *   M^{lk} = (∂z^k/∂z^l)ᵀ S^k                              n_l × n_k       (M^{ll} = S^l)
 *
 * Then the Hessian of the sample's loss in the parameters of layers l and k, (a,b) in layer l and (c,d) in layer k, is
 *
 *   H^{lk}_(a,b),(c,d) = ã^{l−1}_b ( M^{lk}_ac ã^{k−1}_d + [l<k] δ^k_c T^{lk}_ad )
 *
 * where the T entry of the appended 1 is 0. Derived by the chain rule; checked against PyTorch's double autograd.
 * Here layers count from 0. Each array is stored sample by sample, as rows of one matrix with a row per sample.
 */
import { multiplyTransposed } from '../dense/gemm';
import { at, put, rowOf } from '../dense/rows';
import { lossCurvature } from './loss';
import { Network } from './network';

/** The header, followed in memory by depth² addresses: M^{lk} at (l, k) for l ≤ k, T^{lk} at (k, l) for k > l+1. */
@unmanaged
export class Factors {
  /** First sample of the block, and how many. */
  start: i32;
  count: i32;
  depth: i32;

  mixed(l: i32, k: i32): usize {
    return load<usize>(this.slot(l, k));
  }
  transfer(l: i32, k: i32): usize {
    return load<usize>(this.slot(k, l));
  }
  slot(l: i32, k: i32): usize {
    return changetype<usize>(this) + offsetof<Factors>() + <usize>(l * this.depth + k) * sizeof<usize>();
  }
}

/** Bytes of the header and its addresses. */
export function factorsBytes(net: Network): f64 {
  return <f64>offsetof<Factors>() + <f64>net.depth * <f64>net.depth * <f64>sizeof<usize>();
}

/** Doubles that one sample's factors take. */
export function factorsPerSample(net: Network): f64 {
  let doubles: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    const n = <f64>net.layer(l).outputs;
    for (let k = l; k < net.depth; k++) {
      doubles += n * <f64>net.layer(k).outputs;
      if (k > l + 1) doubles += n * <f64>net.layer(k).inputs;
    }
  }
  return doubles;
}

/** Scratch doubles of computeFactors: (∂z^k/∂z^l)ᵀ for the layer pair at hand. */
export function factorsScratch(net: Network): f64 {
  let widest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) widest = Math.max(widest, <f64>net.layer(l).outputs);
  return widest * widest;
}

/** Lays the block out at data (count · factorsPerSample doubles) and computes it; needs forward, loss and backward. */
export function computeFactors(
  net: Network,
  factors: Factors,
  start: i32,
  count: i32,
  data: usize,
  scratch: usize,
): void {
  factors.start = start;
  factors.count = count;
  factors.depth = net.depth;
  for (let l = 0; l < net.depth; l++) {
    const n = net.layer(l).outputs;
    for (let k = l; k < net.depth; k++) {
      store<usize>(factors.slot(l, k), data);
      data = rowOf(data, count, n * net.layer(k).outputs);
      if (k > l + 1) {
        store<usize>(factors.slot(k, l), data);
        data = rowOf(data, count, n * net.layer(k).inputs);
      }
    }
  }
  for (let i = 0; i < count; i++) sampleFactors(net, factors, i, scratch);
}

/** The factors of sample i of the block, from the last layer down. */
function sampleFactors(net: Network, factors: Factors, i: i32, sensitivity: usize): void {
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
