/**
 * Losses of one sample, with first and second derivatives in the predictions o = φ(z) of the last layer.
 *
 *   softmax-cross-entropy   −Σ_j y_j log p_j      g = s p − y,  s = Σ_j y_j       S = s (diag(p) − p pᵀ)
 *   sigmoid-cross-entropy   Σ_j log(1+e^o) − y o  g = p − y                       S = diag(p (1 − p))
 *   squared-error           ½ ‖o − y‖²            g = o − y                       S = I
 *
 * Saturated outputs keep their digits: with c the largest logit, 1 − p_c is the sum of the other p_j, g_c is minus the
 * sum of the other g_j (the g_j sum to s − s = 0), and 1 − p of a sigmoid is σ(−o). Keeping s makes soft labels that
 * sum to 1 only to float32 rounding exact, not approximate.
 */
import { at, put, rowOf } from '../dense/rows';
import { logistic, oneMinusTwiceLogistic } from './activation';
import { exponentials } from './exponential';
import { Network } from './network';

// Codes, in the order of LOSSES in src/network.ts; 2 is squared error.
const SOFTMAX_CROSS_ENTROPY: i32 = 0;
const SIGMOID_CROSS_ENTROPY: i32 = 1;

/**
 * The parts of the curvature H = G + E, in the order of PARTS in src/network.ts. G = Σ Jᵀ S J, J the derivatives of the logits
 * (Gauss–Newton), is what is left of H where g is 0; E, the second derivatives of the network weighted by g, where S is 0. So either
 * is had from every reading of the tape by leaving the other's source out here. (N. Schraudolph, Neural Computation 14 (2002) 1723.)
 * Squares are what is left of H without its transfer terms (curvature/transfers.ts), of which every one has a factor δ: pass.ts.
 */
const GAUSS_NEWTON: i32 = 1;
const RESIDUAL: i32 = 2;
export const SQUARES: i32 = 3;
/** First derivatives alone are wanted: bend is left as the forward pass made it, and what only rounding's bounds need is left out. */
export const NONE: i32 = 4;

/**
 * Returns the weighted mean loss Σ_i c_i ℓ_i, and leaves g, times c_i · scale, in the last layer's delta. The scale, a
 * power of two, multiplies every derivative but not the loss: it keeps squares of tiny curvatures from vanishing. Of the
 * Gauss–Newton part g is 0, of the residual part S.
 */
export function evaluateLoss(net: Network, scale: f64): f64 {
  const k = net.last.outputs;
  let total = 0.0;
  if (net.loss == SOFTMAX_CROSS_ENTROPY) shiftedExponentials(net);
  for (let i = 0; i < net.samples; i++) {
    const o = rowOf(net.predictions, i, k);
    const y = rowOf(net.targets, i, k);
    const g = rowOf(net.last.delta, i, k);
    const state = rowOf(net.lossState, i, k);
    const coefficient = at(net.coefficients, i);
    if (coefficient == 0.0) {
      // Not even its overflow may matter: 0 · ∞ is not 0.
      memory.fill(g, 0, (<usize>k) << 3);
      memory.fill(state, 0, (<usize>k) << 3);
      put(net.lossScale, i, 0.0);
      put(net.lossSize, i, 0.0);
      continue;
    }
    const factor = coefficient * scale;
    let loss: f64;
    let labels = 1.0;
    if (net.loss == SOFTMAX_CROSS_ENTROPY) {
      labels = 0.0;
      for (let j = 0; j < k; j++) labels += at(y, j);
      loss = softmax(k, o, y, labels, factor, g, state);
    } else if (net.loss == SIGMOID_CROSS_ENTROPY) {
      loss = sigmoid(k, o, y, factor, g, state);
    } else {
      loss = squaredError(k, o, y, factor, g);
    }
    put(net.lossScale, i, net.part == RESIDUAL ? 0.0 : labels * factor);
    if (net.part != NONE) put(net.lossSize, i, factor * gradientSize(net, i, labels));
    total += coefficient * loss;
  }
  if (net.part == GAUSS_NEWTON) {
    memory.fill(net.last.delta, 0, (<usize>net.samples * <usize>k) << 3);
    memory.fill(net.lossSize, 0, (<usize>net.samples) << 3);
  }
  return total;
}

