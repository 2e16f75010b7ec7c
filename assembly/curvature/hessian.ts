/**
 * The exact Hessian, assembled from the curvature factors, P × P in the public parameter order.
 *
 *   H^{kl}_(c,d),(a,b) = Σ_i ã^l_b ( M^{lk}_ac ã^k_d + [l<k] δ^k_c T^{lk}_ad ),   l ≤ k
 *
 * Each term is a product of three factors a sample: a row x of unit pairs, and two rows of inputs. So the blocks are matrix
 * products over the samples, X_r · (ω Y_b), one for each value of the third factor ω, which is multiplied into Y as it is packed:
 * X and ω are M and ã^k, or the other way round where there are fewer unit pairs than inputs; T and δ^k for the second term.
 *
 * For l = k both S^l and ã ãᵀ are symmetric, and a quarter of the products is enough: those with a ≤ c and b ≤ d. complete() fills in
 * the rest of the diagonal blocks and the upper triangle. Samples come in blocks: each call adds its block's part.
 */
import { add, dot } from '../dense/elementwise';
import { multiplyPanels, ROWS } from '../dense/gemm';
import { packColumns, packWeightedColumns, panelDoubles, panelOf } from '../dense/panels';
import { at, put, rowOf } from '../dense/rows';
import { mirror, mirrorPart } from '../dense/transpose';
import { Factors, transferLength } from '../network/block';
import { Layer, Network } from '../network/network';
import { turnedRow } from './pairs';

// What the rows of X and the weights ω are, and so where an entry belongs (see place()).
const UNIT_PAIRS: i32 = 0; // X: M_(c,a), ω: ã^k_d
const INPUTS: i32 = 1; // X: ã^k_d, ω: M_(c,a)
const TURNED: i32 = 2; // X: δ_c φ'_a, no ω
const TRANSFER: i32 = 3; // X: T_(a,d), ω: δ_c

/** Scratch doubles of addToHessian for blocks of count samples. */
export function hessianScratch(net: Network, count: i32): f64 {
  let rows: f64 = 0.0;
  let widest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    const n = <f64>layer.outputs;
    widest = Math.max(widest, <f64>layer.width);
    rows = Math.max(rows, n * (n + 1.0) * 0.5);
    for (let k = l + 1; k < net.depth; k++) {
      rows = Math.max(rows, Math.max(n * <f64>net.layer(k).outputs, <f64>transferLength(net, l, k)));
    }
  }
  rows = Math.max(rows, widest);
  // X as rows and in panels, ω Y in panels, and the product.
  return <f64>count * (2.0 * rows + 8.0 + widest + 8.0) + <f64>ROWS * widest;
}

/** Adds Σ over the block's samples to h, P × P: what complete() needs. */
export function addToHessian(net: Network, factors: Factors, scratch: usize, h: usize): void {
  for (let l = 0; l < net.depth; l++) {
    addSameLayer(net, factors, l, scratch, h);
    for (let k = l + 1; k < net.depth; k++) {
      addMixed(net, factors, l, k, scratch, h);
      addTransfer(net, factors, l, k, scratch, h);
    }
  }
}

/** One family of products: X (N × rows) meets ω Y, Y = ã^l. Parameters that stay the same while ω runs. */
@unmanaged
class Products {
  kind: i32;
  low: Layer;
  high: Layer;
  /** Rows of X, in panels at x. */
  rows: i32;
  x: usize;
  /** Room for the panels of ω Y and for a part of the product. */
  y: usize;
  out: usize;
  start: i32;
  count: i32;
  h: usize;
  order: i32;
}

// The module's own: no call is reentered.
const family = changetype<Products>(memory.data(offsetof<Products>(), 16));

/** Packs X, rows of x with the given stride, and says what the products are to be. */
function begin(
  net: Network,
  factors: Factors,
  kind: i32,
  l: i32,
  k: i32,
  rows: i32,
  x: usize,
  stride: i32,
  scratch: usize,
  h: usize,
): void {
  family.kind = kind;
  family.low = net.layer(l);
  family.high = net.layer(k);
  family.rows = rows;
  family.x = scratch;
  family.y = scratch + ((<usize>panelDoubles(rows, factors.count)) << 3);
  family.out = family.y + ((<usize>panelDoubles(family.low.width, factors.count)) << 3);
  family.start = factors.start;
  family.count = factors.count;
  family.h = h;
  family.order = net.last.offset + net.last.parameters;
  packColumns(rows, factors.count, x, stride, scratch);
}

