/**
 * The factored form of ⟨S_i, S_j⟩ and ⟨M_i, M_j⟩, M = M^{l,l+1}, for a layer l much wider than the next one (m wide):
 * with S^l = V A Vᵀ + diag(s), A = S^{l+1}, V = D Wᵀ, s = φ'' ∘ g, the m × m matrix G = V_iᵀ V_j = Σ_a φ'_ia φ'_ja W_·a W_·aᵀ gives
 *
 *   ⟨S_i, S_j⟩ = ⟨A_i G, G A_j⟩ + (t_i − s_i/2)·s_j + s_i·(t_j − s_j/2),   t the diagonal of S
 *   ⟨M_i, M_j⟩ = ⟨A_i G, A_j⟩
 *
 * G is symmetric, and each of its m (m+1)/2 entries is one product of rows of length n: that many against the n (n+1)/2 + n m of the
 * packed form. For m = 1 a pair takes O(n). Two pairs at a time in SIMD lanes.
 */
import { multiplyPanels } from '../dense/gemm';
import { packWeightedColumns, panelOf } from '../dense/panels';
import { multiplyEntries } from '../dense/elementwise';
import { at, put, rowOf } from '../dense/rows';
import { Network } from '../network/network';
import { CORE, CURVATURE, TRANSFER } from './pairs';
import { meetParts, Tile, TILE } from './tile';

/** Doubles of tile.work that factoredProducts uses. */
export function factoredScratch(net: Network, l: i32): f64 {
  const n = <f64>net.layer(l).outputs;
  const m = <f64>net.layer(l + 1).outputs;
  return n + 8.0 * n + m * (m + 1.0) * 0.5 * 8.0 * <f64>TILE + 6.0 * m * m;
}

/** curvature ← ⟨S_i, S_j⟩ and mixed ← ⟨M_i, M_j⟩ over the tile. */
export function factoredProducts(net: Network, tile: Tile, l: i32, curvature: usize, mixed: usize): void {
  diagonalProducts(net, tile, l, curvature);
  for (let r = 0; r < tile.ni; r += 8) {
    factoredRows(net, tile, l, r, min(8, tile.ni - r), curvature, mixed, 0);
  }
}

/** curvature ← (t_i − s_i/2)·s_j + s_i·(t_j − s_j/2). */
export function diagonalProducts(net: Network, tile: Tile, l: i32, curvature: usize): void {
  const n = net.layer(l).outputs;
  const diagonals = tile.rows.rows(CURVATURE, l, l);
  const others = tile.columns.rows(CURVATURE, l, l);
  meetParts(tile, n, diagonals, 2 * n, 0, others, 2 * n, n, curvature, false);
  meetParts(tile, n, diagonals, 2 * n, n, others, 2 * n, 0, curvature, true);
}

/**
 * The rest for rows r … r+count of the tile, count ≤ 8. Unless `panels` is 0, also the matrices (K_ij)² G A_j, in panels for the
 * gradient (moments-gradient.ts): entry (a, b) of row i and column j at panels + ((a · m + b) · nj + j) · 8 + i. If curvature is 0 it is not
 * computed, which spares a third of the products of small matrices.
 */
export function factoredRows(
  net: Network,
  tile: Tile,
  l: i32,
  r: i32,
  count: i32,
  curvature: usize,
  mixed: usize,
  panels: usize,
): void {
  const n = net.layer(l).outputs;
  const next = net.layer(l + 1);
  const m = next.outputs;
  const weights = tile.work; // W_a ∘ W_b
  const scaled = rowOf(weights, 1, n); // a panel of φ'_i ∘ W_a ∘ W_b
  const g = rowOf(scaled, 8, n); // G_ab of 8 rows, a ≥ b, each 8 × TILE
  const small = rowOf(g, ((m * (m + 1)) >> 1) * 8, TILE); // m × m matrices, two pairs each

  const slopes = tile.rows.rows(TRANSFER, l, l + 1);
  const otherSlopes = panelOf(tile.columns.rows(TRANSFER, l, l + 1), tile.j, n);
  let out = g;
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      memory.copy(weights, rowOf(next.weights, a, next.width), (<usize>n) << 3);
      multiplyEntries(n, rowOf(next.weights, b, next.width), weights);
      // A panel is an n × 8 matrix.
      packWeightedColumns(8, n, panelOf(slopes, tile.i + r, n), 8, weights, 1, scaled);
      multiplyPanels(count, tile.nj, n, scaled, n, otherSlopes, n, out, TILE, false);
      out = rowOf(out, 8, TILE);
    }
  }
  for (let i = 0; i < count; i++) {
    const row = (r + i) * tile.nj;
    const products = panels == 0 ? 0 : rowOf(panels, i, 1);
    combineRow(
      tile,
      l,
      m,
      r + i,
      rowOf(g, i, TILE),
      small,
      curvature == 0 ? 0 : rowOf(curvature, 1, row),
      rowOf(mixed, 1, row),
      products,
    );
  }
}

