/** What labels are taken for, and a network and its data read together. Expectations are written out by hand. */
import { describe, expect, it } from 'vitest';
import {
  type DataHints,
  type NamedFile,
  type NetworkHints,
  readDataset,
  readProblem,
} from '../src/formats/index.js';
import { type Activation, type Loss, matrix } from '../src/index.js';
import { type Dataset } from '../src/network.js';

const file = (name: string, content: string | object): NamedFile => ({
  name,
  bytes: new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)),
});

/** One input, and the labels. */
const labelled = (labels: readonly unknown[]): NamedFile =>
  file('data.csv', labels.map((label, i) => `${i + 0.5},${String(label)}\n`).join(''));

const valuesOf = ({ targets }: Dataset): number[] =>
  'rows' in targets ? [...targets.data] : Array.from(targets);

const SOFTMAX = 'softmax-cross-entropy';
const SIGMOID = 'sigmoid-cross-entropy';
const SQUARED = 'squared-error';

describe('labels', () => {
  it.each<[labels: unknown[], hints: DataHints, targets: number[], classes?: string[]]>([
    // Sorted: texts by code unit, numbers by value.
    [['b', 'a', 'B', 'b'], {}, [2, 1, 0, 2], ['B', 'a', 'b']],
    [['10+', 'x', '9'], { classes: ['9', 'x', '10+'] }, [2, 1, 0], ['9', 'x', '10+']],
    [[10, 9, 10, 9, 2, 2], {}, [2, 1, 2, 1, 0, 0], ['2', '9', '10']],
    [[-1, 1, -1, 1], {}, [0, 1, 0, 1], ['-1', '1']],
    [['True', 'False', 'True'], {}, [1, 0, 1], ['False', 'True']],
    [[1, 2, 3, 1, 2, 3], { loss: SOFTMAX, outputs: 3 }, [0, 1, 2, 0, 1, 2], ['1', '2', '3']],
    // Indices already.
    [[0, 1, 2, 0, 1, 2], {}, [0, 1, 2, 0, 1, 2]],
    [[2, 0, 2, 0], { loss: SOFTMAX, outputs: 3 }, [2, 0, 2, 0]],
    [['2.0', '0.0', '1e0'], { loss: SOFTMAX, outputs: 3 }, [2, 0, 1]],
    [[0, 0, 1], { loss: SIGMOID, outputs: 1 }, [0, 0, 1]],
    [[1, 1, 1], { loss: SIGMOID, outputs: 1 }, [1, 1, 1]],
    [[0.25, 1, 0], { loss: SIGMOID, outputs: 1 }, [0.25, 1, 0]],
    // By the classes of the network: their order, not the sorted one; a label that none has is not needed.
    [['b', 'a', 'b'], { classes: ['c', 'b', 'a'] }, [1, 2, 1], ['c', 'b', 'a']],
    [[7, 5, 7], { classes: ['7', '5'], loss: SIGMOID, outputs: 1 }, [0, 1, 0], ['7', '5']],
    [[1, 0, 1], { classes: ['no', 'yes'], loss: SIGMOID, outputs: 1 }, [1, 0, 1], ['no', 'yes']],
    [[1, 2, 1], { classes: ['1', '2', '3'], loss: SOFTMAX, outputs: 3 }, [0, 1, 0], ['1', '2', '3']],
    [['yes', 'yes'], { classes: ['no', 'yes'], outputs: 1 }, [1, 1], ['no', 'yes']],
    // Names that are numbers are these, however they are written, and no indices.
    [['01', '02'], { classes: ['01', '02', '03'], loss: SOFTMAX, outputs: 3 }, [0, 1], ['01', '02', '03']],
    [[2, 1], { classes: ['1.0', '2.0', '3.0'] }, [1, 0], ['1.0', '2.0', '3.0']],
    [[2, 1], { classes: ['0', '1', '2'], loss: SOFTMAX, outputs: 3 }, [2, 1], ['0', '1', '2']],
    [[2, 0], { classes: ['a', 'b', 'c'], loss: SOFTMAX, outputs: 3 }, [2, 0], ['a', 'b', 'c']],
    // Values stay what they are.
    [[1, 2, 3, 1, 2, 3], { loss: SQUARED }, [1, 2, 3, 1, 2, 3]],
    [[1, 2, 3], { outputs: 1 }, [1, 2, 3]],
    [[0.5, 1.5, 0.5], { outputs: 1 }, [0.5, 1.5, 0.5]],
    [[0.5, 1.5, 0.5, 1], {}, [0.5, 1.5, 0.5, 1]],
    [[0, 1, 0], { loss: SQUARED, outputs: 1 }, [0, 1, 0]],
    // Many different whole numbers are values, if nothing else says so.
    [Array.from({ length: 99 }, (_, i) => i), {}, Array.from({ length: 99 }, (_, i) => i)],
    [['b', 'a'], { loss: SQUARED, outputs: 2, oneHot: true }, [0, 1, 1, 0], ['a', 'b']],
  ])('%j with %j', async (labels, hints, targets, classes) => {
    const { data, classes: found } = await readDataset(labelled(labels), { header: false, ...hints });
    expect(valuesOf(data)).toEqual(targets);
    expect(found).toEqual(classes);
  });

  it.each<[labels: unknown[], hints: DataHints, message: string]>([
    [['a', 'b', 'c'], { outputs: 2 }, 'expected labels of at most 2 classes, for 2 outputs; got 3: a, b, c'],
    [
      ['a', 'b'],
      { outputs: 3 },
      'expected labels of 3 classes, for 3 outputs; got 2: a, b; some are missing',
    ],
    [[1, 3], { outputs: 3 }, 'expected labels of 3 classes, for 3 outputs; got 2: 1, 3; some are missing'],
    [['a', 'b', 'c'], { outputs: 1 }, 'expected labels of two classes, for one output; got a, b, c'],
    [
      ['a', 'a'],
      { loss: SIGMOID, outputs: 1 },
      'expected labels of 2 classes, for one output; got 1: a; some',
    ],
    [[1, 2, 3], { loss: SIGMOID, outputs: 1 }, 'expected labels of at most 2 classes, for one output; got 3'],
    [
      ['a', 'b'],
      { loss: SQUARED, outputs: 1 },
      'line 1: expected numbers, values, as squared-error wants; got "a"',
    ],
    [
      ['a', 'b'],
      { loss: SQUARED, outputs: 2 },
      'expected 2 columns of targets for 2 outputs with squared-error; got one',
    ],
    [
      [0, 1],
      { loss: SIGMOID, outputs: 2 },
      'expected 2 columns of targets for 2 outputs with sigmoid-cross-entropy',
    ],
    [['a', 'x'], { classes: ['a', 'b'] }, 'line 2: expected one of the classes a, b; got "x"'],
    [[1, 5], { classes: ['a', 'b'] }, 'line 1: expected one of the classes a, b; got 1'],
    [[0, 2, 1], { classes: ['1', '2', '3'] }, 'line 1: expected one of the classes 1, 2, 3; got 0'],
    // From 0 or from 1?
    [
      [1, 2, 1],
      { loss: SOFTMAX, outputs: 3 },
      'expected labels that count from 0, as indices of outputs do; got 1, 2, which may',
    ],
    [
      [1, 2],
      { classes: ['a', 'b', 'c'] },
      'expected labels that count from 0, as indices of outputs do; got 1, 2',
    ],
    [
      ['a', 'b'],
      { classes: ['a', 'b'], outputs: 3 },
      "expected the names of 3 classes for the network's outputs; got 2: a, b",
    ],
  ])('%j with %j are refused', async (labels, hints, message) => {
    await expect(readDataset(labelled(labels), { header: false, ...hints })).rejects.toThrow(
      `data.csv: ${message}`,
    );
  });
});

