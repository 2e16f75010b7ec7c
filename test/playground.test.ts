/** What the page computes, without the page: its state in URLs, and runs that are the library's to the bit. */
import { describe, expect, it } from 'vitest';
import { dataset } from '../src/datasets/index.js';
import { initialize, loadSync } from '../src/index.js';
import { samplesOf, similar } from '../web/engine/samples.js';
import { Session } from '../web/engine/session.js';
import { DEFAULTS, EFFORTS, fromHash, lossesOf, type State, toHash } from '../web/state.js';

const hb = loadSync();

describe('the state in a URL', () => {
  it('is empty by default, and comes back as it was', () => {
    expect(toHash(DEFAULTS)).toBe('');
    const other: State = {
      data: 'own',
      file: 'a b&c=ü.csv',
      column: 3,
      classes: 4,
      samples: 33,
      noise: 0.25,
      dataSeed: 7,
      copies: 3,
      similarity: -0.25,
      hidden: [3, 64],
      activation: 'gelu-tanh',
      loss: 'squared-error',
      weightDecay: 1e-7,
      seed: 12,
      optimizer: 'sam',
      learningRate: 0.001,
      momentum: 0.9,
      rho: 0.1,
      strength: 0.01,
      batch: 20,
      steps: 300,
      every: 10,
      products: 4,
      axis: 'linear',
      view: 'keep',
      scale: 'linear',
      norms: 0.125,
      widen: 4,
      alike: -0.35,
      zoom: 0.5,
    };
    expect(fromHash(`#${toHash(other)}`)).toEqual({ state: other, refused: [] });
    expect(fromHash(toHash({ ...DEFAULTS, hidden: [] }))).toEqual({
      state: { ...DEFAULTS, hidden: [] },
      refused: [],
    });
  });

  it.each([
    ['#data=moon', ['data']],
    ['#samples=1e9&noise=-1&hidden=1,2,x', ['samples', 'noise', 'hidden']],
    ['#learningRate=NaN&seed=1.5&optimizer=lbfgs', ['learningRate', 'seed', 'optimizer']],
    ['#constructor=1&__proto__=2&other', ['constructor', '__proto__', 'other']],
    ['#hidden=1,1,1,1,1,1,1', ['hidden']],
    ['#hidden=65', ['hidden']],
    ['#products=3&axis=', ['products', 'axis']],
  ])('names what it cannot mean: %s', (hash, refused) => {
    expect(fromHash(hash)).toEqual({ state: DEFAULTS, refused });
  });

  it('has a loss that the data can have', () => {
    expect(fromHash('#data=iris').state.loss).toBe('softmax-cross-entropy');
    expect(fromHash('#data=iris&loss=squared-error').refused).toEqual([]);
    for (const loss of lossesOf('xor')) expect(fromHash(`#data=xor&loss=${loss}`).state.loss).toBe(loss);
  });
});

describe('the samples', () => {
  it.each([-1, -0.3, 0, 0.6, 1])(
    'become as similar as asked, and keep their lengths: %d',
    async (similarity) => {
      const { inputs } = (await samplesOf({ ...DEFAULTS, samples: 12 })).data;
      const [before, after] = [hb.gram(inputs), hb.gram(similar(inputs, similarity))];
      const length = Array.from({ length: 12 }, (_, i) => Math.sqrt(before.data[13 * i]));
      const t2 = similarity * similarity;
      for (let i = 0; i < 12; i++) {
        for (let j = 0; j < 12; j++) {
          const shared = similarity > 0 || i === j ? t2 * length[i] * length[j] : 0;
          // Products of a few doubles of size 1.
          expect(after.data[12 * i + j]).toBeCloseTo((1 - t2) * before.data[12 * i + j] + shared, 13);
        }
      }
    },
  );

  it('stand in the data as often as asked', async () => {
    const once = await samplesOf({ ...DEFAULTS, samples: 10 });
    const thrice = await samplesOf({ ...DEFAULTS, samples: 10, copies: 3 });
    expect(thrice.data.inputs.rows).toBe(30);
    const network = initialize({ widths: [2, 3, 1], activation: 'tanh', loss: DEFAULTS.loss, seed: 1 });
    expect(hb.loss(network, thrice.data)).toBeCloseTo(hb.loss(network, once.data), 14);
  });
});

