/**
 * Where double precision is strained: curvature that is a small difference of large numbers, and scales at which squares
 * leave the range. Bounds must hold against mpmath's spectrum; scales have an exact oracle, the symmetry of the network.
 */
import { describe, expect, it } from 'vitest';
import { loadSync, matrix, type Network, wolkowiczStyan } from '../src/index.js';
import { randomMatrix, randomProblem, uniforms } from './reference/generate.js';
import { expectEnclosed } from './reference/enclosed.js';
import { CANCELLATION_CASES } from './setup/fixtures.js';

const hb = loadSync();

describe('cancellation', () => {
  it.each(CANCELLATION_CASES)('$name: bounds hold', ({ network, data, expected }) => {
    const largest = expected.eigenvalues.at(-1)!;
    const smallest = expected.eigenvalues[0];
    const slack = 1e-12 * expected.frobeniusNorm;
    for (const bounds of ['all', ['wolkowiczStyan']] as const) {
      const result = hb.sharpness(network, data, { bounds: bounds === 'all' ? bounds : [...bounds] });
      expect(result.upper).toBeGreaterThanOrEqual(largest - slack);
      expect(result.lower).toBeLessThanOrEqual(largest + slack);
      for (const { smallest: ends } of Object.values(result.bounds)) {
        if (!ends) continue;
        expect(ends.lower).toBeLessThanOrEqual(smallest + slack);
        expect(ends.upper).toBeGreaterThanOrEqual(smallest - slack);
      }
      expectEnclosed(result, expected.eigenvalues, slack);
    }
  });

  it('and would not if the computed moments were taken at their word', () => {
    const violated = CANCELLATION_CASES.filter(({ network, data, expected }) => {
      const { trace, frobeniusNorm, parameters: order } = hb.moments(network, data);
      const { largest } = wolkowiczStyan({ trace, frobeniusNorm, order });
      return largest.upper < expected.eigenvalues.at(-1)! - 1e-12 * expected.frobeniusNorm;
    });
    expect(violated.length).toBeGreaterThan(3);
  });
});

describe('curvature that rounding could have put there', () => {
  it('has finite bounds even where the square of its error leaves the range', () => {
    // Saturated: all curvature is near 1e-274, and a few ε of what the loss's gradient was computed from is near 1e-13.
    const { network, data } = randomProblem(1926, 7, 7);
    const { lower, upper, moments } = hb.sharpness({ ...network, weightDecay: 0 }, data);
    expect(moments.frobeniusNorm).toBeLessThan(1e-270);
    expect(upper).toBeGreaterThan(1e-16);
    expect(upper).toBeLessThan(1e-8);
    expect(lower).toBeLessThanOrEqual(upper);
  });
});

describe('curvature of which a part vanishes', () => {
  const refined = (network: Network, inputs: number[], targets: number[]): void => {
    const data = { inputs: matrix(inputs.length, 1, inputs), targets };
    const { bounds, exact, upper, lower } = hb.sharpness(network, data, { bounds: 'all', exact: true });
    expect(Object.keys(bounds)).toContain('gaussNewton');
    for (const { largest } of Object.values(bounds)) {
      expect(largest.upper).toBeGreaterThanOrEqual(exact!.largest);
    }
    expect(lower).toBeLessThanOrEqual(upper);
  };

  it('Gauss–Newton’s, far in the tail of an activation: φ″ is 1e-194, and the square of φ′ 0', () => {
    const layers = [
      { weights: matrix(1, 1, [-15]), activation: 'gelu' as const },
      { weights: matrix(1, 1, [1]) },
    ];
    refined({ layers, loss: 'sigmoid-cross-entropy' }, [2], [1]);
  });

  it('Gauss–Newton’s, where a softmax is certain and wrong: p (1 − p) is 1e-150, and p − y is 1', () => {
    const layers = [
      { weights: matrix(2, 1, [0.8, 0.8]), activation: 'tanh' as const },
      { weights: matrix(2, 2, [150, 151, -175, -174]) },
    ];
    refined({ layers, loss: 'softmax-cross-entropy' }, [0.7, 0.8, 0], [1, 1, 1]);
  });

  it('all of it, below the smallest number whose inverse is one: p (1 − p) is 1e-320', () => {
    const layers = [
      { weights: matrix(2, 1, [0, 0]), bias: [-1, -1], activation: 'tanh' as const },
      { weights: matrix(2, 2, [0, 0, 484, 484]) },
    ];
    refined({ layers, loss: 'softmax-cross-entropy', weightDecay: 0.05 }, [0.1], [0]);
  });
});

