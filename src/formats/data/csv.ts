/** CSV: a line for each sample; numbers in every column but that of the labels. */
import { MAX_DOUBLES } from '../../core/instance.js';
import { describe } from '../../validate.js';
import { FormatError, type NamedFile } from '../files.js';
import { chooseColumns, columnsText, looksLikeHeader } from './columns.js';
import { decimal, isMissing, notDecimal } from './decimal.js';
import { Doubles } from './doubles.js';
import { detectDelimiter, records, type Row, withoutMark } from './records.js';
import { type DataHints, type Label, type Table } from './table.js';

const MOST_LABEL = 1000;

/** @throws FormatError naming line and column */
export function readCsv(source: NamedFile, hints: DataHints): Table {
  const file = withoutMark(source);
  const detected = hints.delimiter === undefined ? detectDelimiter(file) : undefined;
  const delimiter = hints.delimiter ?? detected ?? ',';
  const rows = records(file, delimiter);
  const head = firstTwo(rows);
  if (head.length === 0) throw new FormatError(file.name, 'expected lines of numbers; got none');
  const [first, second] = head as [Row, Row?];
  const asked = hints.header === 'auto' ? undefined : hints.header;
  const header = asked ?? looksLikeHeader(first.cells, second?.cells);
  if (header === undefined) {
    throw new FormatError(
      file.name,
      `line ${first.line}: 0 to ${first.cells.length - 1} may be the names that pandas gives columns, or a sample: say whether they are names (header: true or false; on the command line, --header or --no-header)`,
    );
  }
  const names = header ? headerNames(first.cells) : undefined;
  const count = first.cells.length;
  const columns = chooseColumns(file.name, count, names, hints);
  const { titles, features, labels } = columns;

  const inputs = new Doubles();
  const weights = new Doubles();
  const targets = new Doubles();
  const lines = new Doubles();
  const words: Label[] = [];
  const known = new Map<string, string>();
  const error = ({ line }: Row, c: number, problem: string): FormatError =>
    new FormatError(file.name, `line ${line}, ${titles[c]}: ${problem}`);

  const number = (row: Row, c: number): number => {
    const value = decimal(row.cells[c]);
    if (Number.isNaN(value))
      throw error(row, c, `expected a number; got ${whatInstead(row.cells[c], hints)}`);
    return value;
  };
  const label = (row: Row, c: number): Label => {
    const value = decimal(row.cells[c]);
    if (!Number.isNaN(value)) return value;
    const text = row.cells[c].trim();
    if (text.length > MOST_LABEL) {
      throw error(row, c, `expected a label of at most ${MOST_LABEL} characters; got ${text.length}`);
    }
    if (isMissing(text)) throw error(row, c, `expected a label; got ${notDecimal(text)}`);
    // One string for all equal ones, and not a slice that keeps its block alive.
    if (!known.has(text)) known.set(text, Array.from(text).join(''));
    return known.get(text)!;
  };
  const read = (row: Row): void => {
    if (row.cells.length !== count) {
      throw new FormatError(
        file.name,
        `line ${row.line}: expected ${count} fields, as many as in line ${first.line}; got ${row.cells.length}`,
      );
    }
    for (const c of features) inputs.push(number(row, c));
    if (columns.weights !== undefined) weights.push(number(row, columns.weights));
    if (labels.length === 1) words.push(label(row, labels[0]));
    else for (const c of labels) targets.push(number(row, c));
    lines.push(row.line);
    if (inputs.length > MAX_DOUBLES) {
      throw new FormatError(file.name, `line ${row.line}: expected at most ${MAX_DOUBLES} numbers; got more`);
    }
  };
  for (const row of header ? head.slice(1) : head) read(row);
  for (const row of rows) read(row);
  const samples = lines.length;
  if (samples === 0)
    throw new FormatError(file.name, `expected samples below the names of the columns; got none`);

  const notes = [];
  if (detected !== undefined && detected !== ',') notes.push(`fields are separated by ${describe(detected)}`);
  if (asked === undefined) {
    notes.push(
      header
        ? 'the first line holds the names of the columns'
        : 'the first line is a sample: the columns have no names',
    );
  }
  return {
    file: file.name,
    format: 'CSV',
    inputs: { rows: samples, cols: features.length, data: inputs.take() },
    labels: labels.length === 1 ? words : { rows: samples, cols: labels.length, data: targets.take() },
    ...(columns.weights !== undefined && { weights: weights.take() }),
    ...(names && { features: features.map((c) => names[c] || `column ${c + 1}`) }),
    inputsText: columnsText(features.map((c) => titles[c])),
    place: (sample) => `line ${lines.at(sample)}`,
    notes: [...notes, ...columns.notes],
  };
}

function firstTwo(rows: Iterator<Row, void>): Row[] {
  const head: Row[] = [];
  while (head.length < 2) {
    const next = rows.next();
    if (next.done) break;
    head.push(next.value);
  }
  return head;
}

/** NumPy's savetxt begins such a line with a number sign. */
function headerNames([first, ...rest]: readonly string[]): string[] {
  return [first.replace(/^\s*#/, ''), ...rest].map((name) => name.trim());
}

function whatInstead(cell: string, { delimiter }: DataHints): string {
  const got = notDecimal(cell);
  if (got.endsWith(')') || got.includes('finite')) return got;
  if (delimiter === undefined && /[;\t|,]/.test(cell)) return `${got} (name the delimiter if it is another)`;
  if (!/\p{L}/u.test(cell)) return got;
  return `${got} (encode categories as numbers, such as a column of 0 and 1 for each; or leave the column out)`;
}