describe('JSON', () => {
  const inputs = [[1], [2], [3]];

  it.each<[content: object, hints: DataHints, targets: number[], classes?: string[]]>([
    [{ inputs, targets: [0, 2, 0] }, {}, [0, 2, 0]],
    [{ inputs, targets: ['b', 'a', 'b'] }, {}, [1, 0, 1], ['a', 'b']],
    [{ inputs, targets: [true, false, true] }, {}, [1, 0, 1], ['false', 'true']],
    [{ inputs, targets: [1, 0, 1], classes: ['z', 'a'] }, {}, [1, 0, 1], ['z', 'a']],
    // The format's indices are those of its own classes; the outputs may be in another order.
    [{ inputs, targets: [1, 0, 1], classes: ['z', 'a'] }, { classes: ['a', 'z'] }, [0, 1, 0], ['a', 'z']],
    [{ inputs, targets: [1, 0, 1], classes: ['z', 'a'] }, { classes: ['0', '1'] }, [1, 0, 1], ['0', '1']],
    [{ inputs, targets: [1, 2, 1] }, { loss: SOFTMAX, outputs: 3 }, [1, 2, 1]],
    [
      {
        inputs,
        targets: [
          [1, 0],
          [0, 1],
          [1, 0],
        ],
      },
      { outputs: 2 },
      [1, 0, 0, 1, 1, 0],
    ],
    [{ inputs, targets: [[7], [8], [9]] }, { loss: SQUARED }, [7, 8, 9]],
  ])('%j with %j', async (content, hints, targets, classes) => {
    const read = await readDataset(file('data.json', content), hints);
    expect(valuesOf(read.data)).toEqual(targets);
    expect(read.classes).toEqual(classes);
    expect(read.format).toBe('JSON');
  });

  it.each<[content: string | object, message: string]>([
    ['{', 'not valid JSON'],
    ['[1]', 'data: expected an object; got an array of length 1'],
    [{ inputs }, 'data: expected the field "targets"; it is missing'],
    [{ inputs, targets: ['a', 1, 'b'] }, 'data.targets: expected numbers; got "a" at index 0'],
    [{ inputs, targets: [0, 1] }, 'expected 3 targets, one for each sample; got 2'],
    [{ inputs, targets: [0, 1, 0], weights: [1] }, 'expected 3 sample weights, one for each sample; got 1'],
    [{ inputs: { rows: 3, cols: 2, data: [1] }, targets: [0, 1, 0] }, 'data.inputs.data: expected 6 entries'],
    [{ inputs, targets: { rows: 3, cols: 2, data: [1] } }, 'data.targets.data: expected 6 entries'],
    [
      { inputs, targets: [0, 1, 0], classes: [1] },
      'data.classes: expected an array of names; got an array of length 1',
    ],
    [{ inputs, targets: [0, 1, 0], features: ['a', 'b'] }, 'data.features: expected 1 names; got 2'],
  ])('%j is refused', async (content, message) => {
    await expect(readDataset(file('data.json', content))).rejects.toThrow(`data.json: ${message}`);
  });
});

