/**
 * From labels to targets: whether they are classes or values, which class is which output, and what loss that makes.
 *
 * Values stay what they are. Class labels become indices in the order of the classes that are given or that the model or the data file names;
 * else whole numbers from 0 to K − 1 are indices already, and other labels are sorted, numbers by value and texts by code unit, as
 * scikit-learn's LabelEncoder and NumPy's unique have it. Where the data file names classes in an order other than the model's, the names decide.
 */
import { type Matrix } from '../../matrix.js';
import { type Dataset, type Loss } from '../../network.js';
import { describe } from '../../validate.js';
import { FormatError } from '../files.js';
import { shortList } from './columns.js';
import { decimal } from './decimal.js';
import { type DataHints, type Label, type Table } from './table.js';

export interface Targets {
  targets: Dataset['targets'];
  classes?: string[];
  /** What the network is trained with, if that is known or follows from the targets. */
  loss?: Loss;
  notes: string[];
}

/** Different whole numbers that may be classes, where nothing else says so. */
const FEW = 32;

/** @throws FormatError naming the label and where it is */
export function decideTargets(table: Table, hints: DataHints): Targets {
  const { labels } = table;
  if (isMatrix(labels)) {
    return labels.cols === 1
      ? oneColumn(table, Array.from(labels.data), hints)
      : severalColumns(table, labels, hints);
  }
  return oneColumn(table, labels, hints);
}

function severalColumns(table: Table, labels: Matrix, { loss: known, outputs }: DataHints): Targets {
  if (outputs !== undefined && labels.cols !== outputs) {
    const hint = outputs === 1 ? '' : `, or one of class labels`;
    throw new FormatError(
      table.file,
      `expected ${outputs} columns of targets, as many as the network has outputs${hint}; got ${labels.cols}`,
    );
  }
  if (known) return { targets: labels, loss: known, notes: [] };
  const { rows, cols, data } = labels;
  const within = data.every((y) => y >= 0 && y <= 1);
  const whole = data.every((y) => y === 0 || y === 1);
  const sumsToOne = (i: number): boolean =>
    Math.abs(data.subarray(i * cols, (i + 1) * cols).reduce((sum, y) => sum + y, 0) - 1) <= 1e-6;
  if (within && Array.from({ length: rows }, (_, i) => i).every(sumsToOne)) {
    const notes = [
      'the rows of targets sum to 1: they are probabilities of classes, and the loss is softmax-cross-entropy',
    ];
    return { targets: labels, loss: 'softmax-cross-entropy', notes };
  }
  if (whole) {
    const notes = ['the targets are 0 and 1, several in a row: the loss is sigmoid-cross-entropy'];
    return { targets: labels, loss: 'sigmoid-cross-entropy', notes };
  }
  return {
    targets: labels,
    loss: 'squared-error',
    notes: ['the targets are values: the loss is squared-error'],
  };
}

function oneColumn(table: Table, labels: ArrayLike<Label>, hints: DataHints): Targets {
  const { loss: known, outputs: K } = hints;
  const loss = known ?? lossOf(table, labels, hints);
  const notes = known === undefined ? [whyLoss(loss, K)] : [];
  if (loss === 'softmax-cross-entropy' || (loss === undefined && looksLikeClasses(labels, hints))) {
    const { indices, classes, note } = classIndices(table, labels, K, hints);
    return { targets: indices, ...(classes && { classes }), ...(loss && { loss }), notes: [...notes, note] };
  }
  if (K !== undefined && K > 1) {
    if (hints.oneHot === true) {
      const { indices, classes, note } = classIndices(table, labels, K, hints);
      const oneHot = { rows: indices.length, cols: K, data: new Float64Array(indices.length * K) };
      indices.forEach((c, i) => (oneHot.data[i * K + c] = 1));
      return {
        targets: oneHot,
        ...(classes && { classes }),
        loss: loss!,
        notes: [...notes, `${note}; each a row of zeros and a one`],
      };
    }
    throw new FormatError(
      table.file,
      `expected ${K} columns of targets for ${K} outputs with ${loss}; got one (name them all, or ask for one-hot rows of class labels: on the command line, --one-hot)`,
    );
  }
  if (loss === 'sigmoid-cross-entropy') {
    const numbers = numbersOf(labels);
    if (numbers && !hints.classes && numbers.every((y) => y >= 0 && y <= 1)) {
      const soft = numbers.some((y) => y !== 0 && y !== 1);
      return {
        targets: numbers,
        loss,
        notes: [...notes, soft ? 'the targets are probabilities' : 'the labels are 0 and 1'],
      };
    }
    const { indices, classes, note } = classIndices(table, labels, 2, hints);
    return { targets: indices, ...(classes && { classes }), loss, notes: [...notes, note] };
  }
  const values = numbersOf(labels) ?? refuseWords(table, labels, 'values, as squared-error wants');
  return {
    targets: values,
    loss: 'squared-error',
    notes: [...notes, 'the targets are values, taken as they are'],
  };
}

