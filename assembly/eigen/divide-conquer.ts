/**
 * Divide and conquer (J. Cuppen, Numer. Math. 36 (1981) 177; LAPACK's dstedc): a tridiagonal T is torn into two, and their
 * eigensystems are merged into that of
 *   T = diag(T₁, T₂) + ρ u uᵀ,   u = (0, …, 0, 1, ±1, 0, …, 0),   ρ = |e| of the torn entry, taken off both neighbouring d.
 * With T_i = Q_i D_i Q_iᵀ this is Q (D + ρ z zᵀ) Qᵀ, z = Qᵀ u. What ρ z zᵀ hardly touches is deflated, the roots of the secular
 * equation are found (secular.ts), and the vectors are those of a nearby problem with z̃ in place of z that has exactly these roots,
 *   z̃_i² = Π_j (λ_j − d_i) / Π_{j ≠ i} (d_j − d_i),
 * which makes them orthogonal to working precision (M. Gu and S. Eisenstat, SIAM J. Matrix Anal. Appl. 16 (1995) 172).
 *
 * Vectors are rows. Those of T₁ end in zeros and those of T₂ begin with them, so the product of the new vectors with the old ones is
 * split into their upper and lower halves. The steps of one merge, which src/core/eigh.ts runs in turn: tear, and after both halves:
 * deflate, secularRoots, choose, secularWeights, secularVectors, assemble.
 */
import { dot, rotate } from '../dense/elementwise';
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { maxAbs } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { secularRoot } from './secular';
import { indexAt, putIndex, sortedOrder } from './sort';

const EPSILON: f64 = 2.220446049250313e-16;

// The halves in which a vector is not zero.
const UPPER: i32 = 0;
const BOTH: i32 = 1;
const LOWER: i32 = 2;

@unmanaged
class Merge {
  n: i32;
  half: i32;
  /** The n × n block of the vectors, in rows stride apart: row s belongs to slot s of values. */
  rows: usize;
  stride: i32;
  values: usize;
  /** Survivors of deflation: they come to slots 0 … survivors−1, ascending. The others fill the slots after them. */
  survivors: i32;
  upper: i32;
  both: i32;
  chosen: i32;
  rho: f64;
  poles: usize;
  z: usize;
  weights: usize;
  /** Where in the order upper, both, lower survivor i stands. */
  place: usize;
  /** The survivors' slots, while they are separated; then the survivors whose new vectors are chosen. */
  wanted: usize;
  kinds: usize;
  order: usize;
  spare: usize;
  /** The survivors' halves as rows, and after them a block of coefficients. */
  halves: usize;
}

export function mergeBytes(): i32 {
  return offsetof<Merge>();
}

/** Scratch doubles of merges of order up to n, split in the middle. */
export function mergeScratch(n: i32): f64 {
  return 8.0 * <f64>n + <f64>n * <f64>(n + 1);
}

/** Tears T before row middle, where e is not 0 (clearNegligible): takes |e| off both diagonal entries. */
export function tear(middle: i32, d: usize, e: usize): void {
  const rho = Math.abs(at(e, middle - 1));
  put(d, middle - 1, at(d, middle - 1) - rho);
  put(d, middle, at(d, middle) - rho);
}

/** Begins a merge of the first half = ⌊n/2⌋ vectors and the rest, coupled by e. Returns the number of survivors. */
export function deflate(
  merge: Merge,
  n: i32,
  half: i32,
  rows: usize,
  stride: i32,
  values: usize,
  e: f64,
  scratch: usize,
): i32 {
  const step = (<usize>n) << 3;
  merge.n = n;
  merge.half = half;
  merge.rows = rows;
  merge.stride = stride;
  merge.values = values;
  merge.poles = scratch;
  merge.z = scratch + step;
  merge.weights = scratch + 2 * step;
  merge.place = scratch + 3 * step;
  merge.wanted = scratch + 4 * step;
  merge.kinds = scratch + 5 * step;
  merge.order = scratch + 6 * step;
  merge.spare = scratch + 7 * step;
  merge.halves = scratch + 8 * step;
  // z has norm √2 as it comes; ρ takes the factor.
  merge.rho = 2.0 * Math.abs(e);
  for (let i = 0; i < n; i++) {
    const component = at(rowOf(rows, i, stride), i < half ? half - 1 : half);
    put(merge.z, i, component * (i >= half && e < 0.0 ? -Math.SQRT1_2 : Math.SQRT1_2));
    putIndex(merge.kinds, i, i < half ? UPPER : LOWER);
  }
  separate(merge);
  moveRows(merge);
  return merge.survivors;
}

