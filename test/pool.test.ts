/** The pool: the bits of the synchronous instance from any number of workers, and what a caller may do to a call. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { boundGradientSteps } from '../src/bound-gradient.js';
import { compileSync, Core } from '../src/core/instance.js';
import { runHere, type Steps } from '../src/core/job.js';
import { momentSumSteps } from '../src/core/moments.js';
import {
  createPool,
  type Dataset,
  loadSync,
  matrix,
  type Network,
  type Pool,
  type Stage,
} from '../src/index.js';
import { checkDataset, checkNetwork } from '../src/network.js';
import { initialize } from '../src/initialization.js';
import { Dispatcher } from '../src/workers/dispatcher.js';
import { threadStarter } from '../src/workers/thread.js';
import { DATA, NETWORK } from './reference/example.js';
import { randomMatrix, randomProblem, uniforms } from './reference/generate.js';

const hb = loadSync();
const pools: Record<number, Pool> = {};

beforeAll(async () => {
  for (const workers of [1, 2, 7]) pools[workers] = await createPool({ workers });
});
afterAll(async () => {
  await Promise.all(Object.values(pools).map((pool) => pool.close()));
});

/** Work of several seconds: to be interrupted. */
const LARGE_NETWORK = initialize({
  widths: [40, 80, 60, 10],
  activation: 'tanh',
  loss: 'softmax-cross-entropy',
  seed: 1,
});
const LARGE_DATA: Dataset = {
  inputs: randomMatrix(uniforms(1), 2000, 40),
  targets: Float64Array.from({ length: 2000 }, (_, i) => i % 10),
};

/** A problem of many tiles, whose tasks are done in no particular order. */
function wideProblem(seed: number, samples: number): { network: Network; data: Dataset } {
  const widths = [3, 4, 3, 2];
  const network = initialize({ widths, activation: 'gelu', loss: 'squared-error', seed });
  const inputs = randomMatrix(uniforms(seed), samples, 3);
  return { network, data: { inputs, targets: randomMatrix(uniforms(seed + 1), samples, 2) } };
}

describe.each([1, 2, 7])('a pool of %i', (workers) => {
  it('gives what the instance gives, to the bit', async () => {
    const pool = pools[workers];
    expect(pool.workers).toBe(workers);
    const problems = [1, 2, 3, 4, 5, 6].map((seed) => randomProblem(seed, 5, 70));
    for (const { network, data } of [...problems, wideProblem(7, 500), { network: NETWORK, data: DATA }]) {
      const v = Float64Array.from({ length: hb.gradient(network, data).length }, (_, p) => Math.sin(p));
      const all = { exact: true, bounds: 'all' } as const;
      expect(
        await Promise.all([
          pool.logits(network, data.inputs),
          pool.loss(network, data),
          pool.gradient(network, data),
          pool.hessian(network, data),
          pool.hessianVectorProduct(network, data, v),
          pool.moments(network, data, { method: 'gram' }),
          pool.moments(network, data, { method: 'hessian' }),
          pool.sharpness(network, data, all),
          pool.boundGradient(network, data),
          pool.sharpnessOfBatches(network, [data, data]),
        ]),
      ).toEqual([
        hb.logits(network, data.inputs),
        hb.loss(network, data),
        hb.gradient(network, data),
        hb.hessian(network, data),
        hb.hessianVectorProduct(network, data, v),
        hb.moments(network, data, { method: 'gram' }),
        hb.moments(network, data, { method: 'hessian' }),
        hb.sharpness(network, data, all),
        hb.boundGradient(network, data),
        await hb.sharpnessOfBatches(network, [data, data]),
      ]);
    }
    const x = randomMatrix(uniforms(1), 60, 41);
    const g = await pool.gram(x);
    expect(g).toEqual(hb.gram(x));
    expect(await pool.frobeniusNorm(x)).toBe(hb.frobeniusNorm(x));
    expect(await pool.eigh(g)).toEqual(hb.eigh(g));
    const { network, data } = wideProblem(7, 200);
    expect(await pool.topEigenvalues(network, data, { k: 2 })).toEqual(
      hb.topEigenvalues(network, data, { k: 2 }),
    );
    const all = hb.eigh(g, { vectors: true });
    expect(await pool.eigh(g, { vectors: true })).toEqual(all);
    const largest = { vectors: true, select: { largest: 3 } };
    expect(await pool.eigh(g, largest)).toEqual(hb.eigh(g, largest));
    expect(await pool.eighResiduals(g, all)).toEqual(hb.eighResiduals(g, all));
  });

  it('gives the same bits where the samples come in many blocks', async () => {
    const core = new Core(compileSync());
    const dispatcher = new Dispatcher(compileSync(), await threadStarter(), workers);
    for (const blockBytes of [1, 40_000, 200_000]) {
      const { network, data } = wideProblem(blockBytes, blockBytes === 1 ? 40 : 300);
      const checked = checkNetwork(network);
      const steps = (): Steps<unknown> =>
        momentSumSteps(checked, checkDataset(checked, data), 'gram', blockBytes);
      expect(await dispatcher.perform(steps())).toEqual(runHere(core, steps()));
      const gradient = (): Steps<unknown> =>
        boundGradientSteps(checked, checkDataset(checked, data), 'gram', blockBytes);
      expect(await dispatcher.perform(gradient())).toEqual(runHere(core, gradient()));
    }
    await dispatcher.close();
  });
});

