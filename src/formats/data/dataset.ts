/** Data sets from files: the table that a reader makes of them, what its labels stand for, standardization if asked for, the whole checked. */
import { type Dataset, LOSSES } from '../../network.js';
import { standardize } from '../../datasets/standardize.js';
import {
  checkInteger,
  checkMatrix,
  checkNumbers,
  checkObject,
  checkOneOf,
  checkOptions,
  describe,
} from '../../validate.js';
import { type FileLike, FormatError, type NamedFile, readFiles } from '../files.js';
import { isHdf5, isNpy, isPickle, isZip, looksLike } from '../magic.js';
import { PICKLE } from '../pickle.js';
import { shortList } from './columns.js';
import { type DataHints, DELIMITERS, type ReadDataset, type Standardization, type Table } from './table.js';
import { decideTargets, type Targets } from './targets.js';

const HINTS = [
  'header',
  'delimiter',
  'label',
  'features',
  'weights',
  'ignore',
  'standardize',
  'loss',
  'inputs',
  'outputs',
  'classes',
  'oneHot',
];

/**
 * A data set from its file: CSV, .npz, the project's JSON, or .npy files of inputs and targets. docs/data.md says what is read, and how.
 *
 * @throws FormatError, a RangeError, naming the file and the place in it; TypeError for arguments of the wrong kind
 */
export async function readDataset(
  files: FileLike | readonly FileLike[],
  hints: DataHints = {},
): Promise<ReadDataset> {
  const { targets, table, standardization } = await readSamples(await readFiles(files), hints);
  return samplesRead(table, targets, standardization);
}

/** The parts of a data set before the network has its say. */
export interface Samples {
  table: Table;
  targets: Targets;
  standardization?: ReadDataset['standardization'];
}

/** model: the file of the network that the data are for, for messages. */
export async function readSamples(
  files: readonly NamedFile[],
  given: DataHints,
  model?: string,
): Promise<Samples> {
  const hints = checkHints(given);
  const table = await readTable(files, hints);
  checkTable(table, hints, model);
  const targets = decideTargets(table, hints);
  const standardization = standardized(table, hints.standardize);
  return { table, targets, ...(standardization && { standardization }) };
}

export function samplesRead(
  { inputs, weights, format, features, notes }: Table,
  { targets, classes, notes: reasons }: Targets,
  standardization: ReadDataset['standardization'],
): ReadDataset {
  const data: Dataset = { inputs, targets, ...(weights && { weights }) };
  return {
    data,
    format,
    inferred: [...notes, ...reasons],
    ...(classes && { classes }),
    ...(features && { features }),
    ...(standardization && { standardization }),
  };
}

/** Which reader, the first bytes decide. What only some users need is imported when it is needed. */
async function readTable(files: readonly NamedFile[], hints: DataHints): Promise<Table> {
  const [first] = files;
  if (files.every(({ bytes }) => isNpy(bytes))) {
    const { readNpyFiles } = await import('./arrays.js');
    return readNpyFiles(files, hints);
  }
  if (files.length > 1) {
    throw new FormatError(
      first.name,
      `expected one file of data, or .npy files; got ${shortList(files.map(({ name }) => name))}`,
    );
  }
  if (isZip(first.bytes)) {
    const { readNpz } = await import('./arrays.js');
    return readNpz(first, hints);
  }
  if (first.name.toLowerCase().endsWith('.json') || isObject(first.bytes)) {
    const { tableFromJson } = await import('./json.js');
    return tableFromJson(first);
  }
  refuseOthers(first);
  const { readCsv } = await import('./csv.js');
  return readCsv(first, hints);
}

function refuseOthers({ name, bytes }: NamedFile): void {
  const isText = !bytes.subarray(0, 2 ** 16).includes(0);
  const others: [boolean, string][] = [
    [isPickle(bytes) || /\.(pkl|pickle|joblib|pt|pth)$/i.test(name), PICKLE],
    [isHdf5(bytes), 'HDF5'],
    [startsWith(bytes, 'PAR1'), 'Parquet'],
    [startsWith(bytes, 'ARROW1'), 'Arrow'],
    [/\.(xls|ods)$/i.test(name), 'a spreadsheet'],
    [startsWith(bytes, 'version https://git-lfs') || startsWith(bytes, '<'), looksLike(bytes)],
    // UTF-16 has a message of its own.
    [!isText && !startsWith(bytes, '\xff\xfe') && !startsWith(bytes, '\xfe\xff'), looksLike(bytes)],
  ];
  const found = others.find(([is]) => is);
  if (found) throw new FormatError(name, `expected data as CSV, .npz, .npy or JSON; got ${found[1]}`);
}

/** White space may come before it, within reason: a file of zeros has 2 GiB of it. */
function isObject(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 2 ** 16).find((byte) => byte > 32) === '{'.charCodeAt(0);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Array.from(text).every((c, i) => bytes[i] === c.charCodeAt(0));
}

