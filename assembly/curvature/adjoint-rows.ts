/**
 * The adjoints of the rows of pairs.ts, and those rows as the products with weights of pairs read them.
 *
 * With Q = ‖H‖_F² as a sum over pairs of samples (moments.ts), the adjoint of a row of sample i is a sum over all j of rows of sample
 * j, with weights w_ij: X̄_i = Σ_j w_ij Y_j. So here are, for a range of samples i, the sums, row-major, a row a sample; and, for a tile of
 * samples j, the rows Y_j in column panels, of which eight entries stand side by side (dense/panels.ts). Kinds are those of pairs.ts but for
 *
 *   INPUT  (l, l)    none for l = 0
 *   CORE   (l, l)    of the sums, what Z = Vᵀ S̄^l takes from V A Vᵀ, n_{l+1} × n_l; of the rows, W^{l+1}_c ∘ φ' one c after the other
 *   MIXED  (l, l+1)  also in factored form
 */
import { addScaled, dot } from '../dense/elementwise';
import { panelOf } from '../dense/panels';
import { at, put, rowOf } from '../dense/rows';
import { Adjoints } from '../network/adjoint-block';
import { diagonalStep, Factors, transferLength } from '../network/block';
import { Network } from '../network/network';
import {
  CORE,
  CROSS,
  CURVATURE,
  DELTA,
  INPUT,
  KIND_COUNT,
  MIXED,
  PairRows,
  rowLength,
  TRANSFER,
  TURNED,
} from './pairs';
import { TILE } from './tile';

/** Entries of a sum; 0 where there is none. */
export function adjointLength(net: Network, kind: i32, l: i32, k: i32): i32 {
  if (l < k) return kind == MIXED ? net.layer(l).outputs * net.layer(k).outputs : rowLength(net, kind, l, k);
  if (kind == INPUT && l == 0) return 0;
  if (kind == CORE) return net.layer(l).factored ? net.layer(l).outputs * net.layer(l + 1).outputs : 0;
  return rowLength(net, kind, l, l);
}

/** Doubles of a sample in column panels: the rows of distant layers are cut by units, and each part fills its panels up. */
function columnLength(net: Network, kind: i32, l: i32, k: i32): i32 {
  const length = adjointLength(net, kind, l, k);
  if (kind == CORE && l == k) return length > 0 ? padded(net.layer(l).outputs) * net.layer(l + 1).outputs : 0;
  if (k <= l + 1) return padded(length);
  const n = net.layer(l).outputs;
  return n * padded(length / n);
}

/** Doubles between the parts of distant layers' rows, of the columns of nj samples. */
export function partStep(length: i32, nj: i32): i32 {
  return padded(length) * nj;
}

function padded(length: i32): i32 {
  return (length + 7) & ~7;
}

/** Doubles that one sample's sums take. */
export function rowAdjointsPerSample(net: Network): f64 {
  let doubles: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      for (let kind = 0; kind < KIND_COUNT; kind++) doubles += <f64>adjointLength(net, kind, l, k);
    }
  }
  return doubles;
}

/** Doubles of the column panels of a tile, with room for a row of kind MIXED. */
export function columnsDoubles(net: Network): f64 {
  let doubles: f64 = 0.0;
  let longest: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      for (let kind = 0; kind < KIND_COUNT; kind++) {
        doubles += <f64>columnLength(net, kind, l, k);
        longest = Math.max(longest, <f64>adjointLength(net, kind, l, k));
      }
    }
  }
  return doubles * <f64>TILE + longest;
}

/** Lays the sums of count samples out at data, all 0. The header is like that of rows. */
export function clearRowAdjoints(net: Network, sums: PairRows, count: i32, data: usize): void {
  memory.fill(data, 0, (<usize>(<f64>count * rowAdjointsPerSample(net))) << 3);
  sums.count = count;
  sums.depth = net.depth;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      for (let kind = 0; kind < KIND_COUNT; kind++) {
        store<usize>(sums.slot(kind, l, k), data);
        data = rowOf(data, count, adjointLength(net, kind, l, k));
      }
    }
  }
}

/** The column panels of samples j … j+nj of a block of rows, j a multiple of 8, at data. */
export function fillColumns(
  net: Network,
  rows: PairRows,
  j: i32,
  nj: i32,
  columns: PairRows,
  data: usize,
): void {
  columns.count = nj;
  columns.depth = net.depth;
  for (let l = 0; l < net.depth; l++) {
    for (let k = l; k < net.depth; k++) {
      for (let kind = 0; kind < KIND_COUNT; kind++) {
        store<usize>(columns.slot(kind, l, k), data);
        const length = rowLength(net, kind, l, k);
        if (k > l + 1) {
          const n = net.layer(l).outputs;
          turnParts(n, length / n, rows.rows(kind, l, k), j, nj, data);
        } else if (!(l == k && kind == CORE) && adjointLength(net, kind, l, k) > 0 && length > 0) {
          turnParts(1, length, rows.rows(kind, l, k), j, nj, data);
        }
        data = rowOf(data, nj, columnLength(net, kind, l, k));
      }
    }
  }
  for (let l = 0; l + 1 < net.depth; l++)
    if (net.layer(l).factored) factoredColumns(net, rows, j, nj, columns, l, data);
}

