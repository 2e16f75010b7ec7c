import { addProduct, rowMajor, transposed } from './gemm.js';
import { implicitQl, magnitude } from './ql.js';
import { secularRoot } from './secular.js';

/** What QL solves; 16 to 48 make no difference that could be measured. */
const LEAF = 32;

interface Work {
  n: number;
  /** Eigenvalues of the parts solved so far. */
  d: Float64Array;
  /** Their eigenvectors as rows, in the columns of their part. */
  rows: Float64Array;
  /** Their indices in ascending order, part by part. */
  order: Uint32Array;
  tolerance: number;
  /** The rows that a merge combines, and those that it leaves alone. */
  old: Float64Array;
  /** The vectors of the secular equation, as rows. */
  inner: Float64Array;
}

/**
 * Eigenvalues, ascending, and eigenvectors, as rows, of a symmetric tridiagonal matrix: Cuppen's divide and conquer with the vectors of
 * Gu and Eisenstat (A divide-and-conquer algorithm for the symmetric tridiagonal eigenproblem, SIAM J. Matrix Anal. Appl.
 * 16, 1995). `beside`[i] couples i and i + 1. Both arguments are used up.
 */
export function divideAndConquer(
  n: number,
  diagonal: Float64Array,
  beside: Float64Array,
): { values: Float64Array; vectors: Float64Array } {
  const work: Work = {
    n,
    d: diagonal,
    rows: new Float64Array(n * n),
    order: new Uint32Array(n),
    tolerance: 8 * Number.EPSILON * magnitude(n, diagonal, beside),
    old: new Float64Array(n * n),
    inner: new Float64Array(n * n),
  };
  solve(work, beside, 0, n);
  const { order, rows, old: vectors } = work;
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const from = order[i];
    values[i] = diagonal[from];
    vectors.set(rows.subarray(from * n, (from + 1) * n), i * n);
  }
  return { values, vectors };
}

function solve(work: Work, beside: Float64Array, low: number, high: number): void {
  const { n, d, rows, order } = work;
  const m = high - low;
  if (m > LEAF) {
    const middle = (low + high) >> 1;
    const coupling = beside[middle - 1];
    d[middle - 1] -= Math.abs(coupling);
    d[middle] -= Math.abs(coupling);
    solve(work, beside, low, middle);
    solve(work, beside, middle, high);
    merge(work, low, middle, high, coupling);
    return;
  }
  const z = new Float64Array(m * m);
  for (let i = 0; i < m; i++) z[i * m + i] = 1;
  implicitQl(m, d.subarray(low, high), beside.subarray(low, high), z);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) rows[(low + i) * n + low + j] = z[j * m + i];
  }
  sortIndices(d, order, low, high);
}

/** Where the entries of a row are not zero. */
const FIRST = 0;
const BOTH = 1;
const SECOND = 2;

/** The eigensystem of diag(d) + ρ z zᵀ in terms of the halves' rows, which it takes the place of. */
function merge(work: Work, low: number, middle: number, high: number, coupling: number): void {
  const { n, d, rows, order, old, inner } = work;
  const m = high - low;
  const z = new Float64Array(m);
  for (let j = low; j < high; j++) {
    const entry = j < middle ? rows[j * n + middle - 1] : rows[j * n + middle] * Math.sign(coupling);
    z[j - low] = entry * Math.SQRT1_2;
  }
  const rho = 2 * Math.abs(coupling);
  mergeOrders(d, order, low, middle, high);
  const { kept, left, kinds } = deflate(work, low, middle, high, z, rho);

  const k = kept.length;
  const poles = Float64Array.from(kept, (j) => d[j]);
  const weights = Float64Array.from(kept, (j) => z[j - low]);
  const values = new Float64Array(k);
  for (let i = 0; i < k; i++) values[i] = secularRoot(i, k, poles, weights, rho, inner, i * k);
  const counts = [0, 0, 0];
  for (const j of kept) counts[kinds[j - low]]++;
  const places = new Uint32Array(k);
  const starts = [0, counts[FIRST], counts[FIRST] + counts[BOTH]];
  for (let j = 0; j < k; j++) places[j] = starts[kinds[kept[j] - low]]++;
  secularVectors(k, poles, weights, places, inner);

  // Rows of the first half in its columns, of the second in its own, then those left alone: m² in all at most.
  const upper = counts[FIRST] + counts[BOTH];
  const lower = counts[BOTH] + counts[SECOND];
  const width = middle - low;
  const second = upper * width;
  const alone = second + lower * (m - width);
  for (let j = 0; j < k; j++) {
    const row = kept[j] * n;
    const place = places[j];
    if (place < upper) old.set(rows.subarray(row + low, row + middle), place * width);
    if (place >= counts[FIRST])
      old.set(rows.subarray(row + middle, row + high), second + (place - counts[FIRST]) * (m - width));
  }
  const leftValues = left.map((j) => d[j]);
  left.forEach((j, i) => old.set(rows.subarray(j * n + low, j * n + high), alone + i * m));
  for (let i = 0; i < m; i++) {
    const row = (low + i) * n;
    if (i < k) {
      d[low + i] = values[i];
      rows.fill(0, row + low, row + high);
    } else {
      d[low + i] = leftValues[i - k];
      rows.set(old.subarray(alone + (i - k) * m, alone + (i - k + 1) * m), row + low);
    }
  }
  const corner = low * n;
  const coefficients = rowMajor(inner, k);
  const of = (offset: number, columns: number) => transposed(rowMajor(old, columns, offset));
  addProduct(k, width, upper, coefficients, of(0, width), rows, false, corner + low, n);
  const others = rowMajor(inner, k, counts[FIRST]);
  addProduct(k, m - width, lower, others, of(second, m - width), rows, false, corner + middle, n);
  sortIndices(d, order, low, high);
}

