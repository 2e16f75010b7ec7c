/** Training that goes wrong. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iris } from '../src/datasets/iris.js';
import { standardize } from '../src/datasets/standardize.js';
import {
  createPool,
  type Dataset,
  initialize,
  loadSync,
  matrix,
  type Network,
  type Pool,
} from '../src/index.js';
import { permutation, uniform } from '../src/random.js';

const hb = loadSync();
let pool: Pool;
beforeAll(async () => {
  pool = await createPool({ workers: 2 });
});
afterAll(() => pool.close());

const start = initialize({
  widths: [4, 8, 3],
  activation: 'tanh',
  loss: 'softmax-cross-entropy',
  seed: 1,
});
const flowers: Dataset = { inputs: standardize(iris().inputs).inputs, targets: iris().targets };

describe('a training that diverges', () => {
  const line: Network = { layers: [{ weights: matrix(1, 1, [1]) }], loss: 'squared-error' };
  const point = { inputs: matrix(1, 1, [1000]), targets: [0] };

  it('stops, says where and why, and returns the last state before', async () => {
    // w ← (1 − 1e6) w: the loss 0.5e6 · 1e12ᵗ is beyond 1e100 at t = 8, by a step that is not kept.
    const options = { steps: 1000, learningRate: 1, optimizer: 'sgd' } as const;
    const { network, state, history, stopped } = hb.train(line, point, options);
    expect(stopped!.step).toBe(8);
    expect(stopped!.reason).toMatch(
      /^the loss is out of range after this step; try a learning rate below 1$/,
    );
    expect(state.step).toBe(7);
    expect(Math.log10(Math.abs(state.parameters[0]))).toBeCloseTo(42, 3);
    expect(network.layers[0].weights.data).toEqual(state.parameters);
    expect(history.map(({ step }) => step)).toEqual([0, 7]);
    expect(history[1].loss).toBe(hb.loss(network, point));
    expect(state).toEqual(hb.train(line, point, { ...options, steps: 7 }).state);
    expect(hb.train(line, point, { ...options, every: 1 })).toMatchObject({ state, stopped });
    expect(await pool.train(line, point, options)).toEqual({ network, state, history, stopped });
    // The first step already; the last.
    expect(hb.train(line, point, { ...options, learningRate: 1e60 })).toMatchObject({
      state: { step: 0, parameters: Float64Array.of(1) },
      stopped: { step: 1 },
    });
    expect(hb.train(line, point, { ...options, steps: 8 })).toMatchObject({ state, stopped });
    expect(hb.train(line, point, { ...options, steps: 7 }).stopped).toBeUndefined();
  });

  it('stops by its parameters where the loss saturates, by its averages, and by SAM on its way up', () => {
    const options = { steps: 5, learningRate: 1e200, optimizer: 'sgd' } as const;
    expect(hb.train(start, flowers, options).stopped).toMatchObject({
      step: 1,
      reason: expect.stringMatching(/^the parameters or the optimizer's averages are out of range/) as string,
    });
    const steep = { inputs: matrix(1, 1, [1e30]), targets: [0] };
    const adam = hb.train(line, steep, { steps: 5, learningRate: 1e-3, optimizer: 'adam' });
    expect(adam.stopped!.step).toBe(1);
    expect(adam.state.vectors.every((x) => x.every((value) => value === 0))).toBe(true);
    const sam = hb.train(line, point, { steps: 5, learningRate: 1e-9, optimizer: 'sam', rho: 1e60 });
    expect(sam.stopped).toMatchObject({
      step: 1,
      reason: expect.stringMatching(/up the gradient/) as string,
    });
  });

  it('goes back to what was finite on all data, where only a mini-batch was', () => {
    // w ← (1 − 1e20) w by the first two samples, whose losses stay in range for long; that of the third, last of the epoch, does not.
    const data = { inputs: matrix(3, 1, [1, 1, 1e45]), targets: [0, 0, 0] };
    const seed = [0, 1, 2, 3, 4, 5, 6, 7].find((one) => permutation(3, uniform(one, 0))[2] === 2)!;
    const options = { steps: 5, learningRate: 1e20, optimizer: 'sgd', batch: 1, seed } as const;
    expect(hb.train(line, data, options)).toMatchObject({
      network: line,
      state: { step: 0 },
      stopped: { step: 2 },
      history: [{ step: 0, loss: hb.loss(line, data) }, { step: 0 }],
    });
  });

  it('is an error from the beginning where the loss is not finite to begin with', () => {
    const huge = { inputs: matrix(1, 1, [1e300]), targets: [0] };
    expect(() => hb.train(line, huge, { steps: 1, learningRate: 1 })).toThrow(
      /^network: its loss exceeds the range/,
    );
  });

  it('stops where the curvature is out of range, which a regularizer or a report wants', () => {
    // H = x² = 1e320, and the loss is 0.
    const still: Network = { layers: [{ weights: matrix(1, 1, [0]) }], loss: 'squared-error' };
    const far = { inputs: matrix(1, 1, [1e160]), targets: [0] };
    const options = { steps: 3, learningRate: 0.1, optimizer: 'sgd' } as const;
    expect(hb.train(still, far, options).stopped).toBeUndefined();
    const regularizer = { kind: 'hsr', strength: 1 } as const;
    const { stopped, state } = hb.train(still, far, { ...options, regularizer });
    expect(stopped).toMatchObject({ step: 1, reason: expect.stringMatching(/exceeds the range/) as string });
    expect(state.step).toBe(0);
    expect(() => hb.train(still, far, { ...options, report: ['bound'] })).toThrow(/exceeds the range/);

    // v tanh(w x) with w x = 1: v² x² φ'² is out of range once v has left 0, and the loss is not.
    const layers: Network['layers'] = [
      { weights: matrix(1, 1, [1e-152]), activation: 'tanh' },
      { weights: matrix(1, 1, [0]) },
    ];
    const network: Network = { layers, loss: 'squared-error' };
    const ended = hb.train(
      network,
      { inputs: matrix(1, 1, [1e152]), targets: [1] },
      { ...options, steps: 1, report: ['bound'] },
    );
    expect(ended.history[0].bound).toBeGreaterThan(1e150);
    expect(ended.history[1]).not.toHaveProperty('bound');
    expect(ended).toMatchObject({
      state: { step: 1 },
      stopped: { step: 1, reason: expect.stringMatching(/exceeds the range/) as string },
    });
  });
});