describe('scales', () => {
  /** 4-5-3 without bias on the first layer: scaling its inputs by c and its weights by 1/c changes no prediction. */
  const problem = (
    c: number,
  ): { network: Network; data: { inputs: ReturnType<typeof matrix>; targets: number[] } } => {
    const uniform = uniforms(3);
    const scaled = (rows: number, cols: number, size: number): ReturnType<typeof matrix> => {
      const x = randomMatrix(uniform, rows, cols);
      return matrix(
        rows,
        cols,
        x.data.map((value) => value * size),
      );
    };
    return {
      network: {
        layers: [
          { weights: scaled(5, 4, 1 / c), activation: 'tanh' },
          { weights: scaled(3, 5, 1), bias: [0.1, 0, -0.1] },
        ],
        loss: 'softmax-cross-entropy',
      },
      data: { inputs: scaled(40, 4, c), targets: Array.from({ length: 40 }, (_, i) => i % 3) },
    };
  };
  const plain = problem(1);
  const reference = hb.moments(plain.network, plain.data, { method: 'gram' });

  // Powers of two, so that every rounding is the same and each block of H scales exactly: by c² , c and 1.
  it.each([2 ** -500, 2 ** -300, 2 ** -60, 2 ** 60, 2 ** 300, 2 ** 490])(
    'inputs times %d, weights divided by it',
    (c) => {
      const { network, data } = problem(c);
      for (const method of ['gram', 'hessian'] as const) {
        const { layers, crossNorms } = hb.moments(network, data, { method });
        const expectScaled = (value: number, exact: number): void => {
          // A block more than 1e-150 below the largest may vanish beside it.
          if (Math.abs(exact) < 1e-140 * Math.max(1, c * c)) return;
          expect(Math.abs(value / exact - 1)).toBeLessThan(1e-12);
        };
        expectScaled(layers[0].frobeniusNorm, reference.layers[0].frobeniusNorm * c * c);
        expectScaled(layers[0].trace, reference.layers[0].trace * c * c);
        expectScaled(layers[1].frobeniusNorm, reference.layers[1].frobeniusNorm);
        expectScaled(crossNorms.data[1], reference.crossNorms.data[1] * c);
      }
      const { lower, upper, exact } = hb.sharpness(network, data, { exact: true });
      const slack = 1e-12 * Math.max(Math.abs(lower), Math.abs(upper));
      expect(lower).toBeLessThanOrEqual(exact!.largest + slack);
      expect(upper).toBeGreaterThanOrEqual(exact!.largest - slack);
    },
  );

  it('a sample of enormous inputs and vanishing curvature beside an ordinary one', () => {
    // Logistic regression: H = Σ p(1−p) x² / 2 in closed form; p(1−p) = e^−360 to all digits.
    const inputs = matrix(2, 1, [1e75, 1]);
    const network: Network = {
      layers: [{ weights: matrix(1, 1, [360e-75]) }],
      loss: 'sigmoid-cross-entropy',
    };
    const exact = (Math.exp(-360) * 1e150 + 0.25) / 2;
    for (const method of ['gram', 'hessian'] as const) {
      const { trace, frobeniusNorm } = hb.moments(network, { inputs, targets: [1, 1] }, { method });
      // The logit's own rounding, 360 ε, is all that is lost.
      expect(Math.abs(trace / exact - 1)).toBeLessThan(1e-12);
      expect(Math.abs(frobeniusNorm / exact - 1)).toBeLessThan(1e-12);
    }
  });

  it('a hidden layer that reaches the output through weights of 0', () => {
    for (const size of [1e-150, 1e-80, 1e80, 1e150]) {
      const network: Network = {
        layers: [{ weights: matrix(2, 1, [1 / size, 1 / size]) }, { weights: matrix(2, 2) }],
        loss: 'softmax-cross-entropy',
      };
      const data = { inputs: matrix(1, 1, [size]), targets: matrix(1, 2, [0.7, 0.3]) };
      const { lower, upper, exact } = hb.sharpness(network, data, { exact: true, bounds: 'all' });
      // By hand: δ = ±0.2 couples each hidden unit to both outputs, 0.2 √2 · size; the output block alone has 1.
      expect(Math.abs(exact!.largest / Math.max(0.2 * Math.SQRT2 * size, 1) - 1)).toBeLessThan(1e-12);
      expect(upper).toBeGreaterThanOrEqual(exact!.largest * (1 - 1e-12));
      expect(lower).toBeLessThanOrEqual(exact!.largest * (1 + 1e-12));
    }
  });

  it('a sample of weight 0 does not matter, even where the network overflows on it', () => {
    const network: Network = { layers: [{ weights: matrix(1, 1, [1e200]) }], loss: 'squared-error' };
    const data = { inputs: matrix(2, 1, [1e-200, 1e200]), targets: [0, 0], weights: [1, 0] };
    expect(hb.loss(network, data)).toBeCloseTo(0.5, 14);
  });
});

