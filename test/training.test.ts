/** Training against PyTorch's optimizers, against itself cut in other ways, and where it goes wrong. */
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
  type TrainingOptions,
  type TrainingReport,
  type TrainingState,
} from '../src/index.js';
import { permutation, uniform } from '../src/random.js';
import { accuracy } from '../src/training/accuracy.js';
import { TRAJECTORIES } from './setup/fixtures.js';

const hb = loadSync();
let pool: Pool;
beforeAll(async () => {
  pool = await createPool({ workers: 2 });
});
afterAll(() => pool.close());

const shape = { activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 } as const;
const start = initialize({ ...shape, widths: [4, 8, 3] });
const flowers: Dataset = { inputs: standardize(iris().inputs).inputs, targets: iris().targets };

const flat = ({ layers }: Network): Float64Array =>
  Float64Array.from(layers.flatMap(({ weights, bias }) => [...weights.data, ...Array.from(bias ?? [])]));

/** Every kind of step; the batches of 150 samples leave a smaller one at the end of each epoch. */
const RECIPES: TrainingOptions[] = [
  { steps: 40, learningRate: 0.2, optimizer: 'sgd', momentum: 0.9, every: 7 },
  { steps: 40, learningRate: 0.02, optimizer: 'adam', batch: 32, seed: 5, weightDecay: 0.1 },
  { steps: 40, learningRate: 0.1, optimizer: 'sam', rho: 0.1, batch: 64, every: 3 },
  {
    steps: 40,
    learningRate: 0.05,
    optimizer: 'sam',
    base: 'adam',
    schedule: { kind: 'step', every: 9, factor: 0.5 },
  },
  { steps: 19, learningRate: 0.1, optimizer: 'sgd', regularizer: { kind: 'hsr', strength: 0.01 }, batch: 64 },
  {
    steps: 19,
    learningRate: 0.05,
    regularizer: { kind: 'frobenius', strength: 0.1, normalized: true },
    every: 5,
  },
];

