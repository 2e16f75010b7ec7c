/**
 * Models and data of visitors: how they are read, and what an analysis of them will take. Files are read anew for each answer: a Worker that was ended
 * has forgotten them, and the page keeps nothing but their names.
 */
import { describeNetwork, readDataset, readProblem } from '../../../src/formats/index.js';
import { readCheckedProblem } from '../../../src/formats/checked-problem.js';
import { type NetworkDescription } from '../../../src/formats/description.js';
import { looksLikeHeader } from '../../../src/formats/data/columns.js';
import { FormatError, type NamedFile, readFiles } from '../../../src/formats/files.js';
import { finishNetwork, statedLoss } from '../../../src/formats/finish.js';
import { isNpy, isZip } from '../../../src/formats/magic.js';
import { type Problem, type ProblemHints } from '../../../src/formats/problem.js';
import { type Hessbound, type Loss, type Network } from '../../../src/index.js';
import { type AnalysisOptions } from '../../../src/report/analysis.js';
import { bytes as inBytes, duration } from '../../../src/report/numbers.js';
import { machineSpeed, preview, type Preview } from '../../../src/report/preview.js';
import { type Answers, type Fault, faultOf, hintsOf } from './answers.js';
import { type Part } from './roles.js';
import { THREADS } from '../threads.js';

export interface Given {
  files: (Part & { file: File })[];
  answers: Answers;
}

/** What is asked of an analysis, beside what the command line's --html asks for. */
export interface Wanted {
  tolerance: number;
  exact: 'auto' | 'yes' | 'no';
  allBounds: boolean;
  explain: boolean;
}

export interface Reading {
  model?: ModelRead;
  data?: DataRead;
  /** What was inferred rather than stated, a sentence each, without the full stop. */
  inferred: string[];
  faults: Fault[];
  /** If there is a model and data, and nothing is wrong with them. */
  plan?: Plan;
}

/** What an analysis will take, in words. */
export interface Plan {
  parameters: number;
  samples: number;
  time: string;
  memory: string;
  /** Whether it is long enough to think twice. */
  isLong: boolean;
}

export interface ModelRead {
  format: string;
  widths: number[];
  /** Of each layer; absent where it is not known. */
  activations?: string[];
  loss?: Loss;
  /** Whether the file holds weights alone, so that activations have to be given. */
  isWeights: boolean;
}

export interface DataRead {
  format: string;
  samples: number;
  inputs: number;
  classes?: string[];
  /** Of CSV: names, or numbers from 1. */
  columns?: string[];
}

interface Files {
  model: NamedFile[];
  data: NamedFile[];
  logits: NamedFile[];
}

/** A worker's memory is a WebAssembly memory. */
const MOST_BYTES = 4 * 2 ** 30;
/** Below that it is over before a measurement of the machine is. */
const SHORT_SECONDS = 1;
const LONG_SECONDS = 60;
const MOST_COLUMNS = 500;

export async function readGiven(hb: Hessbound, given: Given, wanted: Wanted): Promise<Reading> {
  const reading: Reading = { inferred: [], faults: [] };
  const attempt = async <T>(body: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      reading.faults.push(faultOf(error));
      return undefined;
    }
  };
  const files = await attempt(() => filesOf(given));
  if (!files) return reading;
  const hints = hintsOf(given.answers);
  const isChecked = files.logits.length > 0;
  const both = files.model.length > 0 && files.data.length > 0;

  const described =
    files.model.length === 0 || (both && isChecked)
      ? undefined
      : await attempt(() => describeModel(files.model, hints));
  if (described) {
    reading.model = modelRead(described.description, described.network);
    if (described.isOpen) reading.faults.push(activationFault(described.description));
    if (!both) reading.inferred = described.inferred;
  }
  const columns = await columnsOf(files.data);
  const readable = both && (described !== undefined || isChecked);
  const problem = readable
    ? await attempt(() => problemOf(hb, files, described?.isOpen ? withActivation(hints) : hints))
    : undefined;
  const alone =
    problem ??
    (files.data.length > 0 && !readable
      ? await attempt(() => readDataset(files.data, dataHints(hints)))
      : undefined);
  if (alone) {
    const { data, format, classes, inferred } = alone;
    reading.data = {
      format,
      samples: data.inputs.rows,
      inputs: data.inputs.cols,
      ...(classes && { classes }),
    };
    reading.inferred = problem ? inferred : [...reading.inferred, ...inferred];
  }
  if (columns) reading.data = { format: 'CSV', samples: 0, inputs: 0, ...reading.data, columns };
  if (problem) {
    const { network } = problem;
    reading.model = {
      ...(reading.model ?? { isWeights: false }),
      format: problem.format,
      ...shapeOf(network),
      loss: network.loss,
    };
    if (described?.isOpen) delete reading.model.activations;
    const before = await attempt(() => previewOf(problem, wanted));
    if (before) reading.plan = planOf(before);
  }
  return reading;
}

/** @throws FormatError as the readers do */
export async function problemOf(hb: Hessbound, files: Files, hints: ProblemHints): Promise<Problem> {
  const { model, data, logits } = files;
  if (logits.length === 0) return readProblem(model, data, hints);
  return readCheckedProblem(model, data, hints, logits[0], (network, inputs) => hb.logits(network, inputs));
}

