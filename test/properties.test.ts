/** What must hold for every network: bounds, agreement of the routes, and invariances. Oracles: the exact spectrum, symmetry. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSync, Core } from '../src/core/instance.js';
import { momentSums } from '../src/core/moments.js';
import { computeMoments } from '../src/moments.js';
import { checkDataset, checkNetwork } from '../src/network.js';
import { type Dataset, loadSync, matrix, type Matrix, type Network, wolkowiczStyan } from '../src/index.js';
import { randomProblem, uniforms } from './reference/generate.js';

const hb = loadSync();
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const runs = { numRuns: 300, seed: 20 };

/** c n ε: what two orders of summation may differ by, relative to the norm of the Hessian and its samples' parts. */
const ROUNDING = 1e-11;

describe('bounds', () => {
  it('hold on random networks of every kind', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        const { bounds, exact, lower, upper, moments } = hb.sharpness(network, data, {
          bounds: 'all',
          exact: true,
        });
        const slack = 1e-12 * moments.frobeniusNorm;
        expect(upper).toBeGreaterThanOrEqual(exact!.largest - slack);
        expect(lower).toBeLessThanOrEqual(exact!.largest + slack);
        expect(bounds.wolkowiczStyan!.smallest!.lower).toBeLessThanOrEqual(exact!.smallest + slack);
        expect(bounds.wolkowiczStyan!.smallest!.upper).toBeGreaterThanOrEqual(exact!.smallest - slack);
        const blocks = bounds.layerBlocks!.largest.upper;
        expect(blocks).toBeGreaterThanOrEqual(exact!.largest - slack);
        expect(bounds.gaussNewton!.largest.upper).toBeGreaterThanOrEqual(exact!.largest - slack);
        const { largest, smallest } = bounds.quartic!;
        expect(largest.upper).toBeGreaterThanOrEqual(exact!.largest - slack);
        expect(largest.lower).toBeLessThanOrEqual(exact!.largest + slack);
        expect(smallest!.lower).toBeLessThanOrEqual(exact!.smallest + slack);
        expect(smallest!.upper).toBeGreaterThanOrEqual(exact!.smallest - slack);
        // One layer: the same bound.
        if (network.layers.length === 1) {
          expect(blocks - bounds.wolkowiczStyan!.largest.upper).toBeLessThanOrEqual(
            1e-11 * moments.frobeniusNorm,
          );
        }
        expect(bounds.aPriori!.largest.upper).toBeGreaterThanOrEqual(exact!.largest - slack);
      }),
      runs,
    );
  });
});

describe('bounds where the variance of the spectrum is lost to rounding', () => {
  // A linear layer on nearly orthonormal samples has H ≈ μI: s² is a difference of equal numbers, and a bound that trusted
  // it would fall short of λ_1 by up to √ε ‖H‖_F.
  it.each(['gram', 'hessian'] as const)('hold by the %s route', (method) => {
    const core = new Core(compileSync());
    let cancelled = 0;
    for (let seed = 0; seed < 200; seed++) {
      const uniform = uniforms(seed);
      const d = 2 + (seed % 9);
      const noise = 10 ** (-6 - 4 * uniform());
      const inputs = matrix(d, d);
      for (let at = 0; at < d * d; at++)
        inputs.data[at] = (at % (d + 1) === 0 ? 1 : 0) + noise * (2 * uniform() - 1);
      const network: Network = { layers: [{ weights: matrix(1, d) }], loss: 'squared-error' };
      const net = checkNetwork(network);
      const data = checkDataset(net, { inputs, targets: new Float64Array(d) });
      const { moments, loss } = computeMoments(core, net, data, { method });
      const { values } = hb.eigh(hb.hessian(network, { inputs, targets: new Float64Array(d) }));
      const slack = 1e-12 * moments.frobeniusNorm;
      const { largest, smallest } = wolkowiczStyan({ ...loss, order: d });
      expect(largest.upper).toBeGreaterThanOrEqual(values[d - 1] - slack);
      expect(largest.lower).toBeLessThanOrEqual(values[d - 1] + slack);
      expect(smallest.lower).toBeLessThanOrEqual(values[0] + slack);
      expect(smallest.upper).toBeGreaterThanOrEqual(values[0] - slack);
      // What the formula without an allowance says: the test is only worth something if that is wrong at times.
      const mean = moments.trace / d;
      const variance = Math.max(0, (moments.frobeniusNorm * moments.frobeniusNorm) / d - mean * mean);
      if (mean + Math.sqrt(variance * (d - 1)) < values[d - 1] - slack) cancelled++;
    }
    expect(cancelled).toBeGreaterThan(5);
    core.dispose();
  });
});

