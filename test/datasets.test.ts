import { describe, expect, it } from 'vitest';
import {
  type BundledDataset,
  dataset,
  DATASET_NAMES,
  type DatasetDescription,
  type DatasetName,
  type DatasetOptions,
  DATASETS,
} from '../src/datasets/index.js';
import { iris } from '../src/datasets/iris.js';
import { standardize } from '../src/datasets/standardize.js';
import { matrix, type Matrix } from '../src/index.js';
import fixtures from './fixtures/datasets.json' with { type: 'json' };
import { digest } from './setup/digests.js';

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

describe('stored data sets', () => {
  // What scikit-learn has, by fixtures/datasets.py: SHA-256 of the doubles' bytes.
  it.each(Object.entries(fixtures.sets) as [DatasetName, (typeof fixtures.sets)['iris']][])(
    "%s are scikit-learn's to the bit",
    async (name, { shape, counts, inputs, targets, classes, features }) => {
      const read = await dataset(name);
      expect([read.data.inputs.rows, read.data.inputs.cols]).toEqual(shape);
      expect(counts.map((_, c) => read.data.targets.filter((label) => label === c).length)).toEqual(counts);
      expect(await sha256(read.data.inputs.data)).toBe(inputs);
      expect(await sha256(Float64Array.from(read.data.targets))).toBe(targets);
      expect(read.classes).toEqual(classes);
      // Iris has Fisher's names, without the unit.
      expect(read.features).toEqual(features.map((feature) => feature.replace(' (cm)', '')));
    },
  );

  it('are what their descriptions say', async () => {
    for (const name of DATASET_NAMES) {
      const { samples, inputs, classes, source, licence }: DatasetDescription = DATASETS[name];
      const { data, features, classes: found } = await dataset(name);
      expect([data.inputs.rows, data.inputs.cols]).toEqual([samples, inputs]);
      expect(found).toEqual(classes);
      expect(features).toHaveLength(inputs);
      expect(Math.max(...data.targets)).toBe(classes.length - 1);
      expect(source.length * licence.length).toBeGreaterThan(0);
    }
  });

  it('are fresh on every call', async () => {
    for (const name of DATASET_NAMES) {
      const first = await dataset(name);
      const copy = structuredClone(first);
      first.data.inputs.data.fill(7);
      first.data.targets.fill(7);
      first.features.fill('');
      first.classes.fill('');
      expect(await dataset(name)).toEqual(copy);
    }
  });
});

