/**
 * Weights as NumPy arrays: an .npz archive of them, or several .npy files. Beside the weights, arrays of strings or numbers may state the rest:
 * what scikit-learn's networks say of themselves (activation, out_activation, classes), or what stated.ts lists.
 *
 *   layers = {f'{k}_{i}': a for k in ('coefs', 'intercepts') for i, a in enumerate(getattr(model, k + '_'))}
 *   np.savez('model.npz', **layers, activation=model.activation, out_activation=model.out_activation_, classes=list(getattr(model, 'classes_', [])))
 */
import { type NetworkDescription, type NetworkHints } from './description.js';
import { FormatError, type NamedFile } from './files.js';
import { type NpyArray, readNpy } from './npy.js';
import { describeStateDict } from './state-dict.js';
import { type NamedTensor } from './tensors.js';
import { STATED, withStated } from './stated.js';
import { type ZipEntry } from './zip.js';

/** The arrays of an archive by their names in it. */
export function readNpz(file: string, entries: readonly ZipEntry[]): Map<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries) {
    const { name } = entry;
    if (!name.endsWith('.npy'))
      throw new FormatError(file, `zip entry ${name}: expected a NumPy array, NAME.npy`);
    arrays.set(name.slice(0, -'.npy'.length), readEntry(file, entry));
  }
  return arrays;
}

function readEntry(file: string, entry: ZipEntry): NpyArray {
  const bytes = entry.read();
  try {
    return readNpy({ name: `zip entry ${entry.name}`, bytes });
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(file, error.message);
    throw error;
  }
}

export function describeNpz(
  file: string,
  entries: readonly ZipEntry[],
  hints: NetworkHints,
): NetworkDescription {
  return describeArrays(file, '.npz', readNpz(file, entries), hints);
}

/** Files such as W1.npy, b1.npy, W2.npy, b2.npy: each is called what its file is. */
export function describeNpyFiles(files: readonly NamedFile[], hints: NetworkHints): NetworkDescription {
  const arrays = new Map<string, NpyArray>();
  for (const file of files) {
    const name = file.name.replace(/^[^]*[/\\]/, '').replace(/\.npy$/i, '');
    if (arrays.has(name))
      throw new FormatError(file.name, 'expected files of different names; got another of this name');
    arrays.set(name, readNpy(file));
  }
  return describeArrays(files[0].name, '.npy', arrays, hints);
}

function describeArrays(
  file: string,
  format: string,
  arrays: ReadonlyMap<string, NpyArray>,
  hints: NetworkHints,
): NetworkDescription {
  const tensors: NamedTensor[] = [];
  const metadata = new Map<string, string>();
  for (const [name, array] of arrays) {
    if (name === 'out_activation' || STATED.some((known) => known === name)) {
      metadata.set(name, textOf(file, name, array));
    } else if ('strings' in array) {
      throw new FormatError(file, `array ${name}: expected numbers; got strings`);
    } else {
      tensors.push({ name, shape: array.shape, type: array.type, numbers: () => array.numbers });
    }
  }
  const weights = describeStateDict(file, format, tensors, hints);
  const output = metadata.get('out_activation');
  return output === undefined ? withStated(weights, metadata) : fromSklearn(weights, metadata, output);
}

/** MLPClassifier and MLPRegressor: the same activation after every hidden layer, and one after the last that goes with the loss. */
function fromSklearn(
  weights: NetworkDescription,
  metadata: ReadonlyMap<string, string>,
  output: string,
): NetworkDescription {
  const { file, layers } = weights;
  const hidden = metadata.get('activation');
  if (hidden === undefined)
    throw new FormatError(file, 'expected the array activation beside out_activation');
  const stated = new Map(metadata);
  stated.delete('activation');
  stated.set('activations', [...layers.slice(1).map(() => hidden), output].join(','));
  // A regressor has no classes.
  if (stated.get('classes') === '[]') stated.delete('classes');
  const description = withStated(weights, stated);
  const isRegressor = output === 'identity' && description.loss === undefined;
  return {
    ...description,
    format: 'scikit-learn',
    architecture: 'model',
    ...(isRegressor && { loss: 'squared-error' }),
    notes: [
      ...description.notes,
      ...(isRegressor
        ? ['the loss is squared-error, a sum over outputs: out_activation is identity, as in MLPRegressor']
        : []),
      "scikit-learn's penalty alpha is not part of the loss here",
    ],
  };
}

/** An array as the text that stands for it in safetensors' metadata: strings joined, classes as JSON. */
function textOf(file: string, name: string, array: NpyArray): string {
  const values: (string | number)[] = 'strings' in array ? array.strings : Array.from(array.numbers);
  if (name === 'classes') return JSON.stringify(values);
  if (name === 'activations') return values.join(',');
  if (values.length === 1) return String(values[0]);
  throw new FormatError(file, `array ${name}: expected one value; got ${values.length}`);
}
