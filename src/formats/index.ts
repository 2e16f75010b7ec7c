/** hessbound/formats: networks from the files of other tools, and data. */
import { type CheckedNetwork, readByLogits } from './candidates.js';
import { type NetworkDescription, type NetworkHints, type ReadNetwork } from './description.js';
import { type FileLike, FormatError, type NamedFile, readFiles } from './files.js';
import { finishNetwork } from './finish.js';
import { describeJson, isJson } from './json.js';
import { type LogitsOf, type Samples } from './logits-check.js';
import { isHdf5, isNpy, isPickle, isSafetensors, isZip, looksLike } from './magic.js';
import { refusePickle } from './pickle.js';
import { isOnnx } from './onnx/recognize.js';
import { type Problem, type ProblemHints, problemOf } from './problem.js';
import { isTfjs } from './tfjs-manifest.js';

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
export { type PythonResults, pythonScript, type PythonScript } from './python.js';
export { type FileLike, FormatError, type NamedFile } from './files.js';
export { type CheckedNetwork } from './candidates.js';
export { checkLogits, type LogitsCheck, type LogitsOf, type Samples } from './logits-check.js';
export { type WrittenDataFormat, writeDataset } from './data/write.js';
export { writeNetwork, writeNpy, type WrittenFormat } from './write.js';
export { tfjsShardNames } from './tfjs-manifest.js';
export { datasetFromJson, datasetToJson, networkFromJson, networkToJson } from './json.js';

/** A format: how its files are told from others, and what reads them. */
interface Format {
  /** What its files are called, for those that no content tells: their reader says what is wrong with them. */
  endings: readonly string[];
  /** By their bytes. */
  recognizes(files: readonly NamedFile[]): boolean;
  describe(
    files: readonly NamedFile[],
    hints: NetworkHints,
  ): NetworkDescription | Promise<NetworkDescription>;
}

/** In the order in which they are asked. Readers are imported when they are needed, and zip, protocol buffers and HDF5 with them. */
const FORMATS: readonly Format[] = [
  {
    endings: ['.pt', '.pth', '.ckpt', '.pkl', '.pickle', '.joblib'],
    recognizes: ([{ bytes }]) => isPickle(bytes),
    describe: ([{ name }]) => {
      throw refusePickle(name);
    },
  },
  {
    endings: ['.safetensors'],
    recognizes: ([{ bytes }]) => isSafetensors(bytes),
    describe: async (files, hints) => (await import('./safetensors.js')).describeSafetensors(files, hints),
  },
  {
    endings: ['.npy'],
    recognizes: (files) => files.every(({ bytes }) => isNpy(bytes)),
    describe: async (files, hints) => (await import('./npz.js')).describeNpyFiles(files, hints),
  },
  {
    endings: ['.keras', '.h5', '.hdf5'],
    recognizes: ([{ name, bytes }]) => isHdf5(bytes) || (isZip(bytes) && /\.keras$/i.test(name)),
    describe: async (files, hints) => (await import('./keras/index.js')).describeKeras(files, hints),
  },
  {
    endings: ['.pb'],
    recognizes: (files) => files.some(({ name }) => /(^|[/\\])(saved_model|keras_metadata)\.pb$/.test(name)),
    describe: ([{ name }]) => {
      throw new FormatError(
        name,
        "TensorFlow's SavedModel holds programs, and is refused; save the model as one file instead: model.save('model.keras')",
      );
    },
  },
  {
    endings: [],
    recognizes: isTfjs,
    describe: async (files, hints) => (await import('./tfjs.js')).describeTfjs(files, hints),
  },
  {
    endings: ['.npz'],
    recognizes: ([{ bytes }]) => isZip(bytes),
    describe: async (files, hints) => (await import('./archive.js')).describeArchive(files, hints),
  },
  { endings: ['.json'], recognizes: isJson, describe: describeJson },
  {
    endings: ['.onnx'],
    recognizes: isOnnx,
    describe: async (files) => (await import('./onnx/index.js')).describeOnnx(files),
  },
];

/**
 * A network from its files: safetensors, NumPy's .npz and .npy, scikit-learn's networks in .npz, TF.js layers models, Keras (.keras, .h5), JSON. docs/formats.md says for each how
 * to write it, what is read and what is refused. What the files do not say, hints have to; what was inferred is in the result, in words.
 *
 * Weights of lower precision are widened exactly. Pickles are refused: they are programs.
 *
 * @param files one file, or those that make up one model; bytes with a name, or a File of a browser
 * @throws FormatError, a RangeError of one line, naming the file and the place in it; TypeError for arguments of the wrong kind
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

/**
 * The same, checked against logits (or probabilities) that the original gave for some inputs. An activation or a layout that neither files
 * nor hints say is found by them, and the result says so.
 *
 * @param logitsOf what computes logits: `(network, inputs) => hb.logits(network, inputs)`, or a pool's
 * @throws what readNetwork throws, and FormatError if the logits are others, or do not tell which choice is right
 */
export async function readCheckedNetwork(
  files: FileLike | readonly FileLike[],
  hints: NetworkHints,
  samples: Samples,
  logitsOf: LogitsOf,
): Promise<CheckedNetwork> {
  const named = await readFiles(files);
  return readByLogits((tried) => describeNetwork(named, tried), hints, samples, logitsOf);
}

/** What the files tell, before hints fill in what they do not. */
export async function describeNetwork(
  files: readonly NamedFile[],
  hints: NetworkHints,
): Promise<NetworkDescription> {
  const empty = files.find(({ bytes }) => bytes.length === 0);
  if (empty) throw new FormatError(empty.name, 'expected a model; the file is empty');
  const format =
    FORMATS.find((known) => known.recognizes(files)) ??
    FORMATS.find(({ endings }) => endings.some((ending) => files[0].name.toLowerCase().endsWith(ending)));
  if (format) return format.describe(files, hints);
  throw new FormatError(
    files[0].name,
    `expected a model: safetensors, NumPy (.npz, .npy), scikit-learn (.npz), TF.js, Keras or JSON; got ${looksLike(files[0].bytes)}`,
  );
}
