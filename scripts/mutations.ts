/** Networks to begin a search for violations from, and small changes to them (scripts/search-violations.ts). */
import { ACTIVATIONS, type Dataset, LOSSES, matrix, type Matrix, type Network } from '../src/index.js';
import { randomMatrix, randomProblem } from '../test/reference/generate.js';

export interface Problem {
  network: Network;
  data: Dataset;
  options: { maxProducts: number; seed: number };
}

/** Parameters beyond which a judge at many digits would take minutes. */
export const MOST_PARAMETERS = 40;

export interface Random {
  uniform: () => number;
  /** Both ends included. */
  integer: (low: number, high: number) => number;
  pick: <T>(options: readonly T[]) => T;
  /** 10 to a uniform power. */
  size: (low: number, high: number) => number;
}

export function randomFrom(uniform: () => number): Random {
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  return {
    uniform,
    integer,
    pick: (options) => options[integer(0, options.length - 1)],
    size: (low, high) => 10 ** (low + (high - low) * uniform()),
  };
}

/** Of every kind that is special: tiny, near multiples of the identity, rank one, negative, saturated, with equal eigenvalues. */
export function begin(random: Random): Problem {
  const { network, data } = random.pick(STARTS)(random);
  const problem = {
    network,
    data,
    options: { maxProducts: random.integer(1, 24), seed: random.integer(0, 6) },
  };
  return parametersOf(problem) <= MOST_PARAMETERS ? problem : begin(random);
}

export function parametersOf({ network }: Problem): number {
  return network.layers.reduce(
    (sum, { weights, bias }) => sum + weights.data.length + (bias?.length ?? 0),
    0,
  );
}

type Start = (random: Random) => { network: Network; data: Dataset };

const STARTS: readonly Start[] = [
  ({ integer }) => randomProblem(integer(0, 2 ** 31), integer(1, 4), integer(1, 9)),
  ({ integer }) => randomProblem(integer(0, 2 ** 31), integer(1, 4), integer(1, 9)),
  // One to four parameters.
  ({ uniform, integer, pick }) => {
    const d = integer(1, 2);
    const layers = [
      { weights: randomMatrix(uniform, 1, d, 2), ...(integer(0, 1) && { bias: [uniform()] }) },
      ...(integer(0, 1) ? [{ weights: randomMatrix(uniform, 1, 1, 2) }] : []),
    ].map((layer) => ({ ...layer, activation: pick(ACTIVATIONS) }));
    return regression(layers, randomMatrix(uniform, integer(1, 4), d, 2), uniform);
  },
  // A linear layer on samples that are orthonormal: H is a multiple of the identity, K times over.
  ({ uniform, integer, size }) => {
    const d = integer(1, 5);
    const length = size(-2, 2);
    const inputs = matrix(
      d,
      d,
      Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? length : 0)),
    );
    return regression([{ weights: randomMatrix(uniform, integer(1, 3), d) }], inputs, uniform);
  },
  // Rank one: one sample, two classes.
  ({ uniform, integer, size }) => {
    const d = integer(1, 5);
    const network: Network = {
      layers: [{ weights: randomMatrix(uniform, 2, d) }],
      loss: 'softmax-cross-entropy',
    };
    return { network, data: { inputs: randomMatrix(uniform, 1, d, size(-2, 2)), targets: [integer(0, 1)] } };
  },
  // Every curvature negative: outputs of tanh on its upper half, and targets far below.
  ({ uniform, integer }) => {
    const d = integer(1, 4);
    const inputs = randomMatrix(uniform, 2 * d, d);
    inputs.data.forEach((x, i) => (inputs.data[i] = Math.abs(x)));
    const weights = matrix(
      1,
      d,
      Array.from({ length: d }, () => 0.1 + uniform()),
    );
    const network: Network = { layers: [{ weights, activation: 'tanh' }], loss: 'squared-error' };
    return { network, data: { inputs, targets: Array.from({ length: 2 * d }, () => -5 - uniform()) } };
  },
  // Saturated softmax.
  ({ uniform, integer, size }) => {
    const [d, K, N] = [integer(1, 3), integer(2, 4), integer(1, 6)];
    const layers = [
      { weights: randomMatrix(uniform, 2, d), activation: 'tanh' as const },
      { weights: randomMatrix(uniform, K, 2, size(0.5, 2)) },
    ];
    const targets = Array.from({ length: N }, () => integer(0, K - 1));
    return {
      network: { layers, loss: 'softmax-cross-entropy' },
      data: { inputs: randomMatrix(uniform, N, d), targets },
    };
  },
  // Equal hidden units: equal eigenvalues.
  ({ uniform, integer, pick }) => {
    const [d, m, K] = [integer(1, 3), integer(2, 4), integer(1, 2)];
    const [row, column] = [randomMatrix(uniform, 1, d), randomMatrix(uniform, K, 1)];
    const layers = [
      {
        weights: matrix(
          m,
          d,
          Array.from({ length: m * d }, (_, i) => row.data[i % d]),
        ),
        activation: pick(ACTIVATIONS),
      },
      {
        weights: matrix(
          K,
          m,
          Array.from({ length: K * m }, (_, i) => column.data[Math.floor(i / m)]),
        ),
      },
    ];
    return regression(layers, randomMatrix(uniform, integer(1, 6), d), uniform);
  },
];

function regression(
  layers: Network['layers'],
  inputs: Matrix,
  uniform: () => number,
): { network: Network; data: Dataset } {
  const targets = randomMatrix(uniform, inputs.rows, layers.at(-1)!.weights.rows, 2);
  return { network: { layers, loss: 'squared-error' }, data: { inputs, targets } };
}

