/**
 * The eigensolver against closed forms, and by LAPACK's own test ratios (dsyt21): max‖A v − λ v‖ / (n ε ‖A‖) and
 * max|VᵀV − I| / (n ε), which LAPACK's test suite asks to be below 30. The ratios are computed here in plain TypeScript.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSync, matrix, type Matrix } from '../src/index.js';
import { uniforms } from './reference/generate.js';

const hb = loadSync();
const EPSILON = Number.EPSILON;
const RATIO = 30;

/** n × n symmetric with entry(i, j) for j ≤ i. */
function symmetric(n: number, entry: (i: number, j: number) => number): Matrix {
  const a = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a.data[i * n + j] = a.data[j * n + i] = entry(i, j);
  }
  return a;
}

function randomSymmetric(n: number, seed: number, size = 1): Matrix {
  const uniform = uniforms(seed);
  return symmetric(n, () => size * (2 * uniform() - 1));
}

/** U diag(values) Uᵀ for a random product of reflections U. */
function withSpectrum(values: number[], seed: number): Matrix {
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

/** Checks order, residuals, orthogonality, and values-only against with-vectors. */
function check(a: Matrix): Float64Array {
  const n = a.rows;
  const { values, vectors } = hb.eigh(a, { vectors: true });
  const norm = Math.max(...a.data.map(Math.abs));
  // In units of the largest entry, so that matrices at 1e±300 can be squared and summed here.
  const unit = norm === 0 ? 1 : norm;
  // Subnormal eigenvalues are multiples of 5e-324, whatever the algorithm.
  const grain = (n * Number.MIN_VALUE) / unit;
  let frobenius = 0;
  for (const x of a.data) frobenius += (x / unit) * (x / unit);
  const scale = n * EPSILON * Math.sqrt(frobenius);
  for (let k = 1; k < n; k++) expect(values[k]).toBeGreaterThanOrEqual(values[k - 1]);
  for (let k = 0; k < n; k++) {
    const v = vectors!.data.subarray(k * n, (k + 1) * n);
    for (let i = 0; i < n; i++) {
      let product = 0;
      for (let j = 0; j < n; j++) product += (a.data[i * n + j] / unit) * v[j];
      const residual = Math.abs(product - (values[k] / unit) * v[i]);
      expect(residual).toBeLessThanOrEqual(RATIO * scale + grain);
    }
    for (let other = 0; other <= k; other++) {
      let inner = k === other ? -1 : 0;
      for (let i = 0; i < n; i++) inner += v[i] * vectors!.data[other * n + i];
      expect(Math.abs(inner)).toBeLessThanOrEqual(RATIO * n * EPSILON);
    }
  }
  hb.eigh(a).values.forEach((value, k) => {
    const gap = Math.abs(value / unit - values[k] / unit);
    expect(gap).toBeLessThanOrEqual(RATIO * scale + grain);
  });
  return values;
}

function expectSpectrum(a: Matrix, exact: number[]): void {
  const values = check(a);
  const norm = Math.max(...exact.map(Math.abs));
  [...exact]
    .sort((x, y) => x - y)
    .forEach((value, k) =>
      expect(Math.abs(values[k] - value)).toBeLessThanOrEqual(RATIO * a.rows * EPSILON * norm),
    );
}

describe('closed forms', () => {
  it.each([1, 2, 3, 17, 64, 100])('path Laplacian of order %i: 2 − 2 cos(πk/(n+1))', (n) => {
    const a = symmetric(n, (i, j) => (i === j ? 2 : i === j + 1 ? -1 : 0));
    expectSpectrum(
      a,
      Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1))),
    );
  });

  it('min(i, j) of order 40: 1 / (2 − 2 cos((2k−1)π/(2n+1)))', () => {
    const n = 40;
    const a = symmetric(n, (_, j) => j + 1);
    const exact = Array.from(
      { length: n },
      (_, k) => 1 / (2 - 2 * Math.cos(((2 * k + 1) * Math.PI) / (2 * n + 1))),
    );
    expectSpectrum(a, exact);
  });

  it('zeros, identity, ones, diagonal, rank one', () => {
    expectSpectrum(matrix(9, 9), new Array<number>(9).fill(0));
    expectSpectrum(
      symmetric(9, (i, j) => (i === j ? 1 : 0)),
      new Array<number>(9).fill(1),
    );
    expectSpectrum(
      symmetric(9, () => 1),
      [9, ...new Array<number>(8).fill(0)],
    );
    expectSpectrum(
      symmetric(5, (i, j) => (i === j ? [3, -1, 4, -1, 5][i] : 0)),
      [3, -1, 4, -1, 5],
    );
    expectSpectrum(
      symmetric(30, (i, j) => (i + 1) * (j + 1)),
      [(30 * 31 * 61) / 6, ...new Array<number>(29).fill(0)],
    );
  });

  it('prescribed spectra: clustered, graded, deficient in rank', () => {
    const n = 50;
    const repeat = (f: (k: number) => number): number[] => Array.from({ length: n }, (_, k) => f(k));
    expectSpectrum(
      withSpectrum(
        repeat((k) => (k < 48 ? 1 : 2)),
        1,
      ),
      repeat((k) => (k < 48 ? 1 : 2)),
    );
    expectSpectrum(
      withSpectrum(
        repeat((k) => 10 ** (-k / 2.5)),
        2,
      ),
      repeat((k) => 10 ** (-k / 2.5)),
    );
    expectSpectrum(
      withSpectrum(
        repeat((k) => (k < 2 ? k + 1 : 0)),
        3,
      ),
      repeat((k) => (k < 2 ? k + 1 : 0)),
    );
    expectSpectrum(
      withSpectrum(
        repeat((k) => (k % 2) * k),
        4,
      ),
      repeat((k) => (k % 2) * k),
    );
  });
});