/** One row of the tile: adds ⟨A_i G, G A_j⟩ to curvature unless that is 0, sets mixed; G_ab of this row lies at g + (a (a+1)/2 + b) · 8 rows. */
function combineRow(
  tile: Tile,
  l: i32,
  m: i32,
  i: i32,
  g: usize,
  small: usize,
  curvature: usize,
  mixed: usize,
  products: usize,
): void {
  const size = m * m;
  const core = panelOf(tile.rows.rows(CORE, l, l), (tile.i + i) & ~7, size) + ((<usize>(i & 7)) << 3);
  const full = small; // G
  const left = rowOf(full, 2, size); // A_i G
  const other = rowOf(left, 2, size); // A_j
  for (let j = 0; j < tile.nj; j += 2) {
    const columns = panelOf(tile.columns.rows(CORE, l, l), (tile.j + j) & ~7, size) + ((<usize>(j & 7)) << 3);
    unpack(m, g + ((<usize>j) << 3), full);
    for (let e = 0; e < size; e++)
      v128.store(other + ((<usize>e) << 4), v128.load(columns + ((<usize>e) << 6)));
    if (curvature != 0) multiplyCore(m, core, full, left);
    let inner = f64x2.splat(0.0);
    let whole = f64x2.splat(0.0);
    for (let a = 0; a < m; a++) {
      for (let b = 0; b < m; b++) {
        let right = f64x2.splat(0.0); // (G A_j)_ab
        for (let c = 0; c < m; c++) {
          right = f64x2.add(right, f64x2.mul(pairAt(full, a * m + c), pairAt(other, c * m + b)));
        }
        if (products != 0) keepProduct(tile, l, i, j, a * m + b, right, products);
        if (curvature == 0) {
          // ⟨A_i G, A_j⟩ = ⟨A_i, G A_j⟩, all three being symmetric.
          const x = v128.load64_splat(core + ((<usize>(a * m + b)) << 6));
          inner = f64x2.add(inner, f64x2.mul(x, right));
          continue;
        }
        const x = pairAt(left, a * m + b);
        whole = f64x2.add(whole, f64x2.mul(x, right));
        inner = f64x2.add(inner, f64x2.mul(x, pairAt(other, a * m + b)));
      }
    }
    const both = j + 1 < tile.nj;
    if (curvature != 0) {
      addPair(whole, curvature, both);
      curvature += 16;
    }
    store<f64>(mixed, f64x2.extract_lane(inner, 0));
    if (both) store<f64>(mixed, f64x2.extract_lane(inner, 1), 8);
    mixed += 16;
  }
}

/** A_i G for two pairs. */
function multiplyCore(m: i32, core: usize, full: usize, out: usize): void {
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) {
      let sum = f64x2.splat(0.0);
      for (let c = 0; c < m; c++) {
        const x = v128.load64_splat(core + ((<usize>(a * m + c)) << 6));
        sum = f64x2.add(sum, f64x2.mul(x, pairAt(full, c * m + b)));
      }
      v128.store(out, sum);
      out += 16;
    }
  }
}

/** out ← out + the two lanes, or the first alone. */
function addPair(pair: v128, out: usize, both: bool): void {
  store<f64>(out, load<f64>(out) + f64x2.extract_lane(pair, 0));
  if (both) store<f64>(out, load<f64>(out, 8) + f64x2.extract_lane(pair, 1), 8);
}

/** Entry e of (K_ij)² G A_j for columns j and j + 1 of the tile. */
function keepProduct(tile: Tile, l: i32, i: i32, j: i32, e: i32, product: v128, out: usize): void {
  const kernel = rowOf(tile.kernel(l), i, tile.nj);
  const column = rowOf(out, e * tile.nj + j, 8);
  const k = at(kernel, j);
  put(column, 0, k * k * f64x2.extract_lane(product, 0));
  if (j + 1 == tile.nj) return;
  const next = at(kernel, j + 1);
  put(column, 8, next * next * f64x2.extract_lane(product, 1));
}

/** The whole of G for two pairs, from its packed lower triangle. */
function unpack(m: i32, g: usize, full: usize): void {
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      const pair = v128.load(g);
      v128.store(full + ((<usize>(a * m + b)) << 4), pair);
      v128.store(full + ((<usize>(b * m + a)) << 4), pair);
      g = rowOf(g, 8, TILE);
    }
  }
}

function pairAt(x: usize, e: i32): v128 {
  return v128.load(x + ((<usize>e) << 4));
}
