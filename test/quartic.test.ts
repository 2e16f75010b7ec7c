/**
 * Bounds from four moments. Oracles: spectra that are given, or PyTorch's and mpmath's; integers, summed exactly; the same inequality for
 * other polynomials than the one that was chosen.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fourMomentBounds, type SpectralSums } from '../src/christoffel.js';
import { compileSync, Core } from '../src/core/instance.js';
import { ignore } from '../src/core/job.js';
import { powerSums } from '../src/core/quartic.js';
import { type Dataset, loadSync, matrix, type Network, wolkowiczStyan } from '../src/index.js';
import { initialize } from '../src/initialization.js';
import { flowers, randomMatrix, randomProblem, uniforms } from './reference/generate.js';
import { FAMILIES, symmetric } from './reference/symmetric.js';
import { CANCELLATION_CASES, CASES } from './setup/fixtures.js';

const hb = loadSync();
const EPSILON = Number.EPSILON;

/** λ − μ in units of the norm, and its sums: each errs by n ε Σ |terms|, and by the rounding of the terms. */
function centered(values: readonly number[]): { spectrum: number[]; moments: SpectralSums } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const shifted = values.map((x) => x - mean);
  const norm = Math.sqrt(shifted.reduce((sum, x) => sum + x * x, 0)) || 1;
  const spectrum = shifted.map((x) => x / norm);
  const sum = (of: (x: number) => number, k: number): number => spectrum.reduce((s, x) => s + of(x) ** k, 0);
  const powers = [0, 1, 2, 3, 4];
  return {
    spectrum,
    moments: {
      sums: Float64Array.from(powers, (k) => sum((x) => x, k)),
      errors: Float64Array.from(powers, (k) =>
        k === 0 ? 0 : (values.length + 8) * EPSILON * sum(Math.abs, k),
      ),
    },
  };
}

/** None whose square vanishes, nor their differences'. */
const numbers = fc.double({ min: -1, max: 1, noNaN: true }).map((x) => (Math.abs(x) < 1e-30 ? 0 : x));

