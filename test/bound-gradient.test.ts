/**
 * The gradients of trace, squared Frobenius norm and Wolkowicz–Styan bound: against PyTorch, which differentiates its own Hessian; both
 * routes and all forms against each other, for shapes that the oracle has not; against central differences of the moments; where s = 0,
 * in closed form; and at scales where squares leave the range, against the same network at an ordinary one.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundGradientSteps } from '../src/bound-gradient.js';
import { BLOCK_BYTES } from '../src/core/factors.js';
import { type Form } from '../src/core/forms.js';
import { compileSync, Core } from '../src/core/instance.js';
import { runHere } from '../src/core/job.js';
import { momentGradientSteps } from '../src/core/moments-gradient.js';
import { momentSums, type Route } from '../src/core/moments.js';
import { parameterVector } from '../src/core/model.js';
import { type Dataset, loadSync, matrix, type Network } from '../src/index.js';
import { checkDataset, checkNetwork } from '../src/network.js';
import { initialize } from '../src/initialization.js';
import { flowers, randomMatrix, randomProblem, uniforms } from './reference/generate.js';
import { GRADIENT_CASES } from './setup/fixtures.js';

const hb = loadSync();
const core = new Core(compileSync());
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const ROUTES = ['gram', 'hessian'] as const;

/** ∇(α tr H + β ‖H‖_F²) by one route; forms: of the products, where not the cheapest. */
function momentGradient(
  network: Network,
  data: Dataset,
  weights: { trace: number; squares: number },
  route: Route,
  { forms, blockBytes = BLOCK_BYTES }: { forms?: Form[]; blockBytes?: number } = {},
): Float64Array {
  const net = checkNetwork(network);
  const checked = checkDataset(net, data);
  const sums = momentSums(core, net, checked, route, blockBytes, forms);
  // Which the squares have twice.
  const { trace, squares } = weights;
  const scaled = { trace: trace / sums.scale, squares: squares / sums.scale ** 2 };
  return runHere(core, momentGradientSteps(net, checked, sums, scaled, blockBytes));
}

describe('against PyTorch', () => {
  // The worst measured is 3e-14; sums of a few dozen terms of size up to some 10 times the result.
  const TOLERANCE = 1e-12;

  it.each(GRADIENT_CASES)('$name', ({ network, data, expected }) => {
    const { upper, gradient } = hb.boundGradient(network, data);
    // The bound counts in what rounding may have done.
    expect(upper).toBeGreaterThanOrEqual(expected.upper * (1 - TOLERANCE));
    expect(upper).toBeLessThanOrEqual(expected.upper * (1 + 1e-9));
    expectClose(gradient, expected.boundGradient, TOLERANCE, expected.upper);
    for (const route of ROUTES) {
      const trace = momentGradient(network, data, { trace: 1, squares: 0 }, route);
      expectClose(trace, expected.traceGradient, TOLERANCE, expected.trace);
      const squares = momentGradient(network, data, { trace: 0, squares: 1 }, route);
      expectClose(squares, expected.squaresGradient, TOLERANCE, expected.squares);
    }
  });

  it('on every activation, loss and depth', () => {
    const networks = GRADIENT_CASES.map(({ network }) => network);
    const kinds = networks.flatMap(({ layers, loss }) => [
      ...layers.map(({ activation }) => activation),
      `${loss} ${layers.length - 1}`,
    ]);
    expect(new Set(kinds).size).toBe(10 + 3 * 4);
  });
});

