/**
 * The curvature factors of one sample, by the chain rule on arrays of arrays; activations by hyper-dual numbers. Layers count from 0.
 */
import { type Dataset, type Network } from '../../src/index.js';
import { activate } from './hyperdual.js';

export type Rows = number[][];

export interface SampleFactors {
  /** ã^l, the inputs of layer l, and δ^l, S^l, the derivatives of the loss in z^l. */
  inputs: number[][];
  errors: number[][];
  curvatures: Rows[];
  /** ∂z^k/∂z^l and ∂a^k/∂z^l at [l][k], l ≤ k and l < k. */
  sensitivities: Rows[][];
  transfers: Rows[][];
}

export function factorsOf({ layers, loss }: Network, data: Dataset, i: number): SampleFactors {
  const d = data.inputs.cols;
  let a = Array.from(data.inputs.data.subarray(i * d, (i + 1) * d));
  const weights = layers.map(({ weights: { rows, cols, data: w } }) =>
    Array.from({ length: rows }, (_, r) => Array.from(w.subarray(r * cols, (r + 1) * cols))),
  );
  const inputs: number[][] = [];
  const jets = layers.map(({ bias, activation = 'identity' }, l) => {
    inputs.push(bias ? [...a, 1] : a);
    const z = weights[l].map((row, r) => dot(row, a) + (bias?.[r] ?? 0));
    const values = z.map((x) => activate(activation, { a: x, b: 1, c: 1, d: 0 }));
    a = values.map((jet) => jet.a);
    return { slopes: values.map((jet) => jet.b), bends: values.map((jet) => jet.d) };
  });

  const depth = layers.length;
  let { gradient, curvature } = lossOf(loss, a, targetsOf(loss, data, i, a.length));
  const errors: number[][] = [];
  const curvatures: Rows[] = [];
  for (let l = depth - 1; l >= 0; l--) {
    const { slopes, bends } = jets[l];
    const pulled = gradient;
    errors.unshift(pulled.map((g, r) => slopes[r] * g));
    curvatures.unshift(
      curvature.map((row, r) =>
        row.map((s, c) => slopes[r] * s * slopes[c] + (r === c ? bends[r] * pulled[r] : 0)),
      ),
    );
    gradient = multiply([errors[0]], weights[l])[0];
    curvature = multiply(multiply(transpose(weights[l]), curvatures[0]), weights[l]);
  }

  const sensitivities = layers.map((): Rows[] => []);
  const transfers = layers.map((): Rows[] => []);
  for (let l = 0; l < depth; l++) {
    sensitivities[l][l] = jets[l].slopes.map((_, r) => jets[l].slopes.map((__, c) => (r === c ? 1 : 0)));
    for (let k = l + 1; k < depth; k++) {
      transfers[l][k] = sensitivities[l][k - 1].map((row, r) => row.map((x) => jets[k - 1].slopes[r] * x));
      sensitivities[l][k] = multiply(weights[k], transfers[l][k]);
    }
  }
  return { inputs, errors, curvatures, sensitivities, transfers };
}

function targetsOf(loss: Network['loss'], { targets }: Dataset, i: number, K: number): number[] {
  if ('data' in targets) return Array.from(targets.data.subarray(i * K, (i + 1) * K));
  if (loss !== 'softmax-cross-entropy') return [targets[i]];
  return Array.from({ length: K }, (_, j) => (j === targets[i] ? 1 : 0));
}

function lossOf(loss: Network['loss'], o: number[], y: number[]): { gradient: number[]; curvature: Rows } {
  const diagonal = (x: number[]): Rows => x.map((value, r) => x.map((_, c) => (r === c ? value : 0)));
  switch (loss) {
    case 'softmax-cross-entropy': {
      const most = Math.max(...o);
      const e = o.map((x) => Math.exp(x - most));
      const total = sum(e);
      const p = e.map((x) => x / total);
      const labels = sum(y);
      return {
        gradient: p.map((x, j) => labels * x - y[j]),
        curvature: p.map((x, r) => p.map((other, c) => labels * ((r === c ? x : 0) - x * other))),
      };
    }
    case 'sigmoid-cross-entropy': {
      const p = o.map((x) => 1 / (1 + Math.exp(-x)));
      return { gradient: p.map((x, j) => x - y[j]), curvature: diagonal(p.map((x) => x * (1 - x))) };
    }
    case 'squared-error':
      return { gradient: o.map((x, j) => x - y[j]), curvature: diagonal(o.map(() => 1)) };
  }
}

export function multiply(a: Rows, b: Rows): Rows {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

export function transpose(a: Rows): Rows {
  return a[0].map((_, c) => a.map((row) => row[c]));
}

export function dot(x: number[], y: number[]): number {
  let total = 0;
  for (let k = 0; k < x.length && k < y.length; k++) total += x[k] * y[k];
  return total;
}

function sum(x: number[]): number {
  return x.reduce((total, value) => total + value, 0);
}