/** @throws FormatError for a file that cannot be read, and where there are two of what there is one of */
export async function filesOf({ files }: Given): Promise<Files> {
  for (const role of ['model', 'logits'] as const) {
    const whole = files.filter((part) => part.role === role && part.kind === 'whole');
    if (whole.length < 2) continue;
    throw new FormatError(
      whole[1].file.name,
      `expected one ${role === 'model' ? 'model' : 'file of logits'}; ${whole[0].file.name} is another: remove one of them, or say what it is`,
    );
  }
  const [model, data, logits] = await Promise.all(
    (['model', 'data', 'logits'] as const).map((role) => {
      const ours = files.filter((part) => part.role === role).map(({ file }) => file);
      return ours.length === 0 ? Promise.resolve([]) : readFiles(ours);
    }),
  );
  return { model, data, logits };
}

export function analysisOptions({ tolerance, exact, allBounds, explain }: Wanted): AnalysisOptions {
  return {
    tolerance,
    exact: exact === 'auto' ? exact : exact === 'yes',
    ...(allBounds && { bounds: 'all' }),
    explain,
    picture: true,
  };
}

/** What the files of a model say by themselves, finished with what stands for what is not known yet. */
async function describeModel(
  files: readonly NamedFile[],
  hints: ProblemHints,
): Promise<{ description: NetworkDescription; network: Network; inferred: string[]; isOpen: boolean }> {
  const description = await describeNetwork(files, hints.network ?? {});
  const isOpen =
    description.architecture === 'weights' &&
    description.layers.length > 1 &&
    hints.network?.activation === undefined &&
    hints.network?.activations === undefined;
  const { network: known = {} } = isOpen ? withActivation(hints) : hints;
  const loss = statedLoss(description, known) ?? 'squared-error';
  const { network, inferred } = finishNetwork(description, { ...known, loss });
  return { description, network, inferred, isOpen };
}

function modelRead(description: NetworkDescription, network: Network): ModelRead {
  const { format, architecture, layers, loss } = description;
  const isWeights = architecture === 'weights' && layers.length > 1;
  return { format, ...shapeOf(network), ...(loss && { loss }), isWeights };
}

function shapeOf({ layers }: Network): { widths: number[]; activations: string[] } {
  return {
    widths: [layers[0].weights.cols, ...layers.map(({ weights }) => weights.rows)],
    activations: layers.map(({ activation = 'identity' }) => activation),
  };
}

/** Any: what is read of the data does not depend on it. */
function withActivation({ network, data = {} }: ProblemHints): ProblemHints {
  return { network: { ...network, activation: 'tanh' }, data };
}

function activationFault({ file, format }: NetworkDescription): Fault {
  return {
    file,
    message: `${format} holds weights alone: which activation follows the hidden layers?`,
    asks: ['activation'],
  };
}

function dataHints({ network, data }: ProblemHints): NonNullable<ProblemHints['data']> {
  return { ...data, ...(network?.loss && { loss: network.loss }) };
}

/** Of CSV, to choose from. What is wrong with the file, its reader says. */
async function columnsOf(files: readonly NamedFile[]): Promise<string[] | undefined> {
  const [file] = files;
  if (files.length !== 1 || isNpy(file.bytes) || isZip(file.bytes)) return undefined;
  const { detectDelimiter, records, withoutMark } = await import('../../../src/formats/data/records.js');
  try {
    const head = withoutMark(file);
    const rows = records(head, detectDelimiter(head) ?? ',');
    const [first, second] = [rows.next().value, rows.next().value];
    if (!first || first.cells.length > MOST_COLUMNS || first.cells[0].startsWith('{')) return undefined;
    const isHeader = looksLikeHeader(first.cells, second?.cells) === true;
    return first.cells.map((cell, c) => (isHeader && cell.trim() !== '' ? cell.trim() : String(c + 1)));
  } catch {
    return undefined;
  }
}

/** @throws RangeError for what is too large for the library, or for a page */
function previewOf({ network, data }: Problem, wanted: Wanted): Preview {
  const estimate = (speed: number): Preview =>
    preview(network, data, analysisOptions(wanted), { workers: THREADS, speed });
  const rough = estimate(1);
  const { least } = rough.workerMemory;
  if (least > MOST_BYTES) {
    throw new RangeError(
      `This takes about ${inBytes(least)} of memory, and a page can have 4\u00a0GiB. Take fewer samples, or the command line, which computes in batches.`,
    );
  }
  return rough.seconds.least > SHORT_SECONDS ? estimate(machineSpeed()) : rough;
}

function planOf({ parameters, samples, seconds, memory, products }: Preview): Plan {
  const isOpen = seconds.most >= 1.5 * seconds.least && products !== undefined;
  const longer = isOpen ? `, up to ${duration(seconds.most)} if the bracket closes slowly` : '';
  return {
    parameters,
    samples,
    time: seconds.most < SHORT_SECONDS ? 'less than a second' : `about ${duration(seconds.least)}${longer}`,
    memory: `about ${inBytes(memory.least)}`,
    isLong: seconds.least > LONG_SECONDS,
  };
}
