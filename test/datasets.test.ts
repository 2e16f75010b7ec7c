import { describe, expect, it } from 'vitest';
import { iris } from '../src/datasets/iris.js';
import { standardize } from '../src/datasets/standardize.js';
import { matrix, type Matrix } from '../src/index.js';

const row = ({ data, cols }: Matrix, i: number): number[] =>
  Array.from(data.subarray(i * cols, (i + 1) * cols));
const column = ({ data, cols }: Matrix, j: number): number[] =>
  Array.from(data.filter((_, at) => at % cols === j));
const mean = (x: number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
const variance = (x: number[]): number => mean(x.map((value) => (value - mean(x)) ** 2));

describe('iris', () => {
  const { inputs, targets, features, classes } = iris();

  it('is 150 flowers, 50 of each species', () => {
    expect([inputs.rows, inputs.cols, inputs.data.length]).toEqual([150, 4, 600]);
    expect(features).toHaveLength(4);
    expect(classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(targets).toEqual([
      ...Array<number>(50).fill(0),
      ...Array<number>(50).fill(1),
      ...Array<number>(50).fill(2),
    ]);
  });

  // R's datasets::iris and scikit-learn ≥ 0.20; the UCI copy has 0.1 and 3.1, 1.5 in the last columns of rows 35 and 38.
  it.each([
    [1, [5.1, 3.5, 1.4, 0.2]],
    [35, [4.9, 3.1, 1.5, 0.2]],
    [38, [4.9, 3.6, 1.4, 0.1]],
    [51, [7.0, 3.2, 4.7, 1.4]],
    [150, [5.9, 3.0, 5.1, 1.8]],
  ])('has flower %i as Fisher printed it', (number, lengths) => {
    expect(row(inputs, number - 1)).toEqual(lengths);
  });

  it('has the published means, whole and by species', () => {
    [5.843333, 3.057333, 3.758, 1.199333].forEach((expected, j) => {
      expect(mean(column(inputs, j))).toBeCloseTo(expected, 6);
    });
    const bySpecies = [
      [5.006, 3.428, 1.462, 0.246],
      [5.936, 2.77, 4.26, 1.326],
      [6.588, 2.974, 5.552, 2.026],
    ];
    bySpecies.forEach((means, species) => {
      const part = { rows: 50, cols: 4, data: inputs.data.subarray(species * 200, (species + 1) * 200) };
      means.forEach((expected, j) => expect(mean(column(part, j))).toBeCloseTo(expected, 10));
    });
  });

  it('gives arrays that the caller owns', () => {
    const copy = iris();
    copy.inputs.data.fill(0);
    copy.targets.fill(0);
    expect(iris()).toEqual({ inputs, targets, features, classes });
  });
});

describe('standardize', () => {
  it('gives columns of mean 0 and population variance 1', () => {
    const { inputs } = standardize(iris().inputs);
    for (let j = 0; j < 4; j++) {
      expect(mean(column(inputs, j))).toBeCloseTo(0, 13);
      expect(variance(column(inputs, j))).toBeCloseTo(1, 13);
    }
  });

  it('returns what it shifted and scaled by', () => {
    const original = iris().inputs;
    const { inputs, means, scales } = standardize(original);
    // numpy: load_iris().data.std(axis=0)
    [0.82530129, 0.43441097, 1.75940407, 0.75969263].forEach((expected, j) => {
      expect(scales[j]).toBeCloseTo(expected, 8);
    });
    const restored = inputs.data.map((x, at) => x * scales[at % 4] + means[at % 4]);
    restored.forEach((x, at) => expect(x).toBeCloseTo(original.data[at], 14));
  });

  it('leaves its argument alone, and gives constant columns scale 1, even where their mean rounds', () => {
    const constant = matrix(3, 2, [0.1, 1, 0.1, 2, 0.1, 3]);
    const { inputs, scales } = standardize(constant);
    expect(column(inputs, 0)).toEqual([0, 0, 0]);
    expect(scales[0]).toBe(1);
    expect(constant).toEqual(matrix(3, 2, [0.1, 1, 0.1, 2, 0.1, 3]));
  });

  it('refuses what is not a matrix by name', () => {
    expect(() => standardize([[1, 2]] as unknown as Matrix)).toThrow(
      /^inputs: expected a Matrix, as matrix\(.*; got an array/,
    );
  });
});
