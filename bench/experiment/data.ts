/** The four data sets of the experiment, and how a seed splits them. Sources and licences: data/README.md. */
import { iris } from '../../src/datasets/iris.js';
import { standardize } from '../../src/datasets/standardize.js';
import { type Dataset, type Loss, type Matrix, matrix } from '../../src/index.js';
import { normal, permutation, uniform } from '../../src/random.js';
import cancer from './data/breast-cancer.json' with { type: 'json' };
import digits from './data/digits.json' with { type: 'json' };

export interface Samples {
  inputs: Matrix;
  targets: number[];
}

export interface Problem {
  samples: Samples;
  /** d, n_1, K. */
  widths: number[];
  loss: Loss;
  /** How many samples are for training and for choosing; the rest are for the test. */
  train: number;
  validation: number;
}

const SOFTMAX = 'softmax-cross-entropy';
const SIGMOID = 'sigmoid-cross-entropy';

export const PROBLEMS = {
  moons: { samples: moons(1160, 0.25, 1), widths: [2, 16, 1], loss: SIGMOID, train: 80, validation: 80 },
  iris: { samples: iris(), widths: [4, 16, 3], loss: SOFTMAX, train: 60, validation: 40 },
  'breast cancer': {
    samples: read(cancer, (row) => row.split(' ').map((x) => Number(x) / 64)),
    widths: [30, 16, 1],
    loss: SIGMOID,
    train: 120,
    validation: 120,
  },
  digits: {
    samples: read(digits, (row) => Array.from(row, (x) => parseInt(x, 17) / 16)),
    widths: [64, 16, 10],
    loss: SOFTMAX,
    train: 200,
    validation: 150,
  },
} satisfies Record<string, Problem>;

export type ProblemName = keyof typeof PROBLEMS;

export interface Split {
  train: Dataset;
  validation: Dataset;
  test: Dataset;
}

/**
 * The test set is the same for every seed and nothing is chosen by it; a seed deals out the rest. Inputs are standardized by the training set, but
 * for the digits, whose pixels have a scale of their own.
 */
export function split(name: ProblemName, seed: number): Split {
  const { samples, train, validation }: Problem = PROBLEMS[name];
  const N = samples.inputs.rows;
  const order = permutation(N, uniform(0));
  const rest = order.subarray(0, train + validation);
  const dealt = permutation(rest.length, uniform(seed)).map((at) => rest[at]);
  const first = take(samples, dealt.subarray(0, train));
  const { means, scales } =
    name === 'digits'
      ? { means: new Float64Array(64), scales: new Float64Array(64).fill(1) }
      : standardize(first.inputs);
  const scaled = ({ inputs: { rows, cols, data }, targets }: Samples): Dataset => ({
    inputs: { rows, cols, data: data.map((x, at) => (x - means[at % cols]) / scales[at % cols]) },
    targets,
  });
  return {
    train: scaled(first),
    validation: scaled(take(samples, dealt.subarray(train))),
    test: scaled(take(samples, order.subarray(rest.length))),
  };
}

function take({ inputs: { cols, data }, targets }: Samples, chosen: Int32Array): Samples {
  const inputs = matrix(chosen.length, cols);
  chosen.forEach((i, at) => inputs.data.set(data.subarray(i * cols, (i + 1) * cols), at * cols));
  return { inputs, targets: Array.from(chosen, (i) => targets[i]) };
}

/**
 * Two half circles of radius 1 that reach into one another, alternately a sample of each, with normal noise. A point on a circle is one in the
 * disk, divided by its length: no sine, whose bits differ between engines.
 */
function moons(count: number, noise: number, seed: number): Samples {
  const next = uniform(seed);
  const error = normal(next);
  const inputs = matrix(count, 2);
  const targets = Array.from({ length: count }, (_, i) => i % 2);
  for (const [i, label] of targets.entries()) {
    let [x, y, length] = [0, 0, 0];
    while (!(length > 0 && length <= 1)) {
      [x, y] = [2 * next() - 1, next()];
      length = Math.sqrt(x * x + y * y);
    }
    const [cosine, sine] = [x / length, y / length];
    inputs.data[2 * i] = (label === 0 ? cosine : 1 - cosine) + noise * error();
    inputs.data[2 * i + 1] = (label === 0 ? sine : 0.5 - sine) + noise * error();
  }
  return { inputs, targets };
}

function read(
  { inputs, classes }: { inputs: string[]; classes: string },
  numbers: (row: string) => number[],
): Samples {
  const rows = inputs.map(numbers);
  return { inputs: matrix(rows.length, rows[0].length, rows.flat()), targets: Array.from(classes, Number) };
}