describe('both routes', () => {
  const every = (depth: number): Form[][] =>
    [false, true].flatMap((factored) =>
      [false, true].map((linear) =>
        Array.from({ length: depth }, (_, l) => ({
          factored: factored && l + 1 < depth,
          linear: linear && l + 1 < depth,
        })),
      ),
    );

  it.each([
    [[3, 9, 1], 70],
    [[2, 12, 2], 131],
    [[5, 30, 3], 66],
    [[4, 7, 5, 3], 65],
    [[2, 6, 5, 4, 2], 33],
    [[3, 11, 3, 1], 9],
    [[3, 2, 9, 2, 3], 20],
    [[1, 1, 1], 1],
    [[4, 10, 10], 150],
    // More than a tile of samples in each of several ranges, and than a chunk of the assembled route.
    [[2, 3, 2], 2500],
    // So wide that factors come 40 samples at a time, and one by one.
    [[1, 300, 3], 50],
    [[1, 730, 2], 10],
  ])('agree in every form: %j, N = %i', (widths, N) => {
    const { network, data } = problem(widths, N, 7 * N + widths.length);
    const weights = { trace: 0.7, squares: 1.3 };
    const expected = momentGradient(network, data, weights, 'hessian');
    for (const forms of every(widths.length - 1)) {
      expectClose(momentGradient(network, data, weights, 'gram', { forms }), expected, 1e-12);
    }
  });

  it.each([1, 20_000, 100_000])('agree in blocks of %i bytes', (blockBytes) => {
    const { network, data } = problem([3, 5, 4, 2], blockBytes === 1 ? 40 : 300, 5);
    const weights = { trace: 1, squares: 1 };
    const expected = momentGradient(network, data, weights, 'hessian');
    for (const route of ROUTES) {
      expectClose(momentGradient(network, data, weights, route, { blockBytes }), expected, 1e-12);
    }
  });

  it('agree on random networks of every kind', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed, 6, 20);
        const weights = { trace: 1, squares: 1 };
        const expected = momentGradient(network, data, weights, 'hessian');
        expectClose(momentGradient(network, data, weights, 'gram'), expected, 1e-11, 1e-3);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});

describe('central differences of the bound', () => {
  /** Along a direction relative to the size of each parameter: the slope there and what it should be. */
  const compare = (network: Network, data: Dataset, seed: number, relative: boolean): void => {
    const theta = parameterVector(checkNetwork(network));
    const { gradient } = hb.boundGradient(network, data);
    const uniform = uniforms(seed);
    const direction = theta.map((x) => (2 * uniform() - 1) * (relative ? x : 1));
    const bound = (step: number): number => {
      const moved = withParameters(
        network,
        theta.map((x, p) => x + step * direction[p]),
      );
      const { trace, frobeniusNorm, parameters: P } = hb.moments(moved, data, { method: 'hessian' });
      const mean = trace / P;
      return mean + Math.sqrt((P - 1) * Math.max(0, frobeniusNorm ** 2 / P - mean * mean));
    };
    const slope = (h: number): number => (bound(h) - bound(-h)) / (2 * h);
    const improved = (h: number): number => (4 * slope(h / 2) - slope(h)) / 3;
    const [coarse, fine] = [improved(2e-3), improved(1e-3)];
    const expected = fine + (fine - coarse) / 15;
    const terms = gradient.map((g, p) => g * direction[p]);
    const exact = terms.reduce((sum, term) => sum + term, 0);
    const size = Math.max(...terms.map(Math.abs)) + 1e-2 * Math.abs(bound(0));
    // Rounding of the bound over the step, and what the extrapolation shows of its own error.
    expect(Math.abs(exact - expected)).toBeLessThanOrEqual(1e-8 * size + Math.abs(fine - coarse));
    expect(Math.abs(fine - coarse)).toBeLessThanOrEqual(1e-2 * size);
  };

  it('on random networks of every kind', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = randomProblem(seed);
        compare(network, data, seed, false);
      }),
      { numRuns: 150, seed: 8 },
    );
  });

  // Sizes whose powers of two are taken out of the rows of inputs and of δ (network/factors.ts).
  it.each([2 ** 20, 2 ** -20, 2 ** 40])('with hidden units of size %d', (c) => {
    for (const seed of [1, 2, 3]) {
      const { network, data } = problem([3, 4, 3, 2], 5, seed);
      const size = [c, 1, 1 / c];
      const layers = network.layers.map((layer, l) => ({
        weights: matrix(
          layer.weights.rows,
          layer.weights.cols,
          layer.weights.data.map((w) => w * size[l]),
        ),
        activation: l === 1 ? ('softplus' as const) : ('identity' as const),
      }));
      const loss = 'squared-error';
      const targets = randomMatrix(uniforms(seed), 5, 2);
      compare(
        { layers: layers.slice(0, 2), loss },
        { ...data, targets: matrix(5, 3, data.inputs.data) },
        seed,
        true,
      );
      compare({ layers, loss }, { ...data, targets }, seed, true);
    }
  });
});

