/**
 * The density of spectralDensity, plain and corrected by the exact moments, against its definition: the smoothed rules, a least squares fit
 * by another way, and the errors that it really makes.
 */
import { describe, expect, it } from 'vitest';
import { loadSync, matrix, type Network } from '../src/index.js';
import { initialize } from '../src/initialization.js';
import { randomProblem } from './reference/generate.js';
import { FLOWERS, kernel, moment, total } from './reference/measure.js';

const hb = loadSync();

describe('the density', () => {
  const { network, data } = FLOWERS;

  it.each([false, true])(
    'is the mean of the rules, smoothed, with its standard error; corrected: %s',
    (corrected) => {
      const found = hb.spectralDensity(network, data, { moments: corrected, steps: 20, points: 150 });
      const { grid, density, standardError, bandwidth, rules } = found;
      expect(found.corrected).toBe(corrected);
      const nodes = rules.map((rule) => Array.from(rule.nodes));
      const weights = rules.map((rule) => Array.from(rule.weights));
      const { trace, frobeniusNorm, parameters } = hb.moments(network, data);
      const highest = Math.max(...density);
      grid.forEach((x, j) => {
        const f = nodes.map((own) => own.map((node) => kernel(x - node, bandwidth)));
        // Corrected: what a quadratic fits of f is known exactly, and only the rest is sampled.
        const [a, b, c] = corrected ? fit(nodes.flat(), weights.flat(), f.flat()) : [0, 0, 0];
        const known = a + (b * trace) / parameters + (c * frobeniusNorm ** 2) / parameters;
        const each = f.map((values, k) =>
          total(values.map((y, i) => weights[k][i] * (y - a - b * nodes[k][i] - c * nodes[k][i] ** 2))),
        );
        const mean = total(each) / each.length;
        const variance = total(each.map((y) => (y - mean) ** 2)) / (each.length - 1);
        expect(Math.abs(density[j] - known - mean)).toBeLessThan(1e-11 * highest);
        expect(Math.abs(standardError[j] - Math.sqrt(variance / each.length))).toBeLessThan(1e-11 * highest);
      });
    },
  );

  it('has all nodes in order, with the moments of the rules or the exact ones, and no weight below 0', () => {
    const corrections = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const { network, data } = randomProblem(seed, 5, 20);
      const exact = hb.moments(network, data);
      // One probe is often too far off to be corrected.
      for (const probes of [1, 6]) {
        const found = hb.spectralDensity(network, data, { probes, steps: 8, moments: true });
        const { nodes, weights, rules } = found;
        const size = Math.max(...nodes.map(Math.abs));
        const mean = (power: number): number =>
          total(rules.map((rule) => moment(rule.nodes, rule.weights, power))) / probes;
        const [first, second] = found.corrected
          ? [exact.trace / exact.parameters, exact.frobeniusNorm ** 2 / exact.parameters]
          : [mean(1), mean(2)];
        expect([...nodes]).toEqual(rules.flatMap((rule) => [...rule.nodes]).sort((x, y) => x - y));
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
        expect(Math.abs(total(weights) - 1)).toBeLessThan(1e-12);
        expect(Math.abs(moment(nodes, weights, 1) - first)).toBeLessThanOrEqual(1e-12 * size);
        expect(Math.abs(moment(nodes, weights, 2) - second)).toBeLessThanOrEqual(1e-12 * size ** 2);
        corrections[probes === 1 ? 0 : 1] += Number(found.corrected);
      }
    }
    expect(corrections[0]).toBeGreaterThan(30);
    expect(corrections[0]).toBeLessThan(corrections[1]);
  });

  it('is not corrected by rounding', () => {
    // H = I/3 but for the last bits, by which nodes of several probes differ.
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const inputs = matrix(3, 3, [c * c, s, s * c, -s * c, c, -s * s, -s, 0, c]);
    const line: Network = { layers: [{ weights: matrix(1, 3) }], loss: 'squared-error' };
    const { corrected, weights } = hb.spectralDensity(line, { inputs, targets: matrix(3, 1) });
    expect(corrected).toBe(false);
    expect(Math.abs(total(weights) - 1)).toBeLessThan(1e-14);
  });

  it('errs as its standard errors say, and less if corrected', () => {
    const { values } = hb.eigh(hb.hessian(network, data));
    const P = values.length;
    /** At the lowest and the highest eigenvalue and at 0: the mean squares of the error, and of the standard error. */
    const squares = (moments: boolean): [error: number, standard: number][] => {
      const sums = [0, 0, 0].map((): [number, number] => [0, 0]);
      for (let seed = 0; seed < 60; seed++) {
        const options = { seed, moments, probes: 10, steps: P, points: 200, bandwidth: 0.02 };
        const { grid, density, standardError, bandwidth } = hb.spectralDensity(network, data, options);
        [values[0], 0, values[P - 1]].forEach((x, at) => {
          const j = Math.round((x - grid[0]) / (grid[1] - grid[0]));
          const truth = total(values.map((value) => kernel(grid[j] - value, bandwidth))) / P;
          sums[at][0] += (density[j] - truth) ** 2 / 60;
          sums[at][1] += standardError[j] ** 2 / 60;
        });
      }
      return sums;
    };
    const [plain, corrected] = [squares(false), squares(true)];
    // A variance from 60 χ²-like values is known to 25 %.
    for (const [error, standard] of [...plain, ...corrected]) {
      expect(standard / error).toBeGreaterThan(0.6);
      expect(standard / error).toBeLessThan(1.6);
    }
    expect(corrected[2][0]).toBeLessThan(0.7 * plain[2][0]);
  });

  it('knows the one eigenvalue that carries the norm of a trained network', () => {
    const shape = { widths: [4, 8, 3], activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 } as const;
    const { network: trained } = hb.train(initialize(shape), data, {
      optimizer: 'adam',
      steps: 300,
      learningRate: 0.02,
    });
    const values = hb.eigh(hb.hessian(trained, data)).values;
    const P = values.length;
    expect(values[P - 2]).toBeLessThan(0.2 * values[P - 1]);
    for (let seed = 0; seed < 5; seed++) {
      const above = (moments: boolean): number => {
        const { nodes, weights } = hb.spectralDensity(trained, data, { seed, probes: 6, moments });
        return P * total(weights.filter((_, i) => nodes[i] > values[P - 1] / 2));
      };
      expect(Math.abs(above(true) - 1)).toBeLessThan(0.02);
      expect(Math.abs(above(false) - 1)).toBeGreaterThan(0.05);
    }
  });
});

/** The coefficients of the weighted least squares fit of f by 1, x, x²: normal equations, by Cramer's rule. */
function fit(x: number[], weights: number[], f: number[]): number[] {
  const column = (of: (i: number) => number): number[] =>
    [0, 1, 2].map((power) => total(x.map((value, i) => weights[i] * value ** power * of(i))));
  const columns = [0, 1, 2].map((power) => column((i) => x[i] ** power));
  const right = column((i) => f[i]);
  const determinant = ([a, b, c]: number[][]): number =>
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    b[0] * (a[1] * c[2] - a[2] * c[1]) +
    c[0] * (a[1] * b[2] - a[2] * b[1]);
  return columns.map(
    (_, k) => determinant(columns.map((column, j) => (j === k ? right : column))) / determinant(columns),
  );
}
