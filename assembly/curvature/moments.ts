/**
 * The trace and the Frobenius norm of the Hessian without forming it.
 *
 *   tr H   = Σ_i Σ_l tr(S_i^l) ‖ã_i^l‖²
 *   ‖H‖_F² = Σ_lk F^{lk},   F^{lk} = Σ_ij ⟨H_i^{lk}, H_j^{lk}⟩
 *   F^{ll} = Σ_ij (K^l_ij)² ⟨S_i^l, S_j^l⟩
 *   F^{lk} = Σ_ij K^l_ij [ ⟨M_i, M_j⟩ K^k_ij + (δ_i^k·δ_j^k) ⟨T_i, T_j⟩ + c_ij + c_ji ],   l < k
 *   c_ij   = (M_i δ_j^k) · (T_j a_i^k)                            T: n_l × inputs_k, as stored
 *
 * with K^l_ij = ã_i·ã_j the Gram matrix of the inputs of layer l (samples carry their weight in δ and S). Derived by
 * expanding the outer products of factors.ts; checked against PyTorch. The data enter only through inner products
 * between samples, so a tile of pairs needs nothing but small Gram tiles, combined entry by entry and summed at once:
 * no N × N matrix exists. For neighbouring layers T = D^l is diagonal, and c_ij = X_i · Y_j is a single product of
 * rows X_i = M_i ∘ a_i, Y_j = φ'_j ⊗ δ_j of length n_l n_k. (Powers of two move between the factors first: normalize().)
 *
 * Rounding: |F̂^{lk} − F^{lk}| ≤ γ (Σ_i β_i^{lk})² with β_i^{lk} = ‖ã_i^l‖ (‖M_i‖ ‖ã_i^k‖ + ‖δ_i‖ ‖T_i‖) ≥ ‖H_i^{lk}‖_F, by
 * Cauchy–Schwarz on every inner product; β is returned beside F, so that a bound can stay a bound.
 */
import { add, multiply, scale } from '../dense/elementwise';
import { dot, multiplyTransposed } from '../dense/gemm';
import { frobeniusNorm } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { Factors, transferLength } from '../network/block';
import { Layer, Network } from '../network/network';

/** Most samples on a side of a tile. */
export const TILE: i32 = 32;
const TILE_AREA: i32 = TILE * TILE;

/** Scratch doubles of momentsTile. */
export function momentsScratch(net: Network): f64 {
  let crossRows: f64 = 0.0;
  for (let l = 0; l < net.depth; l++) {
    const n = <f64>net.layer(l).outputs;
    if (l + 1 < net.depth) crossRows = Math.max(crossRows, 2.0 * n * <f64>net.layer(l + 1).outputs);
    if (l + 2 < net.depth) crossRows = Math.max(crossRows, 2.0 * n * <f64>TILE);
  }
  return (2.0 * <f64>net.depth + 3.0) * <f64>TILE_AREA + <f64>TILE * crossRows;
}

/**
 * One tile of the pair sum: samples i … i+ni of block `rows` against samples j … j+nj of block `columns`, ni, nj ≤ TILE.
 * Writes depth × depth sums of F^{lk} over the tile's pairs (l ≤ k; the others 0). A tile off the diagonal of the pair
 * matrix counts for its mirror image too. Tile on the diagonal means rows = columns and i = j, and ni = nj.
 */