describe('a call', () => {
  const pool = (): Pool => pools[2];

  it('rejects with the errors of the instance', async () => {
    const wrong = pool().eigh(matrix(2, 2, [1, 2, 3, 4]));
    await expect(wrong).rejects.toBeInstanceOf(RangeError);
    await expect(wrong).rejects.toThrow(/^a: expected a symmetric matrix/);
    const noMatrix = pool().gram([1, 2] as never);
    await expect(noMatrix).rejects.toBeInstanceOf(TypeError);
    await expect(noMatrix).rejects.toThrow(/^x: expected a Matrix/);
    // This one is found in a worker.
    const tooLarge = pool().gram(matrix(1, 1, [1e300]));
    await expect(tooLarge).rejects.toThrow(
      new RangeError('x: its Gram matrix exceeds the range of double precision on these arguments'),
    );
    await expect(tooLarge).rejects.toBeInstanceOf(RangeError);
    expect(await pool().frobeniusNorm(matrix(1, 2, [3, 4]))).toBe(5);
  });

  it('refuses options it does not know', async () => {
    const x = matrix(1, 1, [1]);
    await expect(pool().eigh(x, { vector: true } as object)).rejects.toThrow(
      'options: unknown option "vector"; known: vectors, select, signal, onProgress',
    );
    await expect(pool().gram(x, { signal: 3 as never })).rejects.toThrow(
      new TypeError('options.signal: expected an AbortSignal; got 3'),
    );
    await expect(pool().gram(x, { onProgress: 3 as never })).rejects.toThrow(
      new TypeError('options.onProgress: expected a function; got 3'),
    );
  });

  it('has copied its arguments', async () => {
    const { network, data } = wideProblem(5, 200);
    const expected = hb.sharpness(network, data, { exact: true });
    const result = pool().sharpness(network, data, { exact: true });
    data.inputs.data.fill(0);
    network.layers[0].weights.data.fill(0);
    (network.layers[1].bias as Float64Array).fill(7);
    expect(await result).toEqual(expected);
  });

  it('tells its progress', async () => {
    const { network, data } = wideProblem(6, 600);
    const a = hb.gram(randomMatrix(uniforms(2), 700, 3));
    for (const call of [
      (watch: object) => pool().moments(network, data, { method: 'gram', ...watch }),
      (watch: object) => pool().sharpness(network, data, { exact: true, ...watch }),
      (watch: object) => pool().boundGradient(network, data, watch),
      (watch: object) => pool().eigh(a, { vectors: true, ...watch }),
      (watch: object) => pool().sharpnessOfBatches(network, [data, data], { samples: 1200, ...watch }),
    ]) {
      const fractions: number[] = [];
      await call({ onProgress: (fraction: number) => void fractions.push(fraction) });
      expect(fractions.length).toBeGreaterThan(1);
      expect(fractions[0]).toBeGreaterThanOrEqual(0);
      expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
      expect(fractions.at(-1)).toBe(1);
    }
  });

  it('tells the stages of sharpness, in their order', async () => {
    const { network, data } = wideProblem(6, 300);
    const told: [fraction: number, stage: Stage | undefined][] = [];
    const onProgress = (fraction: number, stage?: Stage): void => void told.push([fraction, stage]);
    await pool().sharpness(network, data, { exact: true, tolerance: 1e-6, explain: true, onProgress });
    const stages = told.flatMap(([, stage]) => stage ?? []);
    const names = [...new Set(stages.map(({ name }) => name))];
    expect(names).toEqual(['moments', 'deflated', 'ingredients', 'explanation', 'exact']);
    for (const name of names) {
      const fractions = stages.filter((stage) => stage.name === name).map(({ fraction }) => fraction);
      expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
      expect(fractions[0]).toBeGreaterThan(0);
      // The certificate closes before it has taken every product it may.
      if (name === 'deflated') expect(fractions.at(-1)).toBeLessThan(1);
      else expect(fractions.at(-1)).toBeGreaterThan(0.9);
    }
  });

  it('rejects with what onProgress throws, and no other call does', async () => {
    const { network, data } = wideProblem(6, 400);
    const failure = new Error('mine');
    const options = {
      method: 'gram',
      onProgress: () => {
        throw failure;
      },
    } as const;
    const other = pool().moments(network, data, { method: 'gram' });
    await expect(pool().moments(network, data, options)).rejects.toBe(failure);
    expect(await other).toEqual(hb.moments(network, data, { method: 'gram' }));
  });

  it('may be one of very many, though browsers free an instance late', async () => {
    for (let k = 0; k < 300; k++) expect(await pools[7].frobeniusNorm(matrix(1, 2, [3, 4]))).toBe(5);
  });

  it('runs beside others', async () => {
    const problems = [1, 2, 3, 4, 5].map((seed) => wideProblem(seed, 60 * seed));
    const results = problems.map(({ network, data }) => pool().moments(network, data, { method: 'gram' }));
    expect(await Promise.all(results)).toEqual(
      problems.map(({ network, data }) => hb.moments(network, data, { method: 'gram' })),
    );
  });
});

