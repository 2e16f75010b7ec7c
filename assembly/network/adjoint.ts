/**
 * The reverse pass: from the adjoints x̄ = ∂f/∂x of the curvature factors x of single samples to the gradient of f in the parameters, for
 * any f that sees the network through S^l, M^{lk}, T^{lk}, δ^l and ã^l (factors.ts). With V = D^l W^{l+1}ᵀ, layers from the first to
 * the last:
 *
 *   S^l = V S^{l+1} Vᵀ + diag(b^l)   Z = Vᵀ S̄^l;  b̄^l += diag S̄^l;  S̄^{l+1} += Z V,  and as M^{l,l+1} has M̄ᵀ + 2 Z in what follows
 *   M^{lk}ᵀ = M^{l+1,k}ᵀ W^{l+1} D   W̄^{l+1} += M^{l+1,k} M̄ᵀ D;  M̄^{l+1,k}ᵀ += M̄ᵀ V;  φ̄' += 1ᵀ (M̄ᵀ ∘ M^{l+1,k}ᵀ W^{l+1})
 *   T^{lk} = T^{l,k−1} Wᵀ D          the same with W = W^{k−1}, D = D^{k−1};  T^{l,l+1} = φ'(z^l)
 *   b^l = φ''(z^l) ∘ g^l             φ̄'' = b̄ ∘ g;  ḡ += b̄ ∘ φ''
 *   δ^l = φ'(z^l) ∘ g^l              φ̄' += δ̄ ∘ g;  ḡ += δ̄ ∘ φ'
 *   g^l = W^{l+1}ᵀ δ^{l+1}           W̄^{l+1} += δ^{l+1} ḡᵀ;  δ̄^{l+1} += W^{l+1} ḡ
 *
 * then through the loss, where S = ∂g/∂o, and through the forward pass from the last layer to the first:
 *
 *   ō = S ḡ + ⟨S̄, ∂S/∂o⟩;   z̄^l = φ' ∘ ā^{l+1} + φ'' ∘ φ̄' + φ''' ∘ φ̄'';   W̄^l += z̄ ãᵀ;   ā^l += Wᵀ z̄
 *
 * The tape must have been filled with setJets in force. All samples of a block share the weights, so that nearly all products are
 * tall ones.
 */
import { add, addMultiplied, addScaled, dot, multiplyEntries, scaleByPower } from '../dense/elementwise';
import { ACROSS, ALONG, multiply, multiplyPanels } from '../dense/gemm';
import { packRows, packWeightedColumns, panelDoubles } from '../dense/panels';
import { at, put, rowOf } from '../dense/rows';
import { transpose } from '../dense/transpose';
import { Adjoints } from './adjoint-block';
import { diagonalStep, Factors, hasDiagonalOnly } from './block';
import { scaleColumns, scaledTransposedWeights } from './factors';
import { addThirdDerivative, applyLossCurvature, lossCurvature } from './loss';
import { Layer, Network } from './network';

/** Scratch doubles of pullBack for blocks of count samples. */
export function pullBackScratch(net: Network, count: i32): f64 {
  const k = <f64>net.last.outputs;
  return 2.0 * <f64>count * longestRow(net) + Math.max(panelRoom(net), k * k + k);
}

/** Entries of the largest array of a sample that scratch holds. */
function longestRow(net: Network): f64 {
  let longest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    const n = <f64>net.layer(l).outputs;
    longest = Math.max(longest, Math.max(n, <f64>net.layer(l).width));
    for (let k = l + 1; k < net.depth; k++) {
      longest = Math.max(longest, n * <f64>net.layer(k).outputs);
      if (k > l + 1) longest = Math.max(longest, n * <f64>net.layer(k).inputs);
    }
  }
  return longest;
}

/** Room for the panels of liftCurvature, or two matrices of the shape of a layer's weights. */
function panelRoom(net: Network): f64 {
  let room: f64 = 0.0;
  for (let l = 0; l + 1 < net.depth; l++) {
    const n = net.layer(l).outputs;
    const m = net.layer(l + 1).outputs;
    room = Math.max(room, Math.max(panelDoubles(m, n) + panelDoubles(n, n), 2.0 * <f64>n * <f64>m));
  }
  return room;
}

