/** Hessians with closed forms, hyper-dual arithmetic, and finite differences as a smoke test. */
import { describe, expect, it } from 'vitest';
import { loadSync, matrix, type Network } from '../src/index.js';
import { randomMatrix, randomProblem, uniforms } from './reference/generate.js';
import { derivatives } from './reference/hyperdual.js';

const hb = loadSync();

describe('closed forms', () => {
  const uniform = uniforms(7);
  const [N, d, K] = [11, 4, 3];
  const x = randomMatrix(uniform, N, d, 2);
  const augmented = Array.from({ length: N }, (_, i) => [...x.data.subarray(i * d, (i + 1) * d), 1]);

  it('a linear network with squared error has H = I ⊗ X̃ᵀX̃/N', () => {
    const network: Network = {
      layers: [{ weights: randomMatrix(uniform, K, d), bias: [0.1, -2, 3] }],
      loss: 'squared-error',
    };
    const h = hb.hessian(network, { inputs: x, targets: randomMatrix(uniform, N, K) });
    // Public index of input b of unit a: weights first, biases after them.
    const index = (a: number, b: number): number => (b < d ? a * d + b : K * d + a);
    for (let a = 0; a < K; a++) {
      for (let c = 0; c < K; c++) {
        for (let b = 0; b <= d; b++) {
          for (let e = 0; e <= d; e++) {
            const mean = augmented.reduce((sum, row) => sum + row[b] * row[e], 0) / N;
            expect(h.data[index(a, b) * h.cols + index(c, e)]).toBeCloseTo(a === c ? mean : 0, 13);
          }
        }
      }
    }
  });

  it('logistic regression has H = Σ p(1−p) x̃x̃ᵀ / N', () => {
    const w = randomMatrix(uniform, 1, d);
    const network: Network = { layers: [{ weights: w, bias: [0.3] }], loss: 'sigmoid-cross-entropy' };
    const targets = Array.from({ length: N }, (_, i) => i % 2);
    const h = hb.hessian(network, { inputs: x, targets });
    for (let b = 0; b <= d; b++) {
      for (let e = 0; e <= d; e++) {
        const mean =
          augmented.reduce((sum, row) => {
            const z = row.slice(0, d).reduce((s, v, k) => s + v * w.data[k], 0.3);
            const p = 1 / (1 + Math.exp(-z));
            return sum + p * (1 - p) * row[b] * row[e];
          }, 0) / N;
        expect(h.data[b * h.cols + e]).toBeCloseTo(mean, 13);
      }
    }
  });

  it('softmax with one class, and a dead network, have a Hessian of zeros', () => {
    const network: Network = {
      layers: [{ weights: randomMatrix(uniform, 1, d) }],
      loss: 'softmax-cross-entropy',
    };
    const data = { inputs: x, targets: new Array<number>(N).fill(0) };
    expect(hb.loss(network, data)).toBe(0);
    const { lower, upper, bounds } = hb.sharpness(network, data);
    expect([lower, upper]).toEqual([0, 0]);
    expect(bounds.wolkowiczStyan!.smallest).toEqual({ lower: 0, upper: 0 });
  });
});

describe('hyper-dual arithmetic', () => {
  // c n ε with n the longest chain of operations, some hundred, and room for the reference's own rounding.
  const TOLERANCE = 1e-12;

  it.each(Array.from({ length: 60 }, (_, seed) => seed))('random network %i', (seed) => {
    const { network, data } = randomProblem(seed, 3, 4);
    const reference = derivatives(network, data);
    const norm = Math.sqrt(reference.hessian.reduce((sum, x) => sum + x * x, 0));
    const size = Math.max(norm, Math.abs(reference.loss), ...reference.gradient.map(Math.abs));
    // The reference subtracts numbers of order 1 (p − y, log Σ): where all is saturated it is good to ε, not to ε · size.
    const allowed = TOLERANCE * (size + 0.01);
    const near = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(allowed);
    near(hb.loss(network, data), reference.loss);
    hb.gradient(network, data).forEach((g, p) => near(g, reference.gradient[p]));
    hb.hessian(network, data).data.forEach((h, p) => near(h, reference.hessian[p]));
  });
});

describe('finite differences', () => {
  it.each([1, 2, 3, 4, 5])('central differences of the gradient are H v (network %i)', (seed) => {
    const { network, data } = randomProblem(1000 + seed);
    const P = hb.moments(network, data).parameters;
    const v = randomMatrix(uniforms(seed), 1, P).data;
    const step = 1e-5;
    const moved = (sign: number): Float64Array => {
      let at = 0;
      const shift = (x: ArrayLike<number>): Float64Array =>
        Float64Array.from(x, (entry) => entry + sign * step * v[at++]);
      const layers = network.layers.map((layer) => ({
        ...layer,
        weights: matrix(layer.weights.rows, layer.weights.cols, shift(layer.weights.data)),
        ...(layer.bias && { bias: shift(layer.bias) }),
      }));
      return hb.gradient({ ...network, layers }, data);
    };
    const [plus, minus] = [moved(1), moved(-1)];
    const product = hb.hessianVectorProduct(network, data, v);
    const size = Math.max(...product.map(Math.abs), ...plus.map(Math.abs));
    // Truncation step² and rounding ε/step are both near 1e-10 here; a wrong formula is off by order 1.
    product.forEach((h, p) =>
      expect(Math.abs(h - (plus[p] - minus[p]) / (2 * step))).toBeLessThan(1e-6 * size),
    );
  });
});
