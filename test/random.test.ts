import { describe, expect, it } from 'vitest';
import { normal, permutation, uniform } from '../src/random.js';

describe('uniform', () => {
  // A transcription of PractRand's sfc32 to Python's integers; 27 and 26 bits of two outputs make a double.
  it.each([
    [0, 0, [0.31748144353787644, 0.18830282972553158, 0.22070574447598978]],
    [1, 0, [0.4684900748426659, 0.39758921723365603, 0.47181193818790734]],
    [2 ** 53 - 1, 0, [0.7609843358837698, 0.760523885805499, 0.44309726632753477]],
    [1, 1, [0.06247576496375995, 0.0509878617088344, 0.04060468824392072]],
    [7, 4294967295, [0.005043382227411852, 0.10775133973527318, 0.9934574115943496]],
  ])('gives the reference numbers for seed %i, stream %i', (seed, stream, expected) => {
    const next = uniform(seed, stream);
    expect(expected.map(() => next())).toEqual(expected);
  });

  it('fills [0, 1) evenly', () => {
    const next = uniform(7);
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) counts[Math.floor(16 * next())]++;
    // χ² with 15 degrees of freedom: above 37.7 once in a thousand seeds.
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(37.7);
  });

  it.each([-1, 0.5, 2 ** 53, NaN])('refuses seed %s', (seed) => {
    expect(() => uniform(seed)).toThrow(/^seed: expected an integer from 0/);
  });
});

describe('normal', () => {
  // Probabilities of the normal distribution beyond each edge, from tables; the last two bins hold 27 and 63 of 20,000 in the mean.
  const EDGES = [-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3];
  const CUMULATIVE = [
    0.0013498980316300933, 0.022750131948179195, 0.15865525393145707, 0.3085375387259869, 0.5,
    0.6914624612740131, 0.8413447460685429, 0.9772498680518208, 0.9986501019683699,
  ];

  it('has the normal distribution', () => {
    const draw = normal(uniform(3));
    const count = 20_000;
    const counts = new Array<number>(EDGES.length + 1).fill(0);
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const x = draw();
      counts[EDGES.filter((edge) => x >= edge).length]++;
      squares += x * x;
    }
    const shares = [...CUMULATIVE, 1].map((p, i) => p - (CUMULATIVE[i - 1] ?? 0));
    const chi = shares.reduce((sum, p, i) => sum + (counts[i] - count * p) ** 2 / (count * p), 0);
    // χ² with 9 degrees of freedom: above 27.9 once in a thousand seeds. Σ x² / N errs by √(2/N) = 0.01: four times that.
    expect(chi).toBeLessThan(27.9);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.04);
  });
});

describe('permutation', () => {
  it('gives each order as often as the others', () => {
    const next = uniform(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const key = permutation(4, next).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // χ² with 23 degrees of freedom: above 49.7 once in a thousand seeds.
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(49.7);
  });
});