it('goes with the bound of sharpness, which a small step against it lowers', () => {
  const data = flowers('softmax-cross-entropy');
  const shape = { widths: [4, 8, 3], activation: 'gelu', loss: 'softmax-cross-entropy' } as const;
  const network = { ...initialize({ ...shape, seed: 4 }), weightDecay: 0.1 };
  const { upper, gradient } = hb.boundGradient(network, data);
  expect(upper).toBe(hb.sharpness(network, data).bounds.wolkowiczStyan!.largest.upper);
  const theta = parameterVector(checkNetwork(network));
  const squares = gradient.reduce((sum, g) => sum + g * g, 0);
  const step = 1e-4 / Math.sqrt(squares);
  const lower = hb.boundGradient(
    withParameters(
      network,
      theta.map((x, p) => x - step * gradient[p]),
    ),
    data,
  ).upper;
  expect(Math.abs((upper - lower) / (step * squares) - 1)).toBeLessThan(1e-2);
  // Weight decay moves the bound alone.
  const plain = hb.boundGradient({ ...network, weightDecay: 0 }, data);
  expect(plain.gradient).toEqual(gradient);
  expect(Math.abs(upper - plain.upper - 0.1)).toBeLessThan(1e-14);
  expect(hb.memory().used).toBe(0);
});

describe('where the bound has a corner', () => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  it('is the gradient of the mean: P = 1', () => {
    // H = Σ p (1 − p) x² / N.
    const network: Network = {
      layers: [{ weights: matrix(1, 1, [0.4]) }],
      loss: 'sigmoid-cross-entropy',
    };
    const x = [1, -2, 0.5];
    const { upper, gradient } = hb.boundGradient(network, {
      inputs: matrix(3, 1, x),
      targets: [1, 0, 1],
    });
    const p = x.map((xi) => sigmoid(0.4 * xi));
    const mean = (f: (i: number) => number): number => x.reduce((sum, _, i) => sum + f(i), 0) / 3;
    expectClose([upper], [mean((i) => p[i] * (1 - p[i]) * x[i] ** 2)], 1e-13);
    expectClose(gradient, [mean((i) => p[i] * (1 - p[i]) * (1 - 2 * p[i]) * x[i] ** 3)], 1e-13);
  });

  it('is the gradient of the mean: H a multiple of the identity', () => {
    // Orthonormal samples with one and the same p: H = p (1 − p) I / P.
    for (const P of [2, 3, 17]) {
      const network: Network = {
        layers: [{ weights: matrix(1, P, new Float64Array(P).fill(0.7)) }],
        loss: 'sigmoid-cross-entropy',
      };
      const inputs = matrix(P, P);
      for (let i = 0; i < P; i++) inputs.data[i * (P + 1)] = 1;
      const { upper, gradient } = hb.boundGradient(network, { inputs, targets: new Float64Array(P) });
      const p = sigmoid(0.7);
      // √(P − 1) times the root of a few ε is what keeps the bound one.
      expect(Math.abs(upper / ((p * (1 - p)) / P) - 1)).toBeLessThan(1e-5);
      expectClose(gradient, new Float64Array(P).fill((p * (1 - p) * (1 - 2 * p)) / P ** 2), 1e-13);
    }
  });

  it('is 0 where there is no curvature at all', () => {
    const network: Network = { layers: [{ weights: matrix(2, 2) }], loss: 'squared-error' };
    const { upper, gradient } = hb.boundGradient(network, {
      inputs: matrix(1, 2),
      targets: matrix(1, 2, [1, 2]),
    });
    expect(upper).toBe(0);
    expect(gradient).toEqual(new Float64Array(4));
  });
});

