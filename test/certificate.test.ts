/** The certificate: brackets and enclosures against the exact spectrum, and how fast they close. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflate } from '../src/deflation.js';
import { loadSync, matrix, type Network, type Sharpness } from '../src/index.js';
import { initialize } from '../src/initialization.js';
import { expectEnclosed } from './reference/enclosed.js';
import { flowers, randomProblem, uniforms } from './reference/generate.js';
import { dot, times, withSpectrum } from './reference/symmetric.js';

const hb = loadSync();
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Checks everything the certificate says of a spectrum against the exact one. */
function expectTrue(result: Sharpness): void {
  const { exact, moments, bounds, certificate } = result;
  const values = [...exact!.values];
  // The judge is a rounded spectrum of a rounded Hessian, and the products are of one: a few ε ‖H‖_F.
  const slack = 1e-12 * Math.max(moments.frobeniusNorm, Math.abs(values[0]), Math.abs(values.at(-1)!));
  const inside = (value: number, { lower, upper }: { lower: number; upper: number }): void => {
    expect(lower).toBeLessThanOrEqual(value + slack);
    expect(upper).toBeGreaterThanOrEqual(value - slack);
  };
  inside(values.at(-1)!, bounds.deflated!.largest as { lower: number; upper: number });
  inside(values[0], bounds.deflated!.smallest!);
  certificate!.history.forEach((step) => inside(values.at(-1)!, step));
  expectEnclosed(result, values, slack);
  const counts = certificate!.history.map(({ products }) => products);
  expect(counts[0]).toBe(0);
  counts.slice(1).forEach((count, i) => expect(count).toBeGreaterThan(counts[i]));
  expect(counts.at(-1)).toBe(certificate!.products);
  expect(certificate!.history.at(-1)).toMatchObject(bounds.deflated!.largest);
}

