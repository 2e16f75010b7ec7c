import { beforeAll, describe, expect, it } from 'vitest';
import { iris } from '../src/datasets/iris.js';
import { standardize } from '../src/datasets/standardize.js';
import { type Dataset, type Hessbound, load, matrix, type Network } from '../src/index.js';
import { uniform } from '../src/random.js';
import { accuracy, initialize, type NetworkShape, train } from '../src/training.js';
import { digest } from './setup/digests.js';

const SHAPE: NetworkShape = {
  widths: [4, 8, 3],
  activation: 'tanh',
  loss: 'softmax-cross-entropy',
  seed: 1,
};
const flowers: Dataset = { inputs: standardize(iris().inputs).inputs, targets: iris().targets };
const flat = (network: Network): Float64Array =>
  Float64Array.from(
    network.layers.flatMap(({ weights, bias }) => [...weights.data, ...Array.from(bias ?? [])]),
  );

let hb: Hessbound;
beforeAll(async () => {
  hb = await load();
});

describe('uniform', () => {
  // A transcription of PractRand's sfc32 to Python's integers; 27 and 26 bits of two outputs make a double.
  it.each([
    [0, [0.31748144353787644, 0.18830282972553158, 0.22070574447598978]],
    [1, [0.4684900748426659, 0.39758921723365603, 0.47181193818790734]],
    [2 ** 53 - 1, [0.7609843358837698, 0.760523885805499, 0.44309726632753477]],
  ])('gives the reference numbers for seed %i', (seed, expected) => {
    const next = uniform(seed);
    expect(expected.map(() => next())).toEqual(expected);
  });

  it('fills [0, 1) evenly', () => {
    const next = uniform(7);
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) counts[Math.floor(16 * next())]++;
    // χ² with 15 degrees of freedom: above 37.7 once in a thousand seeds.
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(37.7);
  });

  it.each([-1, 0.5, 2 ** 53, NaN])('refuses seed %s', (seed) => {
    expect(() => uniform(seed)).toThrow(/^seed: expected an integer from 0/);
  });
});

describe('initialize', () => {
  it('draws Glorot-uniform weights and sets biases to 0', () => {
    const { layers } = initialize({ ...SHAPE, widths: [40, 60, 20] });
    expect(layers.map(({ activation }) => activation)).toEqual(['tanh', 'identity']);
    for (const { weights, bias } of layers) {
      const limit = Math.sqrt(6 / (weights.rows + weights.cols));
      const sizes = weights.data.map(Math.abs);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
      expect(Math.max(...sizes)).toBeGreaterThan(0.99 * limit);
      const variance = weights.data.reduce((sum, w) => sum + w * w, 0) / weights.data.length;
      expect(variance / (limit ** 2 / 3)).toBeCloseTo(1, 1);
      expect(Array.from(bias!)).toEqual(Array(weights.rows).fill(0));
    }
  });

  it('gives the same bits on every engine, others for another seed', () => {
    expect(digest(flat(initialize(SHAPE)))).toBe('3f0cbad65949687d');
    expect(flat(initialize({ ...SHAPE, seed: 2 }))).not.toEqual(flat(initialize(SHAPE)));
  });

  it('refuses widths and names it cannot use', () => {
    expect(() => initialize({ ...SHAPE, widths: [4] })).toThrow('widths: expected at least two; got 1');
    expect(() => initialize({ ...SHAPE, widths: [4, 0, 3] })).toThrow(
      /^widths\[1\]: expected an integer from 1/,
    );
    expect(() => initialize({ ...SHAPE, activation: 'relu' as 'tanh' })).toThrow(/twice differentiable/);
  });
});

