/** Bad input: the right kind of error, naming the argument, the expectation and what arrived; and nothing lost by it. */
import { describe, expect, it } from 'vitest';
import { type Dataset, type Layer, loadSync, matrix, type Network } from '../src/index.js';
import { BOUNDS } from '../src/sharpness-options.js';
import { DATA, NETWORK } from './reference/example.js';

const hb = loadSync();

const SINGLE: Network = {
  layers: [{ weights: matrix(1, 2, [1, -1]) }],
  loss: 'sigmoid-cross-entropy',
};

const withLayer = (l: number, change: Record<string, unknown>): unknown => ({
  ...NETWORK,
  layers: NETWORK.layers.map((layer, at) => (at === l ? { ...layer, ...change } : layer)),
});
const withMatrix = (change: Record<string, unknown>): unknown => ({ ...matrix(2, 2), ...change });
const detached = (): Float64Array => {
  const data = new Float64Array(4);
  structuredClone(data.buffer, { transfer: [data.buffer] });
  return data;
};

const NETWORKS: [string, unknown, typeof TypeError | typeof RangeError, RegExp][] = [
  ['Tanh', withLayer(0, { activation: 'Tanh' }), RangeError, /got "Tanh" \(did you mean 'tanh'\?\)/],
  [
    'transposed weights',
    withLayer(0, { weights: matrix(2, 3) }),
    RangeError,
    /expected 2 numbers.*got 3; are the weights transposed/,
  ],
  [
    'a misspelt activation',
    withLayer(0, { activaton: 'tanh' }),
    TypeError,
    /layers\[0\]: unknown field "activaton"; did you mean 'activation'/,
  ],
  ['biases', withLayer(0, { biases: [1, 2, 3] }), TypeError, /unknown field "biases"; did you mean 'bias'/],
  [
    'weight_decay',
    { ...NETWORK, weight_decay: 1 },
    TypeError,
    /unknown field "weight_decay"; did you mean 'weightDecay'/,
  ],
  ['no object', null, TypeError, /network: expected an object; got null/],
  ['no layers', { loss: 'squared-error' }, TypeError, /network\.layers: expected an array.*undefined/],
  ['empty layers', { ...NETWORK, layers: [] }, RangeError, /network\.layers: expected at least one/],
  ['a hole', { ...NETWORK, layers: [undefined] }, TypeError, /network\.layers\[0\]: expected an object/],
  ['no loss', { ...NETWORK, loss: undefined }, TypeError, /network\.loss: expected one of.*undefined/],
  ['unknown loss', { ...NETWORK, loss: 'hinge' }, RangeError, /network\.loss: expected one of.*"hinge"/],
  [
    'relu',
    withLayer(0, { activation: 'relu' }),
    RangeError,
    /layers\[0\]\.activation.*'relu'.*second derivative.*'gelu'/,
  ],
  ['ReLU', withLayer(0, { activation: 'ReLU' }), RangeError, /twice differentiable/],
  ['leaky_relu', withLayer(0, { activation: 'leaky_relu' }), RangeError, /twice differentiable/],
  ['unknown activation', withLayer(0, { activation: 'tan' }), RangeError, /'identity', 'tanh'.*got "tan"/],
  [
    'activation of no string',
    withLayer(0, { activation: 3 }),
    TypeError,
    /activation: expected one of.*got 3/,
  ],
  [
    'widths that do not chain',
    withLayer(1, { weights: matrix(2, 4) }),
    RangeError,
    /layers\[1\]\.weights: expected 3 columns.*2 × 4/,
  ],
  ['short bias', withLayer(0, { bias: [1] }), RangeError, /layers\[0\]\.bias: expected 3 numbers.*got 1$/],
  ['NaN in bias', withLayer(0, { bias: [1, NaN, 0] }), RangeError, /layers\[0\]\.bias.*NaN at index 1/],
  ['strings in bias', withLayer(0, { bias: ['1', '2', '3'] }), TypeError, /bias: expected numbers; got "1"/],
  ['bias null', withLayer(0, { bias: null }), TypeError, /bias: expected an array/],
  ['negative weight decay', { ...NETWORK, weightDecay: -1 }, RangeError, /weightDecay.*≥ 0; got -1/],
  ['infinite weight decay', { ...NETWORK, weightDecay: Infinity }, RangeError, /weightDecay.*Infinity/],
  [
    'weights as array',
    withLayer(0, { weights: [1, 2] }),
    TypeError,
    /layers\[0\]\.weights: expected a Matrix, as matrix\(/,
  ],
  [
    'Inf in weights',
    withLayer(0, { weights: { ...matrix(3, 2), data: Float64Array.of(0, 0, 0, Infinity, 0, 0) } }),
    RangeError,
    /weights\.data.*Infinity at index 3 \(row 1, column 1\)/,
  ],
];

const DATASETS: [string, unknown, typeof TypeError | typeof RangeError, RegExp][] = [
  [
    'sampleWeights',
    { ...DATA, sampleWeights: [1, 1] },
    TypeError,
    /data: unknown field "sampleWeights"; did you mean 'weights'/,
  ],
  [
    'a counterfeit array',
    {
      ...DATA,
      inputs: withMatrix({ data: { [Symbol.toStringTag]: 'Float64Array', length: 4, findIndex: () => -1 } }),
    },
    TypeError,
    /expected a Float64Array/,
  ],
  ['undefined', undefined, TypeError, /data: expected an object; got undefined/],
  ['no inputs', { targets: [0] }, TypeError, /data\.inputs: expected an object/],
  ['wrong columns', { ...DATA, inputs: matrix(2, 3) }, RangeError, /data\.inputs: expected 2 columns.*2 × 3/],
  [
    'no rows',
    { ...DATA, inputs: withMatrix({ rows: 0, data: new Float64Array(0) }) },
    RangeError,
    /inputs\.rows.*got 0/,
  ],
  [
    'fractional rows',
    { ...DATA, inputs: withMatrix({ rows: 1.5 }) },
    RangeError,
    /inputs\.rows: expected an integer.*1\.5/,
  ],
  [
    'enormous shape',
    { ...DATA, inputs: withMatrix({ rows: 2 ** 30, cols: 2 ** 30 }) },
    RangeError,
    /inputs: expected at most/,
  ],
  [
    'short data',
    { ...DATA, inputs: withMatrix({ data: new Float64Array(3) }) },
    RangeError,
    /expected 4 entries \(2 × 2, row-major\); got 3/,
  ],
  [
    'float32 data',
    { ...DATA, inputs: withMatrix({ data: new Float32Array(4) }) },
    TypeError,
    /expected a Float64Array.*Float32Array of length 4/,
  ],
  [
    'plain array data',
    { ...DATA, inputs: withMatrix({ data: [1, 2, 3, 4] }) },
    TypeError,
    /expected a Float64Array.*matrix\(\)/,
  ],
  ['detached data', { ...DATA, inputs: withMatrix({ data: detached() }) }, RangeError, /got 0 .*detached/],
  [
    'NaN',
    { ...DATA, inputs: withMatrix({ data: Float64Array.of(1, NaN, 3, 4) }) },
    RangeError,
    /data\.inputs\.data.*NaN at index 1 \(row 0, column 1\)/,
  ],
  ['too few labels', { ...DATA, targets: [0] }, RangeError, /data\.targets: expected 2 numbers/],
  [
    'label out of range',
    { ...DATA, targets: [0, 2] },
    RangeError,
    /data\.targets\[1\]: expected a class, an integer from 0 to 1.*; got 2/,
  ],
  ['negative label', { ...DATA, targets: [0, -1] }, RangeError, /data\.targets\[1\].*got -1/],
  ['fractional label', { ...DATA, targets: [0, 0.5] }, RangeError, /data\.targets\[1\].*integer.*0\.5/],
  [
    'string label',
    { ...DATA, targets: ['setosa', 'virginica'] },
    TypeError,
    /data\.targets: expected numbers; got "setosa"/,
  ],
  ['bigint labels', { ...DATA, targets: BigInt64Array.of(0n, 1n) }, TypeError, /expected numbers; got 0n/],
  [
    'targets of wrong shape',
    { ...DATA, targets: matrix(2, 3) },
    RangeError,
    /data\.targets: expected 2 × 2.*got 2 × 3/,
  ],
  [
    'rows that do not sum to 1',
    { ...DATA, targets: matrix(2, 2, [0.5, 0.5, 0.5, 0.6]) },
    RangeError,
    /sum to 1.*row 1 sums to 1\.1/,
  ],
  [
    'probability above 1',
    { ...DATA, targets: matrix(2, 2, [2, -1, 0.5, 0.5]) },
    RangeError,
    /probabilities.*got 2 at row 0, column 0/,
  ],
  [
    'negative sample weight',
    { ...DATA, weights: [1, -1] },
    RangeError,
    /data\.weights.*≥ 0; got -1 at index 1/,
  ],
  [
    'all weights 0',
    { ...DATA, weights: [0, 0] },
    RangeError,
    /data\.weights: expected at least one weight above 0/,
  ],
  ['too many weights', { ...DATA, weights: [1, 1, 1] }, RangeError, /data\.weights: expected 2 numbers/],
];

describe('networks and data', () => {
  it.each(NETWORKS)('refuses a network with %s', (_, network, kind, message) => {
    const call = (): unknown => hb.loss(network as Network, DATA);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });

  it.each(DATASETS)('refuses data with %s', (_, data, kind, message) => {
    for (const method of ['loss', 'gradient', 'hessian', 'moments', 'sharpness'] as const) {
      const call = (): unknown => hb[method](NETWORK, data as Dataset);
      expect(call).toThrow(kind);
      expect(call).toThrow(message);
    }
  });

  it('refuses memory that another thread can change', () => {
    // Browsers define SharedArrayBuffer only on isolated pages; WebAssembly hands one out everywhere.
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const data = { ...DATA, inputs: withMatrix({ data: new Float64Array(buffer, 0, 4) }) };
    expect(() => hb.loss(NETWORK, data as Dataset)).toThrow(/SharedArrayBuffer.*copy/);
    expect(() => hb.loss(NETWORK, { ...DATA, targets: new Float64Array(buffer, 0, 2) })).toThrow(TypeError);
  });

  it('wants targets of the right form for one output', () => {
    const inputs = DATA.inputs;
    expect(hb.loss(SINGLE, { inputs, targets: [0, 1] })).toBeGreaterThan(0);
    expect(() => hb.loss(SINGLE, { inputs, targets: [0, 1.5] })).toThrow(/from 0 to 1.*got 1\.5 at row 1/);
    const squared: Network = { ...NETWORK, loss: 'squared-error' };
    expect(() => hb.loss(squared, { inputs, targets: [0, 1] })).toThrow(/expected a 2 × 2 Matrix/);
  });

  it('accepts probabilities rounded to float32', () => {
    const third = Math.fround(1 / 3);
    const layers: Layer[] = [{ weights: matrix(3, 2, [1, 2, 3, 4, 5, 6]) }];
    const data = { inputs: matrix(1, 2, [1, 1]), targets: matrix(1, 3, [third, third, third]) };
    expect(hb.loss({ layers, loss: 'softmax-cross-entropy' }, data)).toBeGreaterThan(0);
  });

  it('leaves other fields to the caller', () => {
    const network = { ...NETWORK, name: 'mine', epoch: 3 };
    expect(hb.loss(network, { ...DATA, labels: ['a', 'b'] } as Dataset)).toBe(hb.loss(NETWORK, DATA));
  });

  it('reports results beyond double precision', () => {
    const huge = matrix(2, 2, [1e308, 1e308, 1e308, 1e308]);
    for (const call of [() => hb.gram(huge), () => hb.frobeniusNorm(huge), () => hb.eigh(huge)]) {
      expect(call).toThrow(RangeError);
      expect(call).toThrow(/range of double precision/);
    }
    const line: Network = { layers: [{ weights: matrix(1, 1, [0]) }], loss: 'squared-error' };
    const far = { inputs: matrix(1, 1, [1e200]), targets: [0] };
    for (const method of ['hessian', 'moments', 'sharpness'] as const) {
      expect(() => hb[method](line, far)).toThrow(/range of double precision/);
    }
    expect(() => hb.hessianVectorProduct(line, far, [1])).toThrow(/range of double precision/);
  });

  it('reports overflow of the network itself', () => {
    const layers: Layer[] = [{ weights: matrix(1, 2, [1e200, 1e200]) }, { weights: matrix(1, 1, [1e200]) }];
    const data = { inputs: DATA.inputs, targets: [0, 1] };
    for (const method of ['loss', 'gradient', 'moments', 'sharpness'] as const) {
      expect(() => hb[method]({ layers, loss: 'squared-error' }, data)).toThrow(RangeError);
      expect(() => hb[method]({ layers, loss: 'squared-error' }, data)).toThrow(/range of double precision/);
    }
  });
});

describe('options and other arguments', () => {
  it.each([
    [{ exakt: true }, TypeError, /unknown option "exakt"; known: exact, bounds/],
    [{ exact: 1 }, TypeError, /options\.exact: expected true, false or 'auto'; got 1/],
    [{ bounds: 'some' }, TypeError, /options\.bounds: expected 'all' or.*"some"/],
    [{ bounds: [] }, TypeError, /options\.bounds/],
    [{ bounds: new Array<never>(2) }, TypeError, /options\.bounds\[0\].*undefined/],
    [{ bounds: ['hutchinson'] }, RangeError, /options\.bounds\[0\].*"hutchinson"/],
    [{ ends: 'top' }, RangeError, /options\.ends.*'largest', 'both'.*"top"/],
    [{ ingredients: 'no' }, TypeError, /options\.ingredients/],
    [3, TypeError, /options: expected an object; got 3/],
  ])('sharpness refuses %j', (options, kind, message) => {
    const call = (): unknown => hb.sharpness(NETWORK, DATA, options as object);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });

  it('the bracket is that of the bounds asked for', () => {
    const { upper, lower, bounds, moments } = hb.sharpness(NETWORK, DATA, { bounds: 'all' });
    const all = Object.values(bounds).map(({ largest }) => largest);
    expect(all).toHaveLength(6);
    expect(lower).toBe(Math.max(...all.map((bound) => bound.lower ?? -Infinity)));
    expect(upper).toBe(Math.min(...all.map((bound) => bound.upper)));
    const alone = hb.sharpness(NETWORK, DATA, { bounds: ['aPriori'] });
    expect(alone.upper).toBe(bounds.aPriori!.largest.upper);
    expect(alone.lower).toBeCloseTo(-moments.frobeniusNorm, 12);
  });

  it('all bounds apply to a single layer, too', () => {
    const { bounds } = hb.sharpness(SINGLE, { ...DATA, targets: [0, 1] }, { bounds: 'all' });
    expect(Object.keys(bounds)).toEqual([...BOUNDS]);
  });

  it('moments, products, matrices and logits refuse what they cannot use', () => {
    expect(() => hb.moments(NETWORK, DATA, { method: 'exact' as 'gram' })).toThrow(
      /options\.method.*"exact"/,
    );
    expect(() => hb.hessianVectorProduct(NETWORK, DATA, [1, 2])).toThrow(/v: expected 15 numbers; got 2/);
    expect(() => hb.logits(NETWORK, matrix(2, 3))).toThrow(/inputs: expected 2 columns.*2 × 3/);
    expect(() => hb.gram(matrix(2, 2).data as never)).toThrow(/x: expected a Matrix/);
    expect(() => matrix(2, 2, [1, 2, 3])).toThrow(/data: expected 4 numbers/);
    expect(() => matrix(-1, 2)).toThrow(/matrix\.rows: expected an integer from 0/);
    expect(() => matrix(2, '2' as never)).toThrow(TypeError);
  });

  it('layers whose curvature no array could hold are refused, naming their width', () => {
    const wide: Network = {
      layers: [{ weights: matrix(1, 1) }, { weights: matrix(65536, 1) }, { weights: matrix(1, 65536) }],
      loss: 'squared-error',
    };
    const data = { inputs: matrix(2, 1), targets: [0, 1] };
    for (const call of [() => hb.moments(wide, data), () => hb.sharpness(wide, data)]) {
      expect(call).toThrow(RangeError);
      expect(call).toThrow(/^network: expected layers of at most 16384 units.*got 65536$/);
    }
  });

  it('a Hessian too large for memory is refused before anything is allocated, naming its size and the way out', () => {
    const wide: Network = {
      layers: [{ weights: matrix(400, 300), activation: 'tanh' }, { weights: matrix(1, 400) }],
      loss: 'squared-error',
    };
    const data = { inputs: matrix(1, 300), targets: [0] };
    const held = hb.memory().held;
    for (const call of [
      () => hb.hessian(wide, data),
      () => hb.sharpness(wide, data, { exact: true }),
      () => hb.moments(wide, data, { method: 'hessian' }),
    ]) {
      expect(call).toThrow(RangeError);
      expect(call).toThrow(/16384 parameters.*got 120400.*108\.0 GiB.*instead/);
    }
    expect(hb.memory().held).toBe(held);
    expect(hb.sharpness(wide, data, { exact: 'auto' }).exact).toBeUndefined();
  });
});

describe('an instance', () => {
  it('gives the same answers after every error', () => {
    const fresh = loadSync();
    const before = fresh.sharpness(NETWORK, DATA, { exact: true });
    for (const [, network] of NETWORKS) expect(() => fresh.sharpness(network as Network, DATA)).toThrow();
    for (const [, , data] of DATASETS.map((row) => [row[0], row[2], row[1]] as const)) {
      expect(() => fresh.sharpness(NETWORK, data as Dataset)).toThrow();
    }
    expect(fresh.sharpness(NETWORK, DATA, { exact: true })).toEqual(before);
    fresh.dispose();
  });
});