/** The k × k second derivative S of sample i in its predictions, with the factors of evaluateLoss. */
export function lossCurvature(net: Network, i: i32, s: usize): void {
  const k = net.last.outputs;
  const p = rowOf(net.lossState, i, k);
  const scale = at(net.lossScale, i);
  memory.fill(s, 0, (<usize>k * <usize>k) << 3);
  if (net.loss == SOFTMAX_CROSS_ENTROPY) {
    const c = largest(k, p);
    for (let a = 0; a < k; a++) {
      const row = rowOf(s, a, k);
      for (let b = 0; b < k; b++) put(row, b, -scale * (at(p, a) * at(p, b)));
      put(row, a, scale * at(p, a) * (a == c ? sumOfOthers(k, p, c) : 1.0 - at(p, a)));
    }
  } else {
    for (let a = 0; a < k; a++) {
      put(rowOf(s, a, k), a, net.loss == SIGMOID_CROSS_ENTROPY ? scale * at(p, a) : scale);
    }
  }
}

/**
 * out = S u for sample i, in O(k). For softmax S u = s p ∘ (w − p·w) with w = u − u_c: shifting u by a constant does not
 * change S u, and this shift makes the sum p·w one of small terms when p_c is near 1.
 */
export function applyLossCurvature(net: Network, i: i32, u: usize, out: usize): void {
  const k = net.last.outputs;
  const p = rowOf(net.lossState, i, k);
  const scale = at(net.lossScale, i);
  if (net.loss == SOFTMAX_CROSS_ENTROPY) {
    const shift = at(u, largest(k, p));
    let mean = 0.0;
    for (let j = 0; j < k; j++) mean += at(p, j) * (at(u, j) - shift);
    for (let j = 0; j < k; j++) {
      put(out, j, scale * at(p, j) * (at(u, j) - shift - mean));
    }
  } else {
    for (let j = 0; j < k; j++) {
      const s = net.loss == SIGMOID_CROSS_ENTROPY ? scale * at(p, j) : scale;
      put(out, j, s * at(u, j));
    }
  }
}

/**
 * out ← out + ∂⟨A, S⟩/∂o for sample i and a symmetric A (k × k), the third derivative of the loss met with A. For softmax
 * ⟨A, S⟩ = s (Σ_a A_aa p_a − pᵀA p), and A ← A − 1 A_c: − A_:c 1ᵀ + A_cc, which does not change it since S 1 = 0, clears row and column
 * c of the largest logit, so that with q = s (diag A − 2 A p), q_c = 0, p ∘ (q − p·q) has no difference of large terms.
 * A is overwritten; spare: k doubles.
 */
export function addThirdDerivative(net: Network, i: i32, a: usize, spare: usize, out: usize): void {
  const k = net.last.outputs;
  const p = rowOf(net.lossState, i, k);
  const scale = at(net.lossScale, i);
  if (net.loss == SOFTMAX_CROSS_ENTROPY) {
    const c = largest(k, p);
    memory.copy(spare, rowOf(a, c, k), (<usize>k) << 3);
    const corner = at(spare, c);
    let mean = 0.0;
    for (let r = 0; r < k; r++) {
      const row = rowOf(a, r, k);
      let sum = 0.0;
      for (let b = 0; b < k; b++) {
        put(row, b, at(row, b) - at(spare, r) - at(spare, b) + corner);
        sum += at(row, b) * at(p, b);
      }
      // q takes the place of the diagonal.
      put(row, r, scale * (at(row, r) - 2.0 * sum));
      mean += at(p, r) * at(row, r);
    }
    for (let r = 0; r < k; r++) put(out, r, at(out, r) + at(p, r) * (at(rowOf(a, r, k), r) - mean));
  } else if (net.loss == SIGMOID_CROSS_ENTROPY) {
    const o = rowOf(net.predictions, i, k);
    for (let r = 0; r < k; r++) {
      const x = at(o, r);
      const third = at(p, r) * oneMinusTwiceLogistic(x, Math.exp(-Math.abs(x)));
      put(out, r, at(out, r) + scale * third * at(rowOf(a, r, k), r));
    }
  }
}

