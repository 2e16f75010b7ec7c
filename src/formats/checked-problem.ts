/** A problem read with sample logits of the original at hand: the network has to give them, and what neither file nor hints say of it is found by them. */
import { type Matrix } from '../matrix.js';
import { describe } from '../validate.js';
import { FormatError, type NamedFile } from './files.js';
import { readCheckedNetwork, readNetwork, readProblem } from './index.js';
import { type ReadNetwork } from './description.js';
import { decimal } from './data/decimal.js';
import { looksLikeHeader } from './data/columns.js';
import { detectDelimiter, records, withoutMark } from './data/records.js';
import { type LogitsOf } from './logits-check.js';
import { isNpy } from './magic.js';
import { readNpy } from './npy.js';
import { type Problem, type ProblemHints } from './problem.js';

/** What is put for what may be found. Which of them it is does not matter to the loss, nor to how the data are read. */
const PLACEHOLDERS = [
  {},
  { activation: 'tanh' },
  { layout: 'out-in' },
  { layout: 'in-out' },
  { activation: 'tanh', layout: 'out-in' },
  { activation: 'tanh', layout: 'in-out' },
] as const;

/** @throws as readProblem, and FormatError where the logits are others */
export async function readCheckedProblem(
  model: readonly NamedFile[],
  data: readonly NamedFile[],
  hints: ProblemHints,
  logits: NamedFile,
  logitsOf: LogitsOf,
): Promise<Problem> {
  const { problem, read } = await readAnyhow(model, data, hints);
  const { loss } = problem.network;
  const samples = { inputs: problem.data.inputs, expected: matrixOf(logits), file: logits.name };
  const checked = await readCheckedNetwork(model, { ...hints.network, loss }, samples, logitsOf);
  const ofData = problem.inferred.slice(read.inferred.length);
  return { ...problem, network: checked.network, inferred: [...checked.inferred, ...ofData] };
}

/** The problem, whatever its activation and layout: for its loss and its data. Where nothing helps, the first complaint stands. */
async function readAnyhow(
  model: readonly NamedFile[],
  data: readonly NamedFile[],
  hints: ProblemHints,
): Promise<{ problem: Problem; read: ReadNetwork }> {
  let complaint: unknown;
  for (const placeholder of PLACEHOLDERS) {
    try {
      const network = { ...placeholder, ...hints.network };
      const problem = await readProblem(model, data, { ...hints, network });
      return { problem, read: await readNetwork(model, { ...network, loss: problem.network.loss }) };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      complaint ??= error;
    }
  }
  throw complaint;
}

/** Samples × outputs, from .npy or CSV; of one output also a vector. */
function matrixOf(file: NamedFile): Matrix {
  if (!isNpy(file.bytes) && !/\.npy$/i.test(file.name)) return matrixOfCsv(file);
  const array = readNpy(file);
  if ('strings' in array || array.shape.length < 1 || array.shape.length > 2) {
    throw new FormatError(
      file.name,
      `expected logits as a matrix of numbers, samples × outputs; got ${array.shape.length} dimensions`,
    );
  }
  const [rows, cols = 1] = array.shape;
  return { rows, cols, data: array.numbers };
}

/** Every column is an output; the first line may have their names. */
function matrixOfCsv(source: NamedFile): Matrix {
  const file = withoutMark(source);
  if (file.bytes.subarray(0, 2 ** 16).includes(0)) {
    throw new FormatError(file.name, 'expected logits as .npy or CSV; got other bytes');
  }
  const rows = Array.from(records(file, detectDelimiter(file) ?? ','));
  const named = rows.length > 0 && looksLikeHeader(rows[0].cells, rows[1]?.cells) === true;
  const samples = named ? rows.slice(1) : rows;
  if (samples.length === 0) throw new FormatError(file.name, 'expected lines of logits; got none');
  const cols = samples[0].cells.length;
  const data = new Float64Array(samples.length * cols);
  samples.forEach(({ cells, line }, i) => {
    if (cells.length !== cols) {
      throw new FormatError(file.name, `line ${line}: expected ${cols} fields; got ${cells.length}`);
    }
    cells.forEach((cell, k) => {
      const value = decimal(cell);
      if (Number.isNaN(value)) {
        throw new FormatError(
          file.name,
          `line ${line}, column ${k + 1}: expected a number; got ${describe(cell)}`,
        );
      }
      data[i * cols + k] = value;
    });
  });
  return { rows: samples.length, cols, data };
}
