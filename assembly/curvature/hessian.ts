/**
 * The exact Hessian, assembled from the curvature factors, P × P in the public parameter order.
 *
 * For unit a of layer l and unit c of layer k ≤ l, the block of their parameters is one product over the samples:
 *
 *   H_(a,·),(c,·) = Σ_i (M_i,ca ã_i^l + [k<l] δ_i,a^l [T_i,c·; 0]) ã_i^kᵀ           (M, T of the pair k ≤ l)
 *
 * Only blocks with k ≤ l (and c ≤ a where k = l) are computed, which covers the lower triangle; mirror() copies it over.
 * Samples come in blocks: each call adds its block's part.
 */
import { dot, multiplyTransposed } from '../dense/gemm';
import { at, put, rowOf } from '../dense/rows';
import { transpose } from '../dense/transpose';
import { Factors, transferLength } from '../network/block';
import { Layer, Network } from '../network/network';

/** Rows of a unit's block that are multiplied at once: bounds the scratch for wide layers. */
const TILE_ROWS: i32 = 64;

/** Scratch doubles of addToHessian for blocks of count samples. */
export function hessianScratch(net: Network, count: i32): f64 {
  let inputs: f64 = 0.0;
  let widest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    inputs += <f64>net.layer(l).width;
    widest = Math.max(widest, <f64>net.layer(l).width);
  }
  return <f64>count * (inputs + widest) + Math.min(widest, TILE_ROWS) * widest;
}

/** Adds Σ over the block's samples to the lower triangle of h, P × P. */
export function addToHessian(net: Network, factors: Factors, scratch: usize, h: usize): void {
  const count = factors.count;
  let inputs = scratch; // ã^l of the block, transposed: width × count, layer by layer
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    transpose(count, layer.width, rowOf(layer.input, factors.start, layer.width), layer.width, inputs, count);
    inputs = rowOf(inputs, layer.width, count);
  }
  const rows = inputs; // the rows that meet ã^l, transposed: width × count
  let inputsOfL = scratch;
  for (let l = 0; l < net.depth; l++) {
    const layer = net.layer(l);
    let inputsOfK = scratch;
    for (let k = 0; k <= l; k++) {
      const other = net.layer(k);
      for (let a = 0; a < layer.outputs; a++) {
        const units = k == l ? a + 1 : other.outputs;
        for (let c = 0; c < units; c++) {
          unitBlock(net, factors, k, l, c, a, inputsOfK, inputsOfL, rows, h);
        }
      }
      inputsOfK = rowOf(inputsOfK, other.width, count);
    }
    inputsOfL = rowOf(inputsOfL, layer.width, count);
  }
}

/** The block of unit c of layer k (columns) and unit a of layer l ≥ k (rows). */
function unitBlock(
  net: Network,
  factors: Factors,
  k: i32,
  l: i32,
  c: i32,
  a: i32,
  inputsOfK: usize,
  inputsOfL: usize,
  rows: usize,
  h: usize,
): void {
  const count = factors.count;
  const low = net.layer(k);
  const high = net.layer(l);
  const mixed = rowOf(factors.mixed(k, l), 0, 1) + ((<usize>(c * high.outputs + a)) << 3);
  const mixedStep = low.outputs * high.outputs;
  // R_d = M_ca ∘ ã^l_d + δ_a ∘ T_cd as rows over the samples, d < width of layer l.
  for (let d = 0; d < high.width; d++) {
    const row = rowOf(rows, d, count);
    const input = rowOf(inputsOfL, d, count);
    for (let i = 0; i < count; i++) {
      put(row, i, at(mixed, i * mixedStep) * at(input, i));
    }
  }
  if (k < l) addTransfer(net, factors, k, l, c, a, rows);
  const tile = rowOf(rows, high.width, count);
  for (let d = 0; d < high.width; d += TILE_ROWS) {
    const n = min(TILE_ROWS, high.width - d);
    multiplyTransposed(n, low.width, count, rowOf(rows, d, count), count, inputsOfK, count, tile, low.width);
    scatter(net, high, a, d, n, low, c, tile, h);
  }
}

/** Adds δ_a ∘ T_cd to the rows R_d. */
function addTransfer(net: Network, factors: Factors, k: i32, l: i32, c: i32, a: i32, rows: usize): void {
  const high = net.layer(l);
  const length = transferLength(net, k, l);
  const neighbours = k + 1 == l; // T is diagonal: only input c of layer l moves with unit c of layer k
  const first = neighbours ? c : 0;
  const end = neighbours ? c + 1 : high.inputs;
  for (let d = first; d < end; d++) {
    const row = rowOf(rows, d, factors.count);
    for (let i = 0; i < factors.count; i++) {
      const sample = factors.start + i;
      const transfer = at(rowOf(factors.transfer(k, l), i, length), neighbours ? c : c * high.inputs + d);
      const p = row + ((<usize>i) << 3);
      store<f64>(p, load<f64>(p) + at(rowOf(high.delta, sample, high.outputs), a) * transfer);
    }
  }
}

/**
 * Adds a tile (inputs first … first+n of unit a of layer high × inputs of unit c of layer low) at its place in public order.
 * Biases stand behind the weights there, so an entry (weight of a, bias of c) can fall above the diagonal: it goes to its mirror image,
 * unless a = c, whose tile holds the mirror image too.
 */
function scatter(
  net: Network,
  high: Layer,
  a: i32,
  first: i32,
  n: i32,
  low: Layer,
  c: i32,
  tile: usize,
  h: usize,
): void {
  const order = net.last.offset + net.last.parameters;
  const sameUnit = high == low && a == c;
  for (let d = 0; d < n; d++) {
    const p = parameterIndex(high, a, first + d);
    for (let b = 0; b < low.width; b++) {
      const q = parameterIndex(low, c, b);
      if (q > p && sameUnit) continue;
      const entry = rowOf(h, max(p, q), order) + ((<usize>min(p, q)) << 3);
      store<f64>(entry, load<f64>(entry) + at(rowOf(tile, d, low.width), b));
    }
  }
}

/** Public index of the weight of input b of unit a, or of the unit's bias if b = inputs. */
function parameterIndex(layer: Layer, a: i32, b: i32): i32 {
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
