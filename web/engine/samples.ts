/**
 * The samples of a state. Generated ones are as they are; measurements are standardized, and pixels from 0 to 1.
 */
import { dataset, type DatasetName, DATASETS, standardize } from '../../src/datasets/index.js';
import { type Dataset, type Matrix, matrix } from '../../src/index.js';
import { type State } from '../state.js';

export interface Samples {
  data: Dataset;
  /** The class of each. */
  labels: number[];
  /** How many. */
  classes: number;
  /** Of the classes, in the order of their indices. */
  names: string[];
  /** The names of the inputs; not of those that similarity adds. */
  features: string[];
  /** Of values, one is this many `scale` above `mean` in the units of its file. */
  units: { mean: number; scale: number };
  /** Each sample as a picture of 8 × 8, from 0 to 1. */
  pixels?: Matrix;
}

/** What there is before anything is made of it. */
export interface Source extends Omit<Samples, 'data' | 'classes'> {
  inputs: Matrix;
  /** Of the samples in the mean; all alike if absent. */
  weights?: ArrayLike<number>;
}

/** Most numbers in the inputs: 2000 samples, each with an input of its own. */
const MOST_NUMBERS = 4e6;

/** own: what the visitor's file has, where the state asks for that. */
export async function samplesOf(state: State, own?: Source): Promise<Samples> {
  const source = state.data === 'own' ? own : await bundled(state, state.data);
  if (!source) throw new Error(`expected the file ${state.file}; it has not been read`);
  const { inputs, weights, labels: once, pixels, ...rest } = source;
  const count = inputs.rows * state.copies;
  const size = count * (inputs.cols + (state.similarity < 0 ? count : 0));
  if (size > MOST_NUMBERS) {
    throw new RangeError(
      `expected at most ${MOST_NUMBERS / 1e6} million numbers of inputs; ${count} samples have ${(size / 1e6).toFixed(1)} million here: take fewer samples or copies`,
    );
  }
  const labels = repeat(once, state.copies);
  const classes = rest.names.length;
  return {
    ...rest,
    data: {
      inputs: similar(repeated(inputs, state.copies), state.similarity),
      targets: targetsOf(state, labels, classes),
      ...(weights && { weights: repeat(weights, state.copies) }),
    },
    ...{ labels, classes },
    ...(pixels && { pixels: repeated(pixels, state.copies) }),
  };
}

async function bundled(state: State, name: DatasetName): Promise<Source> {
  const { options, classes } = DATASETS[name];
  const generated = { samples: state.samples, noise: state.noise, seed: state.dataSeed };
  const { data, features } = await dataset(name, options.length > 0 ? generated : undefined);
  const inputs = scaled(name, data.inputs);
  return {
    inputs,
    labels: data.targets,
    names: [...classes],
    features,
    units: { mean: 0, scale: 1 },
    ...(name === 'digits' && { pixels: inputs }),
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

/** K: one for each class, but one for two where the loss is not softmax, and one for values. */
export function outputsOf({ loss }: State, classes: number): number {
  return classes === 0 || (classes === 2 && loss !== 'softmax-cross-entropy') ? 1 : classes;
}

function repeat(values: ArrayLike<number>, copies: number): number[] {
  return Array.from({ length: copies }, () => Array.from(values)).flat();
}

function repeated({ rows, cols, data }: Matrix, copies: number): Matrix {
  if (copies === 1) return { rows, cols, data };
  const result = matrix(rows * copies, cols);
  for (let k = 0; k < copies; k++) result.data.set(data, k * data.length);
  return result;
}

function scaled(name: DatasetName, inputs: Matrix): Matrix {
  if (DATASETS[name].options.length > 0) return inputs;
  return name === 'digits' ? { ...inputs, data: inputs.data.map((x) => x / 16) } : standardize(inputs).inputs;
}

function targetsOf(state: State, labels: number[], classes: number): Dataset['targets'] {
  if (state.loss === 'softmax-cross-entropy' || outputsOf(state, classes) === 1) return labels;
  const rows = matrix(labels.length, classes);
  labels.forEach((label, i) => (rows.data[i * classes + label] = 1));
  return rows;
}
