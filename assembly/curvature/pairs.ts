/**
 * The rows of a block of samples whose inner products the moments are made of, in panels (dense/panels.ts), so that every tile of
 * pairs reads them as they are. For layers l ≤ k, a row a sample:
 *
 *   (l, l)  CURVATURE  S^l, lower triangle with the entries off the diagonal times √2: ⟨S_i, S_j⟩ is their inner product
 *                      in factored form [t − s/2; s], t the diagonal of S^l and s = φ'' ∘ g (factored.ts)
 *           INPUT      ã^l
 *           DELTA      δ^l
 *           CORE       in factored form S^{l+1}, whole
 *   (l, k)  MIXED      M^{lk}, none for k = l+1 in factored form
 *           TRANSFER   T^{lk}
 *           CROSS      M^{lk} ∘ a^k for k = l+1, unless summed over samples (samples.ts)
 *           TURNED     T^{lk} ⊗ δ^k likewise
 */
import { multiplyEntries, scale } from '../dense/elementwise';
import { packRow, packRows, panelDoubles, panelOf } from '../dense/panels';
import { at, put, rowOf } from '../dense/rows';
import { transpose } from '../dense/transpose';
import { batchSize, diagonalStep, Factors, factorsPerSample, transferLength } from '../network/block';
import { absorbScales, computeFactors, factorsScratch } from '../network/factors';
import { Network } from '../network/network';

export const CURVATURE: i32 = 0;
export const INPUT: i32 = 1;
export const DELTA: i32 = 2;
export const CORE: i32 = 3;
export const MIXED: i32 = 0;
export const TRANSFER: i32 = 1;
export const CROSS: i32 = 2;
export const TURNED: i32 = 3;
export const KIND_COUNT: i32 = 4;

/** The header, followed in memory by depth² · KIND_COUNT addresses of panels. */
@unmanaged
export class PairRows {
  count: i32;
  depth: i32;

  rows(kind: i32, l: i32, k: i32): usize {
    return load<usize>(this.slot(kind, l, k));
  }
  slot(kind: i32, l: i32, k: i32): usize {
    const index = (l * this.depth + k) * KIND_COUNT + kind;
    return changetype<usize>(this) + offsetof<PairRows>() + <usize>index * sizeof<usize>();
  }
}

/** Entries of a row; 0 where there is none. */
export function rowLength(net: Network, kind: i32, l: i32, k: i32): i32 {
  const layer = net.layer(l);
  const n = layer.outputs;
  if (l == k) {
    if (kind == CURVATURE) return layer.factored ? 2 * n : (n * (n + 1)) >> 1;
    if (kind == INPUT) return layer.width;
    if (kind == DELTA) return l > 0 ? n : 0;
    return layer.factored ? net.layer(l + 1).outputs * net.layer(l + 1).outputs : 0;
  }
  const neighbours = k == l + 1;
  if (kind == TRANSFER) return transferLength(net, l, k);
  if (kind == MIXED) return neighbours && layer.factored ? 0 : n * net.layer(k).outputs;
  return neighbours && !layer.linear ? n * net.layer(k).outputs : 0;
}

/** Bytes of the header and its addresses. */
export function pairRowsBytes(net: Network): f64 {
  return <f64>offsetof<PairRows>() + <f64>(net.depth * net.depth * KIND_COUNT) * <f64>sizeof<usize>();
}

/** Doubles that one sample's rows take, but for the zeros of the last panel, which take those of 7 samples at most. */
export function pairRowsPerSample(net: Network): f64 {
  let doubles: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      for (let kind = 0; kind < KIND_COUNT; kind++) doubles += <f64>rowLength(net, kind, l, k);
    }
  }
  return doubles;
}

/** Scratch doubles of fillPairRows: the factors of a batch, and one kind of its rows. */
export function pairRowsScratch(net: Network): f64 {
  let longest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      for (let kind = 0; kind < KIND_COUNT; kind++) {
        longest = Math.max(longest, <f64>rowLength(net, kind, l, k));
      }
    }
  }
  return <f64>batchSize(net) * (factorsPerSample(net) + longest) + factorsScratch(net);
}

/** Computes the rows of count samples from start on, at data; `factors` is a header to work with. */
export function fillPairRows(
  net: Network,
  block: PairRows,
  start: i32,
  count: i32,
  data: usize,
  factors: Factors,
  scratch: usize,
): void {
  layOut(net, block, count, data);
  const batch = batchSize(net);
  const factorData = scratch + ((<usize>factorsScratch(net)) << 3);
  const spare = factorData + ((<usize>(<f64>batch * factorsPerSample(net))) << 3);
  for (let i = 0; i < count; i += batch) {
    computeFactors(net, factors, start + i, min(batch, count - i), factorData, scratch);
    absorbScales(net, factors);
    packBatch(net, block, factors, i, spare);
  }
}