describe('numbers of very different sizes', () => {
  it.each([1e130, 1e140, 1e150])('small factors of large curvature do not vanish: inputs of %d', (x) => {
    const weights = (): ReturnType<typeof matrix> => matrix(1, 1, [1 / x]);
    const network: Network = {
      layers: [{ weights: weights(), activation: 'tanh' }, { weights: weights() }],
      loss: 'squared-error',
    };
    const data = { inputs: matrix(1, 1, [x]), targets: [1] };
    // By hand: a = tanh 1, z = a/x, δ = a/x − 1, so H_00 = x² (v² φ'² + δ v φ''), H_01 = x (φ' a v + δ φ'), H_11 = a².
    const a = Math.tanh(1);
    const [slope, bend] = [1 - a * a, -2 * a * (1 - a * a)];
    const [v, delta] = [1 / x, a / x - 1];
    const [h00, h01] = [
      v * v * slope * slope * x * x + delta * v * x * x * bend,
      x * (slope * a * v + delta * slope),
    ];
    const size = Math.abs(h01);
    const half = (h00 + a * a) / 2 / size;
    const difference = (h00 - a * a) / 2 / size;
    const largest = size * (half + Math.sqrt(difference * difference + 1));
    const { bounds, lower } = hb.sharpness(network, data, { bounds: 'all' });
    expect(lower).toBeLessThanOrEqual(largest * (1 + 1e-14));
    for (const name of ['wolkowiczStyan', 'layerBlocks', 'gaussNewton', 'quartic', 'deflated'] as const) {
      const ratio = bounds[name]!.largest.upper / largest;
      expect(ratio).toBeGreaterThanOrEqual(1 - 1e-14);
      expect(ratio).toBeLessThanOrEqual(1 + 1e-11);
    }
  });

  it('a large bias of the output does not loosen a bracket', () => {
    for (const b of [1, 1e4, 1e8, 1e16]) {
      const layers: Network['layers'] = [
        { weights: matrix(1, 1, [1]), activation: 'tanh' },
        { weights: matrix(1, 1, [1]), bias: [b] },
      ];
      const data = { inputs: matrix(1, 1, [1]), targets: [0] };
      const { lower, upper } = hb.sharpness({ layers, loss: 'squared-error' }, data, { tolerance: 1e-12 });
      expect(upper / lower - 1).toBeLessThanOrEqual(1e-12);
    }
  });
});