export function momentsTile(
  net: Network,
  rows: Factors,
  columns: Factors,
  i: i32,
  ni: i32,
  j: i32,
  nj: i32,
  scratch: usize,
  sums: usize,
): void {
  const depth = net.depth;
  const kernels = scratch; // K^l, a tile a layer
  const deltas = rowOf(kernels, depth, TILE_AREA); // δ_i·δ_j, a tile a layer
  const tile = rowOf(deltas, depth, TILE_AREA); // a Gram tile, then c_ij
  const transposed = rowOf(tile, 1, TILE_AREA); // c_ji
  const weights = rowOf(transposed, 1, TILE_AREA); // the summand so far
  const cross = rowOf(weights, 1, TILE_AREA);
  const count = ni * nj;
  const multiplicity: f64 = rows == columns && i == j ? 1.0 : 2.0;

  memory.fill(sums, 0, (<usize>(depth * depth)) << 3);
  for (let l = 0; l < depth; l++) {
    const layer = net.layer(l);
    gramTile(
      ni,
      nj,
      layer.width,
      rowOf(layer.input, rows.start + i, layer.width),
      rowOf(layer.input, columns.start + j, layer.width),
      rowOf(kernels, l, TILE_AREA),
    );
    gramTile(
      ni,
      nj,
      layer.outputs,
      rowOf(layer.delta, rows.start + i, layer.outputs),
      rowOf(layer.delta, columns.start + j, layer.outputs),
      rowOf(deltas, l, TILE_AREA),
    );
  }
  for (let l = 0; l < depth; l++) {
    const kernel = rowOf(kernels, l, TILE_AREA);
    for (let k = l; k < depth; k++) {
      const length = net.layer(l).outputs * net.layer(k).outputs;
      gramTile(
        ni,
        nj,
        length,
        rowOf(rows.mixed(l, k), i, length),
        rowOf(columns.mixed(l, k), j, length),
        weights,
      );
      multiply(count, rowOf(kernels, k, TILE_AREA), weights);
      if (k > l) {
        transferTile(net, rows, columns, l, k, i, ni, j, nj, tile);
        multiply(count, rowOf(deltas, k, TILE_AREA), tile);
        add(count, tile, weights);
        crossTile(net, rows, columns, l, k, i, ni, j, nj, cross, tile);
        add(count, tile, weights);
        crossTile(net, columns, rows, l, k, j, nj, i, ni, cross, transposed);
        addTransposed(ni, nj, transposed, weights);
      }
      put(sums, l * depth + k, multiplicity * weightedSum(ni, nj, kernel, weights));
    }
  }
}

/**
 * Adds the block's part of what is summed over single samples. traces[l] += Σ_i tr(S_i^l) ‖ã_i‖², sizes[l] += Σ_i Σ_a |S_aa| ‖ã_i‖²;
 * for l ≤ k, betas[l · depth + k] += Σ_i β_i^{lk} and errors[l · depth + k] += Σ_i of the bounds on ‖ΔH_i^{lk}‖_F of rounding.ts.
 */
export function momentsDiagonal(
  net: Network,
  factors: Factors,
  traces: usize,
  sizes: usize,
  betas: usize,
  errors: usize,
): void {
  const depth = net.depth;
  for (let i = 0; i < factors.count; i++) {
    const sample = factors.start + i;
    for (let l = 0; l < depth; l++) {
      const input = inputNorm(net.layer(l), sample);
      const n = net.layer(l).outputs;
      let trace = 0.0;
      let size = 0.0;
      for (let a = 0; a < n; a++) {
        const s = at(rowOf(factors.mixed(l, l), i, n * n), a * (n + 1));
        trace += s;
        size += Math.abs(s);
      }
      accumulate(rowOf(traces, l, 1), trace * input * input);
      accumulate(rowOf(sizes, l, 1), size * input * input);
      for (let k = l; k < depth; k++) {
        const next = net.layer(k);
        const length = n * next.outputs;
        let inner = frobeniusNorm(length, rowOf(factors.mixed(l, k), i, length)) * inputNorm(next, sample);
        if (k > l) {
          const transfer = transferLength(net, l, k);
          inner +=
            frobeniusNorm(next.outputs, rowOf(next.delta, sample, next.outputs)) *
            frobeniusNorm(transfer, rowOf(factors.transfer(l, k), i, transfer));
        }
        const block = l * depth + k;
        accumulate(rowOf(betas, block, 1), input * inner);
        accumulate(rowOf(errors, block, 1), input * at(rowOf(factors.errors, i, depth * depth), block));
      }
    }
  }
}