describe('standardization', () => {
  const data = file('data.csv', '1,5,2.5\n3,5,3.5\n');

  it('is done where it is asked for, and reported', async () => {
    const plain = await readDataset(data);
    expect(plain.standardization).toBeUndefined();
    expect([...plain.data.inputs.data]).toEqual([1, 5, 3, 5]);
    const { data: own, standardization } = await readDataset(data, { standardize: true });
    expect([...own.inputs.data]).toEqual([-1, 0, 1, 0]);
    expect(standardization).toEqual({ means: Float64Array.of(2, 5), scales: Float64Array.of(1, 1) });
    const { data: given } = await readDataset(data, { standardize: { means: [1, 1], scales: [2, 4] } });
    expect([...given.inputs.data]).toEqual([0, 1, 1, 1]);
  });

  it('is not done to inputs of other scales, but said to be missing', async () => {
    const { data: same, inferred } = await readDataset(file('data.csv', '1,5000,0.5\n3,7000,1.5\n'));
    expect([...same.inputs.data]).toEqual([1, 5000, 3, 7000]);
    expect(inferred.join('; ')).toContain('the inputs are taken as they are, up to 7000 in absolute value');
  });

  it('refuses what does not fit', async () => {
    const standardize = { means: [1], scales: [2] };
    await expect(readDataset(data, { standardize })).rejects.toThrow('expected 2 means and scales');
    await expect(readDataset(data, { standardize: { means: [1, 2], scales: [0, 1] } })).rejects.toThrow(
      'standardize.scales: expected numbers other than 0; got 0 at index 0',
    );
    await expect(readDataset(data, { standardise: true } as DataHints)).rejects.toThrow(
      'data hints: unknown option "standardise"',
    );
  });
});