/** Roots first … last−1, and d_i less each of them in its row. Returns −1, or the number of a root that did not converge. */
export function secularRoots(merge: Merge, first: i32, last: i32): i32 {
  const k = merge.survivors;
  for (let j = first; j < last; j++) {
    const root = secularRoot(k, j, merge.poles, merge.z, merge.rho, rowOf(merge.rows, j, merge.stride));
    if (isNaN(root)) return j;
    put(merge.values, j, root);
  }
  return -1;
}

/**
 * Chooses the vectors to form: those of the values that are numbers from … to−1 of the block's in ascending order. For each slot,
 * its vector's row then goes to at. Returns how many secular vectors that takes.
 */
export function choose(merge: Merge, from: i32, to: i32, at: usize): i32 {
  const n = merge.n;
  const k = merge.survivors;
  sortedOrder(n, merge.values, merge.order, merge.spare);
  for (let s = 0; s < n; s++) putIndex(at, s, s < k ? -1 : s);
  for (let i = from; i < to; i++) {
    if (indexAt(merge.order, i) < k) putIndex(at, indexAt(merge.order, i), 0);
  }
  let chosen = 0;
  for (let j = 0; j < k; j++) {
    if (indexAt(at, j) < 0) continue;
    putIndex(at, j, chosen);
    putIndex(merge.wanted, chosen++, j);
  }
  merge.chosen = chosen;
  return chosen;
}

/** z̃ from the rows of roots first … last−1; complete, with its signs, when last is the number of survivors. */
export function secularWeights(merge: Merge, first: i32, last: i32): void {
  const k = merge.survivors;
  if (first == 0) for (let i = 0; i < k; i++) put(merge.weights, i, -1.0);
  for (let j = first; j < last; j++) {
    const row = rowOf(merge.rows, j, merge.stride);
    const pole = at(merge.poles, j);
    const own = at(merge.weights, j) * at(row, j);
    multiplyRatios(k, row, merge.poles, pole, merge.weights);
    put(merge.weights, j, own);
  }
  if (last < k) return;
  for (let i = 0; i < k; i++) {
    put(merge.weights, i, copysign<f64>(Math.sqrt(Math.max(0.0, at(merge.weights, i))), at(merge.z, i)));
  }
}

/** Chosen vectors first … last−1 of the rank-one problem, of norm 1, in the order upper, both, lower. */
export function secularVectors(merge: Merge, first: i32, last: i32): void {
  const k = merge.survivors;
  const vector = merge.spare;
  for (let t = first; t < last; t++) {
    const gaps = rowOf(merge.rows, indexAt(merge.wanted, t), merge.stride);
    const factor = 1.0 / quotients(k, merge.weights, gaps, vector);
    const row = rowOf(merge.rows, t, merge.stride);
    for (let i = 0; i < k; i++) put(row, indexAt(merge.place, i), factor * at(vector, i));
  }
}

/** The chosen vectors of the block, as rows 0 … chosen−1, from those of its halves. The lower half first: it leaves the upper's coefficients. */
export function assemble(merge: Merge): void {
  const n = merge.n;
  const half = merge.half;
  const upper = merge.upper + merge.both;
  const lower = merge.survivors - merge.upper;
  const lowerRows = rowOf(merge.halves, upper, half);
  const coefficients = rowOf(lowerRows, lower, n - half);
  const offset = (<usize>half) << 3;
  assembleHalf(merge, merge.upper, lower, lowerRows, n - half, offset, coefficients);
  assembleHalf(merge, 0, upper, merge.halves, half, 0, coefficients);
}

/** Columns offset … offset+width of the new rows: their coefficients first … first+count times the old rows. */
function assembleHalf(
  merge: Merge,
  first: i32,
  count: i32,
  old: usize,
  width: i32,
  offset: usize,
  coefficients: usize,
): void {
  const stride = merge.stride;
  for (let t = 0; t < merge.chosen; t++) {
    const row = rowOf(merge.rows, t, stride);
    memory.copy(rowOf(coefficients, t, count), row + ((<usize>first) << 3), (<usize>count) << 3);
    if (count == 0) memory.fill(row + offset, 0, (<usize>width) << 3);
  }
  const target = merge.rows + offset;
  multiply(merge.chosen, width, count, coefficients, count, ALONG, old, width, ACROSS, target, stride, false);
}

/**
 * Finds the survivors of deflation, ascending, their poles and z, and gives the rotations between equal ones to the rows. As in LAPACK's
 * dlaed2, what is dropped is at most 8 ε max(|d|, |z|) in any entry.
 */
