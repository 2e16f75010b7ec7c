/** Which column of a CSV file is what. */
import { describe } from '../../validate.js';
import { FormatError } from '../files.js';
import { decimal, isMissing } from './decimal.js';
import { type Column, type DataHints } from './table.js';

export interface Columns {
  /** How messages name each column: 'column 3 (petal width)'. */
  titles: string[];
  /** Indices from 0. */
  features: number[];
  labels: number[];
  weights?: number;
  notes: string[];
}

/** What the column of labels is usually called. */
const LABEL_NAMES = ['label', 'labels', 'target', 'targets', 'class', 'species'];
const isLabelName = (name: string): boolean => LABEL_NAMES.includes(name.trim().toLowerCase());

/**
 * Whether the first record holds names: where it has no number at all, or a word above a number and numbers only such as names may be (pandas calls
 * columns 0, 1, …, with nothing above its index). Words above words are labels, unless they say so. Undefined: nothing tells.
 */
export function looksLikeHeader(
  first: readonly string[],
  second: readonly string[] | undefined,
): boolean | undefined {
  const numbers = first.map(decimal).filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return !first.every(isMissing);
  const isCounted = (cells: readonly string[]): boolean => cells.every((cell, c) => cell === String(c));
  if (first[0] === '' && isCounted(first.slice(1)) && second?.[0] !== '') return true;
  // A sample of two numbers 0, 1 is one; longer ones may be.
  if (first.length > 2 && isCounted(first)) return undefined;
  if (first.some(isLabelName)) return true;
  if (numbers.some((value) => !Number.isInteger(value) || value < 0)) return false;
  return (
    second !== undefined && first.some((cell, c) => isWord(cell) && !Number.isNaN(decimal(second[c] ?? '')))
  );
}

/** Not one that stands for a missing value. */
function isWord(cell: string): boolean {
  return (
    /\p{L}/u.test(cell) && !isMissing(cell) && !/^[+-]?(?:inf|\d)|^(?:none|nil|missing)$/i.test(cell.trim())
  );
}

/** @throws FormatError naming what was asked for, and what there is */
export function chooseColumns(
  file: string,
  count: number,
  names: readonly string[] | undefined,
  hints: DataHints,
): Columns {
  const titles = Array.from({ length: count }, (_, c) =>
    names?.[c] ? `column ${c + 1} (${names[c]})` : `column ${c + 1}`,
  );
  const find = (option: string, column: Column): number => findColumn(file, option, column, count, names);
  const findAll = (option: string, columns: Column | readonly Column[] | undefined): number[] =>
    list(columns).map((column) => find(option, column));

  const notes: string[] = [];
  const ignored = findAll('ignore', hints.ignore);
  const weights = hints.weights === undefined ? undefined : find('weights', hints.weights);
  const inputs = findAll('features', hints.features);
  const taken = new Set([...ignored, ...inputs, ...(weights === undefined ? [] : [weights])]);
  const left = titles.map((_, c) => c).filter((c) => !taken.has(c));
  const labels =
    hints.label === undefined
      ? defaultLabels(file, left, titles, names, hints, inputs.length > 0, notes)
      : findAll('label', hints.label);
  const targets = new Set(labels);
  const features = inputs.length > 0 ? inputs : left.filter((c) => !targets.has(c));
  const roles = [...labels, ...features, ...(weights === undefined ? [] : [weights])];
  const seen = new Set<number>();
  const twice = roles.find((c) => seen.size === seen.add(c).size);
  if (twice !== undefined) {
    throw new FormatError(file, `${titles[twice]}: expected one use of a column; got two`);
  }
  if (features.length === 0) {
    throw new FormatError(file, `expected columns of inputs beside the labels; got ${columnsText(titles)}`);
  }
  return { titles, features, labels, ...(weights !== undefined && { weights }), notes };
}

function defaultLabels(
  file: string,
  left: readonly number[],
  titles: readonly string[],
  names: readonly string[] | undefined,
  { inputs, outputs }: DataHints,
  chosen: boolean,
  notes: string[],
): number[] {
  if (left.length === 0)
    throw new FormatError(file, 'expected a column of labels; every column is something else');
  const K = outputs ?? 1;
  if (K > 1 && (chosen ? left.length === K : inputs !== undefined && left.length === inputs + K)) {
    const labels = left.slice(-K);
    notes.push(`the last ${K} columns are the targets, as many as the network has outputs`);
    return labels;
  }
  const named = left.filter(
    (c) => names !== undefined && (isLabelName(names[c]) || names[c].toLowerCase() === 'y'),
  );
  const last = left.at(-1)!;
  if (named.length > 1 && !named.includes(last)) {
    throw new FormatError(
      file,
      `expected one column of labels; got ${named.map((c) => titles[c]).join(' and ')} (name it: on the command line, --label ${names![named[0]]})`,
    );
  }
  const label = named.length === 1 ? named[0] : last;
  notes.push(`the labels are in ${titles[label]}${label === last ? ', the last' : ''}`);
  return [label];
}

function findColumn(
  file: string,
  option: string,
  column: Column,
  count: number,
  names: readonly string[] | undefined,
): number {
  if (typeof column === 'string') {
    const same = names?.flatMap((name, c) => (name === column.trim() ? [c] : [])) ?? [];
    if (same.length > 1) {
      throw new FormatError(
        file,
        `${option}: expected a name that one column has; ${same.length} are called ${describe(column)} (use its number)`,
      );
    }
    if (same.length === 1) return same[0];
    if (column === 'last') return count - 1;
  }
  const number = typeof column === 'number' ? column : /^\d+$/.test(column) ? Number(column) : NaN;
  if (Number.isInteger(number) && number >= 1 && number <= count) return number - 1;
  const known = names
    ? `, one of ${shortList(names.map((name) => name || '(no name)'))}`
    : ' (it has no names)';
  throw new FormatError(
    file,
    `${option}: expected a column from 1 to ${count}${known}; got ${describe(column)}`,
  );
}

export function columnsText(titles: readonly string[]): string {
  return titles.length === 1 ? titles[0] : `${titles.length} columns (${shortList(titles)})`;
}

/** The first few. */
export function shortList(words: readonly string[], most = 12): string {
  const cut = (word: string): string => (word.length > 40 ? `${word.slice(0, 40)}…` : word);
  const shown = words.slice(0, most).map(cut).join(', ');
  return words.length > most ? `${shown}, … (${words.length} in all)` : shown;
}

export function list<T>(values: T | readonly T[] | undefined): readonly T[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? (values as readonly T[]) : [values as T];
}