/** Panels of samples to panels of entries, part by part: entry e of sample s at ((e >> 3) · nj + s) · 8 + (e & 7). */
function turnParts(parts: i32, length: i32, rows: usize, j: i32, nj: i32, out: usize): void {
  const whole = parts * length;
  for (let part = 0; part < parts; part++) {
    for (let s = 0; s < nj; s += 8) {
      const panel = panelOf(rows, j + s, whole) + ((<usize>(part * length)) << 6);
      turnPanel(length, min(8, nj - s), panel, nj, rowOf(out, s, 8));
    }
    out = rowOf(out, 1, partStep(length, nj));
  }
}

function turnPanel(length: i32, count: i32, panel: usize, nj: i32, out: usize): void {
  for (let e = 0; e < length; e += 8) {
    const entries = min(8, length - e);
    for (let s = 0; s < count; s++) {
      const target = rowOf(out, s, 8);
      for (let r = 0; r < entries; r++) put(target, r, at(panel, (e + r) * 8 + s));
    }
    out = rowOf(out, nj, 8);
  }
}

/** M^{l,l+1}ᵀ = A W D and the rows W_c ∘ φ' of a layer in factored form; spare: a row. */
function factoredColumns(
  net: Network,
  rows: PairRows,
  j: i32,
  nj: i32,
  columns: PairRows,
  l: i32,
  spare: usize,
): void {
  const n = net.layer(l).outputs;
  const next = net.layer(l + 1);
  const m = next.outputs;
  const mixed = columns.rows(MIXED, l, l + 1);
  const weighted = columns.rows(CORE, l, l);
  const slopes = columns.rows(TRANSFER, l, l + 1);
  for (let s = 0; s < nj; s++) {
    const core = panelOf(rows.rows(CORE, l, l), (j + s) & ~7, m * m) + ((<usize>((j + s) & 7)) << 3);
    for (let c = 0; c < m; c++) {
      const weights = rowOf(next.weights, c, next.width);
      memory.fill(spare, 0, (<usize>n) << 3);
      for (let b = 0; b < m; b++)
        addScaled(n, at(core, (c * m + b) * 8), rowOf(next.weights, b, next.width), spare);
      for (let a = 0; a < n; a++) {
        const slope = at(slopes, ((a >> 3) * nj + s) * 8 + (a & 7));
        const e = c * n + a;
        put(mixed, ((e >> 3) * nj + s) * 8 + (e & 7), at(spare, a) * slope);
        put(weighted, ((a >> 3) * m * nj + c * nj + s) * 8 + (a & 7), at(weights, a) * slope);
      }
    }
  }
}

/**
 * From the sums, of samples from `first` on, to the adjoints of the factors of a block of samples: β times the constants that the sums
 * leave out, 2 for S and 4 for the rest (moments-gradient.ts). The factors must have absorbed their scales.
 */
export function spreadRowAdjoints(
  net: Network,
  sums: PairRows,
  first: i32,
  factors: Factors,
  beta: f64,
  adjoints: Adjoints,
): void {
  for (let i = 0; i < factors.count; i++) {
    for (let l = 0; l < net.depth; l++) {
      spreadLayer(net, sums, first + i, l, i, beta, adjoints);
      for (let k = l + 1; k < net.depth; k++)
        spreadLayers(net, sums, first + i, factors, l, k, i, 4.0 * beta, adjoints);
    }
  }
}

function spreadLayer(
  net: Network,
  sums: PairRows,
  row: i32,
  l: i32,
  i: i32,
  beta: f64,
  adjoints: Adjoints,
): void {
  const layer = net.layer(l);
  const n = layer.outputs;
  const curvature = rowOf(sums.rows(CURVATURE, l, l), row, rowLength(net, CURVATURE, l, l));
  const s = adjoints.factors.sample(net, l, l, i);
  if (layer.factored) {
    // Of V A Vᵀ the diagonal and Z; of diag(b) all.
    const bends = rowOf(curvature, 1, n);
    const bend = rowOf(adjoints.bend(l), i, n);
    const step = diagonalStep(net, l);
    addScaled(n, 2.0 * beta, curvature, bend);
    addScaled(n, -beta, bends, bend);
    for (let a = 0; a < n; a++) put(s, a * step, at(s, a * step) + 2.0 * beta * at(bends, a));
    const length = adjointLength(net, CORE, l, l);
    addScaled(
      length,
      2.0 * beta,
      rowOf(sums.rows(CORE, l, l), row, length),
      rowOf(adjoints.lifted(l), i, length),
    );
  } else {
    spreadIsometric(n, 2.0 * beta, curvature, s);
  }
  if (l == 0) return;
  const width = layer.width;
  addScaled(width, 4.0 * beta, rowOf(sums.rows(INPUT, l, l), row, width), rowOf(adjoints.input(l), i, width));
  addScaled(n, 4.0 * beta, rowOf(sums.rows(DELTA, l, l), row, n), rowOf(adjoints.delta(l), i, n));
}

