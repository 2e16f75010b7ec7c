/** Training with the bound or the Frobenius norm of the Hessian in the objective. */
import { describe, expect, it } from 'vitest';
import { iris } from '../src/datasets/iris.js';
import { standardize } from '../src/datasets/standardize.js';
import {
  type Dataset,
  initialize,
  loadSync,
  matrix,
  type Network,
  type Regularizer,
  type TrainingOptions,
} from '../src/index.js';
import { permutation, uniform } from '../src/random.js';
import { GRADIENT_CASES } from './setup/fixtures.js';

const hb = loadSync();
const flowers: Dataset = { inputs: standardize(iris().inputs).inputs, targets: iris().targets };
const start = initialize({
  widths: [4, 6, 3],
  activation: 'tanh',
  loss: 'softmax-cross-entropy',
  seed: 1,
});

/** How far a step of rate 1 goes with the regularizer, beyond where it goes without. */
function pull(
  network: Network,
  data: Dataset,
  regularizer: Regularizer,
  options: Partial<TrainingOptions> = {},
): Float64Array {
  const plain = { optimizer: 'sgd', steps: 1, learningRate: 1, ...options } as const;
  const without = hb.train(network, data, plain).state.parameters;
  const { state, stopped } = hb.train(network, data, { ...plain, regularizer });
  expect(stopped).toBeUndefined();
  return without.map((x, p) => x - state.parameters[p]);
}

const norm = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0));
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(norm(Array.from(actual, (x, p) => x - expected[p]))).toBeLessThanOrEqual(tolerance * norm(expected));
}