describe('train', () => {
  const start = initialize(SHAPE);

  it.each([
    ['adam', 0.01],
    ['sgd', 0.1],
  ] as const)('learns iris with %s', async (optimizer, learningRate) => {
    const { network, losses } = await train(hb, start, flowers, { steps: 300, learningRate, optimizer });
    expect(accuracy(hb, network, flowers)).toBeGreaterThan(0.95);
    expect(losses).toHaveLength(301);
    expect(losses[0]).toBe(hb.loss(start, flowers));
    expect(losses[300]).toBe(hb.loss(network, flowers));
    expect(losses[300]).toBeLessThan(0.1 * losses[0]);
  });

  it('makes exactly the step the optimizer defines', async () => {
    const theta = flat(start);
    const first = hb.gradient(start, flowers);
    const plain = await train(hb, start, flowers, { steps: 1, learningRate: 0.5, optimizer: 'sgd' });
    expect(flat(plain.network)).toEqual(theta.map((x, p) => x - 0.5 * first[p]));

    // Adam's first step is the learning rate in the direction of each sign; its second, from the definition.
    const once = await train(hb, start, flowers, { steps: 1, learningRate: 0.01 });
    flat(once.network).forEach((x, p) => expect(x).toBeCloseTo(theta[p] - 0.01 * Math.sign(first[p]), 6));
    const second = hb.gradient(once.network, flowers);
    const twice = await train(hb, start, flowers, { steps: 2, learningRate: 0.01 });
    flat(twice.network).forEach((x, p) => {
      const mean = (0.09 * first[p] + 0.1 * second[p]) / (1 - 0.9 ** 2);
      const square = (0.000999 * first[p] ** 2 + 0.001 * second[p] ** 2) / (1 - 0.999 ** 2);
      expect(x).toBeCloseTo(flat(once.network)[p] - (0.01 * mean) / (Math.sqrt(square) + 1e-8), 12);
    });
  });

  it('gives the same bits again, and leaves its arguments alone', async () => {
    const before = flat(start).slice();
    const options = { steps: 50, learningRate: 0.02 };
    const [a, b] = [await train(hb, start, flowers, options), await train(hb, start, flowers, options)];
    expect(digest(flat(a.network))).toBe(digest(flat(b.network)));
    expect(digest(a.losses)).toBe(digest(b.losses));
    expect(flat(start)).toEqual(before);
  });

  it('keeps layers without bias, activations, loss and weight decay', async () => {
    const network: Network = {
      layers: [
        { weights: matrix(3, 2, [1, 2, 3, 4, 5, 6]), activation: 'gelu' },
        { weights: matrix(1, 3, [1, -1, 1]), bias: [0.5] },
      ],
      loss: 'squared-error',
      weightDecay: 0.25,
    };
    const data = { inputs: matrix(2, 2, [1, 0, 0, 1]), targets: [1, -1] };
    const trained = (await train(hb, network, data, { steps: 0, learningRate: 1 })).network;
    expect(hb.gradient(trained, data)).toEqual(hb.gradient(network, data));
    expect(trained.layers[0]).not.toHaveProperty('bias');
    expect(accuracy(hb, trained, data)).toBeUndefined();
  });

  it('reports every step', async () => {
    const seen: number[] = [];
    const onStep = ({ step, steps, loss }: { step: number; steps: number; loss: number }): void => {
      seen.push(step, steps, loss);
    };
    const { losses } = await train(hb, start, flowers, { steps: 2, learningRate: 0.01, onStep });
    expect(seen).toEqual([0, 2, losses[0], 1, 2, losses[1], 2, 2, losses[2]]);
  });

  it('stops between steps when aborted, having let other tasks run', async () => {
    const controller = new AbortController();
    let last = 0;
    const timer = setTimeout(() => controller.abort(new Error('enough')), 30);
    const onStep = ({ step }: { step: number }): void => {
      last = step;
    };
    const options = { steps: 1e9, learningRate: 0.001, onStep, signal: controller.signal };
    await expect(train(hb, start, flowers, options)).rejects.toThrow('enough');
    clearTimeout(timer);
    expect(last).toBeGreaterThan(0);
  });

  it('says so when the loss is no longer finite', async () => {
    const network: Network = { layers: [{ weights: matrix(1, 1, [1]) }], loss: 'squared-error' };
    const data = { inputs: matrix(1, 1, [1e3]), targets: [0] };
    await expect(
      train(hb, network, data, { steps: 1000, learningRate: 1, optimizer: 'sgd' }),
    ).rejects.toThrow(/^train: the loss is no longer finite after step \d+; try a learning rate below 1$/);
  });

  it('passes on what the library says of bad arguments', async () => {
    const narrow = { ...flowers, inputs: matrix(150, 3) };
    await expect(train(hb, start, narrow, { steps: 1, learningRate: 1 })).rejects.toThrow(
      /^data\.inputs: expected 4/,
    );
    const options = { steps: 1, learningRate: 1, optimiser: 'sgd' } as {
      steps: number;
      learningRate: number;
    };
    await expect(train(hb, start, flowers, options)).rejects.toThrow(/unknown option "optimiser"/);
    await expect(train(hb, start, flowers, { steps: -1, learningRate: 1 })).rejects.toThrow(
      /^options\.steps/,
    );
  });
});

describe('accuracy', () => {
  it('counts the largest output for softmax, with class indices or rows', () => {
    const network: Network = {
      layers: [{ weights: matrix(2, 2, [1, 0, 0, 1]) }],
      loss: 'softmax-cross-entropy',
    };
    const inputs = matrix(4, 2, [2, 1, 2, 1, 1, 2, 1, 2]);
    expect(accuracy(hb, network, { inputs, targets: [0, 1, 1, 1] })).toBe(0.75);
    const rows = matrix(4, 2, [0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0, 1]);
    expect(accuracy(hb, network, { inputs, targets: rows })).toBe(0.75);
  });

  it('counts the side of ½ of every output for sigmoid', () => {
    const network: Network = {
      layers: [{ weights: matrix(2, 1, [1, -1]) }],
      loss: 'sigmoid-cross-entropy',
    };
    const data = { inputs: matrix(2, 1, [3, -3]), targets: matrix(2, 2, [0.6, 0.4, 0.4, 0]) };
    expect(accuracy(hb, network, data)).toBe(0.75);
  });
});
