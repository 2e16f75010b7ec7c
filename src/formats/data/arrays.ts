/**
 * Data as NumPy arrays: one .npz, or .npy files. Which array is which, its name says (X or data, y or target: those that scikit-learn and
 * Keras give), or a hint. Inputs of more than two dimensions, as images, become rows, the last index fastest.
 */
import { type Matrix } from '../../matrix.js';
import { FormatError, type NamedFile } from '../files.js';
import { PICKLE } from '../pickle.js';
import { type NpyArray, type NumberArray, readNpy, shapeText, type StringArray } from '../npy.js';
import { readZip } from '../zip.js';
import { list, shortList } from './columns.js';
import { type DataHints, type Table } from './table.js';

/** An array that may not be read yet. */
interface Entry {
  /** As messages name it. */
  file: string;
  name: string;
  read: () => NpyArray;
}

/** Lower case; each also with _train behind it, as in Keras's mnist.npz. */
const NAMES = {
  features: ['x', 'inputs', 'input', 'data', 'features', 'images'],
  label: ['y', 'targets', 'target', 'labels', 'label'],
  weights: ['weights', 'w', 'sample_weight', 'sample_weights'],
};

/** @throws FormatError naming file and array */
export function readNpz(file: NamedFile, hints: DataHints): Table {
  const zipped = readZip(file);
  if (zipped.some(({ name }) => /(^|\/)data\.pkl$/.test(name))) {
    throw new FormatError(
      file.name,
      `expected data as CSV, .npz, .npy or JSON; got ${PICKLE} (np.save('X.npy', x.numpy()) saves numbers)`,
    );
  }
  const entries = zipped
    .filter(({ name }) => name.endsWith('.npy'))
    .map((entry): Entry => {
      const name = entry.name.slice(0, -4);
      return {
        file: file.name,
        name,
        read: () => readArray(file.name, name, entry.read()),
      };
    });
  return tableOf(file.name, 'npz', entries, hints);
}

function readArray(file: string, name: string, bytes: Uint8Array): NpyArray {
  try {
    return readNpy({ name, bytes });
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(file, error.message);
    throw error;
  }
}

/** @throws FormatError naming the file */
export function readNpyFiles(files: readonly NamedFile[], hints: DataHints): Table {
  const entries = files.map((file): Entry => {
    const array = readNpy(file);
    const base = file.name.slice(Math.max(file.name.lastIndexOf('/'), file.name.lastIndexOf('\\')) + 1);
    return { file: file.name, name: base.replace(/\.npy$/i, ''), read: () => array };
  });
  return tableOf(files[0].name, 'npy', entries, hints);
}

function tableOf(file: string, format: string, entries: readonly Entry[], hints: DataHints): Table {
  const notes: string[] = [];
  const wanted = {
    features: list(hints.features),
    label: list(hints.label),
    weights: list(hints.weights),
  };
  let features = find(file, entries, 'features', wanted.features);
  let label = find(file, entries, 'label', wanted.label);
  if (format === 'npy' && entries.length === 2 && (!features || !label)) {
    [features, label] = byShape(entries, features, label);
    if (features && label)
      notes.push(`the inputs are ${features.file}, the targets ${label.file}, by their shapes`);
  } else if (features && label) {
    notes.push(`the inputs are ${features.name}, the targets ${label.name}`);
  }
  if (!features || !label) {
    const alone = format === 'npy' && entries.length === 1;
    const hint = alone ? '; give both files (on the command line, X.npy --targets y.npy)' : '';
    throw new FormatError(
      file,
      `expected an array of ${features ? 'targets, y or target' : 'inputs, X or data'}; got ${shortList(entries.map(({ name }) => name)) || 'none'}${hint}`,
    );
  }
  const inputs = inputsOf(features, notes);
  const labels = labelsOf(label, inputs.rows, features.name, hints);
  const weights = find(file, entries, 'weights', wanted.weights);
  const place = (sample: number): string => `${label.name}[${sample}]`;
  const classes = namesOf(entries, ['classes', 'target_names']);
  const featureNames = namesOf(entries, ['feature_names']);
  return {
    file: label.file,
    format,
    inputs,
    labels,
    ...(weights && { weights: weightsOf(weights, inputs.rows, features.name) }),
    ...(classes && { classes }),
    ...(featureNames?.length === inputs.cols && { features: featureNames }),
    inputsText: `${features.name} of ${inputs.cols} columns`,
    literal: classes !== undefined,
    place,
    notes,
  };
}

