/**
 * The three ingredients, varied. Oracles: the network's own outputs, which two of the variations must not change; variations written out entry by
 * entry; the spectrum of the assembled Hessian, from which bound, bracket and truth are computed anew; and the mathematics of split units.
 */
import { describe, expect, it } from 'vitest';
import { type Dataset, initialize, loadSync, matrix, type Network } from '../src/index.js';
import { uniform } from '../src/random.js';
import { explain, measure, type Measurement, type Problem, vary } from '../web/engine/ingredients.js';
import { Session } from '../web/engine/session.js';
import { AS_IT_IS, INGREDIENTS, placeOf, pointsOf, STOPS, stopOf, type Variation } from '../web/ingredients.js'; // prettier-ignore
import { DEFAULTS, fromHash, sameRun, type State, toHash } from '../web/state.js';

const hb = loadSync();

async function trained(changes: Partial<State>, steps: number): Promise<Problem> {
  const session = await Session.begin(hb, { ...DEFAULTS, samples: 24, ...changes });
  session.advance(steps);
  const { network, data } = session.snapshot();
  return { network, data };
}

/** One and several hidden layers, none, one output and several, each loss; at the start and trained. */
const PROBLEMS: [Partial<State>, number][] = [
  [{ hidden: [5] }, 0],
  [{ hidden: [5] }, 60],
  [{ hidden: [4, 3] }, 40],
  [{ hidden: [3, 2, 3], loss: 'squared-error', activation: 'gelu' }, 30],
  [{ hidden: [3], loss: 'softmax-cross-entropy', weightDecay: 0.01 }, 20],
  [{ hidden: [] }, 10],
];

const largest = (values: Iterable<number>): number => Math.max(...Array.from(values, Math.abs));
const parametersOf = ({ layers }: Network): number[] =>
  layers.flatMap(({ weights, bias }) => [...Array.from(weights.data), ...Array.from(bias ?? [])]);

describe.each(PROBLEMS)('of %o after %d steps', (changes, steps) => {
  it('nothing changes where the sliders are as it is', async () => {
    const problem = await trained(changes, steps);
    const same = vary(problem, AS_IT_IS);
    expect(parametersOf(same.network)).toEqual(parametersOf(problem.network));
    expect(same.data).toBe(problem.data);
  });

  it('norms are multiplied, all of them', async () => {
    const problem = await trained(changes, steps);
    const { network, data } = vary(problem, { ...AS_IT_IS, norms: 1.7 });
    expect(parametersOf(network)).toEqual(parametersOf(problem.network).map((x) => 1.7 * x));
    expect(data).toBe(problem.data);
    const [before, after] = [AS_IT_IS, { ...AS_IT_IS, norms: 1.7 }].map((variation) =>
      found(problem, variation),
    );
    // Sums of some dozen squares, twice, and a root.
    expect(after.parameterNorm / before.parameterNorm).toBeCloseTo(1.7, 13);
  });

  it.each([2, 3, 8])('units split in %d leave the function and the loss as they were', async (widen) => {
    const problem = await trained(changes, steps);
    const { network, data } = vary(problem, { ...AS_IT_IS, widen });
    const hidden = (one: Network): number[] => one.layers.slice(0, -1).map(({ weights }) => weights.rows);
    expect(hidden(network)).toEqual(hidden(problem.network).map((width) => widen * width));
    expectSameAnswers({ network, data }, problem);
  });

  it.each([-0.99, -0.5, 0.3, 0.99])(
    'samples that turn by %d leave every answer as it was, and have the lengths and cosines that they should',
    async (alike) => {
      const problem = await trained(changes, steps);
      const { network, data } = vary(problem, { ...AS_IT_IS, alike });
      expectSameAnswers({ network, data }, problem);
      const [before, after] = [problem.data, data].map(({ inputs }) => hb.gram(inputs));
      const t2 = alike * alike;
      for (let i = 0; i < 24; i++) {
        for (let j = 0; j < 24; j++) {
          const lengths = Math.sqrt(before.data[25 * i] * before.data[25 * j]);
          const cosine = before.data[24 * i + j] / lengths;
          const wanted = i === j ? 1 : (1 - t2) * cosine + (alike > 0 ? t2 : 0);
          // A few roundings of a cosine of at most 1.
          expect(after.data[24 * i + j] / lengths).toBeCloseTo(wanted, 13);
        }
      }
    },
  );

  it('λ_max is within the bracket and below the bound, wherever the sliders are', async () => {
    const problem = await trained(changes, steps);
    for (const variation of variations()) {
      const measured = found(problem, variation);
      const { network, data } = vary(problem, variation);
      const values = hb.eigh(hb.hessian(network, data)).values;
      const exact = values.at(-1)!;
      const norm = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
      const trace = values.reduce((sum, x) => sum + x, 0);
      const P = values.length;
      // What the eigenvalues of a symmetric P × P matrix err by at most, as measured on LAPACK's scale of 30 n ε.
      const slack = 30 * P * Number.EPSILON * norm;
      const at = JSON.stringify(variation);
      expect(measured.parameters, at).toBe(P);
      expect(exact, at).toBeGreaterThanOrEqual(measured.lower - slack);
      expect(exact, at).toBeLessThanOrEqual(measured.upper + slack);
      expect(exact, at).toBeLessThanOrEqual(measured.bound + slack);
      expect(measured.upper, at).toBeLessThanOrEqual(measured.bound);
      expect(Math.abs(measured.truth! - exact), at).toBeLessThanOrEqual(1e-6 * Math.abs(exact) + slack);
      expect(Math.abs(measured.frobeniusNorm - norm), at).toBeLessThanOrEqual(slack);
      const variance = Math.max(0, (norm * norm) / P - (trace / P) * (trace / P));
      const bound = trace / P + Math.sqrt((P - 1) * variance);
      // The variance cancels: its root errs by √(P ε) at worst, where all eigenvalues are alike.
      expect(Math.abs(measured.bound - bound), at).toBeLessThanOrEqual(1e-9 * norm);
    }
  });
});