describe('generated data sets', () => {
  const points = ({ data }: BundledDataset, label: number): [x: number, y: number][] =>
    data.targets.flatMap((c, i): [x: number, y: number][] =>
      c === label ? [[data.inputs.data[2 * i], data.inputs.data[2 * i + 1]]] : [],
    );
  const clean = (name: DatasetName, options?: DatasetOptions): Promise<BundledDataset> =>
    dataset(name, { samples: 4000, noise: 0, seed: 5, ...options });

  it.each<[DatasetName, string]>([
    ['moons', '6b76231670e39c77'],
    ['circles', 'cc2aa5a21bcddf41'],
    ['spirals', '605ee4e4ef408663'],
    ['xor', 'da83e4914ea7d8ef'],
  ])('%s are the same to the bit everywhere', async (name, bits) => {
    const { data } = await dataset(name, { samples: 500, noise: 0.2, seed: 3 });
    expect(digest(Float64Array.of(...data.inputs.data, ...data.targets))).toBe(bits);
  });

  // The mean of y over a half circle is 2/π, its variance 1/2 − 4/π²; over a circle 0 and 1/2. Four standard errors of 2,000.
  const isMean = (values: number[], expected: number, spread: number): void =>
    expect(Math.abs(mean(values) - expected)).toBeLessThan(
      (4 * Math.sqrt(spread)) / Math.sqrt(values.length),
    );

  it('moons: two half circles', async () => {
    const moons = await clean('moons');
    for (const [x, y] of points(moons, 0)) {
      expect(Math.abs(x * x + y * y - 1)).toBeLessThan(1e-15);
      expect(y).toBeGreaterThanOrEqual(0);
    }
    for (const [x, y] of points(moons, 1)) {
      // Rounded at the size of 1 after 1 − x.
      expect(Math.abs((1 - x) ** 2 + (0.5 - y) ** 2 - 1)).toBeLessThan(4e-15);
      expect(y).toBeLessThanOrEqual(0.5);
    }
    isMean(
      points(moons, 0).map(([, y]) => y),
      2 / Math.PI,
      0.5 - 4 / Math.PI ** 2,
    );
    isMean(
      points(moons, 0).map(([x]) => x),
      0,
      0.5,
    );
    isMean(
      points(moons, 1).map(([, y]) => y),
      0.5 - 2 / Math.PI,
      0.5 - 4 / Math.PI ** 2,
    );
  });

  it('circles: radius 1 and 1/2, all around', async () => {
    const circles = await clean('circles');
    for (const [label, radius] of [
      [0, 1],
      [1, 0.5],
    ]) {
      const all = points(circles, label);
      for (const [x, y] of all) expect(Math.abs(Math.hypot(x, y) - radius)).toBeLessThan(4e-16);
      isMean(
        all.map(([x]) => x),
        0,
        radius ** 2 / 2,
      );
      isMean(
        all.map(([, y]) => y),
        0,
        radius ** 2 / 2,
      );
      // Quadrants: binomial of 2,000 and 1/4, √(2000 · 3/16) = 19.4.
      expect(Math.abs(all.filter(([x, y]) => x > 0 && y > 0).length - 500)).toBeLessThan(4 * 19.4);
    }
  });

  it.each([1, 2.5, 100])('spirals of %d turns', async (turns) => {
    const spirals = await clean('spirals', { turns });
    for (const label of [0, 1]) {
      for (const [x, y] of points(spirals, label)) {
        // The engine's own sine and cosine. Four doublings make 40 ε of the 2.5 ε of the series; the radius is known as well as that, the angle
        // 2π · turns times worse.
        const radius = Math.hypot(x, y);
        const angle = 2 * Math.PI * (turns * radius + label / 2);
        expect(Math.hypot(x - radius * Math.cos(angle), y - radius * Math.sin(angle))).toBeLessThan(
          40 * 2 ** -52 * (2 + 2 * Math.PI * turns),
        );
      }
      isMean(
        points(spirals, label).map(([x, y]) => Math.hypot(x, y)),
        0.5,
        1 / 12,
      );
    }
  });

  it('xor: four samples without noise are its table', async () => {
    const { data } = await dataset('xor', { samples: 4, noise: 0 });
    expect([...data.inputs.data]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
    expect(data.targets).toEqual([0, 1, 1, 0]);
  });

  it('noise is normal, and as large as asked', async () => {
    for (const name of ['moons', 'circles', 'xor'] as const) {
      const [without, half] = await Promise.all(
        [0, 0.5].map((noise) => dataset(name, { samples: 4000, noise })),
      );
      // The same random numbers are drawn whatever the noise.
      const error = [...half.data.inputs.data].map((x, i) => (x - without.data.inputs.data[i]) / 0.5);
      isMean(error, 0, 1);
      expect(Math.abs(variance(error) - 1)).toBeLessThan(4 * Math.sqrt(2 / error.length));
      expect(Math.abs(error.filter((x) => Math.abs(x) > 2).length / error.length - 0.0455)).toBeLessThan(
        0.01,
      );
    }
  });

  it.each<[DatasetName, object, string]>([
    ['moons', { samples: 0 }, 'samples: expected an integer from 1 to 16777216; got 0'],
    ['moons', { noise: -1 }, 'noise: expected a finite number from 0'],
    ['moons', { turns: 1 }, 'moons options: unknown option "turns"; known: samples, noise, seed'],
    ['iris', { seed: 1 }, 'iris options: unknown option "seed"'],
    ['spirals', { turns: 101 }, 'turns: expected a finite number from 0 to 100; got 101'],
    ['moon' as DatasetName, {}, "name: expected one of 'iris'"],
  ])('%s refuses %j', async (name, options, message) => {
    await expect(dataset(name, options)).rejects.toThrow(message);
  });
});

/** The doubles' bytes, little-endian, as every engine's are. */
async function sha256(values: Float64Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new Float64Array(values));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
