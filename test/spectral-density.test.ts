/**
 * spectralDensity against eigh of the assembled Hessian. Which signs a probe has is not known here: rules are compared with those of all
 * 2^P sign vectors, and averages with the known variance of sign vectors.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPool,
  type Dataset,
  type GaussRule,
  loadSync,
  matrix,
  type Network,
  type Pool,
  type SpectralDensity,
} from '../src/index.js';
import { checkNetwork } from '../src/network.js';
import { checkDensityOptions, type DensityChoices } from '../src/spectral-density.js';
import { initialize } from '../src/initialization.js';
import { randomMatrix, uniforms } from './reference/generate.js';
import { FLOWERS, moment, total } from './reference/measure.js';
import { CASES } from './setup/fixtures.js';

const hb = loadSync();

/** P = 9. */
const SMALL: { network: Network; data: Dataset } = {
  network: initialize({ widths: [2, 2, 1], activation: 'tanh', loss: 'squared-error', seed: 3 }),
  data: { inputs: randomMatrix(uniforms(4), 9, 2), targets: randomMatrix(uniforms(5), 9, 1) },
};
/** Eigenvalues of H with the squares of (v·u_i) for every sign vector v/√P, up to the sign of v. */
function measures({ network, data }: typeof SMALL): { values: Float64Array; weights: number[][] } {
  const { values, vectors } = hb.eigh(hb.hessian(network, data), { vectors: true });
  const P = values.length;
  const weights = Array.from({ length: 2 ** (P - 1) }, (_, signs) =>
    Array.from(values, (_, k) => {
      const u = vectors!.data.subarray(k * P, (k + 1) * P);
      return u.reduce((sum, x, p) => sum + ((signs >> p) & 1 ? -x : x), 0) ** 2 / P;
    }),
  );
  return { values, weights };
}

/** The least over the sign vectors of the largest error of the rule's moments 0 … degree, in units of the largest |λ|. */
function nearest({ nodes, weights }: GaussRule, exact: ReturnType<typeof measures>, degree: number): number {
  const size = Math.max(-exact.values[0], exact.values.at(-1)!);
  const [own, true_] = [Array.from(nodes, (x) => x / size), Array.from(exact.values, (x) => x / size)];
  return exact.weights.reduce((least, measure) => {
    let most = 0;
    for (let j = 0; j <= degree; j++) {
      most = Math.max(most, Math.abs(moment(own, weights, j) - moment(true_, measure, j)));
    }
    return Math.min(least, most);
  }, Infinity);
}

