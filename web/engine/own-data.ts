/**
 * The visitor's own data: whatever readDataset of hessbound/formats reads (docs/data.md), standardized, within what a page can train on while it is
 * watched. Values become (y − mean) / scale as the inputs do, so that one learning rate suits them in whatever units they come.
 */
import { chooseColumns, looksLikeHeader } from '../../src/formats/data/columns.js';
import { readSamples, samplesRead } from '../../src/formats/data/dataset.js';
import { detectDelimiter, records, type Row, withoutMark } from '../../src/formats/data/records.js';
import { FormatError, type NamedFile } from '../../src/formats/files.js';
import { standardize } from '../../src/datasets/standardize.js';
import { type Matrix } from '../../src/index.js';
import { MOST_CLASSES } from '../state.js';
import { type OwnFile } from './protocol.js';
import { type Source } from './samples.js';

/** Within these a step and a bracket of 16 products took at most 1.5 s on a busy machine, 1,000 samples of 100 inputs 0.3 s. */
export const MOST_SAMPLES = 5000;
export const MOST_INPUTS = 200;
const MOST_INPUT_NUMBERS = 100_000;
/** Fewer tell nothing. */
const LEAST_SAMPLES = 4;

/** What is shown of own data. */
export interface OwnData {
  file: string;
  samples: number;
  inputs: number;
  /** The names of the classes; none: the targets are values. */
  classes: string[];
  /** What was inferred, a sentence each, without the full stop. */
  inferred: string[];
  /** The columns of a table with one column of targets, and which that is, from 1. */
  columns?: { names: string[]; target: number };
}

/** @param column the column of targets, from 1; 0: that which is usual */
export async function readOwn(file: OwnFile, column: number): Promise<{ source: Source; about: OwnData }> {
  if (/\.(safetensors|onnx|keras|h5|hdf5|pt|pth|pkl|joblib)$/i.test(file.name)) {
    throw new FormatError(file.name, 'this is a model, not data: drop it on the page “Your model”');
  }
  const { table, targets, standardization } = await readSamples([file], {
    standardize: true,
    ...(column > 0 && { label: column }),
  });
  const { data, classes, features, inferred } = samplesRead(table, targets, standardization);
  if ('rows' in data.targets) {
    throw new FormatError(file.name, `expected one target for each sample; got ${data.targets.cols}`);
  }
  const { inputs, weights } = data;
  const labels = Array.from(data.targets);
  checkSize(file.name, inputs);
  const names = targets.loss === 'squared-error' ? [] : (classes ?? numbersUpTo(labels));
  checkClasses(file.name, names, labels);
  const columns = table.format === 'CSV' ? columnsOf(file, column) : undefined;
  const scaled = names.length === 0 ? scaledValues(labels) : undefined;
  return {
    source: {
      inputs,
      labels: scaled?.labels ?? labels,
      names,
      features: features ?? Array.from({ length: inputs.cols }, (_, j) => `input ${j + 1}`),
      units: scaled?.units ?? { mean: 0, scale: 1 },
      ...(weights && { weights }),
    },
    about: {
      file: file.name,
      samples: inputs.rows,
      inputs: inputs.cols,
      classes: names,
      inferred: scaled ? scaledInstead(inferred) : inferred,
      ...(columns && { columns }),
    },
  };
}

function checkSize(file: string, { rows, cols }: Matrix): void {
  const limits: [boolean, string, string][] = [
    [rows < LEAST_SAMPLES, `at least ${LEAST_SAMPLES} samples`, String(rows)],
    [rows > MOST_SAMPLES, `at most ${MOST_SAMPLES} samples, to train while one watches`, String(rows)],
    [cols > MOST_INPUTS, `at most ${MOST_INPUTS} inputs, to train while one watches`, String(cols)],
    [
      rows * cols > MOST_INPUT_NUMBERS,
      `at most ${MOST_INPUT_NUMBERS} numbers, to train while one watches`,
      `${rows} samples of ${cols}`,
    ],
  ];
  const broken = limits.find(([is]) => is);
  if (broken) throw new FormatError(file, `expected ${broken[1]}; got ${broken[2]}`);
}

function checkClasses(file: string, names: readonly string[], labels: readonly number[]): void {
  if (names.length > MOST_CLASSES) {
    throw new FormatError(
      file,
      `expected at most ${MOST_CLASSES} classes; got ${names.length} (is the column of targets another?)`,
    );
  }
  if (labels.every((label) => label === labels[0])) {
    throw new FormatError(
      file,
      `expected targets that differ; all are ${names[labels[0]] ?? labels[0]} (is the column of targets another?)`,
    );
  }
}

function numbersUpTo(labels: readonly number[]): string[] {
  return Array.from({ length: labels.reduce((most, label) => Math.max(most, label), 0) + 1 }, (_, c) =>
    String(c),
  );
}

/** For training values are scaled; for an analysis, which the notes speak of, they are taken as they are. */
function scaledInstead(notes: readonly string[]): string[] {
  return [
    ...notes.filter((note) => note !== 'the targets are values, taken as they are'),
    'the values are scaled to mean 0 and standard deviation 1 as well',
  ];
}

function scaledValues(values: number[]): { labels: number[]; units: Source['units'] } {
  const column = { rows: values.length, cols: 1, data: Float64Array.from(values) };
  const { inputs, means, scales } = standardize(column);
  return { labels: Array.from(inputs.data), units: { mean: means[0], scale: scales[0] } };
}

/** As readCsv finds them (src/formats/data/csv.ts), for choosing another. */
function columnsOf(file: NamedFile, column: number): OwnData['columns'] {
  const text = withoutMark(file);
  const [first, second] = firstTwo(records(text, detectDelimiter(text) ?? ','));
  const count = first.cells.length;
  const header = looksLikeHeader(first.cells, second?.cells) === true;
  const names = header ? first.cells.map((name) => name.replace(/^\s*#/, '').trim()) : undefined;
  const { labels } = chooseColumns(file.name, count, names, column > 0 ? { label: column } : {});
  return {
    names: first.cells.map((_, c) => (header && names![c] !== '' ? names![c] : `column ${c + 1}`)),
    target: labels[0] + 1,
  };
}

function firstTwo(rows: Generator<Row, void>): [Row, Row?] {
  const head: Row[] = [];
  for (const row of rows) if (head.push(row) === 2) break;
  return head as [Row, Row?];
}