describe('routes', () => {
  it('agree on every moment, and with the Hessian', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        const gram = hb.moments(network, data, { method: 'gram' });
        const assembled = hb.moments(network, data, { method: 'hessian' });
        const h = hb.hessian(network, data);
        const allowed = ROUNDING * Math.max(gram.frobeniusNorm, summedNorms(network, data));
        let trace = 0;
        for (let p = 0; p < h.rows; p++) trace += h.data[p * h.rows + p];
        for (const moments of [gram, assembled]) {
          expect(Math.abs(moments.trace - trace)).toBeLessThanOrEqual(allowed);
          expect(Math.abs(moments.frobeniusNorm - hb.frobeniusNorm(h))).toBeLessThanOrEqual(allowed);
        }
        gram.crossNorms.data.forEach((x, at) =>
          expect(Math.abs(x - assembled.crossNorms.data[at])).toBeLessThanOrEqual(allowed),
        );
      }),
      runs,
    );
  });

  it('do not depend on the size of the blocks of samples', () => {
    const core = new Core(compileSync());
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, 20_000, 200_000), (seed, blockBytes) => {
        const { network, data } = randomProblem(seed, 4, 90);
        const net = checkNetwork(network);
        const checked = checkDataset(net, data);
        for (const route of ['gram', 'hessian'] as const) {
          const whole = momentSums(core, net, checked, route);
          const blocks = momentSums(core, net, checked, route, blockBytes);
          const scale = whole.betas.reduce((sum, x) => sum + x, 0);
          whole.squares.forEach((x, at) =>
            expect(Math.abs(x - blocks.squares[at])).toBeLessThanOrEqual(1e-13 * scale * scale),
          );
          whole.traces.forEach((x, at) =>
            expect(Math.abs(x - blocks.traces[at])).toBeLessThanOrEqual(1e-13 * whole.traceSizes[at]),
          );
        }
      }),
      { numRuns: 60, seed: 21 },
    );
    core.dispose();
  });
});

describe('the Hessian', () => {
  it('times a vector is the Hessian–vector product', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        const h = hb.hessian(network, data);
        const v = Float64Array.from({ length: h.rows }, (_, p) => Math.sin(p + 1));
        const product = hb.hessianVectorProduct(network, data, v);
        const allowed =
          ROUNDING * Math.sqrt(h.rows) * Math.max(hb.frobeniusNorm(h), summedNorms(network, data));
        product.forEach((x, p) => {
          const row = h.data.subarray(p * h.rows, (p + 1) * h.rows);
          expect(Math.abs(x - row.reduce((sum, entry, q) => sum + entry * v[q], 0))).toBeLessThanOrEqual(
            allowed,
          );
          row.forEach((entry, q) => expect(entry).toBe(h.data[q * h.rows + p]));
        });
      }),
      runs,
    );
  });
});