describe('a run', () => {
  it("has the library's numbers, to the bit", async () => {
    const state: State = { ...DEFAULTS, samples: 40, hidden: [5], learningRate: 0.3, momentum: 0.5 };
    const session = await Session.begin(hb, state);
    session.advance(7);
    const { step, loss, accuracy, lower, upper, bound, values, stability } = session.frame();

    const { data } = await dataset('moons', { samples: 40, noise: 0.1, seed: 1 });
    const start = initialize({ widths: [2, 5, 1], activation: 'tanh', loss: state.loss, seed: 1 });
    const options = { optimizer: 'sgd', learningRate: 0.3, momentum: 0.5, steps: 7, seed: 1 } as const;
    const trained = hb.train(start, data, options);
    const last = trained.history.at(-1)!;
    expect({ step, loss, accuracy, stability }).toEqual({
      step: 7,
      loss: hb.loss(trained.network, data),
      accuracy: last.accuracy,
      stability: last.stability,
    });
    const all = hb.sharpness(trained.network, data, {
      bounds: ['wolkowiczStyan', 'deflated'],
      tolerance: 1e-3,
      exact: true,
    });
    expect([lower, upper]).toEqual([all.lower, all.upper]);
    expect(bound).toBe(all.bounds.wolkowiczStyan!.largest.upper);
    expect(values).toEqual(all.exact!.values);
  });

  it.each<Partial<State>>([
    { data: 'iris', hidden: [4], loss: 'softmax-cross-entropy' },
    { data: 'digits', hidden: [], loss: 'squared-error', learningRate: 0.01 },
    { data: 'xor', loss: 'softmax-cross-entropy', hidden: [3], optimizer: 'sam', batch: 16 },
    { data: 'circles', loss: 'squared-error', hidden: [3], optimizer: 'adam', learningRate: 0.01 },
    { data: 'spirals', hidden: [4], strength: 0.001 },
    { data: 'breast-cancer', hidden: [2], weightDecay: 0.01 },
    { hidden: [3], copies: 3, similarity: -0.5 },
  ])('is the same in one go and step by step, and again after a reset: %o', async (changes) => {
    const state = { ...DEFAULTS, samples: 30, ...changes };
    const session = await Session.begin(hb, state);
    const first = session.frame();
    session.advance(5);
    const whole = session.frame();
    expect(whole).not.toEqual(first);
    session.reset();
    expect(session.frame()).toEqual(first);
    for (let i = 0; i < 5; i++) session.advance(1);
    expect(session.frame()).toEqual(whole);
  });

  it('is the same however closely its sharpness is known, and more products never know less', async () => {
    const state: State = { ...DEFAULTS, samples: 30, hidden: [4] };
    const session = await Session.begin(hb, { ...state, products: 0 });
    session.advance(3);
    const { network, data } = session.snapshot();
    let before = session.frame();
    const { upper, lower, bound } = before;
    const { largest } = hb.sharpness(network, data).bounds.wolkowiczStyan!;
    expect({ upper, lower, bound }).toEqual({ ...largest, bound: largest.upper });
    expect(before.closing).toEqual([{ products: 0, lower, upper }]);
    for (const products of EFFORTS.slice(1)) {
      session.products = products;
      const frame = session.frame();
      const options = products === 'close' ? {} : { maxProducts: products };
      const alone = hb.sharpness(network, data, { tolerance: 1e-3, ...options });
      expect([frame.lower, frame.upper]).toEqual([alone.lower, alone.upper]);
      expect(frame.closing).toEqual(alone.certificate!.history);
      const taken = frame.closing.at(-1)!.products;
      expect(taken).toBeLessThanOrEqual(products === 'close' ? 40 : products);
      expect(frame.lower).toBeGreaterThanOrEqual(before.lower);
      expect(frame.upper).toBeLessThanOrEqual(before.upper);
      const bracket = { lower: before.lower, upper: before.upper, closing: before.closing };
      expect({ ...frame, ...bracket }).toEqual(before);
      expect([frame.closing[0].lower, frame.closing[0].upper]).toEqual([largest.lower, largest.upper]);
      before = frame;
    }
    expect(before.upper - before.lower).toBeLessThanOrEqual(1e-3 * before.upper);
  });

  it('that diverges says so, and stays where it was', async () => {
    const session = await Session.begin(hb, {
      ...DEFAULTS,
      samples: 30,
      hidden: [],
      loss: 'squared-error',
      learningRate: 90,
    });
    expect(session.advance(2000)).toMatchObject({ reason: expect.stringMatching(/./) as unknown });
    expect(Number.isFinite(session.frame().loss)).toBe(true);
  });

  it('shows its outputs over the plane, rows from the top', async () => {
    const session = await Session.begin(hb, { ...DEFAULTS, samples: 30, hidden: [3] });
    const { left, right, bottom, top } = session.plane();
    const [x, y] = [(right - left) / 4, (top - bottom) / 4];
    const centres = [left + x, top - y, right - x, top - y, left + x, bottom + y, right - x, bottom + y];
    const outputs = hb.logits(session.snapshot().network, {
      rows: 4,
      cols: 2,
      data: Float64Array.from(centres),
    });
    session.regions(2).forEach((value, i) => expect(value).toBeCloseTo(outputs.data[i], 12));
  });
});