describe('what the captions say', () => {
  it.each(PROBLEMS.slice(0, 5))(
    'of split units: the curvature in the weights of the last layer grows as many times, %o after %d steps',
    async (changes, steps) => {
      const problem = await trained({ ...changes, weightDecay: 0 }, steps);
      const before = lastWeights(problem);
      for (const widen of [2, 3]) {
        const after = lastWeights(vary(problem, { ...AS_IT_IS, widen }));
        expect(after / before / widen).toBeCloseTo(1, 11);
      }
    },
  );

  it('of why the bound is loose: shares of the spectrum', async () => {
    const problem = await trained({ hidden: [5] }, 60);
    for (const norms of [1 / 8, 1, 8]) {
      const variation = { ...AS_IT_IS, norms };
      const told = explain(hb, problem, variation);
      if ('tooMuch' in told) throw new Error('expected reasons');
      const { network, data } = vary(problem, variation);
      const values = Array.from(hb.eigh(hb.hessian(network, data)).values);
      const squares = values.map((x) => x * x).sort((a, b) => b - a);
      const total = squares.reduce((sum, x) => sum + x, 0);
      const [low, high] = [values[0], values.at(-1)!];
      const { bound } = found(problem, variation);
      expect(told.known).toBe(true);
      expect(told.share).toBeCloseTo((high * high) / total, 10);
      expect(told.ratio).toBeCloseTo(bound / high, 8);
      expect(told.reach).toBeCloseTo(bound / Math.sqrt(total), 10);
      expect(told.reach).toBeLessThanOrEqual(1 + 1e-12);
      expect(told.opposite === undefined).toBe(-low <= high);
      const sumOf = (count: number): number => squares.slice(0, count).reduce((sum, x) => sum + x, 0);
      const { most, negative } = told.spectrum!;
      expect(sumOf(most)).toBeGreaterThanOrEqual(0.9 * total * (1 - 1e-12));
      expect(sumOf(most - 1)).toBeLessThan(0.9 * total * (1 + 1e-12));
      // Rounding may have made an eigenvalue of 0 negative; so small ones do not count.
      const rounding = values.length * Number.EPSILON * Math.sqrt(total);
      expect(negative).toBe(values.filter((x) => x < -rounding).length);
      expect(told.facts.map(([label]) => label)).toEqual(['curvature', 'samples', 'aligned', 'norms']);
    }
  });

  it('of an eigenvalue that is the largest in size, and negative', () => {
    // One sample, answered wrongly with certainty by saturated units: the loss is linear there, and bends as its units do.
    const layer = (rows: number, cols: number, data: number[], bias: number[]) => ({
      weights: matrix(rows, cols, data),
      bias,
    });
    const network: Network = {
      layers: [{ ...layer(1, 1, [1], [0.5]), activation: 'tanh' }, layer(1, 1, [12], [0])],
      loss: 'sigmoid-cross-entropy',
    };
    const problem = { network, data: { inputs: matrix(1, 1, [1]), targets: [0] } };
    const told = explain(hb, problem, AS_IT_IS);
    if ('tooMuch' in told) throw new Error('expected reasons');
    expect(told.opposite).toBe(hb.sharpness(network, problem.data, { exact: true }).exact!.smallest);
    expect(told.opposite).toBeLessThan(-1);
  });
});

