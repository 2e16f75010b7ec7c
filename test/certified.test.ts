/**
 * sharpness(…, { certified: true }). Oracle: spectra from mpmath (test/fixtures), each value rounded once, and PyTorch's to their own accuracy; for what
 * double precision loses, networks made for that (enclosures.py).
 */
import { afterAll, describe, expect, it } from 'vitest';
import { Core, compileSync } from '../src/core/instance.js';
import { runHere } from '../src/core/job.js';
import {
  createPool,
  loadSync,
  matrix,
  type Interval,
  type Network,
  type Sharpness,
  type SharpnessOptions,
} from '../src/index.js';
import { checkDataset, checkNetwork } from '../src/network.js';
import { type Compression } from '../src/interval/compression.js';
import { deflateProven } from '../src/interval/deflation.js';
import { provenSteps } from '../src/proven.js';
import { initialize } from '../src/initialization.js';
import { expectEnclosed } from './reference/enclosed.js';
import { flowers, randomProblem, uniforms } from './reference/generate.js';
import { CANCELLATION_CASES, CASES, LOST_CASES, type SpectrumCase } from './setup/fixtures.js';

const hb = loadSync();
const OPTIONS = {
  certified: true,
  bounds: 'all',
  tolerance: 1e-10,
  ends: 'both',
  ingredients: false,
} as const;

/** A number rounded once lies so far from the true one at most. */
function rounded(x: number): number {
  return Number.EPSILON * Math.abs(x) + Number.MIN_VALUE;
}

/** What the oracle itself leaves open: PyTorch's spectra, checked to 2.5e-15 of the norm against mpmath (test/fixtures/README.md). */
function slackOf({ oracle, expected }: Pick<SpectrumCase, 'oracle' | 'expected'>, value: number): number {
  return oracle === 'mpmath' ? rounded(value) : 1e-14 * expected.frobeniusNorm;
}

function expectProven(result: Sharpness, known: Pick<SpectrumCase, 'oracle' | 'expected'>): void {
  const { eigenvalues } = known.expected;
  const [smallest, largest] = [eigenvalues[0], eigenvalues.at(-1)!];
  const inside = (x: Partial<Interval>, value: number): void => {
    expect(x.lower ?? -Infinity).toBeLessThanOrEqual(value + slackOf(known, value));
    expect(x.upper).toBeGreaterThanOrEqual(value - slackOf(known, value));
  };
  inside(result, largest);
  for (const bound of Object.values(result.bounds)) {
    inside(bound.largest, largest);
    if (bound.smallest) inside(bound.smallest, smallest);
  }
  for (const step of result.certificate!.history) inside(step, largest);
  expectEnclosed(result, eigenvalues, slackOf(known, known.expected.frobeniusNorm));
  expect(result.certified).toBe(true);
  expect(Object.keys(result.bounds).sort()).toEqual(['deflated', 'layerBlocks', 'wolkowiczStyan']);
}

describe('proven bounds hold', () => {
  it.each(CASES)('$name', (known) => {
    const result = hb.sharpness(known.network, known.data, OPTIONS);
    expectProven(result, known);
    // As narrow as rounding allows, but where the moments leave room: radii of a few ε n at each of a few layers.
    const { largest } = result.bounds.deflated!;
    if (result.certificate!.complement < largest.lower!) {
      expect(largest.upper - largest.lower!).toBeLessThan(2e-11 * known.expected.frobeniusNorm);
    }
  });

  it.each(CANCELLATION_CASES)('where curvature cancels: $name', (known) => {
    const result = hb.sharpness(known.network, known.data, OPTIONS);
    expectProven(result, known);
    // What all rows of a softmax' weights share takes no digits.
    if (known.name.startsWith('offset')) {
      expect(result.upper - result.lower).toBeLessThan(1e-13 * known.expected.frobeniusNorm);
    }
  });

  it.each(LOST_CASES)('where double precision loses the forward pass: $name', (known) => {
    expectProven(hb.sharpness(known.network, known.data, OPTIONS), known);
  });

  it('which the bounds without do not, there', () => {
    const short = LOST_CASES.filter(({ network, data, expected }) => {
      const { upper, lower } = hb.sharpness(network, data, { ingredients: false, tolerance: 1e-10 });
      const largest = expected.eigenvalues.at(-1)!;
      return upper < largest - rounded(largest) || lower > largest + rounded(largest);
    });
    expect(short.length).toBeGreaterThanOrEqual(12);
  });

  it('on random networks of every kind, beside those without', () => {
    // No oracle, but the same mathematics in other arithmetic: brackets of one number have it in common.
    for (let seed = 0; seed < 60; seed++) {
      const { network, data } = randomProblem(seed);
      const plain = hb.sharpness(network, data, { tolerance: 1e-9, ingredients: false, exact: true });
      const proven = hb.sharpness(network, data, { ...OPTIONS, tolerance: 1e-9 });
      expect(proven.lower).toBeLessThanOrEqual(plain.upper);
      expect(proven.upper).toBeGreaterThanOrEqual(plain.lower);
      for (const name of ['trace', 'frobeniusNorm'] as const) {
        const size = Math.max(plain.moments.frobeniusNorm * Math.sqrt(plain.moments.parameters), 1e-290);
        expect(Math.abs(proven.moments[name] - plain.moments[name]) / size).toBeLessThan(1e-11);
      }
    }
  });
});

