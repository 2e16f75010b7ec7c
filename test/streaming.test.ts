/** Data in batches: the averaged bounds against the exact spectrum of all data, and how the stream is treated. */
import { describe, expect, it } from 'vitest';
import { type Dataset, loadSync, matrix, type Network } from '../src/index.js';
import { DATA, NETWORK } from './reference/example.js';
import { randomProblem } from './reference/generate.js';

const hb = loadSync();

/** The samples from start up to end. */
function slice(data: Dataset, start: number, end: number): Dataset {
  const { inputs, targets, weights } = data;
  const rows = (x: Dataset['inputs']): Dataset['inputs'] =>
    matrix(end - start, x.cols, x.data.subarray(start * x.cols, end * x.cols));
  return {
    inputs: rows(inputs),
    targets: 'rows' in targets ? rows(targets) : Array.from(targets).slice(start, end),
    ...(weights && { weights: Array.from(weights).slice(start, end) }),
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

function exactSpectrum(network: Network, data: Dataset): Float64Array {
  return hb.eigh(hb.hessian(network, data)).values;
}

describe('bounds from batches', () => {
  it('hold for the Hessian of all data, weights and weight decay included', async () => {
    let weighted = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const { network, data } = randomProblem(seed, 4, 20);
      const N = data.inputs.rows;
      const cuts = [0, Math.floor(N / 3), Math.floor((2 * N) / 3), N];
      const batches = cuts.slice(1).flatMap((end, b) => {
        const start = cuts[b];
        const weights = data.weights && Array.from(data.weights).slice(start, end);
        // No data set may consist of samples that do not count.
        return end > start && (weights?.some((w) => w > 0) ?? true) ? [slice(data, start, end)] : [];
      });
      const result = await hb.sharpnessOfBatches(network, batches);
      const values = exactSpectrum(network, data);
      const { trace, frobeniusNorm } = hb.moments(network, data);
      const slack = 1e-12 * frobeniusNorm;
      expect(result.upper).toBeGreaterThanOrEqual(values.at(-1)! - slack);
      expect(result.lower).toBeLessThanOrEqual(values.at(-1)! + slack);
      expect(result.smallest.lower).toBeLessThanOrEqual(values[0] + slack);
      expect(result.smallest.upper).toBeGreaterThanOrEqual(values[0] - slack);
      expect(result.frobeniusNorm.upper).toBeGreaterThanOrEqual(frobeniusNorm * (1 - 1e-12));
      const size = result.frobeniusNorm.upper * Math.sqrt(values.length);
      expect(Math.abs(result.trace - trace)).toBeLessThanOrEqual(1e-12 * size);
      expect(result).toMatchObject({ batchAveraged: true, batches: batches.length });
      if (data.weights) weighted++;
    }
    expect(weighted).toBeGreaterThan(20);
  });

  it('are those of sharpness where there is one batch', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { network, data } = randomProblem(seed);
      const whole = hb.sharpness(network, data);
      const { upper, smallest, frobeniusNorm, trace, samples } = await hb.sharpnessOfBatches(network, [data]);
      const close = (x: number, y: number): void =>
        expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-13 * (Math.abs(upper) + whole.moments.frobeniusNorm));
      close(upper, whole.upper);
      close(smallest.lower, whole.bounds.wolkowiczStyan!.smallest!.lower);
      close(trace, whole.moments.trace);
      expect(upper).toBeGreaterThanOrEqual(whole.upper);
      expect(frobeniusNorm.upper).toBeGreaterThanOrEqual(whole.moments.frobeniusNorm * (1 - 1e-14));
      expect(samples).toBe(data.inputs.rows);
    }
  });

  it('take the weights as they are before normalization', async () => {
    const heavy = { ...slice(DATA, 0, 1), weights: [3] };
    const light = { ...slice(DATA, 1, 2), weights: [1] };
    const { upper } = await hb.sharpnessOfBatches(NETWORK, [heavy, light]);
    const [first, second] = [heavy, light].map((batch) => hb.sharpness(NETWORK, batch).upper);
    expect(upper).toBeCloseTo(0.75 * first + 0.25 * second, 12);
  });
});