/** ⟨T_i, T_j⟩ over the tile. */
function transferTile(
  net: Network,
  rows: Factors,
  columns: Factors,
  l: i32,
  k: i32,
  i: i32,
  ni: i32,
  j: i32,
  nj: i32,
  out: usize,
): void {
  const length = transferLength(net, l, k);
  gramTile(
    ni,
    nj,
    length,
    rowOf(rows.transfer(l, k), i, length),
    rowOf(columns.transfer(l, k), j, length),
    out,
  );
}

/** c_ij = (M_i δ_j) · (T_j a_i), i over rows of the tile (M, a), j over columns (δ, T). */
function crossTile(
  net: Network,
  rows: Factors,
  columns: Factors,
  l: i32,
  k: i32,
  i: i32,
  ni: i32,
  j: i32,
  nj: i32,
  scratch: usize,
  out: usize,
): void {
  const n = net.layer(l).outputs;
  const next = net.layer(k);
  const m = next.outputs;
  const mixed = rowOf(rows.mixed(l, k), i, n * m);
  const inputs = rowOf(next.input, rows.start + i, next.width);
  const deltas = rowOf(next.delta, columns.start + j, m);
  if (k == l + 1) {
    // X_i = M_i ∘ a_i and Y_j = T_j ⊗ δ_j.
    const y = rowOf(scratch, ni, n * m);
    for (let r = 0; r < ni; r++) {
      for (let a = 0; a < n; a++) {
        scale(
          m,
          at(rowOf(inputs, r, next.width), a),
          rowOf(rowOf(mixed, r, n * m), a, m),
          rowOf(rowOf(scratch, r, n * m), a, m),
        );
      }
    }
    for (let r = 0; r < nj; r++) {
      const transfer = rowOf(columns.transfer(l, k), j + r, n);
      for (let a = 0; a < n; a++)
        scale(m, at(transfer, a), rowOf(deltas, r, m), rowOf(rowOf(y, r, n * m), a, m));
    }
    gramTile(ni, nj, n * m, scratch, y, out);
    return;
  }
  // (M_i δ_j)_a and (T_j a_i)_a for every pair, then their inner product over a.
  const left = scratch;
  const right = rowOf(left, ni * n, nj);
  const p = next.inputs;
  multiplyTransposed(ni * n, nj, m, mixed, m, deltas, m, left, nj);
  multiplyTransposed(
    nj * n,
    ni,
    p,
    rowOf(columns.transfer(l, k), j, n * p),
    p,
    inputs,
    next.width,
    right,
    ni,
  );
  for (let r = 0; r < ni; r++) {
    for (let s = 0; s < nj; s++) {
      let sum = 0.0;
      for (let a = 0; a < n; a++) sum += at(left, (r * n + a) * nj + s) * at(right, (s * n + a) * ni + r);
      put(out, r * nj + s, sum);
    }
  }
}

function gramTile(ni: i32, nj: i32, length: i32, x: usize, y: usize, out: usize): void {
  multiplyTransposed(ni, nj, length, x, length, y, length, out, nj);
}

function inputNorm(layer: Layer, sample: i32): f64 {
  return frobeniusNorm(layer.width, rowOf(layer.input, sample, layer.width));
}

function accumulate(p: usize, x: f64): void {
  store<f64>(p, load<f64>(p) + x);
}

/** y (ni × nj) ← xᵀ + y for x nj × ni. */
function addTransposed(ni: i32, nj: i32, x: usize, y: usize): void {
  for (let r = 0; r < ni; r++) {
    for (let s = 0; s < nj; s++) accumulate(rowOf(y, r * nj + s, 1), at(x, s * ni + r));
  }
}

/** Σ x ∘ y over an ni × nj tile, row by row: the error grows with ni + nj, not with their product. */
function weightedSum(ni: i32, nj: i32, x: usize, y: usize): f64 {
  let sum = 0.0;
  for (let r = 0; r < ni; r++) sum += dot(nj, rowOf(x, r, nj), rowOf(y, r, nj));
  return sum;
}