/**
 * Adds the gradient to out, in packed order. Neither the factors nor their adjoints hold the exponents of normalize() (absorbScales);
 * the adjoints are spent.
 */
export function pullBack(
  net: Network,
  factors: Factors,
  adjoints: Adjoints,
  scratch: usize,
  out: usize,
): void {
  const last = net.depth - 1;
  const spare = scratch + ((<usize>(<f64>factors.count * longestRow(net))) << 3);
  const room = spare + ((<usize>(<f64>factors.count * longestRow(net))) << 3);
  for (let l = 0; l < last; l++) {
    liftCurvature(net, factors, adjoints, l, room);
    for (let k = l + 1; k <= last; k++) pullMixed(net, factors, adjoints, l, k, scratch, spare, out);
    for (let k = last; k > l + 1; k--) pullTransfer(net, factors, adjoints, l, k, scratch, room, out);
    add(factors.count * net.layer(l).outputs, adjoints.factors.transfer(l, l + 1), adjoints.slope(l));
  }
  for (let i = 0; i < factors.count; i++) pullOutputCurvature(net, adjoints, i, room);
  for (let l = 0; l <= last; l++) pullBackward(net, adjoints, l, scratch, out);
  for (let i = 0; i < factors.count; i++) pullLoss(net, adjoints, i, room);
  for (let l = last; l >= 0; l--) pullForward(net, adjoints, l, scratch, out);
}

/** b̄ += diag S̄^l, Z += W D S̄^l. */
function liftCurvature(net: Network, factors: Factors, adjoints: Adjoints, l: i32, scratch: usize): void {
  const layer = net.layer(l);
  const next = net.layer(l + 1);
  const n = layer.outputs;
  const m = next.outputs;
  const diagonal = hasDiagonalOnly(net, l, l);
  const curvature = scratch + ((<usize>panelDoubles(m, n)) << 3);
  if (!diagonal) packRows(m, n, next.weights, next.width, scratch);
  for (let i = 0; i < factors.count; i++) {
    const s = adjoints.factors.sample(net, l, l, i);
    const slope = rowOf(layer.slope, factors.start + i, n);
    const lifted = rowOf(adjoints.lifted(l), i, n * m);
    const step = diagonalStep(net, l);
    const bend = rowOf(adjoints.bend(l), i, n);
    for (let a = 0; a < n; a++) put(bend, a, at(bend, a) + at(s, a * step));
    if (diagonal) {
      multiplyEntries(n, slope, s);
      for (let c = 0; c < m; c++) {
        addMultiplied(n, rowOf(next.weights, c, next.width), s, rowOf(lifted, c, n));
      }
    } else {
      packWeightedColumns(n, n, s, n, slope, 1, curvature);
      multiplyPanels(m, n, n, scratch, n, curvature, n, lifted, n, true);
    }
  }
}

/** From M̄^{lk}, for k = l+1 with Z: W̄^{l+1}, M̄^{l+1,k} and φ̄'. x and spare: count · n_k × n_l. */
function pullMixed(
  net: Network,
  factors: Factors,
  adjoints: Adjoints,
  l: i32,
  k: i32,
  x: usize,
  spare: usize,
  out: usize,
): void {
  const layer = net.layer(l);
  const next = net.layer(l + 1);
  const n = layer.outputs;
  const m = next.outputs;
  const r = net.layer(k).outputs;
  const rows = factors.count * r;
  const mixed = adjoints.factors.mixed(l, k);
  const above = factors.mixed(l + 1, k);
  const target = adjoints.factors.mixed(l + 1, k);
  const neighbours = k == l + 1;
  if (neighbours) add(rows * n, adjoints.lifted(l), mixed);
  memory.copy(x, mixed, (<usize>(rows * n)) << 3);
  scaleColumns(layer, factors, r, x);
  multiply(rows, m, n, x, n, ALONG, next.weights, next.width, ALONG, target, m, true);
  if (neighbours) {
    for (let i = 0; i < factors.count; i++) symmetrize(m, adjoints.factors.sample(net, k, k, i));
    add(rows * n, adjoints.lifted(l), mixed);
    memory.copy(x, mixed, (<usize>(rows * n)) << 3);
    scaleColumns(layer, factors, r, x);
  }
  multiply(m, n, rows, above, m, ACROSS, x, n, ACROSS, weightsOf(next, out), next.width, true);
  multiply(rows, n, m, above, m, ALONG, next.weights, next.width, ACROSS, spare, n, false);
  addColumnProducts(factors.count, r, n, mixed, spare, adjoints.slope(l));
}