describe('scales', () => {
  // Powers of two: logits and every rounding stay the same; H takes c², and its derivative in the weights c³.
  it.each([2 ** -290, 2 ** -260, 2 ** -100, 2 ** 100, 2 ** 200, 2 ** 290])(
    'inputs times %d, weights divided by it',
    (c) => {
      const uniform = uniforms(5);
      const weights = randomMatrix(uniform, 3, 4);
      const inputs = randomMatrix(uniform, 20, 4);
      const targets = Array.from({ length: 20 }, (_, i) => i % 3);
      const times = (x: typeof inputs, factor: number): typeof inputs =>
        matrix(
          x.rows,
          x.cols,
          x.data.map((entry) => entry * factor),
        );
      const gradient = (w: typeof weights, x: typeof inputs, route: Route): Float64Array => {
        const net = checkNetwork({ layers: [{ weights: w }], loss: 'softmax-cross-entropy' });
        return runHere(core, boundGradientSteps(net, checkDataset(net, { inputs: x, targets }), route))
          .gradient;
      };
      for (const route of ROUTES) {
        const scaled = gradient(times(weights, 1 / c), times(inputs, c), route);
        expectClose(
          scaled.map((g) => g / c / c / c),
          gradient(weights, inputs, route),
          1e-12,
        );
      }
    },
  );

  it('a sample of weight 0 does not matter, even where the network overflows on it', () => {
    const network: Network = {
      layers: [{ weights: matrix(1, 2, [1e200, 1]) }],
      loss: 'sigmoid-cross-entropy',
    };
    const inputs = matrix(2, 2, [1e-200, 1, 1e120, 1]);
    const { gradient } = hb.boundGradient(network, { inputs, targets: [0, 0], weights: [1, 0] });
    const alone = { inputs: matrix(1, 2, inputs.data.slice(0, 2)), targets: [0] };
    expect(gradient).toEqual(hb.boundGradient(network, alone).gradient);
    expect(Math.abs(gradient[1])).toBeGreaterThan(1e-3);
  });

  it('out of range is said, not returned', () => {
    // The derivative of the curvature, near 1e330.
    const network: Network = {
      layers: [{ weights: matrix(1, 2, [1e-110, 0]) }],
      loss: 'sigmoid-cross-entropy',
    };
    const data = { inputs: matrix(1, 2, [1e110, 1e110]), targets: [0] };
    expect(Number.isFinite(hb.moments(network, data).trace)).toBe(true);
    expect(() => hb.boundGradient(network, data)).toThrow(
      new RangeError(
        'network: the gradient of the bound exceeds the range of double precision on these arguments',
      ),
    );
  });
});

/** A network of these widths, activations taking turns, with N samples; cross-entropy on one or several outputs. */
function problem(widths: number[], N: number, seed: number): { network: Network; data: Dataset } {
  const uniform = uniforms(seed);
  const K = widths.at(-1)!;
  const activations = ['tanh', 'gelu', 'softplus', 'sin'] as const;
  return {
    network: {
      layers: widths.slice(1).map((n, l) => ({
        weights: randomMatrix(uniform, n, widths[l], 1.5 / Math.sqrt(widths[l])),
        ...(l !== 1 && { bias: randomMatrix(uniform, 1, n).data }),
        activation: l + 2 < widths.length ? activations[l % 4] : 'identity',
      })),
      loss: K === 1 ? 'sigmoid-cross-entropy' : 'softmax-cross-entropy',
    },
    data: {
      inputs: randomMatrix(uniform, N, widths[0], 2),
      targets: Array.from({ length: N }, () => Math.floor(uniform() * Math.max(2, K))),
      weights: Array.from({ length: N }, uniform),
    },
  };
}

function withParameters(network: Network, theta: Float64Array): Network {
  let offset = 0;
  const take = (count: number): Float64Array => theta.slice(offset, (offset += count));
  return {
    ...network,
    layers: network.layers.map((layer) => {
      const { rows, cols } = layer.weights;
      const weights = matrix(rows, cols, take(rows * cols));
      return { ...layer, weights, ...(layer.bias && { bias: take(layer.bias.length) }) };
    }),
  };
}

/** Relative to the largest entry, or to `size` times 1e-3 where that is more: of what a gradient is the gradient of. */
function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  size = 0,
): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce(
    (most, x) => Math.max(most, Math.abs(x)),
    1e-3 * Math.abs(size),
  );
  for (let p = 0; p < expected.length; p++) {
    const error = Math.abs(actual[p] - expected[p]);
    if (!(error <= tolerance * largest)) {
      expect.fail(`entry ${p}: ${actual[p]} for ${expected[p]}, off by ${error / largest}`);
    }
  }
}
