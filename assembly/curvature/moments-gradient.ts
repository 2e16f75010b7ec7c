/**
 * The adjoints of the rows of pairs.ts for Q = ‖H‖_F² (moments.ts), tile by tile. With K^l = ã_i·ã_j, Δ^k = δ_i·δ_j,
 *
 *   S̄_i = 2 Σ_j (K^l)² S_j           M̄_i = 4 Σ_j K^l K^k M_j      T̄_i = 4 Σ_j K^l Δ^k T_j     δ̄^k_i = 4 Σ_j K^l ⟨T_i, T_j⟩ δ_j
 *   ā^k_i += 4 Σ_j K^l ⟨M_i, M_j⟩ ã_j
 *   ā^l_i += 4 Σ_j [K^l ⟨S_i, S_j⟩ + Σ_k (K^k ⟨M_i, M_j⟩ + Δ^k ⟨T_i, T_j⟩ + c_ij + c_ji)] ã_j        l > 0
 *
 * and from Σ_ij K^l_ij (c_ij + c_ji): between neighbours, where c_ij = X_i·Y_j, X̄_i = 4 Σ_j K^l Y_j and Ȳ_i = 4 Σ_j K^l X_j; between
 * distant layers, unit a by unit a with p_ij = M_ia·δ_j and q_ij = T_ja·a_i,
 *
 *   M̄_ia += 4 Σ_j K^l q_ij δ_j    ā^k_i += 4 Σ_j K^l p_ij T_ja    δ̄_i += 4 Σ_j K^l q_ji M_ja    T̄_ia += 4 Σ_j K^l p_ji a_j
 *
 * In factored form (factored.ts) S_j = V_j A_j V_jᵀ + diag(b_j) enters through its diagonal and Z_i = V_iᵀ S̄_i: of the first part
 * Z_i = 2 Σ_j (K^l)² G_ij A_j V_jᵀ, and Σ_j E_j V_jᵀ with matrices E_j of order m is a product with the rows W_c ∘ φ'_j.
 *
 * So every inner product is a tile of the moments', and every sum one product more. The first layer's ⟨S_i, S_j⟩ and c_ij are not needed, as
 * its inputs have no adjoint. The constants 2 and 4 are left to spreadRowAdjoints.
 */
import { addMultiplied, multiplyEntries } from '../dense/elementwise';
import { multiplyPanels } from '../dense/gemm';
import { packRows } from '../dense/panels';
import { rowOf } from '../dense/rows';
import { Network } from '../network/network';
import { adjointLength, partStep } from './adjoint-rows';
import { diagonalProducts, factoredRows, factoredScratch } from './factored';
import { CORE, CROSS, CURVATURE, DELTA, INPUT, MIXED, PairRows, rowLength, TRANSFER, TURNED } from './pairs';
import { meet, meetParts, Tile, TILE, TILE_AREA } from './tile';

/** What one call of gradientTile works with. */
@unmanaged
class Sums {
  sums: PairRows;
  /** Of them, the row of the tile's first sample. */
  first: i32;
  columns: PairRows;
  /** Weights of ã_j and δ_j for each layer, and one more matrix of weights. */
  inputWeights: usize;
  deltaWeights: usize;
  weights: usize;
  /** Weights in panels. */
  panels: usize;

  inputWeight(l: i32): usize {
    return rowOf(this.inputWeights, l, TILE_AREA);
  }
  deltaWeight(l: i32): usize {
    return rowOf(this.deltaWeights, l, TILE_AREA);
  }
}

// The module's own: no call is reentered.
const to = changetype<Sums>(memory.data(offsetof<Sums>(), 16));

/** Scratch doubles of gradientTile. */
export function gradientScratch(net: Network): f64 {
  let work: f64 = <f64>TILE_AREA; // for a second matrix, in addDistant
  for (let l = 0; l < net.depth - 1; l++) {
    if (net.layer(l).factored) work = Math.max(work, factoredScratch(net, l));
  }
  return (
    (4.0 * <f64>net.depth + 4.0) * <f64>TILE_AREA +
    work +
    panelDoubles(net) +
    <f64>(offsetof<Tile>() >> 3) +
    2.0
  );
}

/**
 * Adds to the sums, from row `first` on, of samples i … i+ni of block `rows` what samples j … j+nj of block
 * `others` are worth, whose rows stand in `columns` too. ni, nj ≤ TILE; i and j multiples of 8.
 */