/** From T̄^{lk}, k > l+1: W̄^{k−1}, T̄^{l,k−1} and φ̄' of layer k−1. x: count · n_l × inputs_k, room: two matrices n_l × n_{l+1}. */
function pullTransfer(
  net: Network,
  factors: Factors,
  adjoints: Adjoints,
  l: i32,
  k: i32,
  x: usize,
  room: usize,
  out: usize,
): void {
  const n = net.layer(l).outputs;
  const below = net.layer(k - 1);
  const p = below.outputs;
  const q = below.inputs;
  const rows = factors.count * n;
  const adjoint = adjoints.factors.transfer(l, k);
  const target = adjoints.factors.transfer(l, k - 1);
  const transfer = factors.transfer(l, k - 1);
  if (k > l + 2) {
    multiply(rows, p, q, transfer, q, ALONG, below.weights, below.width, ALONG, x, p, false);
  } else {
    for (let i = 0; i < factors.count; i++) {
      scaledTransposedWeights(below, rowOf(transfer, i, n), rowOf(x, i, n * p));
    }
  }
  addColumnProducts(factors.count, n, p, adjoint, x, adjoints.slope(k - 1));
  scaleColumns(below, factors, n, adjoint);
  if (k > l + 2) {
    multiply(p, q, rows, adjoint, p, ACROSS, transfer, q, ACROSS, weightsOf(below, out), below.width, true);
    multiply(rows, q, p, adjoint, p, ALONG, below.weights, below.width, ACROSS, target, q, true);
    return;
  }
  // T^{l,l+1} is diagonal.
  const transposed = room;
  const sums = rowOf(room, n, p);
  transpose(p, n, below.weights, below.width, transposed, p);
  memory.fill(sums, 0, (<usize>(n * p)) << 3);
  for (let i = 0; i < factors.count; i++) {
    for (let a = 0; a < n; a++) {
      const row = rowOf(adjoint, i * n + a, p);
      addScaled(p, at(transfer, i * n + a), row, rowOf(sums, a, p));
      put(target, i * n + a, at(target, i * n + a) + dot(p, row, rowOf(transposed, a, p)));
    }
  }
  const weights = weightsOf(below, out);
  for (let d = 0; d < p; d++) {
    const row = rowOf(weights, d, below.width);
    for (let a = 0; a < n; a++) put(row, a, at(row, a) + at(rowOf(sums, a, p), d));
  }
}

/** Through S = D S_loss D + diag(b) of the last layer; S̄ ← S̄_loss = D S̄ D. spare: K × K. */
function pullOutputCurvature(net: Network, adjoints: Adjoints, i: i32, spare: usize): void {
  const last = net.depth - 1;
  const layer = net.last;
  const k = layer.outputs;
  const slope = rowOf(layer.slope, adjoints.factors.start + i, k);
  const s = adjoints.factors.sample(net, last, last, i);
  const slopeAdjoint = rowOf(adjoints.slope(last), i, k);
  const bend = rowOf(adjoints.bend(last), i, k);
  lossCurvature(net, adjoints.factors.start + i, spare);
  for (let a = 0; a < k; a++) {
    const row = rowOf(s, a, k);
    put(bend, a, at(bend, a) + at(row, a));
    multiplyEntries(k, slope, row);
    put(slopeAdjoint, a, at(slopeAdjoint, a) + 2.0 * dot(k, row, rowOf(spare, a, k)));
    for (let b = 0; b < k; b++) put(row, b, at(slope, a) * at(row, b));
  }
}