/** A copy with one to three changes. */
export function mutated(problem: Problem, random: Random): Problem {
  const copy = structuredClone(problem);
  for (let i = random.integer(1, 3); i > 0; i--) random.pick(CHANGES)(copy, random);
  return copy;
}

type Change = (problem: Problem, random: Random) => void;

/** In place. */
const CHANGES: readonly Change[] = [
  ({ network }, random) => jolt(random.pick(network.layers).weights.data, random),
  ({ network }, random) => jolt(random.pick(network.layers).weights.data, random),
  ({ network }, random) => {
    const layer = random.pick(network.layers);
    if (layer.bias) layer.bias = jolted(layer.bias, random);
    else if (random.integer(0, 1)) layer.bias = new Float64Array(layer.weights.rows);
  },
  ({ network }, random) => {
    if (random.integer(0, 3) === 0) delete random.pick(network.layers).bias;
  },
  ({ network }, random) => multiply(random.pick(network.layers).weights.data, random.size(-1, 1)),
  ({ data }, random) => jolt(data.inputs.data, random),
  ({ data }, random) => jolt(data.inputs.data, random),
  ({ data }, random) => multiply(data.inputs.data, random.size(-1, 1)),
  ({ data: { inputs } }, random) => {
    const [from, to] = [random.integer(0, inputs.rows - 1), random.integer(0, inputs.rows - 1)];
    inputs.data.copyWithin(to * inputs.cols, from * inputs.cols, (from + 1) * inputs.cols);
  },
  ({ network }, random) => copyUnit(network, random),
  ({ network }, random) => offsetOutputs(network, random),
  ({ network }, random) => {
    const layer = random.pick(network.layers);
    if (layer !== network.layers.at(-1) || random.integer(0, 2) === 0)
      layer.activation = random.pick(ACTIVATIONS);
  },
  ({ network, data }, random) => {
    if (random.integer(0, 2) === 0) network.loss = random.pick(LOSSES);
    data.targets = targetsFor(network, data, random);
  },
  ({ network }, random) => {
    network.weightDecay = random.integer(0, 1) * random.size(-3, 1);
  },
  ({ data }, random) => {
    if (data.weights) delete data.weights;
    else data.weights = Array.from({ length: data.inputs.rows }, () => random.size(-2, 0));
  },
  ({ options }, random) => (options.maxProducts = random.integer(1, 24)),
  ({ options }, random) => (options.seed = random.integer(0, 1000)),
  dropSample,
];

function jolt(x: Float64Array, random: Random): void {
  x.set(jolted(x, random));
}

/** One entry or all moved, by a little or much; or one set to 0. */
function jolted(x: ArrayLike<number>, { uniform, integer, size }: Random): Float64Array {
  const result = Float64Array.from(x);
  const [at, by, kind] = [integer(0, result.length - 1), size(-7, 0.5), integer(0, 3)];
  if (kind === 0) result[at] = 0;
  else if (kind === 1) result[at] += by * (2 * uniform() - 1);
  else result.forEach((value, i) => (result[i] = value + by * (2 * uniform() - 1)));
  return result;
}

function multiply(x: Float64Array, factor: number): void {
  x.forEach((value, i) => (x[i] = value * factor));
}

/** A hidden unit becomes another's twin. */
function copyUnit({ layers }: Network, { integer }: Random): void {
  if (layers.length === 1) return;
  const l = integer(0, layers.length - 2);
  const [own, next] = [layers[l].weights, layers[l + 1].weights];
  const [from, to] = [integer(0, own.rows - 1), integer(0, own.rows - 1)];
  own.data.copyWithin(to * own.cols, from * own.cols, (from + 1) * own.cols);
  for (let i = 0; i < next.rows; i++) next.data[i * next.cols + to] = next.data[i * next.cols + from];
  const { bias } = layers[l];
  if (bias) layers[l].bias = Float64Array.from(bias, (value, i) => (i === to ? bias[from] : value));
}

/** A common offset of all outputs: to a softmax it is nothing, to rounding much. */
function offsetOutputs({ layers }: Network, { uniform, size }: Random): void {
  const { rows, cols, data } = layers.at(-1)!.weights;
  const offset = Array.from({ length: cols }, () => size(-1, 3) * (2 * uniform() - 1));
  for (let i = 0; i < rows * cols; i++) data[i] += offset[i % cols];
}

function targetsFor({ layers, loss }: Network, { inputs: { rows } }: Dataset, random: Random): Matrix {
  const K = layers.at(-1)!.weights.rows;
  const targets = randomMatrix(random.uniform, rows, K, random.size(-2, 1));
  if (loss === 'squared-error') return targets;
  const hard = random.integer(0, 1) === 1;
  for (let i = 0; i < rows; i++) {
    const row = targets.data.subarray(i * K, (i + 1) * K);
    if (loss === 'sigmoid-cross-entropy')
      row.forEach((_, j) => (row[j] = hard ? random.integer(0, 1) : random.uniform()));
    else if (hard) row.fill(0)[random.integer(0, K - 1)] = 1;
    else {
      row.forEach((_, j) => (row[j] = 0.01 + random.uniform()));
      const sum = row.reduce((total, x) => total + x, 0);
      row.forEach((x, j) => (row[j] = x / sum));
    }
  }
  return targets;
}

function dropSample({ network, data }: Problem, random: Random): void {
  const { rows, cols, data: x } = data.inputs;
  if (rows === 1) return;
  data.inputs = matrix(rows - 1, cols, x.subarray(0, (rows - 1) * cols));
  data.targets = targetsFor(network, data, random);
  if (data.weights) data.weights = Array.from(data.weights).slice(0, rows - 1);
}