describe('ratios', () => {
  it('hold for every order from 1 to 40', () => {
    for (let n = 1; n <= 40; n++) check(randomSymmetric(n, n));
  });

  it('hold for Wilkinson’s W21 and for a graded matrix over 20 orders', () => {
    check(symmetric(21, (i, j) => (i === j ? Math.abs(10 - i) : i === j + 1 ? 1 : 0)));
    check(symmetric(20, (i, j) => 10 ** -(i + j) * (i === j ? 1 : 0.5)));
    check(symmetric(20, (i, j) => 10 ** (i + j - 19) * (i === j ? 1 : 0.5)));
  });

  it.each([1e-100, 1e-145, 1e-155, 1e-160, 1e-161, 1e-170])(
    'hold where a coupling of %d squares to nothing',
    (tiny) => {
      const uniform = uniforms(9);
      const entry = (): number => 2 * uniform() - 1;
      check(symmetric(8, (i, j) => (j === 0 && i > 0 ? tiny * entry() : entry())));
      check(symmetric(8, (i, j) => (i === 0 ? 1 : j === 0 ? 0 : tiny * entry())));
      check(symmetric(12, (i, j) => tiny ** (Math.min(i, j) / 8) * entry()));
    },
  );

  it.each([1e300, 1e-300, 1e-310, 5e-324])('hold at the scale %d', (size) => {
    check(randomSymmetric(12, 5, size));
  });

  it('hold for random structured matrices', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 14 }),
        fc.integer(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 9 }),
        (n, seed, density, spread) => {
          const uniform = uniforms(seed);
          const entry = (): number =>
            uniform() < density ? (2 * uniform() - 1) * 10 ** (spread * (2 * uniform() - 1)) : 0;
          check(symmetric(n, entry));
        },
      ),
      { numRuns: 1000, seed: 3 },
    );
  });
});

describe('input', () => {
  it('is read from the lower triangle, where it is symmetric only to rounding', () => {
    const a = randomSymmetric(6, 1);
    const b = matrix(6, 6, a.data);
    b.data[1] = b.data[1] + EPSILON;
    expect(hb.eigh(b).values).toEqual(hb.eigh(a).values);
    expect(a.data).toEqual(randomSymmetric(6, 1).data);
  });

  it.each([
    [matrix(2, 3), /a: expected a square matrix; got 2 × 3/],
    [matrix(2, 2, [1, 2, 3, 4]), /a: expected a symmetric matrix.*\(1, 0\) = 3 and \(0, 1\) = 2/],
    [{ ...matrix(1, 1), data: Float64Array.of(NaN) }, /a\.data: expected finite numbers; got NaN/],
  ])('is refused: %#', (a, message) => {
    expect(() => hb.eigh(a)).toThrow(RangeError);
    expect(() => hb.eigh(a)).toThrow(message);
  });
});
