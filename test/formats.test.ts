import { describe, expect, it } from 'vitest';
import exampleData from '../examples/data.json' with { type: 'json' };
import exampleNetwork from '../examples/network.json' with { type: 'json' };
import {
  datasetFromJson,
  datasetToJson,
  jsonText,
  networkFromJson,
  networkToJson,
} from '../src/formats/json.js';
import { loadSync, matrix } from '../src/index.js';
import { initialize } from '../src/initialization.js';

const layer = { weights: [[1, 2], [3, 4]], bias: [5, 6], activation: 'tanh' }; // prettier-ignore
const network = { layers: [layer], loss: 'softmax-cross-entropy' };
const data = { inputs: [[1, 2], [3, 4]], targets: [0, 1] }; // prettier-ignore

describe('networkFromJson', () => {
  it('reads rows, or rows, cols and data', () => {
    const expected = {
      layers: [{ weights: matrix(2, 2, [1, 2, 3, 4]), bias: Float64Array.of(5, 6), activation: 'tanh' }],
      loss: 'softmax-cross-entropy',
    };
    expect(networkFromJson(network)).toEqual(expected);
    const flat = { ...layer, weights: { rows: 2, cols: 2, data: [1, 2, 3, 4] } };
    expect(networkFromJson({ ...network, layers: [flat] })).toEqual(expected);
  });

  it('leaves out what is absent', () => {
    expect(
      networkFromJson({ layers: [{ weights: [[1]] }], loss: 'squared-error', weightDecay: 0.5 }),
    ).toEqual({
      layers: [{ weights: matrix(1, 1, [1]) }],
      loss: 'squared-error',
      weightDecay: 0.5,
    });
  });

  it.each<[unknown, string]>([
    [null, 'network: expected an object; got null'],
    [[network], 'network: expected an object; got an array of length 1'],
    [{ loss: 'squared-error' }, 'network: expected the field "layers"; it is missing'],
    [{ layers: [layer] }, 'network: expected the field "loss"; it is missing'],
    [{ ...network, decay: 1 }, 'network: unknown field "decay"; known: layers, loss, weightDecay'],
    [{ ...network, layers: {} }, 'network.layers: expected an array of layers; got an object (Object)'],
    [{ ...network, layers: [layer, {}] }, 'network.layers[1]: expected the field "weights"; it is missing'],
    [
      { ...network, layers: [{ ...layer, biases: [1] }] },
      'network.layers[0]: unknown field "biases"; known: weights, bias, activation',
    ],
    [
      { ...network, layers: [layer, { weights: [[1, 2], [1]] }] },
      'network.layers[1].weights[1]: expected 2 numbers; got 1',
    ],
    [
      { ...network, layers: [{ weights: [[1, '2']] }] },
      'network.layers[0].weights[0]: expected numbers; got "2" at index 1',
    ],
    [
      { ...network, layers: [{ weights: [[1, null]] }] },
      'network.layers[0].weights[0]: expected numbers; got null at index 1',
    ],
    [
      { ...network, layers: [{ weights: [1, 2] }] },
      'network.layers[0].weights: expected rows of numbers; got 1',
    ],
    [
      { ...network, layers: [{ weights: [] }] },
      'network.layers[0].weights: expected rows of numbers; got none',
    ],
    [
      { ...network, layers: [{ weights: 3 }] },
      'network.layers[0].weights: expected rows of numbers or { rows, cols, data }; got 3',
    ],
    [
      { ...network, layers: [{ weights: { rows: 1, data: [1] } }] },
      'network.layers[0].weights: expected the field "cols"; it is missing',
    ],
    [
      { ...network, layers: [{ ...layer, bias: 'none' }] },
      'network.layers[0].bias: expected an array or typed array of numbers; got "none"',
    ],
  ])('refuses %j', (value, message) => {
    expect(() => networkFromJson(value)).toThrow(message);
  });

  it('leaves what the numbers must satisfy to the library, which names the same places', () => {
    const hb = loadSync();
    const loss = (net: unknown, set: unknown): (() => number) => {
      const checked = [networkFromJson(net), datasetFromJson(set)] as const;
      return () => hb.loss(...checked);
    };
    expect(loss(network, data)).not.toThrow();
    const flat = { rows: 2, cols: 2, data: [1, 2, 3] };
    expect(loss({ ...network, layers: [{ weights: flat }] }, data)).toThrow(
      /^network\.layers\[0\]\.weights\.data: expected 4/,
    );
    expect(loss({ ...network, layers: [{ weights: [[], []] }] }, data)).toThrow(
      /^network\.layers\[0\]\.weights\.cols/,
    );
    expect(loss({ ...network, layers: [{ ...layer, activation: 'relu' }] }, data)).toThrow(
      /^network\.layers\[0\]\.activation/,
    );
    expect(loss({ ...network, loss: 7 }, data)).toThrow(/^network\.loss: expected one of/);
    expect(loss(network, { ...data, targets: [0, 2] })).toThrow(
      /^data\.targets\[1\]: expected a class, an integer from 0 to 1/,
    );
  });
});