describe('invariances', () => {
  const expectSame = (
    a: { network: Network; data: Dataset },
    b: { network: Network; data: Dataset },
  ): void => {
    const [x, y] = [a, b].map(({ network, data }) => hb.sharpness(network, data, { exact: true }));
    const allowed = ROUNDING * Math.max(x.moments.frobeniusNorm, summedNorms(a.network, a.data));
    const near = (p: number, q: number): void => expect(Math.abs(p - q)).toBeLessThanOrEqual(allowed);
    near(x.moments.trace, y.moments.trace);
    near(x.moments.frobeniusNorm, y.moments.frobeniusNorm);
    x.exact!.values.forEach((value, k) => near(value, y.exact!.values[k]));
    const [one, other] = [a, b].map(({ network, data }) => hb.loss(network, data));
    expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-13 * Math.abs(one));
  };

  it('permuting the samples changes nothing', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        expectSame({ network, data }, { network, data: takeSamples(data, reversed(data.inputs.rows)) });
      }),
      { ...runs, numRuns: 100 },
    );
  });

  it('duplicating the data set changes nothing', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        const all = Array.from({ length: data.inputs.rows }, (_, i) => i);
        expectSame({ network, data }, { network, data: takeSamples(data, [...all, ...all]) });
      }),
      { ...runs, numRuns: 100 },
    );
  });

  it('a sample of weight 2 is a sample twice, one of weight 0 is none', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data: weighted } = randomProblem(seed);
        const { weights: _, ...data } = weighted;
        const N = data.inputs.rows;
        const counts = Array.from({ length: N }, (_, i) => (i === 0 ? 2 : i % 3));
        const repeated = counts.flatMap((count, i) => new Array<number>(count).fill(i));
        expectSame(
          { network, data: { ...data, weights: counts } },
          { network, data: takeSamples(data, repeated) },
        );
      }),
      { ...runs, numRuns: 100 },
    );
  });

  it('permuting hidden units changes nothing', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        if (network.layers.length < 2) return;
        expectSame({ network, data }, { network: reverseUnits(network, 0), data });
      }),
      { ...runs, numRuns: 100 },
    );
  });

  it('weight decay shifts the spectrum and every bound by ω', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-6, max: 10, noNaN: true }), (seed, omega) => {
        const { network, data } = randomProblem(seed);
        const [plain, decayed] = [0, omega].map((weightDecay) =>
          hb.sharpness({ ...network, weightDecay }, data, { exact: true }),
        );
        const near = (x: number, y: number): void =>
          expect(Math.abs(x + omega - y)).toBeLessThanOrEqual(1e-14 * (Math.abs(x) + omega));
        near(plain.upper, decayed.upper);
        near(plain.lower, decayed.lower);
        plain.exact!.values.forEach((value, k) => near(value, decayed.exact!.values[k]));
        const { trace, frobeniusNorm } = decayed.moments;
        const values = decayed.exact!.values;
        const size = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
        const allowed = ROUNDING * Math.max(size, omega, summedNorms(network, data));
        expect(Math.abs(frobeniusNorm - size)).toBeLessThanOrEqual(allowed);
        expect(Math.abs(trace - values.reduce((sum, x) => sum + x, 0))).toBeLessThanOrEqual(
          allowed * values.length,
        );
      }),
      { ...runs, numRuns: 100 },
    );
  });
});

/** Mean over samples of the norm of each sample's own Hessian: what cancels to give H, and what rounding is relative to. */
function summedNorms(network: Network, data: Dataset): number {
  const { weightDecay: _, ...bare } = network;
  const N = data.inputs.rows;
  const weights = data.weights ? Array.from(data.weights) : new Array<number>(N).fill(1);
  const total = weights.reduce((sum, w) => sum + w, 0);
  let norm = 0;
  for (let i = 0; i < N; i++) {
    const { weights: __, ...sample } = takeSamples(data, [i]);
    norm += (weights[i] / total) * hb.frobeniusNorm(hb.hessian(bare, sample));
  }
  return norm;
}

function takeSamples(data: Dataset, order: number[]): Dataset {
  const rows = (x: Matrix): Matrix =>
    matrix(
      order.length,
      x.cols,
      order.flatMap((i) => Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols))),
    );
  const { inputs, targets, weights } = data;
  return {
    inputs: rows(inputs),
    targets: 'data' in targets ? rows(targets) : order.map((i) => targets[i]),
    ...(weights && { weights: order.map((i) => weights[i]) }),
  };
}

/** The network with the outputs of layer l in reverse order, and the inputs of the next layer likewise. */
function reverseUnits(network: Network, l: number): Network {
  const layers = network.layers.map((layer) => ({ ...layer }));
  const [here, next] = [layers[l], layers[l + 1]];
  const { rows, cols, data } = here.weights;
  here.weights = matrix(
    rows,
    cols,
    reversed(rows).flatMap((i) => Array.from(data.subarray(i * cols, (i + 1) * cols))),
  );
  if (here.bias) here.bias = Array.from(here.bias).reverse();
  const w = next.weights;
  next.weights = matrix(
    w.rows,
    w.cols,
    w.data.map((_, at) => w.data[at - (at % w.cols) + w.cols - 1 - (at % w.cols)]),
  );
  return { ...network, layers };
}

function reversed(n: number): number[] {
  return Array.from({ length: n }, (_, i) => n - 1 - i);
}