describe('a step', () => {
  it.each(TRAJECTORIES.map((one, i) => [i, one.options.optimizer!, one] as const))(
    'is that of PyTorch: case %i, %s',
    (_, __, { network, data, options, trajectory }) => {
      const seen: Float64Array[] = [];
      const onStep = ({ step, state }: { step: number; state: TrainingState }): void => {
        if (step > 0) seen.push(state.parameters);
      };
      const { state } = hb.train(network, data, { ...options, steps: trajectory.length, every: 1, onStep });
      expect(seen).toHaveLength(trajectory.length);
      expect(state.parameters).toEqual(seen.at(-1));
      trajectory.forEach((expected, t) => {
        // Six steps of gradients good to 1e-14; Adam divides a small entry by its own size.
        const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        expected.forEach((x, p) => expect(Math.abs(seen[t][p] - x)).toBeLessThanOrEqual(1e-12 * scale));
      });
    },
  );

  it('of plain descent is θ − η g to the bit, whether the number of parameters is odd or even', () => {
    for (const widths of [
      [4, 8, 3],
      [4, 7, 3],
      [4, 6, 3],
    ]) {
      const network = initialize({ ...shape, widths });
      const [theta, g] = [flat(network), hb.gradient(network, flowers)];
      const { network: next } = hb.train(network, flowers, {
        steps: 1,
        learningRate: 0.5,
        optimizer: 'sgd',
      });
      expect(flat(next)).toEqual(theta.map((x, p) => x - 0.5 * g[p]));
    }
  });

  it('of a mini-batch is that on its samples alone, weights included; an epoch takes every sample once', () => {
    const weighted = { ...flowers, weights: Array.from({ length: 150 }, (_, i) => 1 + (i % 3)) };
    const sum = weighted.weights.reduce((a, b) => a + b);
    const batch = 64;
    let theta = flat(start);
    let network = start;
    const visited: number[] = [];
    for (let step = 0; step < 6; step++) {
      const order = permutation(150, uniform(9, Math.floor(step / 3)));
      const rows = order.subarray((step % 3) * batch, ((step % 3) + 1) * batch);
      if (step < 3) visited.push(...rows);
      const part = {
        inputs: matrix(
          rows.length,
          4,
          [...rows].flatMap((i) => [...flowers.inputs.data.subarray(4 * i, 4 * i + 4)]),
        ),
        targets: [...rows].map((i) => (flowers.targets as ArrayLike<number>)[i]),
        weights: [...rows].map((i) => weighted.weights[i]),
      };
      // The gradient of N/b Σ w_i ℓ_i / Σ w over the batch, whose mean over an epoch's whole batches is that of the loss.
      const share = (part.weights.reduce((a, b) => a + b) * 150) / (sum * rows.length);
      const g = hb.gradient(network, part);
      theta = theta.map((x, p) => x - 0.3 * share * g[p]);
      const options = { optimizer: 'sgd', learningRate: 0.3, batch, seed: 9, steps: step + 1 } as const;
      ({ network } = hb.train(start, weighted, options));
      flat(network).forEach((x, p) => expect(x).toBeCloseTo(theta[p], 13));
    }
    expect(visited.sort((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, i) => i));
  });

  it('takes the learning rate of its schedule', () => {
    const rates = (options: Partial<TrainingOptions>): number[] =>
      hb
        .train(start, flowers, { steps: 6, learningRate: 0.5, optimizer: 'sgd', every: 1, ...options })
        .history.map(({ learningRate }) => learningRate);
    expect(rates({ schedule: { kind: 'linear', steps: 4 } })).toEqual([0.5, 0.375, 0.25, 0.125, 0, 0, 0]);
    expect(rates({ schedule: { kind: 'step', every: 2, factor: 0.5 } })).toEqual([
      0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625,
    ]);
    // And makes it: a rate of 0 stands still.
    const options = {
      learningRate: 0.5,
      optimizer: 'sgd',
      schedule: { kind: 'linear', steps: 4 },
    } as const;
    expect(hb.train(start, flowers, { ...options, steps: 9 }).network).toEqual(
      hb.train(start, flowers, { ...options, steps: 4 }).network,
    );
    expect(hb.train(start, flowers, { ...options, steps: 3 }).network).not.toEqual(
      hb.train(start, flowers, { ...options, steps: 4 }).network,
    );
  });

  it('by SAM at ρ = 0, or where the gradient is 0, is that of its base', () => {
    const options = { steps: 5, learningRate: 0.2, momentum: 0.9 };
    expect(hb.train(start, flowers, { ...options, optimizer: 'sam', rho: 0 }).network).toEqual(
      hb.train(start, flowers, { ...options, optimizer: 'sgd' }).network,
    );
    const fitted: Network = { layers: [{ weights: matrix(1, 1, [2]) }], loss: 'squared-error' };
    const { state } = hb.train(
      fitted,
      { inputs: matrix(1, 1, [1]), targets: [2] },
      { ...options, optimizer: 'sam' },
    );
    expect(Array.from(state.parameters)).toEqual([2]);
  });
});