describe('the bracket', () => {
  it.each([1, 2, 3, 5, 8, 13, 40])(
    'holds on random networks of every kind after %i products',
    (maxProducts) => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { network, data } = randomProblem(seed);
          const options = {
            tolerance: 1e-9,
            maxProducts,
            ends: 'both',
            seed: seed % 7,
            exact: true,
          } as const;
          expectTrue(hb.sharpness(network, data, options));
        }),
        { numRuns: 120, seed: maxProducts },
      );
    },
  );

  it('closes to rounding where the products exhaust the parameters', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed, 3, 6);
        const result = hb.sharpness(network, data, {
          tolerance: 1e-9,
          maxProducts: 200,
          ends: 'both',
          exact: true,
        });
        expectTrue(result);
        const { lower, upper } = result.bounds.deflated!.largest;
        expect(upper - lower!).toBeLessThanOrEqual(
          1e-9 * Math.max(result.moments.frobeniusNorm, Math.abs(upper)),
        );
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  const shapes: [number[], Network['loss']][] = [
    [[4, 16, 3], 'softmax-cross-entropy'],
    [[4, 12, 12, 3], 'softmax-cross-entropy'],
    [[4, 8, 8, 8, 3], 'softmax-cross-entropy'],
    [[4, 16, 3], 'squared-error'],
  ];
  it.each(shapes)('closes to 1e-6 within 15 products on iris once trained: %j, %s', (widths, loss) => {
    const data = flowers(loss);
    const start = initialize({ widths, activation: 'tanh', loss, seed: 1 });
    const { network } = hb.train(start, data, { steps: 200, learningRate: 0.02 });
    const result = hb.sharpness(network, data, { tolerance: 1e-6, exact: true, ingredients: false });
    expectTrue(result);
    expect(result.certificate).toMatchObject({ converged: true });
    expect(result.certificate!.products).toBeLessThanOrEqual(15);
    expect(result.upper / result.lower - 1).toBeLessThanOrEqual(1e-6);
  });

  it.each([8, 16, 32, 64])(
    'closes to 1e-6 within 30 products at random initialization: one hidden layer of %i',
    (units) => {
      const data = flowers('softmax-cross-entropy');
      for (const seed of [1, 2, 3]) {
        const network = initialize({
          widths: [4, units, 3],
          activation: 'tanh',
          loss: 'softmax-cross-entropy',
          seed,
        });
        const result = hb.sharpness(network, data, { tolerance: 1e-6, exact: true, ingredients: false });
        expectTrue(result);
        expect(result.certificate).toMatchObject({ converged: true });
        expect(result.certificate!.products).toBeLessThanOrEqual(30);
      }
    },
  );

  // By transfer terms and squares; the process alone took 76 and 130 products, and 118 for digits of that shape.
  it.each([
    [[4, 16, 16, 3], 60],
    [[4, 32, 32, 3], 200],
    [[4, 10, 10, 10, 3], 120],
  ])(
    'closes to 1e-6 at random initialization with several hidden layers: %j, %i products',
    (widths, most) => {
      const data = flowers('softmax-cross-entropy');
      const network = initialize({ widths, activation: 'tanh', loss: 'softmax-cross-entropy', seed: 2 });
      for (const ends of ['largest', 'both'] as const) {
        const result = hb.sharpness(network, data, {
          tolerance: 1e-6,
          ends,
          exact: true,
          ingredients: false,
        });
        expectTrue(result);
        expect(result.certificate!.converged || ends === 'both').toBe(true);
        if (ends === 'largest') expect(result.certificate!.products).toBeLessThanOrEqual(most);
      }
    },
  );

  it('holds at every budget where the transfer terms are split off', () => {
    const data = flowers('softmax-cross-entropy');
    const network = initialize({
      widths: [4, 12, 14, 3],
      activation: 'silu',
      loss: 'softmax-cross-entropy',
      seed: 3,
    });
    for (const maxProducts of [31, 32, 33, 40, 47, 64, 81]) {
      const result = hb.sharpness(network, data, {
        tolerance: 0,
        maxProducts,
        ends: 'both',
        exact: true,
        ingredients: false,
      });
      expectTrue(result);
      expect(result.certificate!.products).toBe(maxProducts);
    }
  });

  it('holds where hardly anything but the transfer terms is left, one copy for each unit', () => {
    const { inputs } = flowers('squared-error');
    const start = initialize({
      widths: [4, 3, 40, 2],
      activation: 'sigmoid',
      loss: 'squared-error',
      seed: 4,
    });
    // Small weights and large errors.
    const layers = start.layers.map(({ weights, ...layer }) => ({
      ...layer,
      weights: matrix(
        weights.rows,
        weights.cols,
        weights.data.map((x) => x / 50),
      ),
    }));
    const targets = matrix(
      inputs.rows,
      2,
      Array.from({ length: 2 * inputs.rows }, (_, i) => (i % 2 === 0 ? 1e4 : 2e4)),
    );
    for (const maxProducts of [32, 48]) {
      const network = { ...start, layers };
      const result = hb.sharpness(network, { inputs, targets }, { tolerance: 0, maxProducts, exact: true });
      expectTrue(result);
      // Of the size of the largest eigenvalue, and no wonder: there are forty like it.
      expect(result.certificate!.complement).toBeLessThanOrEqual(1.2 * result.exact!.largest);
    }
  });

  it('says why it stays open', () => {
    const data = flowers('softmax-cross-entropy');
    const shape = { activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 } as const;
    const deep = initialize({ ...shape, widths: [4, 32, 32, 3] });
    const wide = hb.sharpness(deep, data, { tolerance: 1e-6, maxProducts: 12, ingredients: false });
    expect(wide.certificate).toMatchObject({ products: 12, converged: false, reason: 'complement' });
    const narrow = initialize({ ...shape, widths: [4, 3] });
    const few = hb.sharpness(narrow, data, { tolerance: 1e-14, maxProducts: 5, ingredients: false });
    expect(few.certificate).toMatchObject({ products: 5, converged: false, reason: 'products' });
  });
});