describe('a rule', () => {
  const { network, data } = SMALL;
  const exact = measures(SMALL);

  it.each([2, 3, 4])(
    'of %i nodes has the moments of a sign vector up to degree 2 n − 1, and no more',
    (steps) => {
      const { rules, products } = hb.spectralDensity(network, data, { steps, probes: 5 });
      expect(products).toBe(5 * steps);
      for (const rule of rules) {
        expect(rule.nodes).toHaveLength(steps);
        // A moment sums some ten terms of size 1.
        expect(nearest(rule, exact, 2 * steps - 1)).toBeLessThan(1e-13);
        expect(nearest(rule, exact, 2 * steps)).toBeGreaterThan(1e-8);
      }
    },
  );

  it('of P nodes is the measure of a sign vector', () => {
    for (const steps of [9, 50, 1000]) {
      const { rules } = hb.spectralDensity(network, data, { steps, probes: 3 });
      for (const rule of rules) {
        expect(rule.nodes.length).toBeLessThanOrEqual(9);
        expect(nearest(rule, exact, 30)).toBeLessThan(1e-13);
      }
    }
  });

  it.each(CASES)(
    'lies within the spectrum, with weights that sum to 1: $name',
    ({ network, data, expected }) => {
      const { rules } = hb.spectralDensity(network, data, { probes: 2, steps: 20 });
      const slack = 1e-12 * Math.max(expected.frobeniusNorm, ...expected.eigenvalues.map(Math.abs));
      const [least, most] = [expected.eigenvalues[0], expected.eigenvalues.at(-1)!];
      for (const { nodes, weights } of rules) {
        expect(nodes[0]).toBeGreaterThanOrEqual(least - slack);
        expect(nodes.at(-1)).toBeLessThanOrEqual(most + slack);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
        expect(Math.abs(total(weights) - 1)).toBeLessThan(1e-14);
        // Of all P nodes: the eigenvalues themselves.
        if (expected.eigenvalues.length > 20) continue;
        for (const node of nodes) {
          const gap = expected.eigenvalues.reduce((gap, x) => Math.min(gap, Math.abs(x - node)), Infinity);
          expect(gap).toBeLessThanOrEqual(slack);
        }
      }
    },
  );

  it('ends where its direction has no more to it', () => {
    // One linear layer: H = X̃ᵀX̃/N ⊗ I, with as many eigenvalues that are not 0 as samples, each twice.
    const linear: Network = { layers: [{ weights: matrix(2, 4) }], loss: 'squared-error' };
    const two: Dataset = { inputs: randomMatrix(uniforms(6), 2, 4), targets: matrix(2, 2) };
    const { rules, products } = hb.spectralDensity(linear, two, { probes: 20 });
    const exact = measures({ network: linear, data: two });
    for (const rule of rules) {
      expect(rule.nodes).toHaveLength(3);
      expect(nearest(rule, exact, 12)).toBeLessThan(1e-13);
    }
    expect(products).toBe(60);
    // Many samples, and parameters of unlike size: rounding is of the size of H, whatever the last product's.
    const wide: Network = { layers: [{ weights: matrix(1, 40), bias: [0] }], loss: 'squared-error' };
    const inputs = randomMatrix(uniforms(7), 12, 40);
    inputs.data.forEach((x, at) => (inputs.data[at] = x * 10 ** -(Math.floor(at / 40) / 4)));
    const few = hb.spectralDensity(wide, { inputs, targets: matrix(12, 1) }, { probes: 10 });
    for (const { nodes } of few.rules) expect(nodes.length).toBeLessThanOrEqual(13);
  });

  it('of one parameter, and of no curvature, is one node', () => {
    const line: Network = { layers: [{ weights: matrix(1, 1, [2]) }], loss: 'squared-error' };
    const at = (x: number, weightDecay = 0, options = {}): SpectralDensity =>
      hb.spectralDensity(
        { ...line, weightDecay },
        { inputs: matrix(1, 1, [x]), targets: [1] },
        { probes: 2, ...options },
      );
    const rule = (node: number): GaussRule => ({ nodes: Float64Array.of(node), weights: Float64Array.of(1) });
    expect(at(3).rules).toEqual([rule(9), rule(9)]);
    expect(at(3)).toMatchObject({
      trace: { estimate: 9, standardError: 0, exact: 9 },
      frobeniusNorm: { estimate: 9, standardError: 0, exact: 9 },
    });
    expect(at(0).rules).toEqual([rule(0), rule(0)]);
    expect(at(0, 0.5).rules).toEqual([rule(0.5), rule(0.5)]);
    for (const density of [at(3), at(0), at(0, 0.5)]) expectIntegrals(density);
    for (const x of [0, 3])
      for (const bandwidth of [0, 1e-300, 1e150]) expectIntegrals(at(x, 0, { bandwidth }));
  });

  it('is shifted by weight decay, and by nothing else', () => {
    const plain = hb.spectralDensity(network, data);
    const decayed = hb.spectralDensity({ ...network, weightDecay: 0.25 }, data);
    plain.rules.forEach(({ nodes, weights }, k) => {
      expect(decayed.rules[k].weights).toEqual(weights);
      expect(decayed.rules[k].nodes).toEqual(nodes.map((x) => x + 0.25));
    });
    expect(decayed.trace.estimate).toBeCloseTo(plain.trace.estimate + 0.25 * 9, 12);
    expect(decayed.trace.exact).toBeCloseTo(plain.trace.exact! + 0.25 * 9, 12);
  });
});