function layOut(net: Network, block: PairRows, count: i32, data: usize): void {
  block.count = count;
  block.depth = net.depth;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      for (let kind = 0; kind < KIND_COUNT; kind++) {
        store<usize>(block.slot(kind, l, k), data);
        data += (<usize>panelDoubles(count, rowLength(net, kind, l, k))) << 3;
      }
    }
  }
}

/** The rows of the samples of `factors`, whose first is sample i of the block. */
function packBatch(net: Network, block: PairRows, factors: Factors, i: i32, spare: usize): void {
  const count = factors.count;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    curvatureRows(net, factors, l, spare);
    packKind(net, block, CURVATURE, l, l, i, count, spare);
    packKind(net, block, INPUT, l, l, i, count, rowOf(layer.input, factors.start, layer.width));
    packKind(net, block, DELTA, l, l, i, count, rowOf(layer.delta, factors.start, layer.outputs));
    if (layer.factored) packKind(net, block, CORE, l, l, i, count, factors.mixed(l + 1, l + 1));
    for (let k = l + 1; k < net.depth; k++) {
      packMixed(net, block, factors, l, k, i, spare);
      packKind(net, block, TRANSFER, l, k, i, count, factors.transfer(l, k));
      if (rowLength(net, CROSS, l, k) == 0) continue;
      for (let r = 0; r < count; r++)
        crossRow(net, factors, l, r, rowOf(spare, r, rowLength(net, CROSS, l, k)));
      packKind(net, block, CROSS, l, k, i, count, spare);
      for (let r = 0; r < count; r++)
        turnedRow(net, factors, l, r, rowOf(spare, r, rowLength(net, TURNED, l, k)));
      packKind(net, block, TURNED, l, k, i, count, spare);
    }
  }
}

function packKind(
  net: Network,
  block: PairRows,
  kind: i32,
  l: i32,
  k: i32,
  i: i32,
  count: i32,
  x: usize,
): void {
  const length = rowLength(net, kind, l, k);
  const panels = block.rows(kind, l, k);
  if (count == 1) packRow(i, length, x, panels);
  else packRows(count, length, x, length, panelOf(panels, i, length));
}

/** Distant layers' M in the order (a, c), which the cross terms read by rows a; neighbours' as it is, (c, a). */
function packMixed(
  net: Network,
  block: PairRows,
  factors: Factors,
  l: i32,
  k: i32,
  i: i32,
  spare: usize,
): void {
  let rows = factors.mixed(l, k);
  if (k > l + 1) {
    const n = net.layer(l).outputs;
    const m = net.layer(k).outputs;
    for (let r = 0; r < factors.count; r++) {
      transpose(m, n, factors.sample(net, l, k, r), n, rowOf(spare, r, n * m), m);
    }
    rows = spare;
  }
  packKind(net, block, MIXED, l, k, i, factors.count, rows);
}

/** The rows of kind CURVATURE, from S^l. */
function curvatureRows(net: Network, factors: Factors, l: i32, out: usize): void {
  const layer = net.layer(l);
  const n = layer.outputs;
  for (let i = 0; i < factors.count; i++) {
    const s = factors.sample(net, l, l, i);
    if (layer.factored) {
      const bend = rowOf(layer.bend, factors.start + i, n);
      const step = diagonalStep(net, l);
      for (let a = 0; a < n; a++) put(out, a, at(s, a * step) - 0.5 * at(bend, a));
      memory.copy(rowOf(out, 1, n), bend, (<usize>n) << 3);
    } else {
      packIsometric(n, s, out);
    }
    out = rowOf(out, 1, rowLength(net, CURVATURE, l, l));
  }
}

/** The lower triangle row by row, what is off the diagonal times √2: inner products stay what they are of whole matrices. */
function packIsometric(n: i32, s: usize, out: usize): void {
  for (let a = 0; a < n; a++) {
    scale(a, Math.SQRT2, s, out);
    put(out, a, at(s, a));
    s = rowOf(s, 1, n);
    out = rowOf(out, 1, a + 1);
  }
}

/** M^{l,l+1} ∘ a of sample r of the block: (c, a) ↦ M_ac a_a. */
export function crossRow(net: Network, factors: Factors, l: i32, r: i32, out: usize): void {
  const next = net.layer(l + 1);
  const n = next.inputs;
  const inputs = rowOf(next.input, factors.start + r, next.width);
  memory.copy(out, factors.sample(net, l, l + 1, r), (<usize>(n * next.outputs)) << 3);
  for (let c = 0; c < next.outputs; c++) multiplyEntries(n, inputs, rowOf(out, c, n));
}

/** T^{l,l+1} ⊗ δ of sample r of the block: (c, a) ↦ φ'_a δ_c. */
export function turnedRow(net: Network, factors: Factors, l: i32, r: i32, out: usize): void {
  const next = net.layer(l + 1);
  const n = next.inputs;
  const transfer = rowOf(factors.transfer(l, l + 1), r, n);
  const delta = rowOf(next.delta, factors.start + r, next.outputs);
  for (let c = 0; c < next.outputs; c++) scale(n, at(delta, c), transfer, rowOf(out, c, n));
}