describe('datasetFromJson', () => {
  it('reads class indices, rows and weights', () => {
    expect(datasetFromJson({ ...data, weights: [1, 3] })).toEqual({
      inputs: matrix(2, 2, [1, 2, 3, 4]),
      targets: Float64Array.of(0, 1),
      weights: Float64Array.of(1, 3),
    });
    expect(datasetFromJson({ ...data, targets: [[0.5, 0.5], [0, 1]] }).targets).toEqual(matrix(2, 2, [0.5, 0.5, 0, 1])); // prettier-ignore
    expect(datasetFromJson({ ...data, targets: { rows: 2, cols: 1, data: [0, 1] } }).targets).toEqual(matrix(2, 1, [0, 1])); // prettier-ignore
  });

  it.each<[unknown, string]>([
    [7, 'data: expected an object; got 7'],
    [{ inputs: [[1]] }, 'data: expected the field "targets"; it is missing'],
    [{ ...data, labels: [] }, 'data: unknown field "labels"; known: inputs, targets, weights'],
    [{ ...data, inputs: [[1, 2], [3]] }, 'data.inputs[1]: expected 2 numbers; got 1'],
    [{ ...data, targets: ['setosa'] }, 'data.targets: expected numbers; got "setosa" at index 0'],
    [{ ...data, targets: [[1], 2] }, 'data.targets[1]: expected an array or typed array of numbers; got 2'],
    [{ ...data, weights: [1, '1'] }, 'data.weights: expected numbers; got "1" at index 1'],
  ])('refuses %j', (value, message) => {
    expect(() => datasetFromJson(value)).toThrow(message);
  });
});

describe('writing', () => {
  it('survives the way there and back to the bit', () => {
    const original = initialize({
      widths: [3, 5, 2],
      activation: 'gelu',
      loss: 'squared-error',
      seed: 9,
      outputActivation: 'sin',
    });
    original.weightDecay = 1e-300;
    const restored = networkFromJson(JSON.parse(jsonText(networkToJson(original))));
    expect(restored).toEqual(original);
    const { weightDecay: _, ...without } = original;
    expect(networkToJson(without)).toMatchObject({ weightDecay: 0 });

    const set = {
      inputs: matrix(2, 1, [Math.PI, -0.1]),
      targets: matrix(2, 2, [1, 2, 3, 1 / 3]),
      weights: [1, 2],
    };
    const again = datasetFromJson(JSON.parse(jsonText(datasetToJson(set))));
    expect(again).toEqual({ ...set, weights: Float64Array.of(1, 2) });
  });

  it('puts arrays of numbers on one line, and nothing else', () => {
    const value = { a: [1, -2.5e-7], b: [[3], [4]], c: ['[ 1,  2 ]', 'x'], d: [] };
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(jsonText(value)).toContain('"a": [1, -2.5e-7]');
    expect(jsonText(value).split('\n')).toHaveLength(12);
  });

  it('has examples that work', () => {
    const hb = loadSync();
    const { lower, upper, exact } = hb.sharpness(
      networkFromJson(exampleNetwork),
      datasetFromJson(exampleData),
      {
        exact: true,
      },
    );
    expect(exact!.largest).toBeGreaterThan(lower);
    expect(exact!.largest).toBeLessThan(upper);
  });
});