function separate(merge: Merge): void {
  const n = merge.n;
  const values = merge.values;
  const z = merge.z;
  const largest = maxAbs(n, z);
  const tolerance = 8.0 * EPSILON * Math.max(maxAbs(n, values), largest);
  sortedOrder(n, values, merge.order, merge.spare);
  let k = 0;
  let before = -1;
  for (let i = 0; i < n && merge.rho * largest > tolerance; i++) {
    const slot = indexAt(merge.order, i);
    if (merge.rho * Math.abs(at(z, slot)) <= tolerance) continue;
    if (before >= 0 && !rotatedAway(merge, before, slot, tolerance)) putIndex(merge.wanted, k++, before);
    before = slot;
  }
  if (before >= 0) putIndex(merge.wanted, k++, before);
  merge.survivors = k;
}

/** Whether the entry of z at slot a could be rotated into that at slot b, whose values lie close: a is then deflated. */
function rotatedAway(merge: Merge, a: i32, b: i32, tolerance: f64): bool {
  const x = at(merge.z, a);
  const y = at(merge.z, b);
  const length = Math.sqrt(x * x + y * y);
  const c = y / length;
  const s = x / length;
  const da = at(merge.values, a);
  const db = at(merge.values, b);
  if (Math.abs((db - da) * c * s) > tolerance) return false;
  put(merge.z, b, length);
  put(merge.values, a, da * c * c + db * s * s);
  put(merge.values, b, da * s * s + db * c * c);
  rotate(merge.n, c, s, rowOf(merge.rows, a, merge.stride), rowOf(merge.rows, b, merge.stride));
  if (indexAt(merge.kinds, a) != indexAt(merge.kinds, b)) putIndex(merge.kinds, b, BOTH);
  return true;
}

/** Copies the survivors' halves away, in the order upper, both, lower, and moves the others to the slots behind. */
function moveRows(merge: Merge): void {
  const n = merge.n;
  const half = merge.half;
  const k = merge.survivors;
  merge.upper = 0;
  merge.both = 0;
  for (let i = 0; i < k; i++) {
    const kind = indexAt(merge.kinds, indexAt(merge.wanted, i));
    if (kind == UPPER) merge.upper++;
    else if (kind == BOTH) merge.both++;
  }
  let upper = 0;
  let both = merge.upper;
  let lower = merge.upper + merge.both;
  const lowerRows = rowOf(merge.halves, lower, half);
  for (let i = 0; i < k; i++) {
    const slot = indexAt(merge.wanted, i);
    const row = rowOf(merge.rows, slot, merge.stride);
    const kind = indexAt(merge.kinds, slot);
    const place = kind == UPPER ? upper++ : kind == BOTH ? both++ : lower++;
    putIndex(merge.place, i, place);
    if (kind != LOWER) memory.copy(rowOf(merge.halves, place, half), row, (<usize>half) << 3);
    if (kind != UPPER) {
      const rest = rowOf(lowerRows, place - merge.upper, n - half);
      memory.copy(rest, row + ((<usize>half) << 3), (<usize>(n - half)) << 3);
    }
    put(merge.poles, i, at(merge.values, slot));
    put(merge.spare, i, at(merge.z, slot));
    putIndex(merge.kinds, slot, -1);
  }
  memory.copy(merge.z, merge.spare, (<usize>k) << 3);
  fillBehind(merge);
}

/** Deflated slots below the survivors' number move to survivors' slots above it, of which there are as many. */
function fillBehind(merge: Merge): void {
  const k = merge.survivors;
  let free = k;
  for (let slot = 0; slot < k; slot++) {
    if (indexAt(merge.kinds, slot) == -1) continue;
    while (indexAt(merge.kinds, free) != -1) free++;
    const row = rowOf(merge.rows, slot, merge.stride);
    memory.copy(rowOf(merge.rows, free, merge.stride), row, (<usize>merge.n) << 3);
    put(merge.values, free++, at(merge.values, slot));
  }
}

/** w_i ← w_i gaps_i / (d_i − pole). */
function multiplyRatios(k: i32, gaps: usize, d: usize, pole: f64, w: usize): void {
  const poles = f64x2.splat(pole);
  let i = 0;
  for (; i + 2 <= k; i += 2) {
    const here = (<usize>i) << 3;
    const ratio = f64x2.div(v128.load(gaps + here), f64x2.sub(v128.load(d + here), poles));
    v128.store(w + here, f64x2.mul(v128.load(w + here), ratio));
  }
  if (i < k) put(w, i, at(w, i) * (at(gaps, i) / (at(d, i) - pole)));
}

/** v_i = w_i / gaps_i. Returns ‖v‖. */
function quotients(k: i32, w: usize, gaps: usize, v: usize): f64 {
  let i = 0;
  for (; i + 2 <= k; i += 2) {
    const here = (<usize>i) << 3;
    v128.store(v + here, f64x2.div(v128.load(w + here), v128.load(gaps + here)));
  }
  if (i < k) put(v, i, at(w, i) / at(gaps, i));
  return Math.sqrt(dot(k, v, v));
}