describe('readProblem', () => {
  /** d inputs, K outputs. */
  const model = (d: number, K: number, loss?: Loss, output?: Activation): NamedFile =>
    file('model.json', {
      layers: [
        { weights: Array.from({ length: 2 }, () => new Array<number>(d).fill(0.5)), activation: 'tanh' },
        { weights: Array.from({ length: K }, () => [1, 2]), activation: output ?? 'identity' },
      ],
      loss: loss ?? SOFTMAX,
    });
  /** As a state dict of PyTorch, which knows no loss: safetensors. */
  const weights = (d: number, K: number): NamedFile =>
    safetensors({ '0.weight': [2, d], '2.weight': [K, 2] });
  const rows = (labels: readonly unknown[], d = 2): NamedFile =>
    file('data.csv', labels.map((label, i) => `${`${i}.5,`.repeat(d)}${String(label)}\n`).join(''));

  it.each<[K: number, labels: unknown[], loss: Loss, targets: number[]]>([
    [3, ['a', 'b', 'c'], SOFTMAX, [0, 1, 2]],
    [3, [1, 2, 3], SOFTMAX, [0, 1, 2]],
    [1, ['yes', 'no', 'no'], SIGMOID, [1, 0, 0]],
    [1, [1, 2, 1], SIGMOID, [0, 1, 0]],
    [1, [0.25, 7, 3], SQUARED, [0.25, 7, 3]],
    [1, [1, 2, 3], SQUARED, [1, 2, 3]],
  ])('takes the loss of %i outputs from labels %j', async (K, labels, loss, targets) => {
    const problem = await readProblem(weights(2, K), rows(labels), { network: { activation: 'tanh' } });
    expect(problem.network.loss).toBe(loss);
    expect(valuesOf(problem.data)).toEqual(targets);
    expect(problem.inferred.join('; ')).toContain(`the loss is ${loss}`);
    expect(problem.format).toBe('safetensors');
  });

  it('takes several columns for as many outputs', async () => {
    const network: NetworkHints = { activation: 'tanh' };
    const { network: read, data } = await readProblem(weights(1, 2), rows(['1.5,2', '3,4.5'], 1), {
      network,
    });
    expect(read.loss).toBe(SQUARED);
    expect(data.targets).toEqual(matrix(2, 2, [1.5, 2, 3, 4.5]));
    const multi = await readProblem(weights(1, 2), rows(['1,1', '0,1'], 1), { network });
    expect(multi.network.loss).toBe(SIGMOID);
    const soft = await readProblem(weights(1, 2), rows(['1,0', '0,1'], 1), { network });
    expect(soft.network.loss).toBe(SOFTMAX);
  });

  it('does not take it from the labels if it is known', async () => {
    const { network, data, inferred } = await readProblem(model(2, 1, SQUARED), rows([1, 2, 1]));
    expect(network.loss).toBe(SQUARED);
    expect(valuesOf(data)).toEqual([1, 2, 1]);
    expect(inferred.join()).not.toContain('the loss is');
    const hinted = await readProblem(weights(2, 1), rows([1, 2, 1]), {
      network: { activation: 'tanh', loss: SQUARED },
    });
    expect(hinted.network.loss).toBe(SQUARED);
    expect(valuesOf(hinted.data)).toEqual([1, 2, 1]);
  });

  it.each<[model: NamedFile, data: NamedFile, message: string]>([
    [
      model(4, 3),
      rows(['a', 'b', 'c'], 3),
      'data.csv: expected 4 inputs, as model.json takes; got 3 columns (column 1, column 2, column 3) (is one',
    ],
    [
      model(2, 3),
      rows(['a', 'b', 'c'], 3),
      'data.csv: expected 2 inputs, as model.json takes; got 3 columns (column 1, column 2, column 3) (name the',
    ],
    [
      model(2, 1, SIGMOID),
      rows(['a', 'b', 'c']),
      'data.csv: expected labels of at most 2 classes, for one output',
    ],
    [
      model(2, 3),
      file('data.json', { inputs: [[1]], targets: [0] }),
      'data.json: expected 2 inputs, as model.json takes; got 1',
    ],
    [
      model(1, 3),
      file('data.json', { inputs: [[1]], targets: [[0.5, 0.5, 1]] }),
      'data.json: data.targets: expected rows that sum to 1',
    ],
    [
      model(1, 1, SIGMOID),
      file('data.json', { inputs: [[1]], targets: [[2, 3]] }),
      'data.json: expected 1 columns of targets, as many as the network has outputs; got 2',
    ],
  ])('refuses what does not fit', async (network, data, message) => {
    await expect(readProblem(network, data)).rejects.toThrow(message);
  });
});

/** Weights of 1, 2, … in single precision; the format is a header of JSON and the numbers. */
function safetensors(shapes: Record<string, [number, number]>): NamedFile {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const begin = end;
      end += 4 * shape[0] * shape[1];
      return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  for (let i = 0; i < end / 4; i++) view.setFloat32(8 + text.length + 4 * i, i + 1, true);
  return { name: 'model.safetensors', bytes };
}
