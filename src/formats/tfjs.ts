/**
 * Layers models of TensorFlow.js: model.json, which has the configuration of Keras and a list of weights, and shards beside it, which hold
 * the weights of a group one after the other, broken anywhere. Half-precision weights are widened exactly; those of 8 and 16 bits become
 * what TF.js makes of them, the float32 nearest to code · scale + min.
 */
import { describe } from '../validate.js';
import { type NetworkDescription, type NetworkHints } from './description.js';
import { FormatError, MOST_BYTES, type NamedFile } from './files.js';
import { child, type Config, field, listField, problem, textField } from './keras/config.js';
import { type KerasWeights } from './keras/assemble.js';
import { describeModel } from './keras/index.js';
import { type KerasLayer } from './keras/layers.js';
import { NUMBER_BYTES, type NumberType, widen } from './numbers.js';
import { type NamedTensor } from './tensors.js';
import { baseName, type Group, groupsOf, isModelJson, modelJson } from './tfjs-manifest.js';

export function describeTfjs(files: readonly NamedFile[], hints: NetworkHints): NetworkDescription {
  const models = files.filter(isModelJson);
  const [file] = models;
  if (models.length > 1) throw new FormatError(models[1].name, 'expected one model.json; got two');
  const top = modelJson(file);
  const weights = readWeights(top, file, files);
  const topology = child(top, 'modelTopology', 'modelTopology');
  // The converter from Keras puts the model one level deeper, and its training configuration beside it.
  const converted = field(topology, 'model_config') !== undefined;
  const model = converted ? child(topology, 'model_config', 'model_config') : topology;
  const holder = converted ? topology : top;
  const key = converted ? 'training_config' : 'trainingConfig';
  const compiled = field(holder, key) === undefined ? undefined : child(holder, key, key);
  const used = new Set<NamedTensor>();
  const description = describeModel('TF.js', model, compiled, hints, (layer) =>
    ofLayer(file.name, weights.tensors, layer, used),
  );
  const unused = weights.tensors.find((tensor) => !used.has(tensor));
  if (unused)
    throw new FormatError(
      file.name,
      `weightsManifest: expected weights of the model's layers; got ${unused.name}`,
    );
  return { ...description, notes: [...description.notes, ...weights.notes] };
}

const MOST_WEIGHTS = 10_000;
const QUANTIZED: Readonly<Record<string, NumberType>> = { float16: 'f16', uint8: 'u8', uint16: 'u16' };
const TYPES: Readonly<Record<string, NumberType>> = { float32: 'f32', int32: 'i32', bool: 'bool' };

function readWeights(
  top: Config,
  model: NamedFile,
  files: readonly NamedFile[],
): { tensors: NamedTensor[]; notes: string[] } {
  const groups = groupsOf(top);
  const given = new Map<string, NamedFile>();
  for (const file of files) {
    if (file === model) continue;
    const name = baseName(file.name);
    if (given.has(name)) throw new FormatError(file.name, 'expected each shard once; got it twice');
    given.set(name, file);
  }
  const known = new Set(groups.flatMap(({ paths }) => paths));
  for (const [name, file] of given) {
    if (!known.has(name)) {
      throw new FormatError(
        file.name,
        `expected a shard that ${baseName(model.name)} names (${[...known].join(', ')}); it is none of them`,
      );
    }
  }
  const missing = [...known].filter((name) => !given.has(name));
  if (missing.length > 0) {
    throw new FormatError(model.name, `expected its shards beside it; missing: ${missing.join(', ')}`);
  }
  const tensors = groups.flatMap((group) => ofGroup(model.name, group, given));
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name))
      throw new FormatError(model.name, `weightsManifest: expected each weight once; got ${name} twice`);
    names.add(name);
  }
  const schemes = new Set(
    groups.flatMap(({ weights }) => weights.flatMap((weight) => schemeOf(weight)?.name ?? [])),
  );
  return {
    tensors: tensors.filter((tensor) => !tensor.ofOptimizer),
    notes: [...schemes].map((scheme) => NOTES[scheme]),
  };
}

const NOTES: Readonly<Record<string, string>> = {
  float16: 'weights are stored in half precision (float16), and are widened exactly',
  uint8: 'weights are stored in 8 bits, and are what TF.js makes of them, not what was trained',
  uint16: 'weights are stored in 16 bits, and are what TF.js makes of them, not what was trained',
};

