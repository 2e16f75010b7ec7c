/**
 * The samples of a state. Generated ones are as they are; measurements are standardized, and pixels from 0 to 1.
 */
import { dataset, DATASETS, standardize } from '../../src/datasets/index.js';
import { type Dataset, type Matrix, matrix } from '../../src/index.js';
import { type State } from '../state.js';

export interface Samples {
  data: Dataset;
  /** The class of each. */
  labels: number[];
  /** How many. */
  classes: number;
}

export async function samplesOf(state: State): Promise<Samples> {
  const { options, classes } = DATASETS[state.data];
  const generated = { samples: state.samples, noise: state.noise, seed: state.dataSeed };
  const { data } = await dataset(state.data, options.length > 0 ? generated : undefined);
  const inputs = similar(repeated(scaled(state, data.inputs), state.copies), state.similarity);
  const labels = Array.from({ length: state.copies }, () => data.targets).flat();
  return {
    data: { inputs, targets: targetsOf(state, labels, classes.length) },
    labels,
    classes: classes.length,
  };
}

/**
 * Samples of the same lengths, more or less alike: (√(1 − t²) xᵢ, t ‖xᵢ‖ e), where e is a new input that all share for t > 0, and a new one of each
 * sample's own for t < 0. The cosine of two samples becomes (1 − t²) cos, and for t > 0 that + t²: 1 makes them all alike, −1 all orthogonal.
 */
export function similar(inputs: Matrix, t: number): Matrix {
  if (t === 0) return inputs;
  const { rows, cols } = inputs;
  const result = matrix(rows, cols + (t > 0 ? 1 : rows));
  const kept = Math.sqrt(1 - t * t);
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let j = 0; j < cols; j++) {
      const x = inputs.data[i * cols + j];
      square += x * x;
      result.data[i * result.cols + j] = kept * x;
    }
    result.data[i * result.cols + cols + (t > 0 ? 0 : i)] = Math.abs(t) * Math.sqrt(square);
  }
  return result;
}

/** K: one for each class, but one for two where the loss is not softmax. */
export function outputsOf({ loss }: State, classes: number): number {
  return classes === 2 && loss !== 'softmax-cross-entropy' ? 1 : classes;
}

function repeated({ rows, cols, data }: Matrix, copies: number): Matrix {
  if (copies === 1) return { rows, cols, data };
  const result = matrix(rows * copies, cols);
  for (let k = 0; k < copies; k++) result.data.set(data, k * data.length);
  return result;
}

function scaled({ data }: State, inputs: Matrix): Matrix {
  if (DATASETS[data].options.length > 0) return inputs;
  return data === 'digits' ? { ...inputs, data: inputs.data.map((x) => x / 16) } : standardize(inputs).inputs;
}

function targetsOf(state: State, labels: number[], classes: number): Dataset['targets'] {
  if (state.loss === 'softmax-cross-entropy' || outputsOf(state, classes) === 1) return labels;
  const rows = matrix(labels.length, classes);
  labels.forEach((label, i) => (rows.data[i * classes + label] = 1));
  return rows;
}
