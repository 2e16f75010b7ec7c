/** Seeded work for the benchmarks: full-rank matrices, and networks with the shapes of well-known data sets. */
import { matrix, type Matrix } from '../matrix.js';
import { type Dataset, type Layer, type Network } from '../network.js';
import { uniform } from '../random.js';

export interface Problem {
  name: string;
  widths: number[];
  network: Network;
  data: Dataset;
  samples: number;
  parameters: number;
}

/** Uniform doubles in [−1, 1). */
export function random(seed: number): () => number {
  const next = uniform(seed);
  return () => 2 * next() - 1;
}

export function randomMatrix(next: () => number, rows: number, cols: number, size = 1): Matrix {
  return matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => size * next()),
  );
}

/** A symmetric matrix of full rank. */
export function randomSymmetric(next: () => number, n: number): Matrix {
  const a = randomMatrix(next, n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a.data[j * n + i] = a.data[i * n + j]!;
  return a;
}

/**
 * A network with Glorot-sized random weights, and N random samples with random labels: softmax cross-entropy, or sigmoid
 * cross-entropy where there is one output.
 */
export function problem(
  widths: readonly number[],
  N: number,
  { activation = 'tanh', seed = 1 }: { activation?: 'tanh' | 'sigmoid'; seed?: number } = {},
): Problem {
  const next = random(seed);
  const layers = widths.slice(1).map((n, l): Layer => ({
    weights: randomMatrix(next, n, widths[l], Math.sqrt(6 / (n + widths[l]))),
    bias: randomMatrix(next, 1, n, 0.1).data,
    activation: l < widths.length - 2 ? activation : 'identity',
  }));
  const K = widths.at(-1)!;
  return {
    name: `${widths.join('-')}${activation === 'tanh' ? '' : ` ${activation}`}, N = ${N}`,
    widths: [...widths],
    network: { layers, loss: K === 1 ? 'sigmoid-cross-entropy' : 'softmax-cross-entropy' },
    data: {
      inputs: randomMatrix(next, N, widths[0]),
      targets: Array.from({ length: N }, () => Math.floor(((next() + 1) / 2) * Math.max(K, 2))),
    },
    samples: N,
    parameters: layers.reduce((sum, { weights }) => sum + weights.rows * (weights.cols + 1), 0),
  };
}
