/** From a chain of Keras layers to fully connected ones and what follows each. The code of others is never run. */
import { describe } from '../../validate.js';
import { reasonAgainst } from '../unsupported.js';
import { chainOf, type Link } from './chain.js';
import { className, type Config, configOf, field, isObject, problem } from './config.js';

export interface KerasLayer {
  name: string;
  units: number;
  /** Absent where the file does not say. */
  inputs?: number;
  bias: boolean;
  /** As NetworkDescription wants it; absent for linear. */
  activation?: string;
  store: string;
  group: string;
}

export interface KerasLayers {
  layers: KerasLayer[];
  notes: string[];
}

/** Keras's names, and TF.js's, of what can be analysed. A name of the user's own is none of these. */
const ACTIVATIONS: ReadonlyMap<string, string | undefined> = new Map([
  ['linear', undefined],
  ['tanh', 'tanh'],
  ['sigmoid', 'sigmoid'],
  ['softplus', 'softplus'],
  // Keras's own is exact unless called with approximate=True, for which only KerasHub has a name.
  ['gelu', 'gelu'],
  ['gelu_new', 'gelu-tanh'],
  ['keras_hub>gelu_approximate', 'gelu-tanh'],
  ['keras_nlp>gelu_approximate', 'gelu-tanh'],
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['softmax', 'softmax'],
]);

/** Layers that pass their inputs on when a model is used, and act only while it is trained. */
const TRAINING_ONLY = [
  'Dropout',
  'AlphaDropout',
  'GaussianDropout',
  'GaussianNoise',
  'ActivityRegularization',
  'Identity',
];

/** Each may be searched for among thousands of names. */
const MOST_LAYERS = 1000;

/** What is known while the chain is walked. */
interface Walk extends KerasLayers {
  /** Of one sample, before the next layer; undefined while it is not known. */
  shape: readonly (number | undefined)[] | undefined;
  skipped: string[];
  regularized: string[];
  frozen: string[];
}

/** @throws FormatError naming the layer and why it cannot be analysed */
export function layersOf(model: Config): KerasLayers {
  const walk: Walk = { layers: [], notes: [], shape: undefined, skipped: [], regularized: [], frozen: [] };
  const chain = chainOf(model);
  if (chain.length > MOST_LAYERS) {
    throw problem(model, `expected at most ${MOST_LAYERS} layers; got ${chain.length}`);
  }
  for (const link of chain) {
    walk.shape ??= inputShape(link);
    const step = Object.hasOwn(STEPS, link.kind) ? STEPS[link.kind] : undefined;
    if (step) step(walk, link);
    else if (TRAINING_ONLY.includes(link.kind)) skip(walk, link);
    else throw problem(link.config, `${link.kind} cannot be analysed: ${reasonAgainst(link.kind)}`);
  }
  const { layers, notes, skipped, regularized, frozen } = walk;
  if (layers.length === 0) throw problem(model, 'expected at least one Dense layer; got none');
  notes.push('kernels are inputs × outputs, as Keras stores them, and are transposed');
  if (skipped.length > 0)
    notes.push(`left out, as they do nothing when the model is used: ${skipped.join(', ')}`);
  if (regularized.length > 0) notes.push(`not part of the loss here: ${regularized.join(', ')}`);
  if (frozen.length > 0) {
    notes.push(`frozen in the file (trainable: false), but parameters here: ${frozen.join(', ')}`);
  }
  return { layers, notes };
}

const STEPS: Readonly<Record<string, (walk: Walk, link: Link) => void>> = {
  InputLayer: () => undefined,
  Dense: dense,
  Activation: (walk, link) => activate(walk, link, link.config),
  Softmax: softmax,
  Flatten: flatten,
  Rescaling: (_, link) => refusePreprocessing(link, 'apply its scale and offset to the data'),
  Normalization: (_, link) =>
    refusePreprocessing(link, 'subtract its mean from the data and divide by the root of its variance'),
};

function dense(walk: Walk, link: Link): void {
  const { config, name } = link;
  const { shape } = walk;
  if (shape && shape.length !== 1) {
    throw problem(
      config,
      `expected inputs in one dimension; got ${sizes(shape)}: only fully connected layers are covered`,
    );
  }
  // Keras 1 says output_dim and bias.
  const units = field(config, 'units') ?? field(config, 'output_dim');
  if (!isSize(units)) throw problem(config, `units: expected a positive integer; got ${describe(units)}`);
  const bias = field(config, 'use_bias') ?? field(config, 'bias') ?? true;
  if (typeof bias !== 'boolean')
    throw problem(config, `use_bias: expected true or false; got ${describe(bias)}`);
  for (const key of ['quantization_config', 'lora_rank']) {
    if (field(config, key) !== undefined)
      throw problem(config, `${key}: expected plain weights; save the model without it`);
  }
  if (!shape)
    walk.notes.push(`the inputs of ${name} are taken to be in one dimension: the file does not say`);
  const inputs = shape?.[0];
  walk.layers.push({
    name,
    units,
    ...(inputs !== undefined && { inputs }),
    bias,
    store: link.store,
    group: link.group,
  });
  walk.shape = [units];
  for (const key of [
    'kernel_regularizer',
    'bias_regularizer',
    'activity_regularizer',
    'W_regularizer',
    'b_regularizer',
  ]) {
    if (field(config, key) !== undefined) walk.regularized.push(`the ${key} of ${name}`);
  }
  if (field(config, 'trainable') === false) walk.frozen.push(name);
  activate(walk, link, config);
}