export function gradientTile(
  net: Network,
  rows: PairRows,
  i: i32,
  ni: i32,
  sums: PairRows,
  first: i32,
  others: PairRows,
  j: i32,
  nj: i32,
  columns: PairRows,
  scratch: usize,
): void {
  const depth = net.depth;
  const tile = changetype<Tile>(scratch);
  tile.rows = rows;
  tile.columns = others;
  tile.i = i;
  tile.ni = ni;
  tile.j = j;
  tile.nj = nj;
  tile.kernels = scratch + ((offsetof<Tile>() + 15) & ~15);
  tile.deltas = rowOf(tile.kernels, depth, TILE_AREA);
  to.inputWeights = rowOf(tile.deltas, depth, TILE_AREA);
  to.deltaWeights = rowOf(to.inputWeights, depth, TILE_AREA);
  to.weights = rowOf(to.deltaWeights, depth, TILE_AREA);
  const curvature = rowOf(to.weights, 1, TILE_AREA);
  const mixed = rowOf(curvature, 1, TILE_AREA);
  tile.spare = rowOf(mixed, 1, TILE_AREA);
  to.panels = rowOf(tile.spare, 1, TILE_AREA);
  to.sums = sums;
  to.first = first;
  to.columns = columns;
  tile.work = to.panels + ((<usize>panelDoubles(net)) << 3);

  for (let l = 0; l < depth; l++) {
    meet(net, tile, INPUT, INPUT, l, l, tile.kernel(l), false);
    if (l > 0) meet(net, tile, DELTA, DELTA, l, l, tile.delta(l), false);
  }
  memory.fill(to.inputWeights, 0, (<usize>(2 * depth * TILE_AREA)) << 3);
  for (let l = 0; l < depth; l++) {
    if (net.layer(l).factored) factoredSums(net, tile, l, l > 0 ? curvature : 0, mixed);
    else if (l > 0) meet(net, tile, CURVATURE, CURVATURE, l, l, curvature, false);
    if (l > 0) addMultiplied(tile.count, tile.kernel(l), curvature, to.inputWeight(l));
    weigh(tile, tile.kernel(l), tile.kernel(l));
    addRows(net, tile, CURVATURE, CURVATURE, l, l);
    for (let k = l + 1; k < depth; k++) addLayers(net, tile, l, k, mixed);
  }
  for (let l = 1; l < depth; l++) {
    packWeights(tile, to.inputWeight(l));
    addRows(net, tile, INPUT, INPUT, l, l);
    packWeights(tile, to.deltaWeight(l));
    addRows(net, tile, DELTA, DELTA, l, l);
  }
}

/** Weights of a tile, or in factored form m × m of them for each pair of eight samples with a tile's. */
function panelDoubles(net: Network): f64 {
  let doubles: f64 = <f64>TILE_AREA;
  for (let l = 0; l < net.depth - 1; l++) {
    const m = <f64>net.layer(l + 1).outputs;
    if (net.layer(l).factored) doubles = Math.max(doubles, m * m * <f64>TILE * 8.0);
  }
  return doubles;
}

/** All of layers l < k; mixed holds ⟨M_i, M_j⟩ of neighbours in factored form. */
function addLayers(net: Network, tile: Tile, l: i32, k: i32, mixed: usize): void {
  const count = tile.count;
  const neighbours = k == l + 1;
  if (!(neighbours && net.layer(l).factored)) meet(net, tile, MIXED, MIXED, l, k, mixed, false);
  addMultiplied(count, tile.kernel(l), mixed, to.inputWeight(k));
  if (l > 0) addMultiplied(count, tile.kernel(k), mixed, to.inputWeight(l));
  meet(net, tile, TRANSFER, TRANSFER, l, k, tile.spare, false);
  addMultiplied(count, tile.kernel(l), tile.spare, to.deltaWeight(k));
  if (l > 0) addMultiplied(count, tile.delta(k), tile.spare, to.inputWeight(l));
  if (!neighbours) {
    addDistant(net, tile, l, k);
    return;
  }
  weigh(tile, tile.kernel(l), tile.kernel(k));
  addRows(net, tile, MIXED, MIXED, l, k);
  weigh(tile, tile.kernel(l), tile.delta(k));
  addRows(net, tile, TRANSFER, TRANSFER, l, k);
  if (rowLength(net, CROSS, l, k) == 0) return;
  if (l > 0) {
    meet(net, tile, CROSS, TURNED, l, k, to.inputWeight(l), true);
    meet(net, tile, TURNED, CROSS, l, k, to.inputWeight(l), true);
  }
  packWeights(tile, tile.kernel(l));
  addRows(net, tile, CROSS, TURNED, l, k);
  addRows(net, tile, TURNED, CROSS, l, k);
}