/** The grid's sums are the integrals: of 1, x and x² with the variance of the smoothing. 1e-12: some thousand terms of size ε. */
function expectIntegrals({ grid, density, bandwidth, nodes, weights }: SpectralDensity): void {
  const step = (grid.at(-1)! - grid[0]) / (grid.length - 1);
  const over = (power: number): number => step * moment(grid, density, power);
  const size = Math.max(-grid[0], grid.at(-1)!);
  expect(Math.abs(over(0) - 1)).toBeLessThanOrEqual(1e-12);
  expect(Math.abs(over(1) - moment(nodes, weights, 1))).toBeLessThanOrEqual(1e-12 * size);
  expect(Math.abs(over(2) - moment(nodes, weights, 2) - bandwidth ** 2)).toBeLessThanOrEqual(
    1e-12 * size ** 2,
  );
  expect(Math.min(...density)).toBe(0);
  expect([density[0], density.at(-1)]).toEqual([0, 0]);
}

describe('the density', () => {
  const { network, data } = FLOWERS;

  it.each([
    {},
    { points: 16 },
    { points: 10_000, bandwidth: 0.01 },
    { points: 77, bandwidth: 5 },
    { bandwidth: 0 },
    { bandwidth: 1e6 },
    { probes: 1, steps: 2 },
  ])('integrates to 1, and has the moments of the rules: %j', (options) => {
    expectIntegrals(hb.spectralDensity(network, data, options));
  });

  it('has the bandwidth asked for, as near as the grid has whole steps, or what the grid resolves', () => {
    const of = (options: object): number => hb.spectralDensity(network, data, options).bandwidth;
    expect(of({ bandwidth: 0.5, points: 4000 })).toBeCloseTo(0.5, 12);
    const { grid, bandwidth } = hb.spectralDensity(network, data, { bandwidth: 1e-9 });
    expect(bandwidth).toBeCloseTo((grid[1] - grid[0]) / Math.sqrt(3), 12);
    const { rules } = hb.spectralDensity(network, data);
    const ends = rules.flatMap(({ nodes }) => [nodes[0], nodes.at(-1)!]);
    expect(of({})).toBeCloseTo((Math.max(...ends) - Math.min(...ends)) / 50, 12);
  });

  it('cannot tell its error from one probe', () => {
    const { standardError, trace, frobeniusNorm } = hb.spectralDensity(network, data, { probes: 1 });
    expect([...standardError.subarray(0, 2), trace.standardError, frobeniusNorm.standardError]).toEqual(
      new Array(4).fill(NaN),
    );
  });
});

