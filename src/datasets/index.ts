/** hessbound/datasets: small data sets to begin with, stored or generated from a seed. */
import { type Matrix } from '../matrix.js';
import { checkInteger, checkNumber, checkOneOf, checkOptions } from '../validate.js';
import { circles, moons, spirals, xor } from './generated.js';
import { type Samples } from './samples.js';

export { standardize } from './standardize.js';

export interface DatasetDescription {
  /** What the samples are. */
  title: string;
  /** N; of generated ones by default. */
  samples: number;
  /** d. */
  inputs: number;
  /** In the order of their indices. */
  classes: readonly string[];
  source: string;
  licence: string;
  /** The options that generate it; none of stored ones. */
  options: readonly (keyof DatasetOptions)[];
}

export interface DatasetOptions {
  /** N (default 200). */
  samples?: number;
  /** The standard deviation of normal noise in every coordinate (default 0.1). */
  noise?: number;
  /** From 0 to 2⁵³ − 1 (default 1). */
  seed?: number;
  /** Of each spiral, from 0 to 100 (default 1). */
  turns?: number;
}

export interface BundledDataset {
  /** Targets are indices of classes: as they are for softmax-cross-entropy, and of two classes for sigmoid-cross-entropy on one output. */
  data: { inputs: Matrix; targets: number[] };
  /** The names of the inputs. */
  features: string[];
  classes: string[];
}

const OPTIONS = ['samples', 'noise', 'seed'] as const;
const GENERATED = { samples: 200, inputs: 2, source: 'generated from a seed', licence: 'none needed' };
const UCI = 'UCI Machine Learning Repository';
const CC_BY = 'CC BY 4.0';

/** The data sets by name, with their shapes, sources and licences. */
export const DATASETS = {
  iris: {
    title: 'flowers of three species, four lengths in centimetres',
    samples: 150,
    inputs: 4,
    classes: ['setosa', 'versicolor', 'virginica'],
    source: 'R. A. Fisher, Annals of Eugenics 7 (1936) 179–188',
    licence: 'public domain',
    options: [],
  },
  'breast-cancer': {
    title: 'Breast Cancer Wisconsin (Diagnostic): measurements of cell nuclei',
    samples: 569,
    inputs: 30,
    classes: ['malignant', 'benign'],
    source: `W. Wolberg, O. Mangasarian, N. Street, W. Street (1995), ${UCI}, doi 10.24432/C5DW2B`,
    licence: CC_BY,
    options: [],
  },
  digits: {
    title: 'handwritten digits, 8 × 8 pixels from 0 to 16: the first 900 of the test part',
    samples: 900,
    inputs: 64,
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    source: `E. Alpaydin, C. Kaynak (1998), ${UCI}, doi 10.24432/C50P49`,
    licence: CC_BY,
    options: [],
  },
  moons: {
    ...GENERATED,
    title: 'two half circles that reach into one another',
    classes: ['upper', 'lower'],
    options: OPTIONS,
  },
  circles: {
    ...GENERATED,
    title: 'a circle of radius 1, and one of 0.5 within',
    classes: ['outer', 'inner'],
    options: OPTIONS,
  },
  spirals: {
    ...GENERATED,
    title: 'two spirals',
    classes: ['first', 'second'],
    options: [...OPTIONS, 'turns'],
  },
  xor: {
    ...GENERATED,
    title: 'the corners of a square, by the exclusive or of their coordinates',
    classes: ['false', 'true'],
    options: OPTIONS,
  },
} as const satisfies Record<string, DatasetDescription>;

export type DatasetName = keyof typeof DATASETS;

export const DATASET_NAMES = Object.keys(DATASETS) as DatasetName[];

/**
 * A data set by its name, in fresh arrays. Generated ones are the same to the bit on every engine for the same options; large stored ones load when
 * they are asked for.
 *
 * @throws TypeError or RangeError for a name that is none, and options that the data set does not have
 */
export async function dataset(name: DatasetName, options?: DatasetOptions): Promise<BundledDataset> {
  checkOneOf('name', name, DATASET_NAMES);
  const { classes, inputs, options: allowed }: DatasetDescription = DATASETS[name];
  const { samples, noise, seed, turns } = checkOptions(`${name} options`, options, allowed);
  const N = checkInteger('samples', samples ?? GENERATED.samples, 1, 2 ** 24);
  const sigma = checkNumber('noise', noise ?? 0.1, 0, 1e6);
  const from = checkInteger('seed', seed ?? 1, 0, Number.MAX_SAFE_INTEGER);
  const around = checkNumber('turns', turns ?? 1, 0, 100);
  const { data, features } = await read(name, N, sigma, from, around);
  return {
    data,
    features: features ?? Array.from({ length: inputs }, (_, j) => `x${j + 1}`),
    classes: [...classes],
  };
}

async function read(
  name: DatasetName,
  samples: number,
  noise: number,
  seed: number,
  turns: number,
): Promise<{ data: Samples; features?: string[] }> {
  switch (name) {
    case 'iris': {
      const { iris } = await import('./iris.js');
      const { inputs, targets, features } = iris();
      return { data: { inputs, targets }, features };
    }
    case 'breast-cancer': {
      const { breastCancer, BREAST_CANCER_FEATURES } = await import('./breast-cancer.js');
      return { data: breastCancer(), features: [...BREAST_CANCER_FEATURES] };
    }
    case 'digits': {
      const { digits, DIGITS_FEATURES } = await import('./digits.js');
      return { data: digits(), features: [...DIGITS_FEATURES] };
    }
    case 'moons':
      return { data: moons(samples, noise, seed) };
    case 'circles':
      return { data: circles(samples, noise, seed) };
    case 'spirals':
      return { data: spirals(samples, noise, seed, turns) };
    case 'xor':
      return { data: xor(samples, noise, seed) };
  }
}