describe('a problem that takes too long', () => {
  it('is refused, with its parameters; what has no exact spectrum is still bracketed', () => {
    const next = uniform(1);
    const data: Dataset = {
      inputs: matrix(
        200,
        2,
        Float64Array.from({ length: 400 }, () => next() - 0.5),
      ),
      targets: Array.from({ length: 200 }, (_, i) => i % 2),
    };
    const shape = { activation: 'tanh', loss: 'sigmoid-cross-entropy', seed: 1 } as const;
    const wide = { network: initialize({ ...shape, widths: [2, 64, 64, 1] }), data };
    expect(measure(hb, wide, { ...AS_IT_IS, widen: 8 })).toEqual({ parameters: 264_705, tooMuch: true });
    expect(explain(hb, wide, { ...AS_IT_IS, widen: 8 })).toEqual({ parameters: 264_705, tooMuch: true });
    const middling = { network: initialize({ ...shape, widths: [2, 32, 16, 1] }), data };
    const measured = found(middling, AS_IT_IS);
    expect(measured.parameters).toBeGreaterThan(500);
    expect(measured.lower).toBeLessThanOrEqual(measured.upper);
    if (measured.truth === undefined)
      expect(measured.upper - measured.lower).toBeGreaterThan(1e-6 * measured.upper);
    else expect(measured.upper - measured.lower).toBeLessThanOrEqual(1e-6 * measured.upper);
  });
});

describe('the sliders', () => {
  it.each(INGREDIENTS)('have even stops from end to end, as it is among them: %s', (name) => {
    const stops = STOPS[name];
    expect(stops).toContain(AS_IT_IS[name]);
    stops.forEach((value, i) => {
      expect(stopOf(name, value)).toBe(i);
      // Two digits of a power of 2^¼, and ends of 0.99 for 1: less than a third of a stop.
      expect(Math.abs(placeOf(name, value) * (stops.length - 1) - i)).toBeLessThan(1 / 3);
    });
    expect([placeOf(name, stops[0]), placeOf(name, stops.at(-1)!)]).toEqual([0, 1]);
    const [coarse, fine] = [pointsOf(name, false), pointsOf(name, true)];
    for (const value of coarse) expect(fine).toContain(value);
    for (const value of [stops[0], AS_IT_IS[name], stops.at(-1)!]) expect(coarse).toContain(value);
  });

  it('are in the URL, and do not begin the run anew', () => {
    const state: State = { ...DEFAULTS, norms: 2.4, widen: 4, alike: -0.65 };
    expect(toHash(state)).toBe('norms=2.4&widen=4&alike=-0.65');
    expect(fromHash(toHash(state))).toEqual({ state, refused: [] });
    expect(sameRun(state, DEFAULTS)).toBe(true);
    const refused = ['norms', 'widen', 'alike'];
    for (const hash of ['norms=9&widen=3&alike=1', 'norms=0.1&widen=16&alike=-1'])
      expect(fromHash(hash)).toEqual({ state: DEFAULTS, refused });
  });
});

/** Each slider over its coarse places, the others as it is, and some of all three. */
function variations(): Variation[] {
  const one = INGREDIENTS.flatMap((name) =>
    // The largest of these have a Hessian of some hundred parameters.
    pointsOf(name, false)
      .filter((value) => name !== 'widen' || value <= 4)
      .map((value) => ({ ...AS_IT_IS, [name]: value })),
  );
  return [...one, { norms: 0.42, widen: 2, alike: 0.75 }, { norms: 3.4, widen: 2, alike: -0.25 }];
}

function found(problem: Problem, variation: Variation): Measurement {
  const measured = measure(hb, problem, variation);
  if ('tooMuch' in measured) throw new Error('expected a measurement');
  return measured;
}

/**
 * Outputs differ by the roundings of longer sums: at most 8 · 5 terms in a layer, each layer passing on what it was given times its weights. 1e-13
 * is 450 ε.
 */
function expectSameAnswers(changed: Problem, { network, data }: Problem): void {
  const before = hb.logits(network, data.inputs).data;
  const after = hb.logits(changed.network, changed.data.inputs).data;
  const size = Math.max(1, largest(before));
  expect(largest(before.map((x, i) => x - after[i]))).toBeLessThanOrEqual(1e-13 * size);
  const decayed = { ...network, weightDecay: 0 };
  expect(hb.loss({ ...changed.network, weightDecay: 0 }, changed.data)).toBeCloseTo(
    hb.loss(decayed, data),
    12,
  );
}

/** The largest eigenvalue of the block of the last layer's weights. */
function lastWeights({ network, data }: Problem): number {
  const hessian = hb.hessian(network, data);
  const { weights, bias } = network.layers.at(-1)!;
  const count = weights.data.length;
  const first = hessian.rows - count - (bias?.length ?? 0);
  const block = matrix(count, count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++)
      block.data[i * count + j] = hessian.data[(first + i) * hessian.cols + first + j];
  return hb.eigh(block).values.at(-1)!;
}