describe('an average over probes', () => {
  const { network, data } = FLOWERS;
  const h = hb.hessian(network, data);
  const P = h.rows;
  const square = hb.gram(h);
  /** Of vᵀ A v for sign vectors v/√P: 2 (‖A‖_F² − Σ a_ii²)/P². */
  const variance = ({ data }: typeof h): number =>
    (2 * data.reduce((sum, x, at) => sum + (at % (P + 1) === 0 ? 0 : x * x), 0)) / P ** 2;
  const probes = 1000;
  const found = hb.spectralDensity(network, data, { probes, steps: 60, seed: 1, moments: true });

  it('nears the exact one as its variance says, for H, H² and H⁴', () => {
    const quartic = hb.gram(square);
    for (const [power, a] of [
      [1, h],
      [2, square],
      [4, quartic],
    ] as const) {
      const each = found.rules.map(({ nodes, weights }) => moment(nodes, weights, power));
      const mean = total(each) / probes;
      const trace = total(Array.from({ length: P }, (_, p) => a.data[p * (P + 1)]));
      expect(Math.abs(mean - trace / P)).toBeLessThan(4 * Math.sqrt(variance(a) / probes));
      // The spread itself, to 20 %: its own error is √(κ/1000), κ up to some 10 for χ²-like variables.
      const spread = total(each.map((x) => (x - mean) ** 2)) / (probes - 1);
      expect(Math.abs(spread / variance(a) - 1)).toBeLessThan(0.2);
    }
  });

  it('gives trace and norm, with their errors, beside the exact ones', () => {
    const { trace, frobeniusNorm } = hb.moments(network, data);
    expect(found.trace.exact).toBe(trace);
    expect(found.frobeniusNorm.exact).toBe(frobeniusNorm);
    expect(Math.abs(found.trace.estimate - trace)).toBeLessThan(4 * found.trace.standardError);
    expect(Math.abs(found.frobeniusNorm.estimate - frobeniusNorm)).toBeLessThan(
      4 * found.frobeniusNorm.standardError,
    );
    expect(found.trace.standardError / (P * Math.sqrt(variance(h) / probes))).toBeCloseTo(1, 0.5);
    const ofSquare = (P * Math.sqrt(variance(square) / probes)) / (2 * frobeniusNorm);
    expect(found.frobeniusNorm.standardError / ofSquare).toBeCloseTo(1, 0.5);
  });

  it('is of signs that are as often + as −, and of each other independent', () => {
    // All of H is positive: pairs of signs that agree more often than not would show at once.
    const inputs = matrix(3, 6, Array.from({ length: 18 }, uniforms(8)));
    const line: Network = { layers: [{ weights: matrix(1, 6) }], loss: 'squared-error' };
    const { trace } = hb.spectralDensity(line, { inputs, targets: matrix(3, 1) }, { probes, steps: 6 });
    expect(Math.abs(trace.estimate - trace.exact!)).toBeLessThan(4 * trace.standardError);
  });

  it('counts a parameter without curvature without error', () => {
    const inputs = matrix(150, 4, data.inputs.data);
    inputs.data.forEach((_, at) => at % 4 === 2 && (inputs.data[at] = 0));
    const { rules } = hb.spectralDensity(
      { layers: [{ weights: matrix(1, 4, [1, 2, 3, 4]), bias: [0] }], loss: 'squared-error' },
      { inputs, targets: matrix(150, 1) },
    );
    for (const { nodes, weights } of rules) {
      expect(Math.abs(nodes[0])).toBeLessThan(1e-15);
      expect(weights[0]).toBeCloseTo(1 / 5, 13);
    }
  });
});

