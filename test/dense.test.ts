/** gram and frobeniusNorm against loops in plain TypeScript, and at the ends of the range. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSync, matrix } from '../src/index.js';
import { randomMatrix, uniforms } from './reference/generate.js';

const hb = loadSync();

describe('gram', () => {
  it('is X Xᵀ for every size and tail', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer(),
        (rows, cols, seed) => {
          const x = randomMatrix(uniforms(seed), rows, cols, 10);
          const g = hb.gram(x);
          expect([g.rows, g.cols]).toEqual([rows, rows]);
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < rows; j++) {
              let sum = 0;
              let size = 0;
              for (let k = 0; k < cols; k++) {
                const product = x.data[i * cols + k] * x.data[j * cols + k];
                sum += product;
                size += Math.abs(product);
              }
              // γ_n |x|·|y| for two sums in different orders.
              const allowed = 2 * cols * Number.EPSILON * size;
              expect(Math.abs(g.data[i * rows + j] - sum)).toBeLessThanOrEqual(allowed);
              expect(g.data[i * rows + j]).toBe(g.data[j * rows + i]);
            }
          }
        },
      ),
      { numRuns: 150, seed: 5 },
    );
  });

  it('is exact where every product and sum is an integer', () => {
    const x = matrix(
      130,
      33,
      Array.from({ length: 130 * 33 }, (_, at) => ((at * 7919) % 2001) - 1000),
    );
    const { data } = hb.gram(x);
    for (let i = 0; i < 130; i++) {
      for (let j = 0; j < 130; j++) {
        let sum = 0;
        for (let k = 0; k < 33; k++) sum += x.data[i * 33 + k] * x.data[j * 33 + k];
        expect(data[i * 130 + j]).toBe(sum);
      }
    }
  });
});

describe('frobeniusNorm', () => {
  it.each([
    [[3, 4], 5],
    [[0, 0, 0], 0],
    [[3e200, 4e200], 5e200],
    [[3e-200, 4e-200], 5e-200],
    [[3e307, 4e307], 5e307],
    [[3e-320, 4e-320], 5e-320],
    [[1e-200, 1e200], 1e200],
    [[5e-324], 5e-324],
    [[-1.7976931348623157e308], 1.7976931348623157e308],
  ])('of %j is %d', (entries, norm) => {
    const computed = hb.frobeniusNorm(matrix(1, entries.length, entries));
    // Subnormal results are multiples of 5e-324, coarser than ε.
    expect(Math.abs(computed - norm)).toBeLessThanOrEqual(4 * Number.EPSILON * norm + Number.MIN_VALUE);
  });

  it('matches a compensated sum to a few ε at any length', () => {
    for (const n of [1, 2, 3, 255, 256, 257, 1000, 100_001]) {
      const x = randomMatrix(uniforms(n), 1, n);
      let sum = 0;
      let correction = 0;
      for (const value of x.data) {
        const term = value * value - correction;
        const next = sum + term;
        correction = next - sum - term;
        sum = next;
      }
      expect(Math.abs(hb.frobeniusNorm(x) / Math.sqrt(sum) - 1)).toBeLessThan(32 * Number.EPSILON);
    }
  });
});
