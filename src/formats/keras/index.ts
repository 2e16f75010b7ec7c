/**
 * Keras's files: models of Keras 3 (.keras: a zip archive of config.json and model.weights.h5), whole models of Keras 1 and 2 (.h5, with
 * model_config as an attribute), and weights alone (.weights.h5, and .h5 by save_weights).
 */
import { type NetworkDescription, type NetworkHints } from '../description.js';
import { FormatError, type NamedFile } from '../files.js';
import { parseJson, parseJsonText } from '../json-text.js';
import { isHdf5 } from '../magic.js';
import { tied } from '../tied.js';
import { readZip } from '../zip.js';
import { assembled, type KerasWeights } from './assemble.js';
import { child, type Config, configOf, field } from './config.js';
import { type Hdf5Group, readHdf5 } from './hdf5.js';
import { type KerasLayer, layersOf } from './layers.js';
import { lossOf } from './loss.js';

/** A model, or weights alone. @throws FormatError naming file and layer */
export function describeKeras(files: readonly NamedFile[], hints: NetworkHints): NetworkDescription {
  const [file] = files;
  if (files.length > 1)
    throw new FormatError(files[1].name, `expected one file of Keras; got ${files.length} files`);
  if (!isHdf5(file.bytes)) return describeArchive(file, hints);
  const root = readHdf5(file);
  const text = root.attribute('model_config')?.at(0);
  if (text === undefined) return describeWeights(file.name, root);
  const model = configOf(file.name, 'model_config', parseJsonText(file.name, text, 'model_config'));
  const training = root.attribute('training_config')?.at(0);
  const compiled =
    training === undefined
      ? undefined
      : configOf(file.name, 'training_config', parseJsonText(file.name, training, 'training_config'));
  const store = root.group('model_weights');
  if (!store) throw new FormatError(file.name, 'expected the group model_weights; it is missing');
  return describeModel('Keras .h5', model, compiled, hints, (layer) => namedWeights(file.name, store, layer));
}

/** Of layers that are configured, wherever their weights are. */
export function describeModel(
  format: string,
  model: Config,
  compiled: Config | undefined,
  hints: NetworkHints,
  weightsOf: (layer: KerasLayer) => KerasWeights,
): NetworkDescription {
  const { file } = model;
  const { layers, notes } = layersOf(model);
  const { loss, notes: said } = lossOf(compiled, layers[layers.length - 1], hints.loss);
  const found = layers.map((layer) => assembled(file, layer, weightsOf(layer)));
  return {
    file,
    format,
    architecture: 'model',
    layers: found,
    ...(loss && { loss }),
    // A layer that two models within the model have is saved with each.
    notes: [...notes, ...said, ...tied(found)],
  };
}

function describeArchive(file: NamedFile, hints: NetworkHints): NetworkDescription {
  const entries = readZip(file);
  const [config, weights] = ['config.json', 'model.weights.h5'].map((name) => {
    const entry = entries.find((known) => known.name === name);
    if (!entry) throw new FormatError(file.name, `expected ${name} in a Keras archive; it is missing`);
    return { name: file.name, bytes: entry.read() };
  });
  const model = configOf(file.name, 'config.json', parseJson(config, 'config.json'));
  const compiled =
    field(model, 'compile_config') === undefined
      ? undefined
      : child(model, 'compile_config', 'compile_config');
  const root = readHdf5(weights);
  return describeModel('Keras 3', model, compiled, hints, (layer) => orderedWeights(file.name, root, layer));
}

/** Keras 3: kernel and bias are 0 and 1 in a group that goes by class and order; newer versions add the layer's name, which must agree. */
function orderedWeights(file: string, root: Hdf5Group, { name, store, bias }: KerasLayer): KerasWeights {
  const vars = root.group(`${store}/vars`);
  if (!vars)
    throw new FormatError(file, `layer ${name}: expected its weights as ${store}/vars; they are missing`);
  const said = vars.attribute('name')?.at(0);
  if (said !== undefined && said !== name) {
    throw new FormatError(
      file,
      `layer ${name}: expected its weights as ${store}/vars; got those of layer ${said}`,
    );
  }
  return pairOf(file, name, vars, ['0', '1'], bias);
}