function addSameLayer(net: Network, factors: Factors, l: i32, scratch: usize, h: usize): void {
  const layer = net.layer(l);
  const n = layer.outputs;
  const width = layer.width;
  const inputs = rowOf(layer.input, factors.start, width);
  const pairs = (n * (n + 1)) >> 1;
  if (width <= pairs) {
    const triangles = scratch;
    for (let i = 0; i < factors.count; i++) {
      packTriangle(n, factors.sample(net, l, l, i), rowOf(triangles, i, pairs));
    }
    begin(net, factors, UNIT_PAIRS, l, l, pairs, triangles, pairs, rowOf(triangles, factors.count, pairs), h);
    for (let d = 0; d < width; d++) product(inputs + ((<usize>d) << 3), width, d, d + 1);
  } else {
    begin(net, factors, INPUTS, l, l, width, inputs, width, scratch, h);
    const s = factors.mixed(l, l);
    for (let c = 0; c < n; c++) {
      for (let a = 0; a <= c; a++) {
        product(s + ((<usize>(c * n + a)) << 3), n * n, c * n + a, width);
      }
    }
  }
}

function addMixed(net: Network, factors: Factors, l: i32, k: i32, scratch: usize, h: usize): void {
  const high = net.layer(k);
  const inputs = rowOf(high.input, factors.start, high.width);
  const mixed = factors.mixed(l, k);
  const pairs = net.layer(l).outputs * high.outputs;
  const width = net.layer(l).width;
  if (high.width <= pairs) {
    begin(net, factors, UNIT_PAIRS, l, k, pairs, mixed, pairs, scratch, h);
    for (let d = 0; d < high.width; d++) product(inputs + ((<usize>d) << 3), high.width, d, width);
  } else {
    begin(net, factors, INPUTS, l, k, high.width, inputs, high.width, scratch, h);
    for (let pair = 0; pair < pairs; pair++) product(mixed + ((<usize>pair) << 3), pairs, pair, width);
  }
}

function addTransfer(net: Network, factors: Factors, l: i32, k: i32, scratch: usize, h: usize): void {
  const low = net.layer(l);
  const high = net.layer(k);
  if (k == l + 1) {
    const pairs = low.outputs * high.outputs;
    for (let i = 0; i < factors.count; i++) turnedRow(net, factors, l, i, rowOf(scratch, i, pairs));
    begin(net, factors, TURNED, l, k, pairs, scratch, pairs, rowOf(scratch, factors.count, pairs), h);
    product(0, 0, 0, low.width);
  } else {
    const length = transferLength(net, l, k);
    begin(net, factors, TRANSFER, l, k, length, factors.transfer(l, k), length, scratch, h);
    const delta = rowOf(high.delta, factors.start, high.outputs);
    for (let c = 0; c < high.outputs; c++) product(delta + ((<usize>c) << 3), high.outputs, c, low.width);
  }
}

/** Adds Σ_i X_i (ω_i Y_i)ᵀ for the weights ω, `step` apart (none if 0), of index w; of Y the first `columns` columns. */
function product(weights: usize, step: i32, w: i32, columns: i32): void {
  const low = family.low;
  const count = family.count;
  const y = rowOf(low.input, family.start, low.width);
  if (weights == 0) packColumns(columns, count, y, low.width, family.y);
  else packWeightedColumns(columns, count, y, low.width, weights, step, family.y);
  for (let r = 0; r < family.rows; r += ROWS) {
    const rows = min(ROWS, family.rows - r);
    // In a diagonal block, inputs up to those of the last row.
    const needed = family.kind == INPUTS && low == family.high ? r + rows : columns;
    multiplyPanels(
      rows,
      needed,
      count,
      panelOf(family.x, r, count),
      count,
      family.y,
      count,
      family.out,
      needed,
      false,
    );
    for (let i = 0; i < rows; i++) place(r + i, w, needed, rowOf(family.out, i, needed));
  }
}