describe('the moments', () => {
  it.each(CASES.filter(({ oracle }) => oracle === 'mpmath'))(
    'hold those of mpmath: $name',
    ({ network, data, expected }) => {
      const net = checkNetwork({ ...network, weightDecay: 0 });
      const choices = { tolerance: 1e-6, maxProducts: 1, seed: 0, ends: 'largest' } as const;
      const { loss } = runHere(
        new Core(compileSync()),
        provenSteps(net, checkDataset(net, data), ['wolkowiczStyan'], choices),
      );
      if (network.weightDecay) return;
      const depth = network.layers.length;
      const inside = ({ lower, upper }: Interval, value: number): void => {
        expect(lower).toBeLessThanOrEqual(value + rounded(value));
        expect(upper).toBeGreaterThanOrEqual(value - rounded(value));
        expect(upper - lower).toBeLessThan(1e-10 * expected.frobeniusNorm * Math.sqrt(net.parameters));
      };
      inside(loss.trace, expected.trace);
      inside(loss.frobeniusNorm, expected.frobeniusNorm);
      loss.layers.forEach((layer, l) => {
        inside(layer.trace, expected.layerTraces[l]);
        inside(layer.frobeniusNorm, expected.crossNorms[l * (depth + 1)]);
      });
      expected.crossNorms.forEach((norm, b) => {
        if (b % (depth + 1) > 0) expect(loss.crossNorms[b]).toBeGreaterThanOrEqual(norm - rounded(norm));
      });
    },
  );
});

describe('the certificate', () => {
  it.each(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-error'] as const)(
    'closes to 1e-10 on trained networks: %s',
    (loss) => {
      const data = flowers(loss);
      const start = initialize({ widths: [4, 10, 8, 3], activation: 'gelu', loss, seed: 1 });
      const { network } = hb.train(start, data, { optimizer: 'adam', steps: 150, learningRate: 0.02 });
      const result = hb.sharpness({ ...network, weightDecay: 1e-3 }, data, {
        certified: true,
        tolerance: 1e-10,
        exact: true,
      });
      expect(result.certificate).toMatchObject({ converged: true });
      expect(result.upper - result.lower).toBeLessThanOrEqual(1e-10 * result.upper);
      // The judge is a rounded spectrum of a rounded Hessian.
      const { largest } = result.exact!;
      expect(Math.abs(result.lower / largest - 1)).toBeLessThan(2e-10);
      expect(result.ingredients).toBeDefined();
    },
  );

  it('does not rest on the vectors it is given', () => {
    // One product makes poor Ritz pairs: the bracket is wide, and holds.
    for (const known of CASES.filter(({ oracle }) => oracle === 'mpmath').slice(0, 12)) {
      const result = hb.sharpness(known.network, known.data, { ...OPTIONS, maxProducts: 1, seed: 3 });
      expectProven(result, known);
    }
  });

  it('says where rounding keeps it open', () => {
    const { network, data } = CASES.find(({ name }) => name === 'tanh-softmax')!;
    const result = hb.sharpness(network, data, { certified: true, tolerance: 1e-16, maxProducts: 60 });
    expect(result.certificate).toMatchObject({ converged: false });
    expect(result.upper - result.lower).toBeLessThan(1e-11 * result.upper);
  });
});