/** Keras 1 and 2: a group for each of the outermost layers lists its weights: 'dense/kernel:0', or 'dense_W'. */
function namedWeights(file: string, store: Hdf5Group, { name, group, bias }: KerasLayer): KerasWeights {
  const found = store.group(group);
  if (!found)
    throw new FormatError(
      file,
      `layer ${name}: expected its weights as the group ${group}; they are missing`,
    );
  const names = listed(found, 'weight_names');
  const own = (
    [
      ['kernel', 'W'],
      ['bias', 'b'],
    ] as const
  ).map(([now, before]) => {
    const mine = names.filter((path) => {
      const plain = `/${path.replace(/:0$/, '')}`;
      return plain.endsWith(`/${name}/${now}`) || plain.endsWith(`/${name}_${before}`);
    });
    if (mine.length > 1)
      throw new FormatError(file, `layer ${name}: expected one ${now}; got ${mine.join(' and ')}`);
    return mine.at(0) ?? `${name}/${now}`;
  });
  return pairOf(file, name, found, own, bias);
}

function pairOf(
  file: string,
  layer: string,
  group: Hdf5Group,
  [kernelName, biasName]: readonly string[],
  hasBias: boolean,
): KerasWeights {
  const kernel = group.dataset(kernelName);
  const bias = group.dataset(biasName);
  if (!kernel)
    throw new FormatError(
      file,
      `layer ${layer}: expected a kernel as ${group.path}/${kernelName}; it is missing`,
    );
  if (hasBias !== (bias !== undefined)) {
    const [expected, got] = hasBias ? ['a bias', 'none'] : ['no bias', 'one'];
    throw new FormatError(file, `layer ${layer}: expected ${expected} beside its kernel; got ${got}`);
  }
  return { kernel, ...(bias && { bias }) };
}

/** Attributes too long for one, h5py's limit being 64 KiB, are numbered: layer_names0, layer_names1. */
function listed(group: Hdf5Group, name: string): string[] {
  const whole = group.attribute(name);
  if (whole) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = group.attribute(`${name}${i}`);
    if (!part) return parts;
    parts.push(...part);
  }
}

/** Layers whose groups stand in .weights.h5 though they have no weights, and which change nothing or what the hints say. */
const WITHOUT_WEIGHTS =
  /^(input_layer|dropout|alpha_dropout|gaussian_dropout|gaussian_noise|activity_regularization|identity|activation|flatten)(_\d+)?$/;

function describeWeights(file: string, root: Hdf5Group): NetworkDescription {
  const layers = listed(root, 'layer_names').length > 0 ? byNames(file, root) : byOrder(file, root);
  return {
    file,
    format: 'Keras weights',
    architecture: 'weights',
    layers: layers.map(([name, weights]) => assembled(file, { name }, weights)),
    notes: [
      `layers in the order of the file: ${layers.map(([name]) => name).join(', ')}`,
      'kernels are inputs × outputs, as Keras stores them, and are transposed',
    ],
  };
}

/** Keras 3: layers/dense, layers/dense_1, … in this order. */
function byOrder(file: string, root: Hdf5Group): [name: string, weights: KerasWeights][] {
  const store = root.group('layers');
  if (!store)
    throw new FormatError(file, 'expected a model of Keras, or weights in the group layers; got neither');
  const numbers: number[] = [];
  for (const name of store.names) {
    if (WITHOUT_WEIGHTS.test(name)) continue;
    const number = /^dense(?:_([1-9]\d*))?$/.exec(name);
    if (!number) throw refused(file, name);
    numbers.push(Number(number.at(1) ?? 0));
  }
  return numbers
    .sort((a, b) => a - b)
    .map((number, i) => {
      const name = `dense${number === 0 ? '' : `_${number}`}`;
      if (number !== i)
        throw new FormatError(file, `expected the layers dense, dense_1, … without a gap; got ${name}`);
      const vars = root.group(`layers/${name}/vars`);
      if (!vars || vars.names.some((entry) => entry !== '0' && entry !== '1')) throw refused(file, name);
      const said = vars.attribute('name')?.at(0) ?? name;
      return [said, pairOf(file, said, vars, ['0', '1'], vars.names.includes('1'))];
    });
}

/** Keras 1 and 2 list the layers in order. */
function byNames(file: string, root: Hdf5Group): [name: string, weights: KerasWeights][] {
  return listed(root, 'layer_names').flatMap((name) => {
    const group = root.group(name);
    if (!group) throw new FormatError(file, `layer ${name}: expected its group; it is missing`);
    const names = listed(group, 'weight_names');
    if (names.length === 0) return [];
    const known = names.every((path) => /(\/(kernel|bias)|_(W|b))(:0)?$/.test(path));
    if (!known || names.length > 2) throw refused(file, name);
    const bias = names.length === 2;
    return [[name, namedWeights(file, group, { name, group: '', store: '', units: 0, bias })]];
  });
}

function refused(file: string, name: string): FormatError {
  return new FormatError(
    file,
    `layer ${name}: weights alone do not say enough of it: only Dense layers are read so; save the model (model.save('model.keras')), which says why a layer cannot be analysed`,
  );
}