/** What the network must be trained with for such labels, where its number of outputs decides that. */
function lossOf(
  table: Table,
  labels: ArrayLike<Label>,
  { outputs: K, oneHot, classes }: DataHints,
): Loss | undefined {
  if (K === undefined) {
    return looksLikeClasses(labels, { ...(classes && { classes }) }) ? undefined : 'squared-error';
  }
  if (K > 1) return oneHot === true ? 'squared-error' : 'softmax-cross-entropy';
  if (classes?.length === 2) return 'sigmoid-cross-entropy';
  const different = distinct(labels, 3);
  const numbers = numbersOf(labels);
  if (different.length === 2 && (!numbers || numbers.every(Number.isInteger))) return 'sigmoid-cross-entropy';
  if (numbers) return 'squared-error';
  throw new FormatError(
    table.file,
    `expected labels of two classes, for one output; got ${shortList(distinct(labels).map(String))}`,
  );
}

function whyLoss(loss: Loss | undefined, K: number | undefined): string {
  if (loss === undefined) return 'the labels are classes';
  const outputs =
    K === undefined ? '' : K === 1 ? ' and the network has one output' : ` and the network has ${K} outputs`;
  const what =
    loss === 'squared-error'
      ? 'the targets are values'
      : loss === 'sigmoid-cross-entropy'
        ? 'there are two classes'
        : 'the labels are classes';
  return `${what}${outputs}: the loss is ${loss}`;
}

/** What is given names, texts, and few different whole numbers. */
function looksLikeClasses(labels: ArrayLike<Label>, { outputs, classes }: DataHints): boolean {
  const numbers = numbersOf(labels);
  if (!numbers || classes) return true;
  if (!numbers.every(Number.isInteger)) return false;
  const most = outputs ?? Math.min(FEW, Math.max(2, numbers.length / 2));
  return distinct(labels, most + 1).length <= most;
}

/** Indices from 0 to C − 1; C is the number of classes, if known. */
function classIndices(
  table: Table,
  labels: ArrayLike<Label>,
  C: number | undefined,
  hints: DataHints,
): { indices: Float64Array; classes?: string[]; note: string } {
  const names = hints.classes ?? table.classes;
  const numbers = numbersOf(labels);
  if (names) {
    if (C !== undefined && names.length !== C) {
      throw new FormatError(
        table.file,
        `expected the names of ${C} classes for the network's outputs; got ${names.length}: ${shortList(names)}`,
      );
    }
    return namedIndices(table, ownNames(table, labels, names), names, hints.classes !== undefined);
  }
  if (numbers && isIndices(numbers, C ?? (table.literal === true ? Infinity : 0))) {
    refuseUncounted(table, numbers);
    const top = C === undefined ? '' : ` from 0 to ${C - 1}`;
    return { indices: numbers, note: `the labels are indices of classes${top}` };
  }
  if (!numbers) refuseMixture(table, labels);
  const order = distinct(labels, 2 ** 20);
  if (C !== undefined && order.length !== C) {
    const [what, hint] =
      order.length < C
        ? [
            '',
            `; some are missing, so that it is not known which is which: give the names of all (on the command line, --classes a,b,…)`,
          ]
        : [' at most', ''];
    throw new FormatError(
      table.file,
      `expected labels of${what} ${C} classes, for ${C === 2 && hints.outputs === 1 ? 'one output' : `${C} outputs`}; got ${order.length}: ${shortList(order.map(String))}${hint}`,
    );
  }
  const at = new Map(order.map((label, c) => [label, c]));
  const indices = Float64Array.from(labels, (label) => at.get(label)!);
  const classes = order.map(String);
  if (numbers && isIndices(Float64Array.from(order as number[]), order.length)) {
    return { indices, note: `the labels are indices of classes from 0 to ${order.length - 1}` };
  }
  return { indices, classes, note: `classes in the order of their labels: ${mapText(classes)}` };
}