describe('singular situations', () => {
  const squared = (weights: number[], inputs: number[][], targets: number[], weightDecay = 0): Sharpness => {
    const layers = [{ weights: matrix(1, weights.length, weights) }];
    const data = { inputs: matrix(inputs.length, weights.length, inputs.flat()), targets };
    return hb.sharpness({ layers, loss: 'squared-error', weightDecay }, data, {
      tolerance: 1e-9,
      ends: 'both',
      exact: true,
    });
  };

  it('one parameter', () => {
    const result = squared([1], [[2], [3]], [1, 0]);
    expectTrue(result);
    expect(result.certificate).toMatchObject({ converged: true, products: 1 });
    expect(result.upper).toBeCloseTo(6.5, 12);
  });

  it('a Hessian of zeros, with and without weight decay', () => {
    for (const omega of [0, 0.25]) {
      const result = squared([1, 2, 3], [[0, 0, 0]], [0], omega);
      expectTrue(result);
      expect(result.certificate).toMatchObject({ converged: true });
      expect(result.upper).toBeCloseTo(omega, 14);
      expect(result.lower).toBeCloseTo(omega, 14);
    }
  });

  it('a multiple of the identity, and an eigenvalue of multiplicity above one', () => {
    const identity = squared(
      [1, 2],
      [
        [2, 0],
        [0, 2],
      ],
      [0, 0],
    );
    expectTrue(identity);
    expect(identity.certificate).toMatchObject({ converged: true });
    expect(identity.upper).toBeCloseTo(2, 12);
    const double = squared(
      [0, 0, 0],
      [
        [3, 0, 0],
        [0, 3, 0],
        [0, 0, 1],
      ],
      [0, 0, 0],
    );
    expectTrue(double);
    expect(double.certificate).toMatchObject({ converged: true });
    expect(double.upper).toBeCloseTo(3, 11);
  });

  it('curvature so small or so large that its squares leave the range', () => {
    for (const size of [1e-80, 1e-70, 1e70]) {
      const result = squared(
        [1, 1],
        [
          [size, 0],
          [size, 3 * size],
        ],
        [0, 0],
      );
      expectTrue(result);
      expect(result.certificate).toMatchObject({ converged: true });
      expect(result.upper / result.lower - 1).toBeLessThanOrEqual(1e-9);
    }
  });

  it('a start vector without any part along the top eigenvector: still bounded', () => {
    // What a Lanczos process in the plane orthogonal to it knows: Ritz pairs that are exact, and the moments.
    const [values, links] = [Float64Array.of(1, 2), Float64Array.of(0, 0)];
    const moments = {
      order: 4,
      trace: { lower: 9, upper: 9 },
      frobeniusNorm: { lower: Math.sqrt(31), upper: Math.sqrt(31) },
    };
    const { lower, upper } = deflate({ values, links }, moments, 0); // the spectrum is 1, 2, 1, 5
    expect(lower).toBe(2);
    expect(upper).toBeGreaterThanOrEqual(5);
    expect(upper).toBeLessThan(5 + 1e-7);
  });
});

describe('deflation', () => {
  it('encloses the eigenvalues of matrices of which some Ritz pairs are known', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 6 }), (seed, n, most) => {
        const uniform = uniforms(seed);
        const spectrum = Array.from({ length: n }, () => (2 * uniform() - 1) * 10 ** (-3 * uniform()));
        const a = withSpectrum(spectrum, seed);
        const steps = Math.min(most, n);
        const { values, links } = slowLanczos(a.data, n, steps, uniform);
        const { values: exact } = hb.eigh(a);
        const norm = Math.sqrt(a.data.reduce((sum, x) => sum + x * x, 0));
        const trace = exact.reduce((sum, x) => sum + x, 0);
        const moments = {
          order: n,
          trace: { lower: trace - 1e-14, upper: trace + 1e-14 },
          frobeniusNorm: { lower: norm - 1e-14, upper: norm + 1e-14 },
        };
        const found = deflate({ values, links }, moments, 1e-13);
        expect(found.upper).toBeGreaterThanOrEqual(exact[n - 1]);
        expect(found.lower).toBeLessThanOrEqual(exact[n - 1]);
        found.enclosures.forEach(({ lower, upper }, i) => {
          expect(lower).toBeLessThanOrEqual(exact[n - 1 - i]);
          expect(upper).toBeGreaterThanOrEqual(exact[n - 1 - i]);
        });
        if (found.deflated < n) expect(exact[n - 1 - found.deflated]).toBeLessThanOrEqual(found.complement);
      }),
      { numRuns: 1500, seed: 5 },
    );
  });
});

