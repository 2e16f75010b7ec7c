/**
 * The eigensolver against closed forms, mpmath, Sturm counts and ratios in the manner of LAPACK's tests (dsyt21), which ask for less
 * than 30. Divide and conquer is run with its smallest threshold too, so that matrices of a few rows reach every branch.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSync, Core } from '../src/core/instance.js';
import { eigh } from '../src/core/eigh.js';
import { loadSync, matrix, type Matrix } from '../src/index.js';
import fixtures from './fixtures/eigenvalues.json' with { type: 'json' };
import { uniforms } from './reference/generate.js';
import {
  countBelow,
  FAMILIES,
  randomSymmetric,
  ratios,
  symmetric,
  tridiagonal,
  withSpectrum,
} from './reference/symmetric.js';
import { CASES } from './setup/fixtures.js';

const hb = loadSync();
const core = new Core(compileSync());
const EPSILON = Number.EPSILON;
const RATIO = 30;
/** Orders up to which QL takes over: the usual one, and such that everything is torn down to single rows, or nothing. */
const LEAVES = [32, 1, 2, 1000];

/** Checks order, residuals, orthogonality, and values-only against with-vectors, at every threshold. Returns the values. */
function check(a: Matrix, leaves: readonly number[] = LEAVES): Float64Array {
  const n = a.rows;
  const alone = hb.eigh(a).values;
  const unit = a.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const norm = Math.hypot(...alone.map((value) => value / (unit || 1)));
  expectAscending(alone);
  for (const leaf of leaves) {
    const { values, vectors } = eigh(core, a.data, n, { vectors: true, leaf });
    expectAscending(values);
    const { residual, orthogonality } = ratios(a, values, { rows: n, cols: n, data: vectors! });
    expect(residual).toBeLessThan(RATIO);
    expect(orthogonality).toBeLessThan(RATIO);
    // Subnormal eigenvalues are multiples of 5e-324, whatever the algorithm.
    const allowed = RATIO * n * Math.max(EPSILON * norm, Number.MIN_VALUE / (unit || 1));
    values.forEach((value, k) =>
      expect(Math.abs((value - alone[k]) / (unit || 1))).toBeLessThanOrEqual(allowed),
    );
  }
  return alone;
}

function expectAscending(values: Float64Array): void {
  for (let k = 1; k < values.length; k++) expect(values[k]).toBeGreaterThanOrEqual(values[k - 1]);
}

/** The values are checked against exact ones to c n ε ‖A‖₂ with c = 10: about four times the most seen. */
function expectSpectrum(a: Matrix, exact: readonly number[]): void {
  const values = check(a);
  const sorted = [...exact].sort((x, y) => x - y);
  const norm = Math.max(...exact.map(Math.abs));
  const allowed = 10 * a.rows * Math.max(EPSILON * norm, Number.MIN_VALUE);
  sorted.forEach((value, k) => expect(Math.abs(values[k] - value)).toBeLessThanOrEqual(allowed));
}

const range = (n: number, f: (k: number) => number): number[] => Array.from({ length: n }, (_, k) => f(k));

describe('closed forms', () => {
  it.each([1, 2, 3, 17, 64, 100])('path Laplacian of order %i: 2 − 2 cos(πk/(n+1))', (n) => {
    expectSpectrum(
      FAMILIES['path Laplacian'](n, 0),
      range(n, (k) => 2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1))),
    );
  });

  it('min(i, j) of order 40: 1 / (2 − 2 cos((2k−1)π/(2n+1)))', () => {
    const n = 40;
    const exact = range(n, (k) => 1 / (2 - 2 * Math.cos(((2 * k + 1) * Math.PI) / (2 * n + 1))));
    expectSpectrum(
      symmetric(n, (_, j) => j + 1),
      exact,
    );
  });

  it('Kac’s matrix of order 50, symmetrized: −49, −47, …, 49', () => {
    const n = 50;
    const a = tridiagonal(
      n,
      () => 0,
      (i) => Math.sqrt((i + 1) * (n - 1 - i)),
    );
    expectSpectrum(
      a,
      range(n, (k) => 2 * k - n + 1),
    );
  });

  it('zeros, identity, ones, diagonal, rank one', () => {
    expectSpectrum(matrix(9, 9), new Array<number>(9).fill(0));
    expectSpectrum(FAMILIES['identity'](9, 0), new Array<number>(9).fill(1));
    expectSpectrum(FAMILIES['ones'](9, 0), [9, ...new Array<number>(8).fill(0)]);
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
    const spectra = [
      (k: number) => (k < 48 ? 1 : 2),
      (k: number) => 10 ** (-k / 2.5),
      (k: number) => (k < 2 ? k + 1 : 0),
      (k: number) => (k % 2) * k,
    ];
    spectra.forEach((spectrum, seed) =>
      expectSpectrum(withSpectrum(range(n, spectrum), seed + 1), range(n, spectrum)),
    );
  });
});

