/** What every reader of data makes of its files, what users may add to that, and what comes out. */
import { type Matrix } from '../../matrix.js';
import { type Dataset, type Loss } from '../../network.js';

/** What the file does not say of the data, or what is to be instead of what is inferred. */
export interface DataHints {
  /** Of CSV, whether the first line holds the columns' names; 'auto', the default, looks at it. */
  header?: boolean | 'auto';
  /** Of CSV; detected if absent. */
  delimiter?: Delimiter;
  /**
   * The target column of CSV: its name, its number from 1, or 'last'; several for several outputs. In .npz, the array's name. By default the column
   * that is called label, target, class, species or y, or else the last.
   */
  label?: Column | readonly Column[];
  /** The input columns of CSV; by default all that are left. In .npz, the array's name. */
  features?: Column | readonly Column[];
  /** The column of sample weights of CSV; in .npz, the array's name. By default none, and the array called weights. */
  weights?: Column;
  /** Columns of CSV to leave out. */
  ignore?: Column | readonly Column[];
  /** Shift and scale every input column to mean 0 and standard deviation 1, or by these: (x − means[j]) / scales[j]. */
  standardize?: boolean | Standardization;
  /** What the network is trained with: it decides whether targets are classes or values. */
  loss?: Loss;
  /** d and K of the network that the data are for. */
  inputs?: number;
  outputs?: number;
  /** What its outputs stand for, in their order; by default the labels in sorted order. */
  classes?: readonly string[];
  /** Class labels become rows of zeros and a one, for losses other than softmax cross-entropy. */
  oneHot?: boolean;
}

/** A name, a number from 1, or 'last'. A text of digits is a number, unless it is a name. */
export type Column = string | number;

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Column j of the inputs became (x − means[j]) / scales[j]. */
export interface Standardization {
  means: ArrayLike<number>;
  scales: ArrayLike<number>;
}

export interface ReadDataset {
  data: Dataset;
  /** 'CSV', 'npz', … */
  format: string;
  /** What was inferred rather than stated, a sentence each, without the full stop. */
  inferred: string[];
  /** What the targets' class indices stand for, where the labels were not these indices themselves. */
  classes?: string[];
  /** The names of the inputs, if the file has them. */
  features?: string[];
  /** What was done to the inputs, if that was asked for. */
  standardization?: { means: Float64Array; scales: Float64Array };
}

/** The data as their file has them, before anything is made of the labels. */
export interface Table {
  file: string;
  format: string;
  inputs: Matrix;
  /** One for each sample, or several columns of numbers. */
  labels: ArrayLike<Label> | Matrix;
  weights?: Float64Array;
  features?: string[];
  /** What class indices stand for, if the file says so. */
  classes?: string[];
  /** Whether whole numbers are class indices by the definition of the format. */
  literal?: boolean;
  /** What the inputs are, where they can be named: '4 columns (sepal length, …)'. */
  inputsText?: string;
  /** Where the label of a sample is, for messages: 'line 7'. */
  place(sample: number): string;
  notes: string[];
}

export type Label = number | string;
