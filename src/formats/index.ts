/** hessbound/formats: networks from the files of other tools. */
import { type NetworkDescription, type NetworkHints, type ReadNetwork } from './description.js';
import { type FileLike, FormatError, type NamedFile, readFiles } from './files.js';
import { finishNetwork } from './finish.js';
import { describeJson, isJson } from './json.js';
import { isOnnx } from './onnx/recognize.js';

export { type NetworkHints, type ReadNetwork } from './description.js';
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
const FORMATS: readonly Format[] = [
  { recognizes: isJson, describe: describeJson },
  { recognizes: isOnnx, describe: async (files) => (await import('./onnx/index.js')).describeOnnx(files) },
];

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

/** What the files tell, before hints fill in what they do not. */
export async function describeNetwork(
  files: readonly NamedFile[],
  hints: NetworkHints,
): Promise<NetworkDescription> {
  const format = FORMATS.find((known) => known.recognizes(files));
  if (format) return format.describe(files, hints);
  throw new FormatError(files[0].name, 'expected a model file of a known format');
}