describe('options', () => {
  const { network, data } = FLOWERS;

  it('more probes begin with the same, and another seed with others', () => {
    const of = (options: object): GaussRule[] => hb.spectralDensity(network, data, options).rules;
    const three = of({ probes: 3, steps: 4 });
    expect(of({ probes: 7, steps: 4 }).slice(0, 3)).toEqual(three);
    expect(of({ probes: 3, steps: 4, seed: 1 })[0]).not.toEqual(three[0]);
    expect(three[0]).not.toEqual(three[1]);
    expect(of({ probes: 3, steps: 4, seed: 0 })).toEqual(three);
  });

  it('moments are computed if asked for, or cheap', () => {
    const exact = (options: object): number | undefined =>
      hb.spectralDensity(network, data, options).trace.exact;
    expect(exact({})).toBe(hb.moments(network, data).trace);
    expect(exact({ moments: false })).toBeUndefined();
    expect(exact({ probes: 1, steps: 2 })).toBeUndefined();
    expect(exact({ probes: 1, steps: 2, moments: true })).toBe(hb.moments(network, data).trace);
  });

  it.each([
    [{ probes: 0 }, RangeError, /options\.probes: expected an integer from 1 to 1000; got 0/],
    [{ steps: 1 }, RangeError, /options\.steps: expected an integer from 2 to 1000; got 1/],
    [{ steps: '9' }, TypeError, /options\.steps: expected an integer; got "9"/],
    [{ points: 15 }, RangeError, /options\.points: expected an integer from 16 to 10000; got 15/],
    [{ bandwidth: -1 }, RangeError, /options\.bandwidth.*got -1/],
    [{ seed: 0.5 }, RangeError, /options\.seed.*got 0\.5/],
    [{ moments: 'yes' }, TypeError, /options\.moments: expected true, false or 'auto'; got "yes"/],
    [{ n_v: 3 }, TypeError, /unknown option "n_v"; known: probes, steps, seed, points, bandwidth, moments/],
    [
      { probes: 1000, steps: 101 },
      RangeError,
      /options: expected at most 100000 products in all; got probes · steps = 1000 · 101 = 101000/,
    ],
  ])('refuses %j', (options, kind, message) => {
    const call = (): unknown => hb.spectralDensity(network, data, options as object);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });

  it('refuses more steps than memory holds, and moments that no array could, before any work', () => {
    const large: Network = { layers: [{ weights: matrix(700, 700) }], loss: 'squared-error' };
    const one: Dataset = { inputs: matrix(1, 700), targets: matrix(1, 700) };
    const held = hb.memory().held;
    expect(() => hb.spectralDensity(large, one, { steps: 547, probes: 2 })).toThrow(
      /options\.steps: expected at most 546 for a network of 490000 parameters.*got 547/,
    );
    const choices = (network: Network, options: object): DensityChoices =>
      checkDensityOptions(checkNetwork(network), 2, options);
    expect(choices(large, { steps: 546, probes: 2 }).steps).toBe(546);
    const layers = [{ weights: matrix(1, 1) }, { weights: matrix(16385, 1) }, { weights: matrix(1, 16385) }];
    const wide: Network = { layers, loss: 'squared-error' };
    const few = { steps: 2, probes: 1 };
    const two: Dataset = { inputs: matrix(2, 1), targets: [0, 1] };
    expect(() => hb.spectralDensity(wide, two, { ...few, moments: true })).toThrow(/at most 16384 units/);
    expect(hb.memory().held).toBe(held);
    // However many products there are beside.
    expect(choices(wide, { probes: 1000, steps: 100 }).moments).toBe(false);
  });
});

describe('in a pool', () => {
  const pools: Record<number, Pool> = {};
  beforeAll(async () => {
    for (const workers of [1, 2, 7]) pools[workers] = await createPool({ workers });
  });
  afterAll(async () => {
    await Promise.all(Object.values(pools).map((pool) => pool.close()));
  });

  it.each([1, 2, 7])('of %i: the same to the bit, with progress in small steps', async (workers) => {
    for (const { network, data } of [SMALL, FLOWERS]) {
      expect(await pools[workers].spectralDensity(network, data)).toEqual(hb.spectralDensity(network, data));
    }
    const { network, data } = LARGE;
    const fractions: number[] = [];
    const onProgress = (fraction: number): void => void fractions.push(fraction);
    await pools[workers].spectralDensity(network, data, {
      probes: 2,
      steps: 200,
      moments: false,
      onProgress,
    });
    // Two probes: any more steps than that come from within them.
    expect(fractions.length).toBeGreaterThan(4);
    expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
    expect(fractions.at(-1)).toBe(1);
  });

  it('is aborted within 100 ms', async () => {
    const controller = new AbortController();
    const { network, data } = LARGE;
    const pending = pools[2].spectralDensity(network, data, { probes: 50, signal: controller.signal });
    const reason = new Error('enough');
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort(reason);
    }, 150);
    await expect(pending).rejects.toBe(reason);
    expect(aborted).toBeGreaterThan(0);
    expect(performance.now() - aborted).toBeLessThan(100);
  });
});

/** Work of seconds. */
const LARGE: { network: Network; data: Dataset } = {
  network: initialize({ widths: [40, 80, 10], activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 }),
  data: {
    inputs: randomMatrix(uniforms(1), 500, 40),
    targets: Float64Array.from({ length: 500 }, (_, i) => i % 10),
  },
};