/** φ̄' and ḡ of layer l, ḡ in the place of δ̄; from it δ̄ and W̄ of the layer above. */
function pullBackward(net: Network, adjoints: Adjoints, l: i32, spare: usize, out: usize): void {
  const layer = net.layer(l);
  const start = adjoints.factors.start;
  const count = adjoints.factors.count;
  const n = layer.outputs;
  const size = count * n;
  const delta = adjoints.delta(l);
  addMultiplied(size, delta, rowOf(layer.upward, start, n), adjoints.slope(l));
  multiplyEntries(size, rowOf(layer.slope, start, n), delta);
  addMultiplied(size, adjoints.bend(l), rowOf(layer.second, start, n), delta);
  if (l + 1 == net.depth) return;
  const next = net.layer(l + 1);
  const m = next.outputs;
  multiply(count, m, n, delta, n, ALONG, next.weights, next.width, ALONG, adjoints.delta(l + 1), m, true);
  restore(count, m, next.delta, next.deltaExponents, start, spare);
  multiply(m, n, count, spare, m, ACROSS, delta, n, ACROSS, weightsOf(next, out), next.width, true);
}

/** ō = S ḡ + ⟨S̄, ∂S/∂o⟩, in the place of ḡ. */
function pullLoss(net: Network, adjoints: Adjoints, i: i32, spare: usize): void {
  const last = net.depth - 1;
  const k = net.last.outputs;
  const sample = adjoints.factors.start + i;
  const upward = rowOf(adjoints.delta(last), i, k);
  applyLossCurvature(net, sample, upward, spare);
  addThirdDerivative(net, sample, adjoints.factors.sample(net, last, last, i), rowOf(spare, 1, k), spare);
  memory.copy(upward, spare, (<usize>k) << 3);
}

/** z̄ from ā of the layer above, which stands in the place of δ̄; from it W̄, and ā of the layer below. */
function pullForward(net: Network, adjoints: Adjoints, l: i32, spare: usize, out: usize): void {
  const layer = net.layer(l);
  const start = adjoints.factors.start;
  const count = adjoints.factors.count;
  const n = layer.outputs;
  const width = layer.width;
  const size = count * n;
  const z = adjoints.delta(l);
  multiplyEntries(size, rowOf(layer.slope, start, n), z);
  addMultiplied(size, adjoints.slope(l), rowOf(layer.second, start, n), z);
  multiplyEntries(size, rowOf(layer.upward, start, n), adjoints.bend(l));
  addMultiplied(size, adjoints.bend(l), rowOf(layer.third, start, n), z);
  restore(count, width, layer.input, layer.inputExponents, start, spare);
  multiply(n, width, count, z, n, ACROSS, spare, width, ACROSS, weightsOf(layer, out), width, true);
  if (l == 0) return;
  const p = layer.inputs;
  const below = adjoints.delta(l - 1);
  for (let i = 0; i < count; i++) {
    memory.copy(rowOf(below, i, p), rowOf(adjoints.input(l), i, width), (<usize>p) << 3);
  }
  multiply(count, p, n, z, n, ALONG, layer.weights, width, ACROSS, below, p, true);
}

/** Copies count rows with the powers of two that normalize() took out. */
function restore(count: i32, n: i32, rows: usize, exponents: usize, start: i32, out: usize): void {
  memory.copy(out, rowOf(rows, start, n), (<usize>(count * n)) << 3);
  for (let i = 0; i < count; i++) scaleByPower(n, <i32>at(exponents, start + i), rowOf(out, i, n));
}

function weightsOf(layer: Layer, parameters: usize): usize {
  return rowOf(parameters, layer.offset, 1);
}

/** out ← out + Σ_r x_r ∘ y_r over each sample's `rows` rows of n. */
function addColumnProducts(count: i32, rows: i32, n: i32, x: usize, y: usize, out: usize): void {
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < rows; r++) {
      addMultiplied(n, x, y, out);
      x = rowOf(x, 1, n);
      y = rowOf(y, 1, n);
    }
    out = rowOf(out, 1, n);
  }
}

function symmetrize(n: i32, s: usize): void {
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      const mean = 0.5 * (at(s, a * n + b) + at(s, b * n + a));
      put(s, a * n + b, mean);
      put(s, b * n + a, mean);
    }
  }
}