describe('deflation by any vectors', () => {
  /** H = diag(values); k vectors near its first axes: tilted by `tilt`, and `skew` away from orthonormal. */
  function compressionOf(
    values: number[],
    k: number,
    tilt: number,
    skew: number,
    next: () => number,
  ): Compression {
    const n = values.length;
    const u = Array.from({ length: k }, (_, i) =>
      values.map((_value, p) => (p === i ? 1 : 0) + (p < k ? skew : tilt) * (2 * next() - 1)),
    );
    const hu = u.map((row) => row.map((x, p) => values[p] * x));
    const inner = (x: number[], y: number[]): number => x.reduce((sum, value, p) => sum + value * y[p], 0);
    const theta = Float64Array.from(u, (row, i) => inner(row, hu[i]) / inner(row, row));
    const r = u.map((row, i) => row.map((x, p) => hu[i][p] - theta[i] * x));
    const size = (x: number[]): number => Math.sqrt(inner(x, x)) * (1 + n * Number.EPSILON);
    const table = (f: (i: number, j: number) => number): Float64Array =>
      Float64Array.from({ length: k * k }, (_, p) => Math.abs(f(Math.floor(p / k), p % k)) + 1e-13);
    return {
      theta,
      norms: Float64Array.from(u, size),
      residuals: Float64Array.from(r, size),
      slacks: new Float64Array(k).fill(1e-13),
      defects: table((i, j) => inner(u[i], u[j]) - (i === j ? 1 : 0)),
      overlaps: table((i, j) => inner(u[i], r[j])),
    };
  }

  it('holds, however far they are from orthonormal and from eigenvectors', () => {
    let told = 0;
    for (let seed = 0; seed < 400; seed++) {
      const next = uniforms(seed);
      const size = (exponent: number): number => 10 ** -Math.floor(exponent * next());
      const k = 1 + (seed % 4);
      const values = [7, -6, 5, 4].slice(0, k).concat(Array.from({ length: 5 }, () => 3 * next() - 1.5));
      const compression = compressionOf(values, k, size(9), size(15) / 10, next);
      const squares = values.reduce((sum, x) => sum + x * x, 0);
      const trace = values.reduce((sum, x) => sum + x, 0);
      const near = (x: number): Interval => ({ lower: x - 1e-13, upper: x + 1e-13 });
      const { lower, upper, enclosures, complement, deflated } = deflateProven(compression, {
        order: values.length,
        trace: near(trace),
        squares: near(squares),
      });
      const descending = [...values].sort((x, y) => y - x);
      expect(lower).toBeLessThanOrEqual(7);
      expect(upper).toBeGreaterThanOrEqual(7);
      enclosures.forEach((x, i) => {
        expect(x.lower).toBeLessThanOrEqual(descending[i]);
        expect(x.upper).toBeGreaterThanOrEqual(descending[i]);
      });
      expect(complement).toBeGreaterThanOrEqual(descending[deflated]);
      if (deflated > 0) told++;
    }
    // The rest were too far off to tell anything.
    expect(told).toBeGreaterThan(200);
  });

  it('holds for an orthonormal basis of an invariant subspace that is not one of eigenvectors', () => {
    // H = diag(7, 5, 2, 0, 0, 0), its first axes turned by φ: what couples them is seen in u_i · r_j alone.
    for (const sin of [0.05, 0.1, 0.3]) {
      const r = 2 * sin * Math.sqrt(1 - sin * sin);
      const turned: Compression = {
        theta: Float64Array.of(7 - 2 * sin * sin, 5 + 2 * sin * sin),
        norms: Float64Array.of(1, 1),
        residuals: Float64Array.of(r, r),
        slacks: new Float64Array(2).fill(1e-15),
        defects: new Float64Array(4).fill(1e-15),
        overlaps: Float64Array.of(1e-15, r, r, 1e-15),
      };
      const moments = { order: 6, trace: { lower: 14, upper: 14 }, squares: { lower: 78, upper: 78 } };
      const { lower, upper } = deflateProven(turned, moments);
      expect(lower).toBeLessThanOrEqual(7);
      expect(upper).toBeGreaterThanOrEqual(7);
    }
  });

  it('closes with the square of the residual', () => {
    const next = uniforms(1);
    const values = [7, 2, 1, -1, 0.5];
    for (const tilt of [1e-3, 1e-5, 1e-7]) {
      const moments = {
        order: 5,
        trace: { lower: 9.5, upper: 9.5 },
        squares: { lower: 55.25, upper: 55.25 },
      };
      const { lower, upper } = deflateProven(compressionOf(values, 1, tilt, 0, next), moments);
      expect(upper - lower).toBeLessThan(100 * tilt * tilt + 1e-11);
    }
  });
});

