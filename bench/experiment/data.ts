/** The four data sets of the experiment, and how a seed splits them. Sources and licences: src/datasets. */
import { breastCancer } from '../../src/datasets/breast-cancer.js';
import { digits } from '../../src/datasets/digits.js';
import { moons } from '../../src/datasets/generated.js';
import { iris } from '../../src/datasets/iris.js';
import { type Samples } from '../../src/datasets/samples.js';
import { standardize } from '../../src/datasets/standardize.js';
import { type Dataset, type Loss, matrix } from '../../src/index.js';
import { permutation, uniform } from '../../src/random.js';

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
    samples: rounded(breastCancer()),
    widths: [30, 16, 1],
    loss: SIGMOID,
    train: 120,
    validation: 120,
  },
  digits: {
    samples: scaled(digits(), 1 / 16),
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

/** Standardized, and rounded to multiples of 1/64: the experiment's numbers are of these. */
function rounded({ inputs, targets }: Samples): Samples {
  const { rows, cols, data } = standardize(inputs).inputs;
  return {
    inputs: matrix(
      rows,
      cols,
      data.map((x) => Math.floor(64 * x + 0.5) / 64),
    ),
    targets,
  };
}

function scaled({ inputs: { rows, cols, data }, targets }: Samples, by: number): Samples {
  return {
    inputs: matrix(
      rows,
      cols,
      data.map((x) => x * by),
    ),
    targets,
  };
}