describe('options', () => {
  const [network, data] = [
    initialize({ widths: [4, 3], activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 }),
    flowers('softmax-cross-entropy'),
  ];
  it.each([
    [{ tolerance: -1 }, RangeError, /options\.tolerance: expected a finite number ≥ 0; got -1/],
    [{ tolerance: '1' }, TypeError, /options\.tolerance: expected a number; got "1"/],
    [{ tolerance: NaN }, RangeError, /options\.tolerance.*NaN/],
    [{ maxProducts: 0 }, RangeError, /options\.maxProducts: expected an integer from 1 to 1000; got 0/],
    [{ seed: 0.5 }, RangeError, /options\.seed: expected an integer/],
    [{ threshold: NaN }, RangeError, /options\.threshold: expected a finite number.*NaN/],
    [{ threshold: '1' }, TypeError, /options\.threshold: expected a number; got "1"/],
    [{ ends: 'smallest' }, RangeError, /options\.ends: expected one of 'largest', 'both'/],
  ])('%j is refused', (options, type, message) => {
    expect(() => hb.sharpness(network, data, options as object)).toThrow(type);
    expect(() => hb.sharpness(network, data, options as object)).toThrow(message);
  });

  it('a tolerance or the bound’s name ask for the certificate, and nothing else does', () => {
    const of = (options: object): Sharpness =>
      hb.sharpness(network, data, { ...options, ingredients: false });
    expect(of({}).certificate).toBeUndefined();
    expect(of({ bounds: ['deflated'] }).certificate).toMatchObject({ converged: true });
    expect(Object.keys(of({ tolerance: 0.1 }).bounds)).toEqual(['wolkowiczStyan', 'deflated']);
    expect(of({ tolerance: 0.1 }).certificate!.products).toBeLessThanOrEqual(
      of({ tolerance: 1e-9 }).certificate!.products,
    );
    expect(of({ tolerance: 1e-6, seed: 1 }).lower).not.toBe(of({ tolerance: 1e-6, seed: 2 }).lower);
    expect(of({ tolerance: 1e-6, seed: 3 })).toEqual(of({ tolerance: 1e-6, seed: 3 }));
  });

  it('a threshold lets it stop once it is decided, on the right side, with a bracket that still holds', () => {
    const { largest } = hb.sharpness(network, data, { exact: true }).exact!;
    const of = (threshold?: number): Sharpness =>
      hb.sharpness(network, data, { tolerance: 1e-9, ...(threshold !== undefined && { threshold }) });
    const all = of().certificate!.products;
    for (const factor of [0.5, 0.99, 1.01, 2]) {
      const { lower, upper, certificate } = of(factor * largest);
      expect(certificate).toMatchObject({ converged: true });
      expect(certificate!.products).toBeLessThan(all);
      expect(lower).toBeLessThanOrEqual(largest);
      expect(upper).toBeGreaterThanOrEqual(largest);
      if (factor < 1) expect(lower).toBeGreaterThan(factor * largest);
      else expect(upper).toBeLessThanOrEqual(factor * largest);
    }
    expect(of(largest).certificate!.products).toBe(all);
  });
});

/** Ritz values and links after so many steps from a random vector, by Gram–Schmidt thrice; T solved by the library. */
function slowLanczos(
  a: Float64Array,
  n: number,
  steps: number,
  uniform: () => number,
): { values: Float64Array; links: Float64Array } {
  const q = [unit(Float64Array.from({ length: n }, () => 2 * uniform() - 1))];
  let coupling = 0;
  for (let j = 0; j < steps; j++) {
    const w = times(a, q[j]);
    for (let pass = 0; pass < 3; pass++) {
      for (const row of q) {
        const c = dot(row, w);
        row.forEach((x, i) => (w[i] -= c * x));
      }
    }
    coupling = j + 1 === n ? 0 : Math.sqrt(dot(w, w));
    if (j + 1 < steps) q.push(unit(w));
  }
  const t = matrix(steps, steps);
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j <= i; j++) t.data[i * steps + j] = t.data[j * steps + i] = dot(q[i], times(a, q[j]));
  }
  const { values, vectors } = hb.eigh(t, { vectors: true });
  return { values, links: values.map((_, k) => coupling * vectors!.data[k * steps + steps - 1]) };
}

function unit(x: Float64Array): Float64Array {
  const norm = Math.sqrt(dot(x, x));
  return x.map((value) => value / norm);
}