describe('asked for', () => {
  const { network, data } = CASES.find(({ name }) => name === 'softplus-sigmoid')!;
  const certified = true;
  it('by default bounds by Wolkowicz and Styan, and nothing else', () => {
    const result = hb.sharpness(network, data, { certified });
    expect(Object.keys(result.bounds)).toEqual(['wolkowiczStyan']);
    expect(result.certificate).toBeUndefined();
    expect(hb.sharpness(network, data, { certified: false }).certified).toBeUndefined();
  });

  it.each([
    [{ certified: 1 }, TypeError, 'options.certified: expected true or false; got 1'],
    [
      { certified, bounds: ['wolkowiczStyan', 'gaussNewton'] },
      RangeError,
      "options.bounds: expected bounds that have a proof in interval arithmetic (wolkowiczStyan, layerBlocks, deflated) with certified: true; got 'gaussNewton'",
    ],
  ])('refuses %j', (options, kind, message) => {
    const call = (): unknown => hb.sharpness(network, data, options as SharpnessOptions);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });

  it('refuses what would take forever, and says what it would', () => {
    const wide: Network = { layers: [{ weights: matrix(1, 1000) }], loss: 'squared-error' };
    const many = 50_000;
    expect(() =>
      hb.sharpness(wide, { inputs: matrix(many, 1000), targets: new Float64Array(many) }, { certified }),
    ).toThrow(
      /options\.certified: expected at most 1000000000000 multiply–adds.* got 50000²\/2 pairs of samples that take 1004, .* 1\.3e\+12/,
    );
    const broad: Network = {
      layers: [{ weights: matrix(3000, 1), activation: 'tanh' }, { weights: matrix(1, 3000) }],
      loss: 'squared-error',
    };
    expect(() =>
      hb.sharpness(broad, { inputs: matrix(100, 1), targets: new Float64Array(100) }, { certified }),
    ).toThrow(/options\.certified: expected at most 134217728 entries \(1 GiB\)/);
  });

  it('refuses numbers that leave the range', () => {
    const huge: Network = {
      layers: [{ weights: matrix(1, 1, [1e200]), activation: 'softplus' }],
      loss: 'squared-error',
    };
    expect(() => hb.sharpness(huge, { inputs: matrix(1, 1, [1e200]), targets: [0] }, { certified })).toThrow(
      'network: the enclosure of its curvature exceeds the range of double precision on these arguments',
    );
  });
});

describe('in a pool', () => {
  const pools = Promise.all([createPool({ workers: 1 }), createPool({ workers: 2 })]);
  afterAll(async () => {
    for (const pool of await pools) await pool.close();
  });

  it('gives the same bits for any number of workers, and tells its progress', async () => {
    const data = flowers('softmax-cross-entropy');
    const network = initialize({
      widths: [4, 6, 3],
      activation: 'tanh',
      loss: 'softmax-cross-entropy',
      seed: 2,
    });
    const options = { certified: true, bounds: 'all', tolerance: 1e-8, ingredients: false } as const;
    const here = hb.sharpness(network, data, options);
    for (const pool of await pools) {
      const told: number[] = [];
      expect(await pool.sharpness(network, data, { ...options, onProgress: (x) => told.push(x) })).toEqual(
        here,
      );
      expect(told.at(-1)).toBe(1);
      expect(told.length).toBeGreaterThan(3);
      expect([...told].sort((x, y) => x - y)).toEqual(told);
    }
  });
});