function checkTable(table: Table, { inputs: d }: DataHints, model?: string): void {
  const { file, format, inputs, inputsText, labels, weights } = table;
  try {
    checkMatrix('data.inputs', inputs);
    if ('rows' in labels) checkMatrix('data.targets', labels);
  } catch (error) {
    throw new FormatError(file, (error as Error).message);
  }
  for (const [what, count] of [
    ['targets', 'rows' in labels ? labels.rows : labels.length],
    ['sample weights', weights?.length ?? inputs.rows],
  ] as const) {
    if (count === inputs.rows) continue;
    throw new FormatError(file, `expected ${inputs.rows} ${what}, one for each sample; got ${count}`);
  }
  if (d !== undefined && inputs.cols !== d) {
    const wanted = model === undefined ? `${d} inputs` : `${d} inputs, as ${model} takes`;
    const hint =
      format !== 'CSV'
        ? ''
        : inputs.cols > d
          ? ' (name the column of labels and those to leave out: on the command line, --label and --ignore)'
          : ' (is one of them missing, or taken for the labels? on the command line, --label names these)';
    throw new FormatError(file, `expected ${wanted}; got ${inputsText ?? inputs.cols}${hint}`);
  }
  const negative = weights?.findIndex((w) => w < 0) ?? -1;
  if (negative >= 0) {
    throw new FormatError(
      file,
      `expected sample weights ≥ 0; got ${weights![negative]} for sample ${negative + 1}`,
    );
  }
  if (weights?.every((w) => w === 0)) {
    throw new FormatError(file, 'expected at least one sample weight above 0; got all 0');
  }
}

/** Replaces the inputs of the table. */
function standardized(table: Table, wanted: DataHints['standardize']): ReadDataset['standardization'] {
  const { inputs, file } = table;
  if (wanted === undefined || wanted === false) {
    noteScales(table);
    return undefined;
  }
  if (wanted === true) {
    const { inputs: result, means, scales } = standardize(inputs);
    table.inputs = result;
    table.notes.push(
      'the inputs are standardized: every column has mean 0 and standard deviation 1, constant ones are 0',
    );
    return { means, scales };
  }
  const { means, scales } = {
    means: Float64Array.from(wanted.means),
    scales: Float64Array.from(wanted.scales),
  };
  if (means.length !== inputs.cols || scales.length !== inputs.cols) {
    throw new FormatError(
      file,
      `standardize: expected ${inputs.cols} means and scales, one for each input; got ${means.length} and ${scales.length}`,
    );
  }
  const data = inputs.data.map((x, i) => (x - means[i % inputs.cols]) / scales[i % inputs.cols]);
  table.inputs = { ...inputs, data };
  table.notes.push('the inputs are standardized by the means and scales given');
  return { means, scales };
}

/** Nothing is changed; but a network that was trained on standardized inputs is another one on these. */
function noteScales({ inputs: { rows, cols, data }, notes }: Table): void {
  const sizes = new Float64Array(cols);
  for (let i = 0; i < rows * cols; i++) sizes[i % cols] = Math.max(sizes[i % cols], Math.abs(data[i]));
  const positive = sizes.filter((size) => size > 0);
  const [least, most] = [
    positive.reduce((a, b) => Math.min(a, b), Infinity),
    positive.reduce((a, b) => Math.max(a, b), 0),
  ];
  if (most > 1000 * least || most > 1000) {
    notes.push(
      `the inputs are taken as they are, up to ${most} in absolute value; if the network was trained on standardized ones, standardize these as well`,
    );
  }
}

function checkHints(given: unknown): DataHints {
  const hints = checkOptions('data hints', given, HINTS) as DataHints;
  const {
    header,
    delimiter,
    loss,
    inputs,
    outputs,
    classes,
    standardize: wanted,
  } = hints as Record<string, unknown>;
  if (header !== undefined && typeof header !== 'boolean') checkOneOf('header', header, ['auto']);
  if (delimiter !== undefined) checkOneOf('delimiter', delimiter, DELIMITERS);
  if (loss !== undefined) checkOneOf('loss', loss, LOSSES);
  if (inputs !== undefined) checkInteger('inputs', inputs, 1, 2 ** 31 - 1);
  if (outputs !== undefined) checkInteger('outputs', outputs, 1, 2 ** 31 - 1);
  if (classes !== undefined) checkNames('classes', classes);
  if (wanted !== undefined && typeof wanted !== 'boolean') checkStandardization(wanted);
  return hints;
}

function checkNames(name: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new TypeError(`${name}: expected an array of names; got ${describe(value)}`);
  }
  const twice = value.find((entry, i) => value.indexOf(entry) !== i);
  if (twice !== undefined)
    throw new RangeError(`${name}: expected each name once; got ${describe(twice)} twice`);
}

function checkStandardization(value: unknown): asserts value is Standardization {
  const { means, scales } = checkObject('standardize', value);
  checkNumbers('standardize.means', means);
  const zero = checkNumbers('standardize.scales', scales).indexOf(0);
  if (zero >= 0)
    throw new RangeError(`standardize.scales: expected numbers other than 0; got 0 at index ${zero}`);
}