/** What a Dense or an Activation layer applies. */
function activate(walk: Walk, { name }: Link, config: Config): void {
  const given = activationNamed(config, field(config, 'activation') ?? 'linear');
  if (given === undefined) return;
  const layer = walk.layers.at(-1);
  if (!layer) throw problem(config, `expected a Dense layer before ${given}; it is applied to the inputs`);
  if (layer.activation !== undefined) {
    throw problem(
      config,
      `expected one activation after ${layer.name}; ${given} of ${name} follows ${layer.activation}`,
    );
  }
  layer.activation = given;
}

/** A name, or what Keras 3 writes for functions and for layers used as activations. */
function activationNamed(config: Config, given: unknown): string | undefined {
  if (typeof given === 'string') {
    if (ACTIVATIONS.has(given)) return ACTIVATIONS.get(given);
    throw problem(config, `${given} cannot be analysed: ${reasonAgainst(given)}`);
  }
  if (isObject(given) && given['class_name'] === 'function') return activationNamed(config, given['config']);
  if (isObject(given) && typeof given['class_name'] === 'string' && given['class_name'] !== '__lambda__') {
    const layer = configOf(config.file, config.place, given);
    const kind = className(layer);
    if (kind === 'Softmax') return softmaxAxis(layer);
    throw problem(config, `${kind} cannot be analysed: ${reasonAgainst(kind)}`);
  }
  throw problem(config, `activation: expected a name; got ${describe(given)}: code is not run`);
}

function softmax(walk: Walk, link: Link): void {
  softmaxAxis(link.entry);
  activate(walk, link, { ...link.config, fields: { activation: 'softmax' } });
}

function softmaxAxis(entry: Config): 'softmax' {
  const config = field(entry, 'config');
  const axis = isObject(config) ? (config['axis'] ?? -1) : -1;
  if (axis === -1 || axis === 1) return 'softmax';
  throw problem(entry, `axis: expected that of the outputs, -1; got ${describe(axis)}`);
}

/** Data are rows of numbers here: samples of several dimensions come flattened, in the order in which Flatten does it. */
function flatten(walk: Walk, link: Link): void {
  const { shape } = walk;
  if (shape?.length === 1) {
    skip(walk, link);
    return;
  }
  if (!shape || walk.layers.length > 0 || shape.some((size) => size === undefined)) {
    throw problem(
      link.config,
      `expected inputs of known shape; got ${shape ? sizes(shape) : 'none in the file'}`,
    );
  }
  const order = field(link.config, 'data_format') ?? 'channels_last';
  if (order !== 'channels_last') {
    throw problem(
      link.config,
      `data_format: expected channels_last, which is row-major; got ${describe(order)}`,
    );
  }
  walk.notes.push(`inputs are samples of ${sizes(shape)}, flattened in row-major order`);
  walk.shape = [shape.reduce<number>((product, size) => product * size!, 1)];
}

/** Folding it into the layer after it would give that other weights, and so another Hessian. */
function refusePreprocessing({ config, kind }: Link, instead: string): never {
  throw problem(
    config,
    `${kind} changes the inputs, which are no parameters: ${instead}, and save the model without this layer`,
  );
}

function skip(walk: Walk, { name, kind, config, training }: Link): void {
  if (training && kind !== 'Flatten' && kind !== 'Identity') {
    throw problem(
      config,
      `${kind} is called with training=True: it acts, at random, whenever the model is used`,
    );
  }
  if (kind === 'ActivityRegularization') walk.regularized.push(name);
  walk.skipped.push(`${name} (${kind})`);
}

/** What an InputLayer, or in older files the first layer, says of the inputs; else what Keras 3 notes beside the first layer. */
function inputShape({ config, entry }: Link): (number | undefined)[] | undefined {
  const built = field(entry, 'build_config');
  const shape =
    field(config, 'batch_shape') ??
    field(config, 'batch_input_shape') ??
    (isObject(built) ? built['input_shape'] : undefined);
  if (!Array.isArray(shape)) return undefined;
  return shape.slice(1).map((size: unknown) => (isSize(size) ? size : undefined));
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31;
}

function sizes(shape: readonly (number | undefined)[]): string {
  return shape.length === 0 ? 'a single number' : shape.map((size) => size ?? '?').join(' × ');
}