/** Adds row r of the product for weight w to row (c, d) of H, columns (a, 0 …) on. */
function place(r: i32, w: i32, columns: i32, values: usize): void {
  const low = family.low;
  const high = family.high;
  const n = low.outputs;
  let a: i32;
  let c: i32;
  let d: i32;
  if (family.kind == UNIT_PAIRS || family.kind == TURNED) {
    c = low == high ? triangleRow(r) : r / n;
    a = low == high ? r - ((c * (c + 1)) >> 1) : r % n;
    d = family.kind == TURNED ? a : w;
  } else if (family.kind == INPUTS) {
    c = w / n;
    a = w % n;
    d = r;
  } else {
    c = w;
    a = r / high.inputs;
    d = r % high.inputs;
  }
  const row = rowOf(family.h, parameterIndex(high, c, d), family.order);
  const weights = min(columns, low.inputs);
  add(weights, values, row + ((<usize>parameterIndex(low, a, 0)) << 3));
  if (columns > weights) {
    const q = parameterIndex(low, a, low.inputs);
    put(row, q, at(row, q) + at(values, weights));
  }
}

/** The row of entry r of a lower triangle stored row by row. */
function triangleRow(r: i32): i32 {
  let row = <i32>((Math.sqrt(<f64>(8 * r + 1)) - 1.0) * 0.5);
  while (((row + 1) * (row + 2)) >> 1 <= r) row++;
  while ((row * (row + 1)) >> 1 > r) row--;
  return row;
}

function packTriangle(n: i32, s: usize, out: usize): void {
  for (let a = 0; a < n; a++) {
    memory.copy(out, s, (<usize>(a + 1)) << 3);
    s = rowOf(s, 1, n);
    out = rowOf(out, 1, a + 1);
  }
}

/** From what addToHessian computes to all of H: the blocks of two units of one layer are symmetric, and so is H. */
export function complete(net: Network, h: usize): void {
  const order = net.last.offset + net.last.parameters;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    for (let c = 0; c < layer.outputs; c++) {
      for (let a = 0; a < c; a++) {
        const row = rowOf(h, parameterIndex(layer, c, 0), order);
        // In packed order the bias is one more input.
        const together = layer.packed ? layer.width : layer.inputs;
        mirrorPart(together, row + ((<usize>parameterIndex(layer, a, 0)) << 3), order);
        if (together == layer.width) continue;
        // (weights of c, bias of a) equals (bias of c, weights of a), and stands below the diagonal as (bias of a, weights of c).
        const bias = rowOf(h, parameterIndex(layer, c, layer.inputs), order);
        const other = rowOf(h, parameterIndex(layer, a, layer.inputs), order);
        memory.copy(
          other + ((<usize>parameterIndex(layer, c, 0)) << 3),
          bias + ((<usize>parameterIndex(layer, a, 0)) << 3),
          (<usize>layer.inputs) << 3,
        );
      }
    }
  }
  mirror(order, h);
}

/** Public index of the weight of input b of unit a, or of the unit's bias if b = inputs; or its index in packed order. */
function parameterIndex(layer: Layer, a: i32, b: i32): i32 {
  if (layer.packed) return layer.offset + a * layer.width + b;
  return layer.offset + (b < layer.inputs ? a * layer.inputs + b : layer.outputs * layer.inputs + a);
}

/** squares[k · depth + l] = ‖H^{kl}‖_F² for k ≤ l, from the lower triangle of blocks of h (mirrored). */
export function blockSquares(net: Network, h: usize, squares: usize): void {
  const order = net.last.offset + net.last.parameters;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    for (let k = 0; k <= l; k++) {
      const other = net.layer(k);
      let sum = 0.0;
      for (let p = 0; p < layer.parameters; p++) {
        const row = rowOf(h, layer.offset + p, order) + ((<usize>other.offset) << 3);
        sum += dot(other.parameters, row, row);
      }
      put(squares, k * net.depth + l, sum);
    }
  }
}
