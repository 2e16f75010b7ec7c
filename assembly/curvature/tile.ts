/**
 * A tile of the pair sum: ni samples of one block of rows against nj of another, and the small matrices of inner products between
 * them, ni × nj, that the sums are combined from entry by entry.
 */
import { multiplyPanels } from '../dense/gemm';
import { panelOf } from '../dense/panels';
import { rowOf } from '../dense/rows';
import { Network } from '../network/network';
import { PairRows, rowLength } from './pairs';

/** Most samples on a side: their panels' runs stay in the second-level cache. */
export const TILE: i32 = 64;
export const TILE_AREA: i32 = TILE * TILE;

@unmanaged
export class Tile {
  /** Samples i … i+ni of rows and j … j+nj of columns; i and j are multiples of 8. */
  rows: PairRows;
  columns: PairRows;
  i: i32;
  ni: i32;
  j: i32;
  nj: i32;
  /** K^l_ij = ã_i·ã_j and δ_i·δ_j: depth matrices each. */
  kernels: usize;
  deltas: usize;
  /** One matrix to work in. */
  spare: usize;
  /** Room for what a form of a product needs beside. */
  work: usize;

  kernel(l: i32): usize {
    return rowOf(this.kernels, l, TILE_AREA);
  }
  delta(l: i32): usize {
    return rowOf(this.deltas, l, TILE_AREA);
  }
  get count(): i32 {
    return this.ni * this.nj;
  }
}

/** The rows of one kind against those of another, or of the same: out ← [out +] inner products. */
export function meet(
  net: Network,
  tile: Tile,
  kind: i32,
  otherKind: i32,
  l: i32,
  k: i32,
  out: usize,
  accumulate: bool,
): void {
  const length = rowLength(net, kind, l, k);
  meetParts(
    tile,
    length,
    tile.rows.rows(kind, l, k),
    length,
    0,
    tile.columns.rows(otherKind, l, k),
    length,
    0,
    out,
    accumulate,
  );
}

/** out ← [out +] inner products of `terms` entries only, from `first` of rows x and `otherFirst` of rows y on. */
export function meetParts(
  tile: Tile,
  terms: i32,
  x: usize,
  lengthX: i32,
  first: i32,
  y: usize,
  lengthY: i32,
  otherFirst: i32,
  out: usize,
  accumulate: bool = false,
): void {
  const a = panelOf(x, tile.i, lengthX) + ((<usize>first) << 6);
  const b = panelOf(y, tile.j, lengthY) + ((<usize>otherFirst) << 6);
  multiplyPanels(tile.ni, tile.nj, terms, a, lengthX, b, lengthY, out, tile.nj, accumulate);
}