describe('a stream of batches', () => {
  it('may be asynchronous, and tells its progress', async () => {
    async function* batches(): AsyncGenerator<Dataset> {
      for (let start = 0; start < 2; start++) {
        await Promise.resolve();
        yield slice(DATA, start, start + 1);
      }
    }
    const fractions: number[] = [];
    const onProgress = (fraction: number): void => void fractions.push(fraction);
    const result = await hb.sharpnessOfBatches(NETWORK, batches(), { samples: 2, onProgress });
    expect(result).toEqual(await hb.sharpnessOfBatches(NETWORK, [slice(DATA, 0, 1), slice(DATA, 1, 2)]));
    expect(fractions).toEqual([0.5, 1]);
    await hb.sharpnessOfBatches(NETWORK, [DATA], { samples: 9, onProgress });
    expect(fractions.at(-1)).toBe(1);
  });

  it('is closed at a bad batch, which the error names', async () => {
    let closed = false;
    function* batches(): Generator<Dataset> {
      try {
        yield DATA;
        yield { ...DATA, targets: [0, 9] };
        yield DATA;
      } finally {
        closed = true;
      }
    }
    await expect(hb.sharpnessOfBatches(NETWORK, batches())).rejects.toThrow(
      /^batches\[1\]: data\.targets\[1\]: expected a class/,
    );
    expect(closed).toBe(true);
    expect(hb.memory().used).toBe(0);
    const bad = hb.sharpnessOfBatches(NETWORK, [3 as unknown as Dataset]);
    await expect(bad).rejects.toThrow(new TypeError('batches[0]: data: expected an object; got 3'));
  });

  it('is closed by an abort, even one that is waiting', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let closed = false;
    const waiting: AsyncIterable<Dataset> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          closed = true;
          return new Promise(() => undefined);
        },
      }),
    };
    const result = hb.sharpnessOfBatches(NETWORK, waiting, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 10);
    await expect(result).rejects.toBe(reason);
    expect(closed).toBe(true);
  });

  it('may fail in its own way', async () => {
    const failure = new RangeError('the file ends here');
    async function* batches(): AsyncGenerator<Dataset> {
      yield DATA;
      await Promise.resolve();
      throw failure;
    }
    await expect(hb.sharpnessOfBatches(NETWORK, batches())).rejects.toBe(failure);
  });

  it('may give batches that their owner changes while they wait', async () => {
    const inputs = matrix(DATA.inputs.rows, DATA.inputs.cols, DATA.inputs.data);
    const expected = await hb.sharpnessOfBatches(NETWORK, [DATA]);
    function* batches(): Generator<Dataset> {
      // After the batch has been checked, and before its turn among the page's other tasks comes.
      void turns(20).then(() => inputs.data.fill(Number.NaN));
      yield { ...DATA, inputs };
    }
    const result = hb.sharpnessOfBatches(NETWORK, batches());
    expect(await result).toEqual(expected);
  });

  it('may misbehave: what is no iterator is named', async () => {
    const broken = (next: unknown): Iterable<Dataset> =>
      ({ [Symbol.iterator]: () => next }) as unknown as Iterable<Dataset>;
    for (const given of [broken(5), broken(null), broken({ next: () => undefined })]) {
      await expect(hb.sharpnessOfBatches(NETWORK, given)).rejects.toThrow(/^batches: expected an itera/);
    }
  });

  it('must hold something, and be one', async () => {
    await expect(hb.sharpnessOfBatches(NETWORK, [])).rejects.toThrow(
      new RangeError('batches: expected at least one data set; got none'),
    );
    for (const wrong of [undefined, null, 3, 'batches', DATA]) {
      const result = hb.sharpnessOfBatches(NETWORK, wrong as unknown as Dataset[]);
      await expect(result).rejects.toThrow(
        /^batches: expected an iterable or async iterable of data sets; got/,
      );
    }
    const onProgress = (): void => undefined;
    await expect(hb.sharpnessOfBatches(NETWORK, [DATA], { onProgress })).rejects.toThrow(/options\.samples/);
    const options = { sample: 3 } as object;
    await expect(hb.sharpnessOfBatches(NETWORK, [DATA], options)).rejects.toThrow(/unknown option "sample"/);
  });
});