describe('a regularized step', () => {
  // The gradients of the bound and of ‖H‖_F² are PyTorch's, through its own Hessian. The pull is a difference of parameters of
  // order 1, so that a strength which makes it of order 1, too, leaves rounding of some ε.
  const cases = GRADIENT_CASES.filter(({ expected }) => expected.squares > 0);

  it.each(cases.map((one) => [one.name, one] as const))(
    'descends what PyTorch says: %s',
    (_, { network, data, expected }) => {
      const { boundGradient, squaresGradient, squares } = expected;
      const normGradient = squaresGradient.map((x) => x / (2 * Math.sqrt(squares)));
      for (const [kind, gradient] of [
        ['hsr', boundGradient],
        ['frobenius', normGradient],
      ] as const) {
        const size = norm(gradient);
        if (size === 0) continue;
        const strength = 1 / size;
        const unit = gradient.map((x) => x / size);
        expectClose(pull(network, data, { kind, strength }), unit, 1e-11);
        expectClose(
          pull(network, data, { kind, strength: 0.5, normalized: true }),
          unit.map((x) => x / 2),
          1e-11,
        );
      }
    },
  );

  it('takes the bound of its own batch, weighted as the loss is, the smaller last one of an epoch, too', () => {
    const weights = Array.from({ length: 150 }, (_, i) => 1 + (i % 3));
    const order = permutation(150, uniform(4, 0));
    const batch = { batch: 64, seed: 4 };
    for (const step of [0, 2]) {
      const rows = [...order.subarray(64 * step, 64 * (step + 1))];
      const part = {
        inputs: matrix(
          rows.length,
          4,
          rows.flatMap((i) => [...flowers.inputs.data.subarray(4 * i, 4 * i + 4)]),
        ),
        targets: rows.map((i) => (flowers.targets as ArrayLike<number>)[i]),
        weights: rows.map((i) => weights[i]),
      };
      const sum = (x: number[]): number => x.reduce((a, b) => a + b);
      const share = (sum(part.weights) * 150) / (sum(weights) * rows.length);
      const { gradient } = hb.boundGradient(start, part);
      const still = { optimizer: 'sgd', steps: step, learningRate: 0, ...batch } as const;
      const { state } = hb.train(start, { ...flowers, weights }, still);
      expectClose(
        pull(start, { ...flowers, weights }, { kind: 'hsr', strength: 2 }, { ...batch, state }),
        gradient.map((x) => 2 * share * x),
        1e-11,
      );
    }
  });

  it('of Adam counts the penalty into its averages, and a normalized one not', () => {
    const options = { optimizer: 'adam', steps: 1, learningRate: 0.1 } as const;
    const [g, { gradient }] = [hb.gradient(start, flowers), hb.boundGradient(start, flowers)];
    const regularizer = { kind: 'hsr', strength: 0.1 } as const;
    const { state } = hb.train(start, flowers, { ...options, regularizer });
    state.vectors[0].forEach((x, p) => expect(x).toBeCloseTo(0.1 * (g[p] + 0.1 * gradient[p]), 14));
    const aside = hb.train(start, flowers, { ...options, regularizer: { ...regularizer, normalized: true } });
    const plain = hb.train(start, flowers, options);
    expect(aside.state.vectors).toEqual(plain.state.vectors);
    // Of length η λ.
    const size = norm(gradient);
    aside.state.parameters.forEach((x, p) =>
      expect(x).toBeCloseTo(plain.state.parameters[p] - 0.1 * 0.1 * (gradient[p] / size), 15),
    );
  });

  it('of strength 0 is a plain one to the bit, and so is one where the Hessian is 0', () => {
    const options = { optimizer: 'adam', steps: 5, learningRate: 0.1 } as const;
    const plain = hb.train(start, flowers, options);
    for (const kind of ['hsr', 'frobenius'] as const) {
      for (const normalized of [false, true]) {
        const regularizer = { kind, normalized, strength: 0 };
        expect(hb.train(start, flowers, { ...options, regularizer })).toEqual(plain);
      }
    }
    const flat: Network = { layers: [{ weights: matrix(1, 1, [1]) }], loss: 'squared-error' };
    const nothing = { inputs: matrix(1, 1, [0]), targets: [1] };
    for (const kind of ['hsr', 'frobenius'] as const) {
      for (const normalized of [false, true]) {
        const regularizer = { kind, normalized, strength: 1 };
        const { state, stopped } = hb.train(flat, nothing, { ...options, regularizer });
        expect([Array.from(state.parameters), stopped]).toEqual([[1], undefined]);
      }
    }
  });

  it('at a corner of the bound goes down the mean of the eigenvalues', () => {
    // One parameter: U = H = x² φ'(w x)² + …, whose derivative is a central difference of the assembled Hessian.
    const at = (w: number): Network => ({
      layers: [{ weights: matrix(1, 1, [w]), activation: 'tanh' }],
      loss: 'squared-error',
    });
    const data = { inputs: matrix(1, 1, [1.5]), targets: [0.3] };
    const h = 1e-5;
    const slope = (hb.hessian(at(0.4 + h), data).data[0] - hb.hessian(at(0.4 - h), data).data[0]) / (2 * h);
    for (const kind of ['hsr', 'frobenius'] as const) {
      // The third derivatives in h² make 1e-9.
      expect(pull(at(0.4), data, { kind, strength: 1 })[0]).toBeCloseTo(slope, 8);
    }
  });
});

describe('training with a regularizer', () => {
  it.each(['hsr', 'frobenius'] as const)(
    'of kind %s ends flatter, the more so the stronger it is',
    (kind) => {
      const ends = [0, 0.003, 0.03].map((strength) => {
        const options = { optimizer: 'sgd', steps: 150, learningRate: 0.3, momentum: 0.5 } as const;
        const { network, history } = hb.train(start, flowers, {
          ...options,
          regularizer: { kind, strength },
        });
        expect(history.at(-1)!.accuracy).toBeGreaterThan(0.9);
        return hb.sharpness(network, flowers, { tolerance: 1e-6 }).lower;
      });
      expect(ends[1]).toBeLessThan(0.95 * ends[0]);
      expect(ends[2]).toBeLessThan(0.7 * ends[1]);
    },
  );
});
