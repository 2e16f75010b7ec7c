/** What train() refuses, and a state on its way through JSON. */
import { describe, expect, it } from 'vitest';
import {
  type Dataset,
  initialize,
  loadSync,
  type TrainingState,
  trainingStateFromJson,
  trainingStateToJson,
} from '../src/index.js';
import { DATA, NETWORK } from './reference/example.js';

const hb = loadSync();
const train = (options: Record<string, unknown>, data: Dataset = DATA): unknown =>
  hb.train(NETWORK, data, { steps: 3, learningRate: 0.1, ...options });
const { state } = hb.train(NETWORK, DATA, { steps: 3, learningRate: 0.1 });

describe('train refuses', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a name it does not know', { optimiser: 'sgd' }, /^options: unknown option "optimiser"; known: steps,/],
    ['no steps', { steps: undefined }, /^options\.steps: expected an integer; got undefined/],
    ['negative steps', { steps: -1 }, /^options\.steps: expected an integer from 0 to 1000000000; got -1/],
    ['half a step', { steps: 0.5 }, /^options\.steps: /],
    ['no learning rate', { learningRate: undefined }, /^options\.learningRate: expected a number; got un/],
    ['a negative one', { learningRate: -1 }, /^options\.learningRate: expected a finite number ≥ 0; got -1/],
    ['an infinite one', { learningRate: Infinity }, /^options\.learningRate: /],
    ['another optimizer', { optimizer: 'adamm' }, /^options\.optimizer: .*did you mean 'adam'/],
    ['momentum 1', { optimizer: 'sgd', momentum: 1 }, /^options\.momentum: .* from 0 to below 1; got 1$/],
    ['momentum of adam', { momentum: 0.9 }, /^options\.momentum: expected only with the optimizer 'sgd'/],
    ['betas of sgd', { optimizer: 'sgd', betas: [0, 0] }, /^options\.betas: expected only with .* 'adam'/],
    ['one beta', { betas: 0.9 }, /^options\.betas: expected two numbers/],
    ['β₁ above 1', { betas: [1.5, 0.9] }, /^options\.betas\[0\]: /],
    ['β₂ = 1', { betas: [0.5, 1] }, /^options\.betas\[1\]: /],
    ['a negative ε', { epsilon: -1 }, /^options\.epsilon: /],
    ['ρ of adam', { rho: 0.1 }, /^options\.rho: expected only with the optimizer 'sam'; got 0.1/],
    ['a negative ρ', { optimizer: 'sam', rho: -1 }, /^options\.rho: /],
    ['SAM on SAM', { optimizer: 'sam', base: 'sam' }, /^options\.base: expected one of 'sgd', 'adam'/],
    ['ε of SAM on sgd', { optimizer: 'sam', epsilon: 1 }, /^options\.epsilon: expected only with/],
    ['negative decay', { weightDecay: -1 }, /^options\.weightDecay: /],
    [
      'a batch beyond the data',
      { batch: 3 },
      /^options\.batch: expected at most 2, the samples in data; got 3/,
    ],
    ['an empty batch', { batch: 0 }, /^options\.batch: expected an integer from 1/],
    ['a fractional seed', { seed: 0.5 }, /^options\.seed: /],
    ['reports every 0 steps', { every: 0 }, /^options\.every: /],
    ['one report', { report: 'bound' }, /^options\.report: expected an array of names; got "bound"/],
    ['another report', { report: ['sharp'] }, /^options\.report\[0\]: expected one of 'bound'/],
    ['no function', { onStep: 1 }, /^options\.onStep: expected a function; got 1/],
    ['no signal', { signal: true }, /^options\.signal: expected an AbortSignal/],
    ['progress here', { onProgress: () => 0 }, /^options: unknown option "onProgress"/],
    ['another schedule', { schedule: { kind: 'cosine' } }, /^options\.schedule\.kind: expected one of/],
    ['no end', { schedule: { kind: 'linear' } }, /^options\.schedule\.steps: /],
    [
      'a mixture',
      { schedule: { kind: 'linear', steps: 2, factor: 1 } },
      /^options\.schedule: unknown option/,
    ],
    ['growth', { schedule: { kind: 'step', every: 2, factor: 2 } }, /^options\.schedule\.factor: /],
    ['another regularizer', { regularizer: { kind: 'l1', strength: 1 } }, /^options\.regularizer\.kind: /],
    ['no strength', { regularizer: { kind: 'hsr' } }, /^options\.regularizer\.strength: /],
    ['a negative one', { regularizer: { kind: 'hsr', strength: -1 } }, /^options\.regularizer\.strength: /],
    [
      'a number for normalized',
      { regularizer: { kind: 'hsr', strength: 1, normalized: 1 } },
      /^options\.regularizer\.normalized: expected true or false; got 1/,
    ],
  ])('%s', (_, options, message) => {
    expect(() => train(options)).toThrow(message);
  });

  it('an exact report of a Hessian too large, and narrow data, before any step', () => {
    const network = initialize({ widths: [400, 100, 3], activation: 'tanh', loss: NETWORK.loss, seed: 1 });
    const data = { inputs: { rows: 1, cols: 400, data: new Float64Array(400) }, targets: [0] };
    expect(() => hb.train(network, data, { steps: 1e9, learningRate: 1, report: ['exact'] })).toThrow(
      /^network: expected at most \d+ parameters for the assembled Hessian/,
    );
    expect(() => train({}, data)).toThrow(/^data\.inputs: expected \d+ columns/);
  });
});

