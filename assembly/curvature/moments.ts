/**
 * The Frobenius norm of the Hessian without forming it; its trace, and what else is a sum over single samples, is in samples.ts.
 *
 *   ‖H‖_F² = Σ_lk F^{lk},   F^{lk} = Σ_ij ⟨H_i^{lk}, H_j^{lk}⟩
 *   F^{ll} = Σ_ij (K^l_ij)² ⟨S_i^l, S_j^l⟩
 *   F^{lk} = Σ_ij K^l_ij [ ⟨M_i, M_j⟩ K^k_ij + (δ_i^k·δ_j^k) ⟨T_i, T_j⟩ + c_ij + c_ji ],   l < k
 *   c_ij   = (M_i δ_j^k) · (T_j a_i^k)                            T: n_l × inputs_k, as stored
 *
 * with K^l_ij = ã_i·ã_j the Gram matrix of the inputs of layer l (samples carry their weight in δ and S). Derived by
 * expanding the outer products of factors.ts; checked against PyTorch. The data enter only through inner products
 * between samples, so a tile of pairs needs nothing but small Gram tiles, combined entry by entry and summed at once:
 * no N × N matrix exists. For neighbouring layers T = D^l is diagonal, and c_ij = X_i · Y_j is a single product of
 * rows X_i = M_i ∘ a_i, Y_j = φ'_j ⊗ δ_j of length n_l n_k, or a sum over single samples (samples.ts); and S and M may enter through
 * smaller factors (factored.ts). Powers of two move between the factors first: normalize().
 *
 * Rounding: |F̂^{lk} − F^{lk}| ≤ γ (Σ_i β_i^{lk})² with the β of samples.ts, by Cauchy–Schwarz on every inner product.
 */
import { add, addMultiplied, dot, multiplyEntries } from '../dense/elementwise';
import { at, put, rowOf } from '../dense/rows';
import { Network } from '../network/network';
import { factoredProducts, factoredScratch } from './factored';
import { CROSS, CURVATURE, DELTA, INPUT, MIXED, PairRows, rowLength, TRANSFER, TURNED } from './pairs';
import { meet, meetParts, Tile, TILE_AREA } from './tile';

/** Scratch doubles of momentsTile. */
export function momentsScratch(net: Network): f64 {
  let work: f64 = <f64>TILE_AREA; // for a second matrix, in addCross
  for (let l = 0; l < net.depth - 1; l++) {
    if (net.layer(l).factored) work = Math.max(work, factoredScratch(net, l));
  }
  return (2.0 * <f64>net.depth + 3.0) * <f64>TILE_AREA + work + <f64>(offsetof<Tile>() >> 3) + 1.0;
}

/**
 * One tile of the pair sum: samples i … i+ni of block `rows` against samples j … j+nj of block `columns`, ni, nj ≤ TILE, i and j
 * multiples of 8. Writes depth × depth sums of F^{lk} over the tile's pairs (l ≤ k; the others 0), without the cross terms that are
 * summed over samples. A tile off the diagonal of the pair matrix counts for its mirror image too. Tile on the diagonal means
 * rows = columns and i = j, and ni = nj. Unless pairs is 0, it receives what the pairs are made of: ⟨H_i, H_j⟩_F of each, ni × nj, and, TILE_AREA
 * doubles on, of the pairs of a sample with itself the sums of ‖H_i^{lk}‖_F², depth × depth; of a tile off the diagonal 0.
 */