/**
 * Σ_j of the absolute values that g_j / factor was computed from: labels p_j and y_j for softmax (twice, for g_c is minus the sum
 * of the others), 1 − y_j or y_j and the smaller of p_j and 1 − p_j for sigmoid; the error itself for squared error.
 */
function gradientSize(net: Network, i: i32, labels: f64): f64 {
  const k = net.last.outputs;
  const o = rowOf(net.predictions, i, k);
  const y = rowOf(net.targets, i, k);
  const p = rowOf(net.lossState, i, k);
  let size = 0.0;
  if (net.loss == SOFTMAX_CROSS_ENTROPY) {
    const c = largest(k, o);
    for (let j = 0; j < k; j++) if (j != c) size += 2.0 * (labels * at(p, j) + at(y, j));
    return size;
  }
  for (let j = 0; j < k; j++) {
    if (net.loss == SIGMOID_CROSS_ENTROPY) {
      size += 2.0 * at(p, j) + (at(o, j) >= 0.0 ? 1.0 - at(y, j) : at(y, j));
    } else {
      size += Math.abs(at(o, j) - at(y, j));
    }
  }
  return size;
}

/** exp(o − max o) of all samples into their state: one by one the exponentials of a sample, a long chain each, would wait for their sums. */
function shiftedExponentials(net: Network): void {
  const k = net.last.outputs;
  for (let i = 0; i < net.samples; i++) {
    const o = rowOf(net.predictions, i, k);
    const state = rowOf(net.lossState, i, k);
    const most = at(o, largest(k, o));
    for (let j = 0; j < k; j++) put(state, j, at(o, j) - most);
  }
  exponentials(net.samples * k, net.lossState);
}

/** p holds exp(o − max o), and then the probabilities. */
function softmax(k: i32, o: usize, y: usize, labels: f64, factor: f64, g: usize, p: usize): f64 {
  const c = largest(k, o);
  const most = at(o, c);
  let tail = 0.0;
  let loss = 0.0;
  for (let j = 0; j < k; j++) {
    if (j == c) continue;
    tail += at(p, j);
    // A label of 0 takes nothing from a logit of −∞ below.
    if (at(y, j) != 0.0) loss -= at(y, j) * (at(o, j) - most);
  }
  const total = 1.0 + tail;
  let others = 0.0;
  for (let j = 0; j < k; j++) {
    const pj = at(p, j) / total;
    put(p, j, pj);
    if (j == c) continue;
    const gj = factor * (labels * pj - at(y, j));
    put(g, j, gj);
    others += gj;
  }
  put(g, c, -others);
  return loss + labels * Math.log1p(tail);
}

function sigmoid(k: i32, o: usize, y: usize, factor: f64, g: usize, state: usize): f64 {
  let loss = 0.0;
  for (let j: usize = 0; j < (<usize>k) << 3; j += 8) {
    const x = load<f64>(o + j);
    const t = load<f64>(y + j);
    const e = Math.exp(-Math.abs(x));
    const minority = e / (1.0 + e);
    loss += (x >= 0.0 ? x * (1.0 - t) : -x * t) + Math.log1p(e);
    store<f64>(g + j, factor * (x >= 0.0 ? 1.0 - t - minority : minority - t));
    store<f64>(state + j, logistic(x, e) * (x >= 0.0 ? minority : 1.0 / (1.0 + e)));
  }
  return loss;
}

function squaredError(k: i32, o: usize, y: usize, factor: f64, g: usize): f64 {
  let sum = 0.0;
  for (let j: usize = 0; j < (<usize>k) << 3; j += 8) {
    const error = load<f64>(o + j) - load<f64>(y + j);
    store<f64>(g + j, factor * error);
    sum += error * error;
  }
  return 0.5 * sum;
}

/** Index of the largest entry, the first of equals. */
function largest(k: i32, x: usize): i32 {
  let c = 0;
  for (let j = 1; j < k; j++) if (at(x, j) > at(x, c)) c = j;
  return c;
}

function sumOfOthers(k: i32, p: usize, c: i32): f64 {
  let sum = 0.0;
  for (let j = 0; j < k; j++) if (j != c) sum += at(p, j);
  return sum;
}