/** Unit by unit of layer l, M, T and what couples them. */
function addDistant(net: Network, tile: Tile, l: i32, k: i32): void {
  const n = net.layer(l).outputs;
  const m = net.layer(k).outputs;
  const p = net.layer(k).inputs;
  const width = net.layer(k).width;
  const count = tile.count;
  const kernel = tile.kernel(l);
  const mixed = tile.rows.rows(MIXED, l, k);
  const transfer = tile.rows.rows(TRANSFER, l, k);
  const input = tile.rows.rows(INPUT, k, k);
  const delta = tile.rows.rows(DELTA, k, k);
  const otherMixed = tile.columns.rows(MIXED, l, k);
  const otherTransfer = tile.columns.rows(TRANSFER, l, k);
  const otherInput = tile.columns.rows(INPUT, k, k);
  const otherDelta = tile.columns.rows(DELTA, k, k);
  const inputSum = sumOf(INPUT, k, k, width);
  const deltaSum = sumOf(DELTA, k, k, m);
  for (let a = 0; a < n; a++) {
    const mixedColumns = rowOf(to.columns.rows(MIXED, l, k), a, partStep(m, tile.nj));
    const transferColumns = rowOf(to.columns.rows(TRANSFER, l, k), a, partStep(p, tile.nj));
    const mixedSum = sumOf(MIXED, l, k, n * m) + ((<usize>(a * m)) << 3);
    const transferSum = sumOf(TRANSFER, l, k, n * p) + ((<usize>(a * p)) << 3);
    weigh(tile, kernel, tile.kernel(k));
    addProduct(tile, m, mixedColumns, mixedSum, n * m);
    weigh(tile, kernel, tile.delta(k));
    addProduct(tile, p, transferColumns, transferSum, n * p);

    // p_ij and q_ij
    meetParts(tile, m, mixed, n * m, a * m, otherDelta, m, 0, tile.spare);
    meetParts(tile, p, input, width, 0, otherTransfer, n * p, a * p, tile.work);
    if (l > 0) addMultiplied(count, tile.spare, tile.work, to.inputWeight(l));
    weigh(tile, kernel, tile.work);
    addProduct(tile, m, to.columns.rows(DELTA, k, k), mixedSum, n * m);
    weigh(tile, kernel, tile.spare);
    addProduct(tile, p, transferColumns, inputSum, width);

    // p_ji and q_ji
    meetParts(tile, m, delta, m, 0, otherMixed, n * m, a * m, tile.spare);
    meetParts(tile, p, transfer, n * p, a * p, otherInput, width, 0, tile.work);
    if (l > 0) addMultiplied(count, tile.spare, tile.work, to.inputWeight(l));
    weigh(tile, kernel, tile.work);
    addProduct(tile, m, mixedColumns, deltaSum, m);
    weigh(tile, kernel, tile.spare);
    addProduct(tile, p, to.columns.rows(INPUT, k, k), transferSum, n * p);
  }
}

/** ⟨S_i, S_j⟩ unless curvature is 0, and ⟨M_i, M_j⟩ of a layer in factored form, and Σ_j (K^l)² G_ij A_j V_jᵀ, eight samples at a time. */
function factoredSums(net: Network, tile: Tile, l: i32, curvature: usize, mixed: usize): void {
  const n = net.layer(l).outputs;
  const m = net.layer(l + 1).outputs;
  const length = m * tile.nj;
  if (curvature != 0) diagonalProducts(net, tile, l, curvature);
  for (let r = 0; r < tile.ni; r += 8) {
    const count = min(8, tile.ni - r);
    factoredRows(net, tile, l, r, count, curvature, mixed, to.panels);
    const sum = rowOf(sumOf(CORE, l, l, n * m), r, n * m);
    for (let c = 0; c < m; c++) {
      const weights = rowOf(to.panels, c, 8 * length);
      const y = to.columns.rows(CORE, l, l);
      multiplyPanels(count, n, length, weights, length, y, length, rowOf(sum, c, n), n * m, true);
    }
  }
}

/** Packs x ∘ y. */
function weigh(tile: Tile, x: usize, y: usize): void {
  memory.copy(to.weights, x, (<usize>tile.count) << 3);
  multiplyEntries(tile.count, y, to.weights);
  packWeights(tile, to.weights);
}

function packWeights(tile: Tile, weights: usize): void {
  packRows(tile.ni, tile.nj, weights, tile.nj, to.panels);
}

/** Sums of one kind ← sums + weights · rows of a kind of the same length. */
function addRows(net: Network, tile: Tile, kind: i32, otherKind: i32, l: i32, k: i32): void {
  const length = adjointLength(net, kind, l, k);
  addProduct(tile, length, to.columns.rows(otherKind, l, k), sumOf(kind, l, k, length), length);
}

/** sum (ni × entries, row stride `stride`) ← sum + weights · y. */
function addProduct(tile: Tile, entries: i32, y: usize, sum: usize, stride: i32): void {
  multiplyPanels(tile.ni, entries, tile.nj, to.panels, tile.nj, y, tile.nj, sum, stride, true);
}

/** The tile's first row of the sums of one kind. */
function sumOf(kind: i32, l: i32, k: i32, length: i32): usize {
  return rowOf(to.sums.rows(kind, l, k), to.first, length);
}