export function momentsTile(
  net: Network,
  rows: PairRows,
  columns: PairRows,
  i: i32,
  ni: i32,
  j: i32,
  nj: i32,
  scratch: usize,
  sums: usize,
  pairs: usize,
): void {
  const depth = net.depth;
  const tile = changetype<Tile>(scratch);
  tile.rows = rows;
  tile.columns = columns;
  tile.i = i;
  tile.ni = ni;
  tile.j = j;
  tile.nj = nj;
  tile.kernels = scratch + ((offsetof<Tile>() + 15) & ~15);
  tile.deltas = rowOf(tile.kernels, depth, TILE_AREA);
  const weights = rowOf(tile.deltas, depth, TILE_AREA); // the summand so far, without K^l
  const mixed = rowOf(weights, 1, TILE_AREA);
  tile.spare = rowOf(mixed, 1, TILE_AREA);
  tile.work = rowOf(tile.spare, 1, TILE_AREA);
  const multiplicity: f64 = rows == columns && i == j ? 1.0 : 2.0;

  memory.fill(sums, 0, (<usize>(depth * depth)) << 3);
  if (pairs) memory.fill(pairs, 0, (<usize>(TILE_AREA + depth * depth)) << 3);
  for (let l = 0; l < depth; l++) {
    meet(net, tile, INPUT, INPUT, l, l, tile.kernel(l), false);
    if (l > 0) meet(net, tile, DELTA, DELTA, l, l, tile.delta(l), false);
  }
  for (let l = 0; l < depth; l++) {
    const factored = net.layer(l).factored != 0;
    if (factored) factoredProducts(net, tile, l, weights, mixed);
    else meet(net, tile, CURVATURE, CURVATURE, l, l, weights, false);
    multiplyEntries(tile.count, tile.kernel(l), weights);
    put(sums, l * depth + l, multiplicity * weightedSum(tile, tile.kernel(l), weights));
    if (pairs) keepPairs(tile, depth, l, l, weights, pairs);
    for (let k = l + 1; k < depth; k++) {
      if (!(factored && k == l + 1)) meet(net, tile, MIXED, MIXED, l, k, mixed, false);
      multiplyEntries(tile.count, tile.kernel(k), mixed);
      meet(net, tile, TRANSFER, TRANSFER, l, k, tile.spare, false);
      multiplyEntries(tile.count, tile.delta(k), tile.spare);
      add(tile.count, tile.spare, mixed);
      addCross(net, tile, l, k, mixed);
      put(sums, l * depth + k, multiplicity * weightedSum(tile, tile.kernel(l), mixed));
      if (pairs) keepPairs(tile, depth, l, k, mixed, pairs);
    }
  }
}

/** out ← out + c_ij + c_ji, unless they are summed over samples. */
function addCross(net: Network, tile: Tile, l: i32, k: i32, out: usize): void {
  if (k == l + 1) {
    if (rowLength(net, CROSS, l, k) == 0) return;
    meet(net, tile, CROSS, TURNED, l, k, out, true);
    meet(net, tile, TURNED, CROSS, l, k, out, true);
    return;
  }
  const n = net.layer(l).outputs;
  const m = net.layer(k).outputs;
  const p = net.layer(k).inputs;
  const width = net.layer(k).width;
  const rows = tile.rows;
  const columns = tile.columns;
  for (let a = 0; a < n; a++) {
    // (M_i δ_j)_a (T_j a_i)_a
    meetParts(tile, m, rows.rows(MIXED, l, k), n * m, a * m, columns.rows(DELTA, k, k), m, 0, tile.spare);
    meetParts(
      tile,
      p,
      rows.rows(INPUT, k, k),
      width,
      0,
      columns.rows(TRANSFER, l, k),
      n * p,
      a * p,
      tile.work,
    );
    addMultiplied(tile.count, tile.spare, tile.work, out);
    // and the same with i and j exchanged
    meetParts(tile, m, rows.rows(DELTA, k, k), m, 0, columns.rows(MIXED, l, k), n * m, a * m, tile.spare);
    meetParts(
      tile,
      p,
      rows.rows(TRANSFER, l, k),
      n * p,
      a * p,
      columns.rows(INPUT, k, k),
      width,
      0,
      tile.work,
    );
    addMultiplied(tile.count, tile.spare, tile.work, out);
  }
}

/** Σ x ∘ y over the tile, row by row: the error grows with ni + nj, not with their product. */
function weightedSum(tile: Tile, x: usize, y: usize): f64 {
  let sum = 0.0;
  for (let r = 0; r < tile.ni; r++) sum += dot(tile.nj, rowOf(x, r, tile.nj), rowOf(y, r, tile.nj));
  return sum;
}

/** What block (l, k), and its mirror image, add to the pairs: K^l ∘ weights. */
function keepPairs(tile: Tile, depth: i32, l: i32, k: i32, weights: usize, pairs: usize): void {
  const own = rowOf(pairs, 1, TILE_AREA);
  const kernel = tile.kernel(l);
  if (tile.rows == tile.columns && tile.i == tile.j) {
    let sum = 0.0;
    for (let r = 0; r < tile.ni; r++) {
      const place = r * (tile.nj + 1);
      sum += at(kernel, place) * at(weights, place);
    }
    put(own, l * depth + k, sum);
  }
  // weights are spent.
  multiplyEntries(tile.count, kernel, weights);
  if (k > l) add(tile.count, weights, weights);
  add(tile.count, weights, pairs);
}
