/** hessbound/formats: networks from the files of other tools, and data. */
import { type NetworkDescription, type NetworkHints, type ReadNetwork } from './description.js';
import { type FileLike, FormatError, type NamedFile, readFiles } from './files.js';
import { finishNetwork } from './finish.js';
import { describeJson, isJson } from './json.js';
import { type Problem, type ProblemHints, problemOf } from './problem.js';

export { type NetworkHints, type ReadNetwork } from './description.js';
export { readDataset } from './data/dataset.js';
export {
  type Column,
  type DataHints,
  type Delimiter,
  type ReadDataset,
  type Standardization,
} from './data/table.js';
export { type Problem, type ProblemHints } from './problem.js';
export { type FileLike, FormatError, type NamedFile } from './files.js';

/** A format: how its files are told from others, by content where that is possible, and what reads them. */
interface Format {
  recognizes(files: readonly NamedFile[]): boolean;
  describe(
    files: readonly NamedFile[],
    hints: NetworkHints,
  ): NetworkDescription | Promise<NetworkDescription>;
}

/** In the order in which they are asked. What only some users need (zip, protocol buffers, HDF5) is imported when it is needed. */
const FORMATS: readonly Format[] = [{ recognizes: isJson, describe: describeJson }];

/**
 * A network from its files: … (formats are listed in docs/formats.md).
 *
 * @throws FormatError, a RangeError, naming the file and the place in it; TypeError for arguments of the wrong kind
 */
export async function readNetwork(
  files: FileLike | readonly FileLike[],
  hints: NetworkHints = {},
): Promise<ReadNetwork> {
  return finishNetwork(await describeNetwork(await readFiles(files), hints), hints);
}

/**
 * A network and its data from their files. The network's inputs, outputs, loss and classes decide how the data are read; where no file or
 * hint has the loss, the targets decide it: classes with several outputs mean softmax-cross-entropy, two classes with one output
 * sigmoid-cross-entropy, and values squared-error.
 *
 * @throws FormatError, a RangeError, naming the file and the place in it; TypeError for arguments of the wrong kind
 */
export async function readProblem(
  modelFiles: FileLike | readonly FileLike[],
  dataFiles: FileLike | readonly FileLike[],
  hints: ProblemHints = {},
): Promise<Problem> {
  const [model, data] = await Promise.all([readFiles(modelFiles), readFiles(dataFiles)]);
  return problemOf(await describeNetwork(model, hints.network ?? {}), data, hints);
}

/** What the files tell, before hints fill in what they do not. */
export async function describeNetwork(
  files: readonly NamedFile[],
  hints: NetworkHints,
): Promise<NetworkDescription> {
  const format = FORMATS.find((known) => known.recognizes(files));
  if (format) return format.describe(files, hints);
  throw new FormatError(files[0].name, 'expected a model file of a known format');
}