describe('a state', () => {
  it('survives JSON to the bit, −0 and subnormals included', () => {
    const odd: TrainingState = { ...state, vectors: state.vectors.map((x) => x.slice()) };
    odd.vectors[0].set([-0, 5e-324, 0.1 + 0.2]);
    const text = JSON.stringify(trainingStateToJson(odd));
    const back = trainingStateFromJson(JSON.parse(text));
    // toEqual tells −0 from 0.
    expect(back).toEqual(odd);
    const on = (from: TrainingState): unknown =>
      hb.train(NETWORK, DATA, { steps: 5, learningRate: 0.1, state: from });
    expect(on(back)).toEqual(on(odd));
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'of another version',
      { version: 2 },
      /^options\.state\.version: expected 1, as train\(\) gives it; got 2/,
    ],
    ['of another network', { network: '4-3, x' }, /^options\.state: expected the state of a network \(2-3-2/],
    ['without a name', { network: 7 }, /^options\.state\.network: expected a string/],
    ['of another optimizer', { optimizer: 'sgd' }, /^options\.state\.vectors: expected 1 of sgd/],
    ['of no optimizer', { optimizer: 'lion' }, /^options\.state\.optimizer: expected one of/],
    ['of half a step', { step: 0.5 }, /^options\.state\.step: expected an integer/],
    ['without seed', { seed: undefined }, /^options\.state\.seed: expected an integer/],
    ['cut short', { parameters: [1] }, /^options\.state\.parameters: expected \d+ numbers, .*; got 1$/],
    ['with NaN', { parameters: state.parameters.map(() => NaN) }, /^options\.state\.parameters: .* finite/],
    ['without vectors', { vectors: {} }, /^options\.state\.vectors: expected an array/],
    ['with a short one', { vectors: [[1], [2]] }, /^options\.state\.vectors\[0\]: expected \d+ numbers/],
    ['with powers above 1', { powers: [2, 0.5] }, /^options\.state\.powers\[0\]: /],
    ['without powers', { powers: [] }, /^options\.state\.powers: expected 2 numbers; got 0/],
  ])('%s is refused', (_, wrong, message) => {
    expect(() => train({ state: { ...state, ...wrong } })).toThrow(message);
  });

  it('of the other optimizer, or of a network of other activations, is refused by name', () => {
    expect(() => train({ state, optimizer: 'sgd' })).toThrow(
      "options.state: expected the state of 'sgd'; got that of 'adam'",
    );
    const layers = NETWORK.layers.map((layer, l) => (l ? layer : { ...layer, activation: 'gelu' as const }));
    expect(() => hb.train({ ...NETWORK, layers }, DATA, { steps: 1, learningRate: 1, state })).toThrow(
      /^options\.state: expected the state of a network \(.*gelu.*\); got that of \(.*tanh/,
    );
    expect(() => train({ state: null })).toThrow(/^options\.state: expected an object; got null/);
    expect(() => trainingStateFromJson('{}')).toThrow(/^state: expected an object/);
    expect(() => trainingStateFromJson({ ...state, parameters: 'abc' })).toThrow(
      /^state\.parameters: expected an array/,
    );
  });
});
