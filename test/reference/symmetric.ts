/** Symmetric matrices that are hard on eigensolvers, and slow ways to tell whether an eigensystem is right. */
import { matrix, type Matrix } from '../../src/index.js';
import { uniforms } from './generate.js';

const EPSILON = Number.EPSILON;

/** n × n symmetric with entry(i, j) for j ≤ i, asked for by rows. */
export function symmetric(n: number, entry: (i: number, j: number) => number): Matrix {
  const a = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a.data[i * n + j] = a.data[j * n + i] = entry(i, j);
  }
  return a;
}

export function tridiagonal(n: number, d: (i: number) => number, e: (i: number) => number): Matrix {
  return symmetric(n, (i, j) => (i === j ? d(i) : i === j + 1 ? e(j) : 0));
}

export function randomSymmetric(n: number, seed: number, size = 1): Matrix {
  const uniform = uniforms(seed);
  return symmetric(n, () => size * (2 * uniform() - 1));
}

/** U diag(values) Uᵀ for a random product of reflections U. */
export function withSpectrum(values: readonly number[], seed: number): Matrix {
  const n = values.length;
  const uniform = uniforms(seed);
  const a = symmetric(n, (i, j) => (i === j ? values[i] : 0));
  for (let step = 0; step < 3; step++) {
    const v = Array.from({ length: n }, () => 2 * uniform() - 1);
    const square = v.reduce((sum, x) => sum + x * x, 0);
    const w = v.map((_, i) => (2 / square) * v.reduce((sum, x, j) => sum + a.data[i * n + j] * x, 0));
    const inner = v.reduce((sum, x, i) => sum + x * w[i], 0) / square;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const value = a.data[i * n + j] - (v[i] * w[j] + w[i] * v[j]) + 2 * inner * v[i] * v[j];
        a.data[i * n + j] = a.data[j * n + i] = value;
      }
    }
  }
  return a;
}

function lowRank(n: number, rank: number, seed: number): Matrix {
  const uniform = uniforms(seed);
  const x = Array.from({ length: n }, () => Array.from({ length: rank }, () => 2 * uniform() - 1));
  return symmetric(n, (i, j) => x[i].reduce((sum, value, k) => sum + value * x[j][k], 0));
}

/** Kinds of matrices, of any order from a seed. */
export const FAMILIES: Readonly<Record<string, (n: number, seed: number) => Matrix>> = {
  random: (n, seed) => randomSymmetric(n, seed),
  sparse: (n, seed) => {
    const uniform = uniforms(seed);
    return symmetric(n, () => (uniform() < 0.15 ? 2 * uniform() - 1 : 0));
  },
  'Wilkinson W+': (n) =>
    tridiagonal(
      n,
      (i) => Math.abs((n - 1) / 2 - i),
      () => 1,
    ),
  'glued Wilkinson': (n, seed) =>
    tridiagonal(
      n,
      (i) => Math.abs(10 - (i % 21)),
      (i) => (i % 21 === 20 ? 10 ** -(6 + (Math.abs(seed) % 10)) : 1),
    ),
  'path Laplacian': (n) =>
    tridiagonal(
      n,
      () => 2,
      () => -1,
    ),
  'zero diagonal': (n) =>
    tridiagonal(
      n,
      () => 0,
      () => 1,
    ),
  'random tridiagonal': (n, seed) => {
    const uniform = uniforms(seed);
    return tridiagonal(
      n,
      () => 2 * uniform() - 1,
      () => 10 ** (-17 * uniform() ** 3),
    );
  },
  'one diagonal, couplings over 15 orders': (n, seed) => {
    const uniform = uniforms(seed);
    return tridiagonal(
      n,
      () => 1,
      () => 10 ** (-15 * uniform()),
    );
  },
  clustered: (n, seed) => {
    const uniform = uniforms(seed);
    return withSpectrum(
      Array.from({ length: n }, (_, k) => (k % 7 === 0 ? 2 : 1) + 1e-12 * uniform()),
      seed,
    );
  },
  'graded down 20 orders': (n, seed) => {
    const uniform = uniforms(seed);
    return symmetric(n, (i, j) => (2 * uniform() - 1) * 10 ** ((-10 * (i + j)) / n));
  },
  'graded up 20 orders': (n, seed) => {
    const uniform = uniforms(seed);
    return symmetric(n, (i, j) => (2 * uniform() - 1) * 10 ** ((10 * (i + j)) / n));
  },
  'entries over 20 orders': (n, seed) => {
    const uniform = uniforms(seed);
    return symmetric(n, () => (2 * uniform() - 1) * 10 ** (20 * uniform() - 10));
  },
  'rank 2': (n, seed) => lowRank(n, 2, seed),
  'rank n/2': (n, seed) => lowRank(n, n >> 1, seed),
  identity: (n) => symmetric(n, (i, j) => (i === j ? 1 : 0)),
  zeros: (n) => symmetric(n, () => 0),
  ones: (n) => symmetric(n, () => 1),
  diagonal: (n, seed) => {
    const uniform = uniforms(seed);
    return symmetric(n, (i, j) => (i === j ? Math.round(10 * uniform()) : 0));
  },
  'blocks of one matrix': (n, seed) => {
    const block = randomSymmetric(8, seed);
    return symmetric(n, (i, j) => (i >> 3 === j >> 3 ? block.data[(i & 7) * 8 + (j & 7)] : 0));
  },
  arrow: (n) => symmetric(n, (i, j) => (i === j ? i + 1 : j === 0 ? 1 : 0)),
  Hilbert: (n) => symmetric(n, (i, j) => 1 / (i + j + 1)),
};