function namedIndices(
  table: Table,
  labels: ArrayLike<Label>,
  names: readonly string[],
  given: boolean,
): { indices: Float64Array; classes: string[]; note: string } {
  // Names that are numbers are those numbers, however they are written: labels of CSV are, too.
  const areNumbers = new Set(names.map(decimal)).size === names.length && !names.some(isWord);
  const keyOf = (label: Label): string =>
    String(areNumbers && typeof label === 'string' ? decimal(label) : label);
  const at = new Map(names.map((name, c) => [keyOf(name), c]));
  const numbers = numbersOf(labels);
  const byName = areNumbers || distinct(labels).every((label) => at.has(keyOf(label)));
  const classes = [...names];
  if (numbers && (!byName || table.literal === true) && isIndices(numbers, names.length)) {
    refuseUncounted(table, numbers);
    const same = classes.every((name, c) => name === String(c));
    const of = same ? `classes from 0 to ${classes.length - 1}` : mapText(classes);
    return { indices: numbers, classes, note: `the labels are indices of ${of}` };
  }
  const indices = new Float64Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const index = at.get(keyOf(labels[i]));
    if (index === undefined) {
      throw new FormatError(
        table.file,
        `${table.place(i)}: expected one of the classes ${shortList(names)}; got ${describe(labels[i])} (if they go by other names here, give these in the order of the outputs: on the command line, --classes)`,
      );
    }
    indices[i] = index;
  }
  const source = given ? 'classes by their names' : 'classes as the file names them';
  return { indices, classes, note: `${source}: ${mapText(classes)}` };
}

/** What the data file calls the classes that its labels are indices of, where the outputs are named by someone else, perhaps in another order. */
function ownNames(
  { classes, literal }: Table,
  labels: ArrayLike<Label>,
  names: readonly string[],
): ArrayLike<Label> {
  const numbers = numbersOf(labels);
  const areIndices = names.every((name, c) => name === String(c));
  if (!classes || !numbers || literal !== true || areIndices || !isIndices(numbers, classes.length))
    return labels;
  return Array.from(numbers, (c) => classes[c]);
}

/** Without a label 0, indices may as well count from 1, the last class missing. */
function refuseUncounted({ file, literal }: Table, numbers: Float64Array): void {
  if (literal === true || numbers.includes(0)) return;
  throw new FormatError(
    file,
    `expected labels that count from 0, as indices of outputs do; got ${shortList(distinct(numbers, 100).map(String))}, which may count from 1 with some missing: ` +
      'give the labels of all classes (on the command line, --classes 0,1,… or 1,2,…)',
  );
}

function isWord(name: string): boolean {
  return Number.isNaN(decimal(name));
}

/** The labels as numbers, if every one is. */
function numbersOf(labels: ArrayLike<Label>): Float64Array | undefined {
  for (let i = 0; i < labels.length; i++) if (typeof labels[i] === 'string') return undefined;
  return Float64Array.from(labels as ArrayLike<number>);
}

function isIndices(numbers: Float64Array, count: number): boolean {
  return numbers.every((y) => Number.isInteger(y) && y >= 0 && y < count);
}

/** In ascending order, but no more than so many. −0 is 0. */
function distinct(labels: ArrayLike<Label>, most = Infinity): Label[] {
  const found = new Set<Label>();
  for (let i = 0; i < labels.length && found.size < most; i++) found.add(labels[i]);
  return [...found].sort((a, b) => (a < b ? -1 : 1));
}

function refuseMixture(table: Table, labels: ArrayLike<Label>): void {
  const kinds = Array.from(labels, (label) => typeof label);
  const words = kinds.filter((kind) => kind === 'string').length;
  if (words === kinds.length) return;
  const odd = kinds.indexOf(words < kinds.length / 2 ? 'string' : 'number');
  throw new FormatError(
    table.file,
    `${table.place(odd)}: expected a ${kinds[odd] === 'string' ? 'number' : 'word'}, as the other labels are; got ${describe(labels[odd])} (where both are meant, give the names of all classes)`,
  );
}

function refuseWords(table: Table, labels: ArrayLike<Label>, what: string): never {
  const i = Array.from(labels).findIndex((label) => typeof label === 'string');
  throw new FormatError(
    table.file,
    `${table.place(i)}: expected numbers, ${what}; got ${describe(labels[i])}`,
  );
}

/** 'setosa → 0, versicolor → 1'. */
function mapText(classes: readonly string[]): string {
  return shortList(classes.map((name, c) => `${name} → ${c}`));
}

function isMatrix(labels: Table['labels']): labels is Matrix {
  return 'rows' in labels;
}
