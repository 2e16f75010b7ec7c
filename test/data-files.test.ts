/**
 * Data files by pandas, NumPy and Python's csv (fixtures/formats/make_data.py) through the readers: inputs and values to the bit, class indices
 * those of scikit-learn's LabelEncoder.
 */
import { describe, expect, it } from 'vitest';
import { type DataHints, type NamedFile, readDataset } from '../src/formats/index.js';
import fixtures from './fixtures/formats/data.json' with { type: 'json' };

interface Case {
  name: string;
  files: { name: string; base64: string }[];
  hints: DataHints;
  inputs: number[][];
  targets: number[] | number[][];
  classes?: string[];
  features?: string[];
  weights?: number[];
  outputs?: number;
  means?: number[];
  scales?: number[];
}

const cases = fixtures.cases as unknown as Case[];

describe('data of real tools', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { files, hints, outputs, inputs, targets, means, scales } = one;
    const read = await readDataset(files.map(unpacked), { ...hints, ...(outputs && { outputs }) });
    const { rows, cols, data } = read.data.inputs;
    expect([rows, cols]).toEqual([inputs.length, inputs[0].length]);
    if (means && scales) {
      const { standardization } = read;
      // Means and variances of 14 numbers, summed in another order: 14 ε each, and the subtraction magnifies it by |x| / s, below 20.
      const near = (found: ArrayLike<number>, expected: number[]): void =>
        expected.forEach((x, i) =>
          expect(Math.abs(found[i] - x)).toBeLessThan(14 * 20 * 2 ** -52 * (1 + Math.abs(x))),
        );
      near(standardization!.means, means);
      near(standardization!.scales, scales);
      near(
        data,
        inputs.flatMap((row) => row.map((x, j) => (x - means[j]) / scales[j])),
      );
    } else {
      expect([...data]).toEqual(inputs.flat());
    }
    const found = read.data.targets;
    expect('rows' in found ? [...found.data] : Array.from(found)).toEqual(targets.flat());
    expect('rows' in found).toBe(Array.isArray(targets[0]));
    expect(read.data.weights && Array.from(read.data.weights)).toEqual(one.weights);
    expect(read.classes).toEqual(one.classes);
    if (one.features) expect(read.features).toEqual(one.features);
  });
});

function unpacked({ name, base64 }: { name: string; base64: string }): NamedFile {
  return { name, bytes: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)) };
}