/**
 * LAPACK's ratios in plain TypeScript, for all eigenvectors or some: max‖A v − λ v‖₁ / (n ε ‖A‖₁) and ‖VᵀV − I‖₁ / (n ε). In units of the
 * largest entry, so that matrices at 1e±300 can be summed; eigenvalues below the normal range are multiples of 5e-324, whatever the
 * algorithm.
 */
export function ratios(
  a: Matrix,
  values: Float64Array,
  vectors: Matrix,
): { residual: number; orthogonality: number } {
  const n = a.rows;
  const unit = a.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  const scaled = a.data.map((x) => x / unit);
  const row = (k: number): Float64Array => vectors.data.subarray(k * n, (k + 1) * n);
  const size = (x: Float64Array): number => x.reduce((sum, value) => sum + Math.abs(value), 0);
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, size(scaled.subarray(i * n, (i + 1) * n)));
  let [residual, orthogonality] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    const v = row(k);
    const value = values[k] / unit;
    const left = v.map((x, i) => dot(scaled.subarray(i * n, (i + 1) * n), v) - value * x);
    residual = Math.max(residual, size(left));
    const inner = Float64Array.from(values, (_, other) => dot(v, row(other)) - (other === k ? 1 : 0));
    orthogonality = Math.max(orthogonality, size(inner));
  }
  const grain = Math.max(EPSILON * norm, Number.MIN_VALUE / unit);
  return { residual: residual / (n * grain), orthogonality: orthogonality / (n * EPSILON) };
}

/** How many eigenvalues of the tridiagonal matrix lie below x: signs of the pivots of T − x (Sturm; LAPACK's dlaneg). */
export function countBelow(d: readonly number[], e: readonly number[], x: number): number {
  let count = 0;
  let pivot = 1;
  d.forEach((value, i) => {
    pivot = value - x - (i > 0 ? (e[i - 1] * e[i - 1]) / pivot : 0);
    if (pivot === 0) pivot = -Number.MIN_VALUE / EPSILON;
    if (pivot < 0) count++;
  });
  return count;
}

export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** A x for a square A. */
export function times(a: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, i) => dot(a.subarray(i * n, (i + 1) * n), x));
}

/** Makes the rows orthonormal where they are: twice, as rounding wants. */
export function gramSchmidt(rows: Float64Array[]): Float64Array[] {
  rows.forEach((row, r) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows.slice(0, r)) {
        const c = dot(other, row);
        row.forEach((_, i) => (row[i] -= c * other[i]));
      }
    }
    const norm = Math.sqrt(dot(row, row));
    row.forEach((_, i) => (row[i] /= norm));
  });
  return rows;
}