/**
 * Splits the indices into those, by ascending d, whose z and whose differences in d are worth solving for, and those `left` as they
 * are, if need be after a rotation of two rows that takes one's z to zero.
 */
function deflate(
  { n, d, rows, order, tolerance }: Work,
  low: number,
  middle: number,
  high: number,
  z: Float64Array,
  rho: number,
): { kept: number[]; left: number[]; kinds: Uint8Array } {
  const kinds = new Uint8Array(high - low).fill(FIRST, 0, middle - low).fill(SECOND, middle - low);
  const kept: number[] = [];
  const left: number[] = [];
  let held = -1;
  for (let i = low; i < high; i++) {
    const j = order[i];
    if (rho * Math.abs(z[j - low]) <= tolerance) {
      left.push(j);
      continue;
    }
    if (held >= 0) {
      const length = Math.sqrt(z[j - low] ** 2 + z[held - low] ** 2);
      const c = z[j - low] / length;
      const s = z[held - low] / length;
      if (Math.abs((d[j] - d[held]) * c * s) > tolerance) {
        kept.push(held);
      } else {
        z[j - low] = length;
        for (let p = held * n + low, q = j * n + low, end = q + high - low; q < end; p++, q++) {
          const x = rows[p];
          const y = rows[q];
          rows[p] = c * x - s * y;
          rows[q] = s * x + c * y;
        }
        const x = d[held];
        const y = d[j];
        d[held] = c * c * x + s * s * y;
        d[j] = s * s * x + c * c * y;
        if (kinds[held - low] !== kinds[j - low]) kinds[j - low] = BOTH;
        left.push(held);
      }
    }
    held = j;
  }
  if (held >= 0) kept.push(held);
  return { kept, left, kinds };
}

/**
 * The orthonormal vectors ẑ_j / (d_j − λ_i) as rows, entry j at places[j], from the differences d_j − λ_i. ẑ is the vector for which the λ
 * are the exact roots (Löwner): a small error in a root moves ẑ, not the angles between the vectors.
 */
function secularVectors(
  k: number,
  poles: Float64Array,
  z: Float64Array,
  places: Uint32Array,
  inner: Float64Array,
): void {
  const squares = new Float64Array(k).fill(1);
  for (let i = 0; i < k; i++) {
    const row = i * k;
    const pole = poles[i];
    for (let j = 0; j < i; j++) squares[j] *= inner[row + j] / (poles[j] - pole);
    squares[i] *= inner[row + i];
    for (let j = i + 1; j < k; j++) squares[j] *= inner[row + j] / (poles[j] - pole);
  }
  for (let j = 0; j < k; j++) squares[j] = Math.sqrt(Math.abs(squares[j])) * Math.sign(z[j]);
  const entries = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    const row = i * k;
    let square = 0;
    for (let j = 0; j < k; j++) {
      const entry = squares[j] / inner[row + j];
      entries[j] = entry;
      square += entry * entry;
    }
    const scale = 1 / Math.sqrt(square);
    for (let j = 0; j < k; j++) inner[row + places[j]] = entries[j] * scale;
  }
}

function sortIndices(d: Float64Array, order: Uint32Array, low: number, high: number): void {
  for (let i = low; i < high; i++) order[i] = i;
  order.subarray(low, high).sort((i, j) => d[i] - d[j]);
}

function mergeOrders(d: Float64Array, order: Uint32Array, low: number, middle: number, high: number): void {
  const first = order.slice(low, middle);
  const second = order.slice(middle, high);
  let [p, q] = [0, 0];
  for (let i = low; i < high; i++) {
    const fromFirst = q === second.length || (p < first.length && d[first[p]] <= d[second[q]]);
    order[i] = fromFirst ? first[p++] : second[q++];
  }
}
