/** --check: the network has to give the logits that the original gave; and what neither file nor options say of it is found by them. */
import {
  FormatError,
  type NamedFile,
  type Problem,
  type ProblemHints,
  readCheckedNetwork,
  readNetwork,
  readProblem,
  type ReadNetwork,
} from '../formats/index.js';
import { readNpy } from '../formats/npy.js';
import { loadSync } from '../load.js';
import { type Matrix } from '../matrix.js';
import { type Network } from '../network.js';

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
): Promise<Problem> {
  const { problem, read } = await readAnyhow(model, data, hints);
  const { loss } = problem.network;
  const samples = { inputs: problem.data.inputs, expected: matrixOf(logits), file: logits.name };
  const hb = loadSync();
  const logitsOf = (network: Network, inputs: Matrix): Matrix => hb.logits(network, inputs);
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

/** Samples × outputs; of one output also a vector. */
function matrixOf(file: NamedFile): Matrix {
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