describe('training', () => {
  it.each(['adam', 'sgd', 'sam'] as const)('learns iris with %s', (optimizer) => {
    const learningRate = optimizer === 'adam' ? 0.01 : 0.5;
    const { network, history, state, stopped } = hb.train(start, flowers, {
      steps: 400,
      learningRate,
      optimizer,
    });
    expect(history.map(({ step }) => step)).toEqual([0, 400]);
    expect(history[0]).toMatchObject({
      loss: hb.loss(start, flowers),
      accuracy: accuracy(hb, start, flowers)!,
    });
    expect(history[1]).toMatchObject({
      loss: hb.loss(network, flowers),
      accuracy: accuracy(hb, network, flowers)!,
    });
    expect(history[1].accuracy).toBeGreaterThan(0.95);
    expect(history[1].loss).toBeLessThan(0.15 * history[0].loss);
    expect(state.parameters).toEqual(flat(network));
    expect(stopped).toBeUndefined();
  });

  it.each(RECIPES)('goes on from a saved state in the bits of one that never stopped: %j', (options) => {
    const whole = hb.train(start, flowers, options);
    for (const first of [1, 3, 17]) {
      const { state } = hb.train(start, flowers, { ...options, steps: first });
      const { seed: _, ...rest } = options;
      const other = initialize({ ...shape, widths: [4, 8, 3], seed: 2 });
      const resumed = hb.train(other, flowers, { ...rest, state, steps: options.steps - first });
      expect(resumed.state).toEqual(whole.state);
      expect(resumed.network).toEqual(whole.network);
      expect(resumed.history.at(-1)).toEqual(whole.history.at(-1));
      // Another seed holds from there on.
      const reseeded = hb.train(other, flowers, { ...rest, seed: 77, state, steps: 2 }).state;
      expect(reseeded.seed).toBe(77);
      expect(hb.train(other, flowers, { ...rest, state: reseeded, steps: 2 }).state).toEqual(
        hb.train(other, flowers, { ...rest, seed: 77, state, steps: 4 }).state,
      );
    }
  });

  it.each(RECIPES)('has the same bits however often it reports, and in a pool: %j', async (options) => {
    const { network, state, history } = hb.train(start, flowers, options);
    for (const every of [1, 4, 1000]) {
      const again = hb.train(start, flowers, { ...options, every });
      expect([again.network, again.state]).toEqual([network, state]);
    }
    const fractions: number[] = [];
    const reports: TrainingReport[] = [];
    const pooled = await pool.train(start, flowers, {
      ...options,
      onProgress: (fraction) => fractions.push(fraction),
      onStep: ({ state: reached, ...report }) => {
        expect(reached.step).toBe(report.step);
        reports.push(report);
      },
    });
    expect(pooled).toEqual({ network, state, history });
    expect(reports).toEqual(history);
    expect(fractions.at(-1)).toBe(1);
  });

  it('makes lists of samples no longer than they need be, without a trace', () => {
    // 2^18 indices are listed at a time: some 2,000 steps of 128.
    const options = { steps: 2100, learningRate: 0.05, optimizer: 'sgd', batch: 128 } as const;
    expect(hb.train(start, flowers, options).state).toEqual(
      hb.train(start, flowers, { ...options, every: 100 }).state,
    );
  });

  it('leaves its arguments alone, and its results to the caller', () => {
    const before = flat(start).slice();
    const { state, network } = hb.train(start, flowers, {
      steps: 5,
      learningRate: 0.1,
      every: 1,
      onStep: ({ state: seen }) => {
        seen.parameters.fill(NaN);
        seen.vectors[0].fill(NaN);
      },
    });
    expect(flat(start)).toEqual(before);
    expect(state).toEqual(hb.train(start, flowers, { steps: 5, learningRate: 0.1 }).state);
    network.layers[0].weights.data.fill(0);
    expect(state.parameters[0]).not.toBe(0);
    expect(hb.memory().used).toBe(0);
  });

  it('keeps layers without bias, activations, loss and weight decay', () => {
    const network: Network = {
      layers: [
        { weights: matrix(3, 2, [1, 2, 3, 4, 5, 6]), activation: 'gelu' },
        { weights: matrix(1, 3, [1, -1, 1]), bias: [0.5] },
      ],
      loss: 'squared-error',
      weightDecay: 0.25,
    };
    const data = { inputs: matrix(2, 2, [1, 0, 0, 1]), targets: [1, -1] };
    const { network: trained, history } = hb.train(network, data, { steps: 0, learningRate: 1 });
    expect(hb.gradient(trained, data)).toEqual(hb.gradient(network, data));
    expect(trained.layers[0]).not.toHaveProperty('bias');
    expect(history).toEqual([{ step: 0, loss: hb.loss(network, data), learningRate: 1 }]);
  });

  it('reports what it is asked to measure, of the parameters as they then are', () => {
    const seen: Network[] = [];
    const { history } = hb.train(start, flowers, {
      steps: 20,
      every: 10,
      learningRate: 0.5,
      momentum: 0.5,
      weightDecay: 0.01,
      optimizer: 'sgd',
      report: ['bound', 'certificate', 'exact'],
      onStep: ({ step }) => {
        const options = { steps: step, learningRate: 0.5, momentum: 0.5, weightDecay: 0.01 };
        seen.push(hb.train(start, flowers, { ...options, optimizer: 'sgd' }).network);
      },
    });
    expect(history.map(({ step }) => step)).toEqual([0, 10, 20]);
    history.forEach(({ bound, certificate, exact, stability, loss }, i) => {
      const {
        upper,
        lower,
        bounds,
        exact: spectrum,
      } = hb.sharpness(seen[i], flowers, {
        exact: true,
        bounds: ['wolkowiczStyan', 'deflated'],
        tolerance: 1e-3,
      });
      expect(loss).toBe(hb.loss(seen[i], flowers));
      expect(bound).toBe(bounds.wolkowiczStyan!.largest.upper);
      expect(certificate).toEqual({ lower, upper, converged: true });
      expect(exact).toBe(spectrum!.largest);
      expect(stability).toBeCloseTo(1.5 * (2 / 0.5 - 0.01), 12);
    });
    const adam = hb.train(start, flowers, { steps: 1, learningRate: 0.1, report: ['bound'] }).history[0];
    expect(Object.keys(adam).sort()).toEqual(['accuracy', 'bound', 'learningRate', 'loss', 'step']);
  });

  it('knows what full-batch descent is stable up to: above it a quadratic loss grows, below it falls', () => {
    // ½ (w x)² with x = 2: λ_max = 4. Momentum and decoupled decay move the limit.
    const network: Network = { layers: [{ weights: matrix(1, 1, [1]) }], loss: 'squared-error' };
    const data = { inputs: matrix(1, 1, [2]), targets: [0] };
    for (const [momentum, weightDecay] of [
      [0, 0],
      [0.9, 0],
      [0.5, 0.7],
    ]) {
      const at = (learningRate: number): { stability: number; grew: boolean } => {
        const options = { optimizer: 'sgd', steps: 3000, learningRate, momentum, weightDecay } as const;
        const { history } = hb.train(network, data, options);
        return { stability: history[0].stability!, grew: history.at(-1)!.loss > history[0].loss };
      };
      const critical = 2 / (4 / (1 + momentum) + weightDecay);
      expect(at(critical).stability).toBeCloseTo(4, 12);
      expect(at(1.01 * critical).grew).toBe(true);
      expect(at(0.99 * critical).grew).toBe(false);
    }
  });

  it('stops where onStep returns false, or aborts', async () => {
    const options = { steps: 100, learningRate: 0.1, every: 10 };
    const early = hb.train(start, flowers, { ...options, onStep: ({ step }) => step < 30 });
    expect(early.stopped).toEqual({ step: 30, reason: 'onStep returned false' });
    expect(early.state).toEqual(hb.train(start, flowers, { steps: 30, learningRate: 0.1 }).state);

    const controller = new AbortController();
    let last = -1;
    const onStep = ({ step }: TrainingReport): void => {
      last = step;
      if (step === 20) controller.abort(new Error('enough'));
    };
    const { signal } = controller;
    expect(() => hb.train(start, flowers, { ...options, onStep, signal })).toThrow('enough');
    expect(last).toBe(20);
    expect(hb.memory().used).toBe(0);

    const later = new AbortController();
    setTimeout(() => later.abort(new Error('enough')), 20);
    const endless = { steps: 1e9, learningRate: 0.001, signal: later.signal };
    await expect(pool.train(start, flowers, endless)).rejects.toThrow('enough');
    // A RangeError, as a curvature out of range would be, which stops a training and does not reject it.
    const reason = new RangeError('enough');
    const regularized = {
      ...options,
      every: 1,
      regularizer: { kind: 'hsr', strength: 0.1 },
    } as const;
    const third = new AbortController();
    const aborting = {
      ...regularized,
      signal: third.signal,
      onStep: () => setTimeout(() => third.abort(reason)),
    };
    await expect(pool.train(start, flowers, aborting)).rejects.toBe(reason);
    const failing = {
      ...options,
      onStep: () => {
        throw new Error('mine');
      },
    };
    await expect(pool.train(start, flowers, failing)).rejects.toThrow('mine');
    expect(() => hb.train(start, flowers, failing)).toThrow('mine');
  });
});