function find(
  file: string,
  entries: readonly Entry[],
  role: keyof typeof NAMES,
  wanted: readonly (string | number)[],
): Entry | undefined {
  if (wanted.length > 0) {
    const found = wanted.length === 1 && entries.find(({ name }) => name === wanted[0]);
    if (found) return found;
    throw new FormatError(
      file,
      `${role}: expected the name of an array, one of ${shortList(entries.map(({ name }) => name))}; got ${shortList(wanted.map(String))}`,
    );
  }
  for (const suffix of ['', '_train']) {
    const names = NAMES[role].map((name) => name + suffix);
    const found = entries.filter(({ name }) => names.includes(name.toLowerCase()));
    if (found.length > 1) {
      throw new FormatError(
        file,
        `${role}: expected one array; got ${found.map(({ name }) => name).join(' and ')} (name the one that is meant)`,
      );
    }
    if (found.length === 1) return found[0];
  }
  return undefined;
}

/** Of two arrays the one of more dimensions has the inputs, if the other is one number for each sample. */
function byShape(
  entries: readonly Entry[],
  features: Entry | undefined,
  label: Entry | undefined,
): [features?: Entry, label?: Entry] {
  const [first, second] = entries;
  const other = (entry: Entry): Entry => (entry === first ? second : first);
  if (features) return [features, other(features)];
  if (label) return [other(label), label];
  const width = ({ read }: Entry): number =>
    read()
      .shape.slice(1)
      .reduce((product, n) => product * n, 1);
  if (width(first) > 1 && width(second) === 1) return [first, second];
  if (width(second) > 1 && width(first) === 1) return [second, first];
  return [];
}

function inputsOf(entry: Entry, notes: string[]): Matrix {
  const array = numbersIn(entry);
  const { shape, numbers } = array;
  const [rows, ...rest] = shape;
  if (shape.length < 2) {
    throw new FormatError(
      entry.file,
      `${entry.name}: expected samples × inputs; got ${shapeText(shape)} (one input each is X.reshape(-1, 1))`,
    );
  }
  const cols = rest.reduce((product, n) => product * n, 1);
  if (rows === 0 || cols === 0) {
    throw new FormatError(entry.file, `${entry.name}: expected samples × inputs; got ${shapeText(shape)}`);
  }
  if (rest.length > 1) {
    notes.push(`${entry.name}, ${shapeText(shape)}, is read as ${rows} × ${cols}, the last index fastest`);
  }
  refuseNonFinite(entry, numbers, cols);
  return { rows, cols, data: numbers };
}

function labelsOf(entry: Entry, samples: number, inputs: string, { classes }: DataHints): Table['labels'] {
  const array = entry.read();
  const [rows, cols = 1] = array.shape;
  if (array.shape.length === 0 || array.shape.length > 2 || rows !== samples || cols === 0) {
    throw new FormatError(
      entry.file,
      `${entry.name}: expected ${samples} targets, as many as ${inputs} has rows; got ${shapeText(array.shape)}`,
    );
  }
  if ('strings' in array) {
    if (cols === 1) return array.strings;
    throw new FormatError(
      entry.file,
      `${entry.name}: expected numbers, or one label for each sample; got ${cols} strings`,
    );
  }
  refuseNonFinite(entry, array.numbers, cols);
  // As NumPy and scikit-learn write truth values, where classes have such names.
  if (array.type === 'bool' && cols === 1 && classes?.includes('True')) {
    return Array.from(array.numbers, (x) => (x === 0 ? 'False' : 'True'));
  }
  return cols === 1 ? array.numbers : { rows, cols, data: array.numbers };
}

function weightsOf(entry: Entry, samples: number, inputs: string): Float64Array {
  const { shape, numbers } = numbersIn(entry);
  if (shape.length === 0 || numbers.length !== samples) {
    throw new FormatError(
      entry.file,
      `${entry.name}: expected ${samples} weights, as many as ${inputs} has rows; got ${shapeText(shape)}`,
    );
  }
  refuseNonFinite(entry, numbers, 1);
  return numbers;
}

function namesOf(entries: readonly Entry[], known: readonly string[]): string[] | undefined {
  const array = entries.find(({ name }) => known.includes(name))?.read();
  return array && 'strings' in array ? array.strings : undefined;
}

function numbersIn({ file, name, read }: Entry): NumberArray {
  const array: NumberArray | StringArray = read();
  if ('numbers' in array) return array;
  throw new FormatError(file, `${name}: expected numbers; got strings (encode categories as numbers first)`);
}

function refuseNonFinite({ file, name }: Entry, numbers: Float64Array, cols: number): void {
  const bad = numbers.findIndex((x) => !Number.isFinite(x));
  if (bad < 0) return;
  const at = cols === 1 ? `[${bad}]` : `[${Math.floor(bad / cols)}, ${bad % cols}]`;
  throw new FormatError(file, `${name}${at}: expected a finite number; got ${numbers[bad]}`);
}