describe('an abort', () => {
  const n = 1500;
  const a = matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a.data[i * n + j] = Math.cos(i * j);

  it.each([1, 2])(
    'rejects within 100 ms in the midst of the work of %i, and the pool goes on',
    async (workers) => {
      const pool = pools[workers];
      const calls = [
        (signal: AbortSignal) => pool.eigh(a, { vectors: true, signal }),
        (signal: AbortSignal) => pool.moments(LARGE_NETWORK, LARGE_DATA, { method: 'gram', signal }),
        (signal: AbortSignal) => pool.sharpness(LARGE_NETWORK, LARGE_DATA, { signal }),
        (signal: AbortSignal) => pool.sharpnessOfBatches(LARGE_NETWORK, [LARGE_DATA], { signal }),
      ];
      for (const call of calls) {
        const controller = new AbortController();
        const reason = new Error('enough');
        let aborted = 0;
        const pending = call(controller.signal);
        setTimeout(() => {
          aborted = performance.now();
          controller.abort(reason);
        }, 150);
        await expect(pending).rejects.toBe(reason);
        expect(aborted).toBeGreaterThan(0);
        expect(performance.now() - aborted).toBeLessThan(100);
      }
      expect(await pool.frobeniusNorm(matrix(1, 2, [3, 4]))).toBe(5);
    },
  );

  it('that came before rejects at once, and leaves no listener', async () => {
    const signal = AbortSignal.abort();
    await expect(pools[1].gram(matrix(1, 1), { signal })).rejects.toBe(signal.reason);
    const { signal: spied } = new AbortController();
    const added = vi.spyOn(spied, 'addEventListener');
    const removed = vi.spyOn(spied, 'removeEventListener');
    await pools[1].sharpness(NETWORK, DATA, { signal: spied, exact: true });
    await pools[1].sharpnessOfBatches(NETWORK, [DATA], { signal: spied });
    expect(added).toHaveBeenCalled();
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
  });

  it('of one call takes nothing from another', async () => {
    const pool = pools[2];
    const { network, data } = wideProblem(9, 700);
    const controller = new AbortController();
    const doomed = pool.moments(LARGE_NETWORK, LARGE_DATA, { method: 'gram', signal: controller.signal });
    const others = [
      pool.moments(network, data, { method: 'gram' }),
      pool.moments(network, data, { method: 'hessian' }),
    ];
    setTimeout(() => controller.abort(), 100);
    await expect(doomed).rejects.toMatchObject({ name: 'AbortError' });
    expect(await Promise.all(others)).toEqual([
      hb.moments(network, data, { method: 'gram' }),
      hb.moments(network, data, { method: 'hessian' }),
    ]);
  });
});

describe('createPool', () => {
  it('checks its options', async () => {
    await expect(createPool({ workers: 0 })).rejects.toThrow(
      new RangeError('options.workers: expected an integer from 1 to 64; got 0'),
    );
    await expect(createPool({ workers: '2' as never })).rejects.toBeInstanceOf(TypeError);
    await expect(createPool({ threads: 2 } as object)).rejects.toThrow(
      'options: unknown option "threads"; known: workers, createWorker',
    );
    await expect(createPool({ createWorker: 3 as never })).rejects.toBeInstanceOf(TypeError);
    const none = createPool({ createWorker: () => 3 as never });
    await expect(none).rejects.toThrow(
      'hessbound: a worker could not be started: options.createWorker: expected it to return a Worker; got 3',
    );
  });

  it('takes as many workers as the machine runs at a time', async () => {
    const pool = await createPool();
    expect(pool.workers).toBeGreaterThanOrEqual(1);
    await pool.close();
  });
});

describe('close', () => {
  it('ends what is pending and what comes later, twice if need be', async () => {
    const pool = await createPool({ workers: 2 });
    const pending = pool.moments(LARGE_NETWORK, LARGE_DATA, { method: 'gram' });
    const waiting = pool.gram(matrix(2, 2));
    const closing = pool.close();
    await expect(pending).rejects.toThrow(/this pool has been closed/);
    await expect(waiting).rejects.toThrow(/this pool has been closed/);
    await closing;
    await pool.close();
    await expect(pool.gram(matrix(2, 2))).rejects.toThrow(/this pool has been closed/);
    await expect(pool.sharpnessOfBatches(NETWORK, [DATA])).rejects.toThrow(/this pool has been closed/);
  });

  it('comes by `await using`, too, where the platform has it', async () => {
    if (!('asyncDispose' in Symbol)) return;
    const pool = await createPool({ workers: 1 });
    await pool[Symbol.asyncDispose]();
    await expect(pool.gram(matrix(2, 2))).rejects.toThrow(/closed/);
  });
});