describe('other oracles', () => {
  it.each(fixtures.cases)('mpmath: $name', ({ order, lower, values }) => {
    expectSpectrum(
      symmetric(order, (i, j) => lower[(i * (i + 1)) / 2 + j]),
      values,
    );
  });

  it.each(CASES.filter(({ expected }) => expected.hessian))(
    'mpmath or PyTorch: the Hessian of $name',
    (problem) => {
      const { hessian, eigenvalues, frobeniusNorm } = problem.expected;
      const n = eigenvalues.length;
      const values = check(matrix(n, n, hessian));
      // The oracle's own eigenvalues of its Hessian are good to 1e-13 of the norm (test/fixtures/generate.py).
      values.forEach((value, k) =>
        expect(Math.abs(value - eigenvalues[k])).toBeLessThanOrEqual(2e-13 * frobeniusNorm),
      );
    },
  );

  it.each(['Wilkinson W+', 'glued Wilkinson', 'random tridiagonal', 'path Laplacian', 'zero diagonal'])(
    'Sturm counts: %s of order 201',
    (name) => {
      const n = 201;
      const a = FAMILIES[name](n, 2);
      const d = range(n, (i) => a.data[i * n + i]);
      const e = range(n - 1, (i) => a.data[i * n + i + 1]);
      const norm = Math.max(...d.map(Math.abs)) + 2 * Math.max(...e.map(Math.abs));
      check(a, [32]).forEach((value, k) => {
        const allowed = 4 * n * EPSILON * norm;
        expect(countBelow(d, e, value - allowed)).toBeLessThanOrEqual(k);
        expect(countBelow(d, e, value + allowed)).toBeGreaterThan(k);
      });
    },
  );
});

describe('ratios', () => {
  it('hold for every order from 1 to 70', () => {
    for (let n = 1; n <= 70; n++) check(randomSymmetric(n, n));
  });

  it.each(Object.entries(FAMILIES))('hold for matrices of the kind %s', (_, make) => {
    for (const n of [2, 5, 21, 33, 64, 65]) check(make(n, n));
    check(make(150, 1), [32, 3]);
  });

  it('hold where blocks and panels end: one more and one less than a multiple of 8, 16, 48, 96 and 192', () => {
    for (const n of [95, 97, 191, 193, 200]) check(randomSymmetric(n, n), [32]);
  });

  it.each([1e-100, 1e-145, 1e-155, 1e-160, 1e-161, 1e-170])(
    'hold where a coupling of %d squares to nothing',
    (tiny) => {
      const uniform = uniforms(9);
      const entry = (): number => 2 * uniform() - 1;
      check(symmetric(8, (i, j) => (j === 0 && i > 0 ? tiny * entry() : entry())));
      check(symmetric(8, (i, j) => (i === 7 && j < 7 ? tiny * entry() : entry())));
      check(symmetric(8, (i, j) => (i === 0 ? 1 : j === 0 ? 0 : tiny * entry())));
      check(symmetric(12, (i, j) => tiny ** (Math.min(i, j) / 8) * entry()));
    },
  );

  // QL without square roots squares the difference of a diagonal entry and the shift, here 0.
  it.each([1e-145, 1e-150, 1e-158, 1e-160, 1e-161, 1.8e-162, 1e-170])(
    'hold where a diagonal entry of %d squares to nothing',
    (tiny) => {
      for (const e of [1.4, 1.7, 3]) {
        for (const order of [
          [0, 1, 2],
          [2, 1, 0],
        ]) {
          const [d, off] = [[1, 1, tiny], order[0] === 0 ? [1, e] : [e, 1]];
          check(
            tridiagonal(
              3,
              (i) => d[order[i]],
              (i) => off[i],
            ),
          );
        }
        check(
          symmetric(9, (i, j) =>
            i === j ? (i % 3 === 2 ? tiny : 1) : i === j + 1 ? (i % 3 === 2 ? e : 1) : 0,
          ),
        );
      }
    },
  );

  it.each([1e300, 1e-300, 1e-310, 5e-324])('hold at the scale %d', (size) => {
    for (const n of [3, 12, 50]) check(randomSymmetric(n, 5, size));
  });

  it('hold for thousands of random structured matrices', () => {
    const kinds = Object.values(FAMILIES);
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.integer({ min: 1, max: 22 }),
        fc.integer(),
        fc.constantFrom(1, 1, 1e-160, 1e200),
        fc.integer({ min: 1, max: 4 }),
        (make, n, seed, size, leaf) => {
          const a = make(n, seed);
          check({ ...a, data: a.data.map((x) => x * size) }, [leaf]);
        },
      ),
      { numRuns: 3000, seed: 3 },
    );
  });

  it('hold for random entries at random places', () => {
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