/** Mostly of few distinct eigenvalues, where bounds are attained and moments degenerate. */
const spectra = fc
  .tuple(
    fc.array(numbers, { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat({ max: 40 }), { minLength: 6, maxLength: 6 }),
    fc.boolean(),
  )
  .map(([distinct, counts, outlier]) => [
    ...distinct.flatMap((x, i) => new Array<number>(1 + (i === 0 ? 0 : counts[i])).fill(x)),
    ...(outlier ? [3] : []),
  ]);

/** What rounding of nearly singular moments may cost: the root of n ε, of ‖B‖ = 1. */
const ROOT = 3e-6;

describe('bounds from four moments', () => {
  it('enclose both ends of any spectrum, within those of two moments and of the fourth alone', () => {
    fc.assert(
      fc.property(spectra, fc.double({ min: -2, max: 2, noNaN: true }), (values, c) => {
        const { spectrum, moments } = centered(values);
        const { largest, smallest } = fourMomentBounds(moments);
        const [top, bottom] = [Math.max(...spectrum), Math.min(...spectrum)];
        expect(largest.upper).toBeGreaterThanOrEqual(top);
        expect(largest.lower).toBeLessThanOrEqual(top);
        expect(smallest.lower).toBeLessThanOrEqual(bottom);
        expect(smallest.upper).toBeGreaterThanOrEqual(bottom);
        const fourth = (x: number): number => spectrum.reduce((sum, y) => sum + (y - x) ** 4, 0) ** 0.25;
        for (const center of [0, c, top, bottom]) {
          expect(largest.upper).toBeLessThanOrEqual(center + fourth(center) + ROOT);
          expect(smallest.lower).toBeGreaterThanOrEqual(center - fourth(center) - ROOT);
        }
        const simple = wolkowiczStyan({
          trace: 0,
          frobeniusNorm: Math.sqrt(moments.sums[2]),
          order: values.length,
        });
        expect(largest.upper).toBeLessThanOrEqual(simple.largest.upper + ROOT);
        expect(smallest.lower).toBeGreaterThanOrEqual(simple.smallest.lower - ROOT);
        if (largest.lower !== -Infinity) {
          expect(largest.lower).toBeGreaterThanOrEqual(simple.largest.lower - ROOT);
        }
        if (smallest.upper !== Infinity) {
          expect(smallest.upper).toBeLessThanOrEqual(simple.smallest.upper + ROOT);
        }
      }),
      { numRuns: 3000, seed: 8 },
    );
  });

  it('are the best that any polynomial of degree 2 gives from above, any of degree 1 from below', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const uniform = uniforms(seed);
        const n = 3 + Math.floor(20 * uniform());
        const { spectrum, moments } = centered(Array.from({ length: n }, () => (2 * uniform() - 1) ** 3));
        const { largest, smallest } = fourMomentBounds(moments);
        for (let trial = 0; trial < 50; trial++) {
          const [u, v] = [3 * uniform() - 1.5, 3 * uniform() - 1.5];
          const p = (x: number): number => (x - u) * (x - v);
          const q = Math.sqrt(spectrum.reduce((sum, x) => sum + p(x) * p(x), 0));
          // The larger x with (x − u) (x − v) = q.
          const root = (u + v) / 2 + Math.sqrt(((u - v) / 2) ** 2 + q);
          expect(largest.upper).toBeLessThanOrEqual(root + 1e-11);
          const weight = (x: number): number => (x - smallest.lower) * (x - u) * (x - u);
          const quotient =
            spectrum.reduce((sum, x) => sum + x * weight(x), 0) /
            spectrum.reduce((sum, x) => sum + weight(x), 0);
          expect(largest.lower).toBeGreaterThanOrEqual(quotient - 1e-11);
        }
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('are attained by three distinct eigenvalues of which the outer ones are simple', () => {
    for (const [low, middle, high, count] of [
      [-1, 0, 1, 1],
      [-1, 0, 1, 50],
      [-0.01, 0, 1, 1000],
      [2, 3, 7, 12],
      [-5, 4, 5, 3],
    ] as const) {
      const { spectrum, moments } = centered([low, ...new Array<number>(count).fill(middle), high]);
      const { largest, smallest } = fourMomentBounds(moments);
      // c n ε, and digits lost where an eigenvalue hardly stands out.
      const slack = low === -0.01 ? 1e-8 : 1e-12;
      for (const end of [largest.lower, largest.upper]) {
        expect(Math.abs(end - spectrum.at(-1)!)).toBeLessThan(slack);
      }
      for (const end of [smallest.lower, smallest.upper]) {
        expect(Math.abs(end - spectrum[0])).toBeLessThan(slack);
      }
    }
  });

  it('leave nothing to rounding where the moments are exact, nor where they are all that they may be', () => {
    const uniform = uniforms(12);
    const integer = (most: number): number => 1 + Math.floor(most * uniform());
    const powers = [0, 1, 2, 3, 4];
    for (let trial = 0; trial < 6000; trial++) {
      // Integers below 1000, all of whose sums are exact: three values, which attain the bounds; or any, and their negatives; or three far from 0.
      const a = integer(400);
      const others = Array.from({ length: integer(5) }, () => integer(2 * a) - a);
      const zeros = new Array<number>(integer(60)).fill(0);
      const values = [
        [-a, ...zeros, a],
        [...others, ...others.map((x) => -x)],
        [-integer(a), ...zeros, a].map((x) => x + 500),
      ][trial % 3];
      const sums = Float64Array.from(powers, (k) => values.reduce((sum, x) => sum + x ** k, 0));
      const [top, bottom] = [Math.max(...values), Math.min(...values)];
      const expectAround = (moments: SpectralSums): void => {
        const { largest, smallest } = fourMomentBounds(moments);
        expect(largest.upper).toBeGreaterThanOrEqual(top);
        expect(largest.lower).toBeLessThanOrEqual(top);
        expect(smallest.lower).toBeLessThanOrEqual(bottom);
        expect(smallest.upper).toBeGreaterThanOrEqual(bottom);
        // And not much more than two moments say, whatever the errors make of a singular M; far from 0 they may be all there is.
        if (trial % 3 === 2) return;
        const simple = Math.sqrt((values.length - 1) * (sums[2] - (sums[1] * sums[1]) / values.length));
        expect(largest.upper).toBeLessThanOrEqual(1.01 * simple);
      };
      expectAround({ sums, errors: new Float64Array(5) });
      // Off by nearly as much as is admitted, any way.
      const errors = Float64Array.from(powers, (k) => (k === 0 ? 0 : 1e-7 * Math.max(top, -bottom) ** k));
      expectAround({ sums: sums.map((t, k) => t + (uniform() < 0.5 ? 0.99 : -0.99) * errors[k]), errors });
    }
  });

  it('know one or two distinct eigenvalues, however many times each', () => {
    expect(fourMomentBounds(centered([5]).moments)).toEqual(fourMomentBounds(centered([2, 2, 2]).moments));
    expect(fourMomentBounds(centered([0, 0]).moments).largest).toEqual({ lower: 0, upper: 0 });
    for (const [few, many] of [
      [1, 1],
      [1, 9],
      [9, 1],
      [40, 60],
      [1, 100_000],
    ] as const) {
      const values = [...new Array<number>(few).fill(4), ...new Array<number>(many).fill(1)];
      const { spectrum, moments } = centered(values);
      const { largest, smallest } = fourMomentBounds(moments);
      const slack = Math.sqrt((values.length + 8) * EPSILON) * 10;
      for (const end of [largest.lower, largest.upper]) {
        expect(Math.abs(end - spectrum[0])).toBeLessThan(slack);
      }
      for (const end of [smallest.lower, smallest.upper]) {
        expect(Math.abs(end - spectrum.at(-1)!)).toBeLessThan(slack);
      }
    }
  });
});

describe('the sums over a matrix and its square', () => {
  const core = new Core(compileSync());

  /** Integers of at most `size`, and a trace of 0, so that there is nothing to center. */
  const integers = (n: number, size: number): Float64Array => {
    const uniform = uniforms(n);
    const { data } = symmetric(n, (i, j) => (i === j ? 0 : Math.floor((2 * size + 1) * uniform()) - size));
    for (let i = 0; i + 1 < n; i += 2) {
      data[i * (n + 1)] = 1 + i;
      data[(i + 1) * (n + 1)] = -1 - i;
    }
    return data;
  };
  const sumsOf = (a: Float64Array, n: number): ReturnType<typeof powerSums> =>
    core.frame(() => powerSums(core, core.write(a), n, ignore));
  const ORDERS = [1, 2, 3, 8, 9, 64, 192, 193];

  it('are exact where nothing is rounded, also across strips', () => {
    for (const n of ORDERS) {
      const a = integers(n, 9);
      const { center, unit, sums } = sumsOf(a, n);
      expect(center).toBe(0);
      exactSums(a, n).forEach((x, k) => expect(sums[k] / unit ** k).toBe(Number(x)));
    }
  });

  it('are within their errors of exact ones where something is', () => {
    for (const n of ORDERS) {
      // Exact sums of up to 4 · 26 bits and more.
      const a = integers(n, 2 ** 26);
      const { unit, sums, errors } = sumsOf(a, n);
      exactSums(a, n).forEach((x, k) => {
        // The sum is a double of at least 2^53, or exact; its difference from x is rounded once.
        const difference = Number(BigInt(sums[k] / unit ** k) - x) * unit ** k;
        expect(Math.abs(difference)).toBeLessThanOrEqual(errors[k]);
        expect(errors[k]).toBeLessThanOrEqual(1000 * EPSILON);
      });
    }
  });

  it('center and scale any symmetric matrix, down to the last eigenvalue', () => {
    for (const [name, family] of Object.entries(FAMILIES)) {
      for (const n of [1, 5, 40]) {
        for (const size of [1, 2 ** -498, 2 ** 498]) {
          const a = family(n, 4);
          const { values } = hb.eigh(a);
          const scaled = a.data.map((x) => x * size);
          const { center, unit, sums, errors } = core.frame(() =>
            powerSums(core, core.write(scaled), n, ignore),
          );
          const { largest, smallest } = fourMomentBounds({ sums, errors });
          const norm = Math.abs(center / size) + 1 / unit / size;
          const place = (x: number): number => center / size + x / unit / size;
          // eigh's own error, and that of the shift.
          const slack = 30 * n * EPSILON * norm;
          expect(place(largest.upper), name).toBeGreaterThanOrEqual(values[n - 1] - slack);
          expect(place(Math.max(-2, largest.lower)), name).toBeLessThanOrEqual(values[n - 1] + slack);
          expect(place(smallest.lower), name).toBeLessThanOrEqual(values[0] + slack);
          expect(place(Math.min(2, smallest.upper)), name).toBeGreaterThanOrEqual(values[0] - slack);
          expect(sums[2]).toBeLessThanOrEqual(1 + 1e-12);
        }
      }
    }
  });
});

describe('the bound of a network', () => {
  const options = { bounds: ['quartic', 'wolkowiczStyan'], ingredients: false } as const;
  const of = (network: Network, data: Dataset): ReturnType<typeof hb.sharpness>['bounds'] =>
    hb.sharpness(network, data, { ...options, bounds: [...options.bounds] }).bounds;

  it.each([...CASES, ...CANCELLATION_CASES])('$name', ({ network, data, expected }) => {
    const { quartic, wolkowiczStyan: simple } = of(network, data);
    const values = expected.eigenvalues;
    const [largest, smallest] = [values.at(-1)!, values[0]];
    const slack = 1e-12 * expected.frobeniusNorm;
    expect(quartic!.largest.upper).toBeGreaterThanOrEqual(largest - slack);
    expect(quartic!.largest.lower!).toBeLessThanOrEqual(largest + slack);
    expect(quartic!.smallest!.lower).toBeLessThanOrEqual(smallest + slack);
    expect(quartic!.smallest!.upper).toBeGreaterThanOrEqual(smallest - slack);
    expect(quartic!.largest.upper).toBeLessThanOrEqual(simple!.largest.upper);
    expect(quartic!.largest.lower).toBeGreaterThanOrEqual(simple!.largest.lower!);
    expect(quartic!.smallest!.lower).toBeGreaterThanOrEqual(simple!.smallest!.lower);
    expect(quartic!.smallest!.upper).toBeLessThanOrEqual(simple!.smallest!.upper);
  });

  it('is at most the fourth moment gives', () => {
    for (const { network, data, expected } of CASES) {
      const { quartic, wolkowiczStyan: simple } = of(network, data);
      const unit = expected.frobeniusNorm;
      // Where rounding is more than the curvature, it is what the bounds show.
      if (simple!.largest.upper > 1.001 * unit) continue;
      const fourth = unit * expected.eigenvalues.reduce((sum, x) => sum + (x / unit) ** 4, 0) ** 0.25;
      expect(quartic!.largest.upper).toBeLessThanOrEqual(fourth + ROOT * unit);
    }
  });

  it('is tight where the network is trained, from both sides', () => {
    const data = flowers('softmax-cross-entropy');
    const shape = { widths: [4, 8, 3], activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 } as const;
    const untrained = initialize({ ...shape, widths: [...shape.widths] });
    const { network } = hb.train(untrained, data, { optimizer: 'adam', steps: 100, learningRate: 0.01 });
    const { exact, bounds } = hb.sharpness(network, data, { exact: true, bounds: ['quartic'] });
    const { upper, lower } = bounds.quartic!.largest;
    expect(upper / exact!.largest).toBeLessThan(1.05);
    expect(lower! / exact!.largest).toBeGreaterThan(0.85);
  });

  it('scales with the Hessian over the whole range', () => {
    for (const c of [2 ** -498, 2 ** -200, 2 ** 200, 2 ** 498]) {
      // A linear layer on inputs x has H = (1/N) Σ x xᵀ, which scales by c².
      const inputs = randomMatrix(uniforms(5), 9, 4);
      const network: Network = { layers: [{ weights: matrix(1, 4) }], loss: 'squared-error' };
      const at = (size: number): { upper: number; lower?: number } =>
        of(network, {
          inputs: matrix(
            9,
            4,
            inputs.data.map((x) => x * size),
          ),
          targets: new Array<number>(9).fill(0),
        }).quartic!.largest;
      const [plain, scaled] = [at(1), at(c)];
      expect(Math.abs(scaled.upper / (c * c) / plain.upper - 1)).toBeLessThan(1e-12);
      expect(Math.abs(scaled.lower! / (c * c) / plain.lower! - 1)).toBeLessThan(1e-12);
    }
  });

  it('is defined where the Hessian has one or two eigenvalues, or is 0', () => {
    const line = (inputs: number[], width: number): ReturnType<typeof of> =>
      of(
        { layers: [{ weights: matrix(1, width) }], loss: 'squared-error' },
        {
          inputs: matrix(inputs.length / width, width, inputs),
          targets: new Array<number>(inputs.length / width).fill(1),
        },
      );
    for (const [bounds, largest, smallest] of [
      [line([3], 1), 9, 9],
      [line([0, 0, 0], 3), 0, 0],
      [line([1, 1], 2), 2, 0],
      // (1/3) I, of order 3.
      [line([1, 0, 0, 0, 1, 0, 0, 0, 1], 3), 1 / 3, 1 / 3],
    ] as const) {
      expect(bounds.quartic!.largest.upper).toBeGreaterThanOrEqual(largest);
      expect(bounds.quartic!.largest.upper).toBeLessThanOrEqual(largest + 1e-6);
      expect(bounds.quartic!.smallest!.lower).toBeLessThanOrEqual(smallest);
      expect(bounds.quartic!.smallest!.lower).toBeGreaterThanOrEqual(smallest - 1e-6);
    }
    // It knows a multiple of the identity to rounding, where two moments lose half of the digits.
    const identity = line([1, 0, 0, 0, 1, 0, 0, 0, 1], 3);
    expect(identity.quartic!.largest.upper - 1 / 3).toBeLessThan(1e-12);
    expect(identity.wolkowiczStyan!.largest.upper - 1 / 3).toBeGreaterThan(1e-9);
  });

  it('shifts by weight decay', () => {
    for (const seed of [1, 2, 3]) {
      const { network, data } = randomProblem(seed);
      const [plain, decayed] = [0, 3].map((weightDecay) => of({ ...network, weightDecay }, data).quartic!);
      expect(decayed.largest.upper).toBeCloseTo(plain.largest.upper + 3, 12);
      expect(decayed.largest.lower!).toBeCloseTo(plain.largest.lower! + 3, 12);
      expect(decayed.smallest!.upper).toBeCloseTo(plain.smallest!.upper + 3, 12);
      expect(decayed.smallest!.lower).toBeCloseTo(plain.smallest!.lower + 3, 12);
    }
  });

  it('is refused for more parameters than it can square in seconds, and left out of all', () => {
    const wide: Network = {
      layers: [{ weights: matrix(50, 80), activation: 'tanh' }, { weights: matrix(1, 50) }],
      loss: 'squared-error',
    };
    const data = { inputs: matrix(1, 80), targets: [1] };
    const held = hb.memory().held;
    const call = (): unknown => hb.sharpness(wide, data, { bounds: ['quartic'] });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(/'quartic'.*P³ operations: at most 4000 parameters.*has 4050.*'deflated'/);
    expect(hb.memory().held).toBe(held);
    const { bounds } = hb.sharpness(wide, data, { bounds: 'all', maxProducts: 2 });
    expect(Object.keys(bounds)).toEqual([
      'wolkowiczStyan',
      'layerBlocks',
      'gaussNewton',
      'deflated',
      'aPriori',
    ]);
  });
});

/** n, tr A, tr A², tr A³, tr A⁴ of a symmetric matrix of integers. */
function exactSums(a: Float64Array, n: number): bigint[] {
  const big = Array.from(a, BigInt);
  const sums = [BigInt(n), 0n, 0n, 0n, 0n];
  for (let i = 0; i < n; i++) {
    sums[1] += big[i * n + i];
    for (let j = 0; j <= i; j++) {
      const times = i === j ? 1n : 2n;
      let square = 0n;
      for (let k = 0; k < n; k++) square += big[i * n + k] * big[k * n + j];
      sums[2] += times * big[i * n + j] ** 2n;
      sums[3] += times * big[i * n + j] * square;
      sums[4] += times * square ** 2n;
    }
  }
  return sums;
}
