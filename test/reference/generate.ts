/** Random networks and data sets of every kind the library takes, from a seed. */
import { ACTIVATIONS, LOSSES, matrix, type Dataset, type Matrix, type Network } from '../../src/index.js';
import { iris } from '../../src/datasets/iris.js';
import { standardize } from '../../src/datasets/standardize.js';
import { uniform } from '../../src/random.js';
import { initialize } from '../../src/initialization.js';

/** Uniform doubles in [0, 1) for any integer seed. */
export function uniforms(seed: number): () => number {
  return uniform(seed >>> 0);
}

/** A rows × cols matrix with entries uniform in [−size, size]. */
export function randomMatrix(uniform: () => number, rows: number, cols: number, size = 1): Matrix {
  return matrix(
    rows,
    cols,
    Array.from({ length: rows * cols }, () => size * (2 * uniform() - 1)),
  );
}

/** A random network with at most 4 layers and widths up to `widest`, and N ≤ samples; scales from tame to saturated. */
export function randomProblem(seed: number, widest = 5, samples = 9): { network: Network; data: Dataset } {
  const uniform = uniforms(seed);
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  const pick = <T>(options: readonly T[]): T => options[integer(0, options.length - 1)];
  const depth = integer(1, 4);
  const widths = Array.from({ length: depth + 1 }, () => integer(1, widest));
  const size = pick([0.3, 1, 1, 2, 5]);
  const loss = pick(LOSSES);
  const outputActivation = integer(0, 3) === 0;
  const layers = Array.from({ length: depth }, (_, l) => ({
    weights: randomMatrix(uniform, widths[l + 1], widths[l], size),
    ...(integer(0, 3) > 0 && { bias: randomMatrix(uniform, 1, widths[l + 1], size).data }),
    ...((l < depth - 1 || outputActivation) && { activation: pick(ACTIVATIONS) }),
  }));
  const N = integer(1, samples);
  const K = widths[depth];
  return {
    network: { layers, loss, ...(integer(0, 3) === 0 && { weightDecay: uniform() }) },
    data: {
      inputs: randomMatrix(uniform, N, widths[0], pick([0.1, 1, 3])),
      targets: randomTargets(uniform, loss, N, K),
      ...(integer(0, 2) === 0 && {
        weights: Array.from({ length: N }, (_, i) => (i === 0 ? 1 : integer(0, 3))),
      }),
    },
  };
}

function randomTargets(
  uniform: () => number,
  loss: Network['loss'],
  N: number,
  K: number,
): Dataset['targets'] {
  if (loss === 'squared-error') return randomMatrix(uniform, N, K, 2);
  const y = matrix(N, K, Array.from({ length: N * K }, uniform));
  const soft = uniform() < 0.5;
  if (loss === 'sigmoid-cross-entropy') return soft ? y : matrix(N, K, y.data.map(Math.round));
  if (!soft) return Array.from({ length: N }, () => Math.floor(uniform() * K));
  for (let i = 0; i < N; i++) {
    const row = y.data.subarray(i * K, (i + 1) * K);
    const sum = row.reduce((s, x) => s + x, 0);
    row.forEach((x, j) => (row[j] = x / sum));
  }
  return y;
}

/** Many inputs that vary in four directions, as images do, and a little in all; few units. */
export function manyInputs(seed: number): { network: Network; data: Dataset } {
  const [N, d, k] = [120, 150, 4];
  const next = uniforms(seed);
  const [directions, along] = [randomMatrix(next, k, d), randomMatrix(next, N, k)];
  const inputs = randomMatrix(next, N, d, 0.1);
  inputs.data.forEach((_, at) => {
    for (let q = 0; q < k; q++) {
      inputs.data[at] += along.data[Math.floor(at / d) * k + q] * directions.data[q * d + (at % d)];
    }
  });
  const targets = Float64Array.from({ length: N }, () => Math.floor(3 * next()));
  const network = initialize({
    widths: [d, 6, 3],
    activation: 'tanh',
    loss: 'softmax-cross-entropy',
    seed: 1,
  });
  return { network, data: { inputs, targets } };
}

/** Fisher's iris, standardized, for any loss. */
export function flowers(loss: Network['loss']): Dataset {
  const { inputs: raw, targets: classes } = iris();
  const { inputs } = standardize(raw);
  if (loss === 'softmax-cross-entropy') return { inputs, targets: classes };
  const targets = matrix(classes.length, 3);
  classes.forEach((c, i) => (targets.data[3 * i + c] = 1));
  return { inputs, targets };
}