function ofGroup(
  file: string,
  { place, paths, weights }: Group,
  given: ReadonlyMap<string, NamedFile>,
): (NamedTensor & { ofOptimizer: boolean })[] {
  if (weights.length > MOST_WEIGHTS) {
    throw new FormatError(file, `${place}: expected at most ${MOST_WEIGHTS} weights; got ${weights.length}`);
  }
  const shards = paths.map((path) => given.get(path)!.bytes);
  const held = shards.reduce((sum, { length }) => sum + length, 0);
  let at = 0;
  const tensors = weights.map((weight) => {
    const name = textField(weight, 'name');
    const shape = shapeOf(weight);
    const scheme = schemeOf(weight);
    const stored = scheme?.type ?? typeOf(weight);
    const start = at;
    const size = shape.reduce((product, length) => product * length, NUMBER_BYTES[stored]);
    at += size;
    if (at > MOST_BYTES)
      throw problem(weight, `shape: expected at most ${MOST_BYTES} bytes of weights; got more`);
    return {
      name,
      shape,
      // Codes stand for floating-point numbers.
      type: scheme ? typeOf(weight) : stored,
      ofOptimizer: field(weight, 'group') === 'optimizer',
      numbers: () => {
        const codes = widen({ file, place: name }, joined(shards, start, size), stored);
        return scheme?.affine
          ? codes.map((code) => Math.fround(code * scheme.affine!.scale + scheme.affine!.min))
          : codes;
      },
    };
  });
  if (at !== held) {
    const sizes = paths.map((path, i) => `${path} ${shards[i].length}`).join(', ') || 'no shards';
    throw new FormatError(
      file,
      `${place}: expected shards of ${at} bytes together, as its weights take; got ${held} (${sizes})`,
    );
  }
  return tensors;
}

/** Bytes from all shards, of which any may end within a number. */
function joined(shards: readonly Uint8Array[], start: number, size: number): Uint8Array {
  const result = new Uint8Array(size);
  let before = 0;
  for (const shard of shards) {
    const [from, to] = [Math.max(start, before), Math.min(start + size, before + shard.length)];
    if (from < to) result.set(shard.subarray(from - before, to - before), from - start);
    before += shard.length;
  }
  return result;
}

function shapeOf(weight: Config): number[] {
  return listField(weight, 'shape').map((size) => {
    if (typeof size === 'number' && Number.isInteger(size) && size >= 0 && size <= MOST_BYTES) return size;
    throw problem(weight, `shape: expected sizes; got ${describe(size)}`);
  });
}

function typeOf(weight: Config): NumberType {
  const name = textField(weight, 'dtype');
  if (Object.hasOwn(TYPES, name)) return TYPES[name];
  throw problem(weight, `dtype: expected one of ${Object.keys(TYPES).join(', ')}; got ${describe(name)}`);
}

/** How a weight is stored in fewer bits, if it is. */
function schemeOf(
  weight: Config,
): { name: string; type: NumberType; affine?: { scale: number; min: number } } | undefined {
  if (field(weight, 'quantization') === undefined) return undefined;
  const quantization = child(weight, 'quantization', `${weight.place}.quantization`);
  const name = textField(quantization, 'dtype');
  if (!Object.hasOwn(QUANTIZED, name)) {
    throw problem(
      quantization,
      `dtype: expected one of ${Object.keys(QUANTIZED).join(', ')}; got ${describe(name)}`,
    );
  }
  const type = QUANTIZED[name];
  if (typeOf(weight) !== 'f32') throw problem(quantization, 'expected it of float32 weights alone');
  if (type === 'f16') return { name, type };
  const [scale, min] = ['scale', 'min'].map((key) => {
    const value = field(quantization, key);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw problem(quantization, `${key}: expected a number; got ${describe(value)}`);
  });
  return { name, type, affine: { scale, min } };
}

/** TF.js names weights dense_1/kernel; the converter may put scopes before, or a :0 behind. */
function ofLayer(
  file: string,
  tensors: readonly NamedTensor[],
  { name, bias }: KerasLayer,
  used: Set<NamedTensor>,
): KerasWeights {
  const [kernel, offset] = ['kernel', 'bias'].map((what) => {
    const full = `/${name}/${what}`;
    const found = tensors.filter((tensor) => `/${tensor.name.replace(/:0$/, '')}`.endsWith(full));
    if (found.length > 1) {
      throw new FormatError(
        file,
        `layer ${name}: expected one ${what}; got ${found.map((tensor) => tensor.name).join(' and ')}`,
      );
    }
    for (const tensor of found) used.add(tensor);
    return found.at(0);
  });
  if (!kernel)
    throw new FormatError(file, `layer ${name}: expected its kernel as ${name}/kernel; it is missing`);
  if (bias !== (offset !== undefined)) {
    const [expected, got] = bias ? ['a bias', 'none'] : ['no bias', 'one'];
    throw new FormatError(file, `layer ${name}: expected ${expected} beside its kernel; got ${got}`);
  }
  return { kernel, ...(offset && { bias: offset }) };
}