/** The whole of a symmetric matrix from its triangle as rows of kind CURVATURE hold it. */
function spreadIsometric(n: i32, weight: f64, x: usize, s: usize): void {
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      const entry = weight * Math.SQRT1_2 * at(x, b);
      put(s, a * n + b, at(s, a * n + b) + entry);
      put(s, b * n + a, at(s, b * n + a) + entry);
    }
    put(s, a * (n + 1), at(s, a * (n + 1)) + weight * at(x, a));
    x = rowOf(x, 1, a + 1);
  }
}

function spreadLayers(
  net: Network,
  sums: PairRows,
  row: i32,
  factors: Factors,
  l: i32,
  k: i32,
  i: i32,
  weight: f64,
  adjoints: Adjoints,
): void {
  const n = net.layer(l).outputs;
  const m = net.layer(k).outputs;
  const length = transferLength(net, l, k);
  const mixed = rowOf(sums.rows(MIXED, l, k), row, n * m);
  const mixedAdjoint = adjoints.factors.sample(net, l, k, i);
  const transfer = rowOf(sums.rows(TRANSFER, l, k), row, length);
  addScaled(length, weight, transfer, rowOf(adjoints.factors.transfer(l, k), i, length));
  if (k > l + 1) {
    for (let c = 0; c < m; c++) {
      const target = rowOf(mixedAdjoint, c, n);
      for (let a = 0; a < n; a++) put(target, a, at(target, a) + weight * at(mixed, a * m + c));
    }
    return;
  }
  addScaled(n * m, weight, mixed, mixedAdjoint);
  if (rowLength(net, CROSS, l, k) == 0) return;
  const cross = rowOf(sums.rows(CROSS, l, k), row, n * m);
  const turned = rowOf(sums.rows(TURNED, l, k), row, n * m);
  spreadCross(net, factors, l, i, weight, cross, adjoints);
  spreadTurned(net, factors, l, i, weight, turned, adjoints);
}

/** From weight · x, the adjoint of the row M ∘ a, to those of M and a. */
export function spreadCross(
  net: Network,
  factors: Factors,
  l: i32,
  i: i32,
  weight: f64,
  x: usize,
  adjoints: Adjoints,
): void {
  const next = net.layer(l + 1);
  const n = next.inputs;
  const inputs = rowOf(next.input, factors.start + i, next.width);
  const inputAdjoint = rowOf(adjoints.input(l + 1), i, next.width);
  const mixed = factors.sample(net, l, l + 1, i);
  const mixedAdjoint = adjoints.factors.sample(net, l, l + 1, i);
  for (let e = 0; e < n * next.outputs; e += n) {
    const row = x + ((<usize>e) << 3);
    for (let a = 0; a < n; a++) {
      const entry = weight * at(row, a);
      put(mixedAdjoint, e + a, at(mixedAdjoint, e + a) + entry * at(inputs, a));
      put(inputAdjoint, a, at(inputAdjoint, a) + entry * at(mixed, e + a));
    }
  }
}

/** From weight · x, the adjoint of the row φ' ⊗ δ, to those of T = φ' and δ. */
export function spreadTurned(
  net: Network,
  factors: Factors,
  l: i32,
  i: i32,
  weight: f64,
  x: usize,
  adjoints: Adjoints,
): void {
  const next = net.layer(l + 1);
  const n = next.inputs;
  const transfer = rowOf(factors.transfer(l, l + 1), i, n);
  const transferAdjoint = rowOf(adjoints.factors.transfer(l, l + 1), i, n);
  const delta = rowOf(next.delta, factors.start + i, next.outputs);
  const deltaAdjoint = rowOf(adjoints.delta(l + 1), i, next.outputs);
  for (let c = 0; c < next.outputs; c++) {
    addScaled(n, weight * at(delta, c), x, transferAdjoint);
    put(deltaAdjoint, c, at(deltaAdjoint, c) + weight * dot(n, transfer, x));
    x = rowOf(x, 1, n);
  }
}
