/**
 * Layers models by TensorFlow.js (test/fixtures/formats/make_tfjs.mjs), in shards that end within tensors and within numbers. The oracles: what
 * TF.js computes, in float32, and PyTorch's double autograd on the weights that TF.js held.
 */
import { afterAll, describe, expect, it } from 'vitest';
import fixtures from './fixtures/formats/tfjs.json' with { type: 'json' };
import { FormatError, type NamedFile, readNetwork, tfjsShardNames } from '../src/formats/index.js';
import { loadSync } from '../src/index.js';
import {
  expectCurvature,
  expectDescribed,
  expectOutputs,
  fromBase64,
  type KeptModel,
} from './setup/kept-models.js';

interface Files {
  files: { name: string; base64: string }[];
}
const CASES = fixtures.cases as unknown as (KeptModel & Files)[];
const hb = loadSync();
afterAll(() => hb.dispose());

/** TF.js's exact GELU has an erf of 1.5e-7 (Abramowitz and Stegun 7.1.26); the rest is float32. */
const PRECISION = 2e-6;

describe.each(CASES)('$name', (given) => {
  const read = readNetwork(filesOf(given), given.hints);

  it('has its layers, its loss, and says what was inferred', async () => expectDescribed(given, await read));
  it('computes what TF.js does', async () => expectOutputs(hb, given, await read, PRECISION));
  it("has PyTorch's trace, Frobenius norm and largest eigenvalue", async () => {
    expectCurvature(hb, given, await read);
  });
});

it.each(fixtures.refused)('refuses $name', async (given) => {
  const error = await failure(filesOf(given));
  expect(error.message).toContain(given.message);
  expect(error.message).toMatch(/^model\.json: [^\n]{1,600}$/);
});

describe('shards', () => {
  const [model, ...shards] = filesOf(CASES[0]);
  const names = shards.map(({ name }) => name);

  it('are named by model.json', () => {
    expect(names.length).toBeGreaterThan(5);
    expect(tfjsShardNames(model.bytes)).toEqual(names);
  });

  it('come in any order, under the paths of one folder', async () => {
    const moved = [...shards.slice().reverse(), model].map(({ name, bytes }) => ({
      name: `some/folder/${name}`,
      bytes,
    }));
    const { network } = await readNetwork(moved);
    expect(network).toEqual((await readNetwork(filesOf(CASES[0]))).network);
  });

  it.each<[string, NamedFile[], string]>([
    [
      'missing',
      [model, ...shards.slice(2)],
      `model.json: expected its shards beside it; missing: ${names.slice(0, 2).join(', ')}`,
    ],
    [
      'more',
      [model, ...shards, { name: 'other.bin', bytes: new Uint8Array(3) }],
      'other.bin: expected a shard that model.json names',
    ],
    ['twice', [model, ...shards, shards[0]], `${names[0]}: expected each shard once`],
    [
      'too short',
      [model, { name: names[0], bytes: shards[0].bytes.slice(1) }, ...shards.slice(1)],
      'expected shards of ',
    ],
    [
      'too long',
      [model, { name: names[0], bytes: new Uint8Array(99) }, ...shards.slice(1)],
      'expected shards of ',
    ],
  ])('%s', async (_, files, message) => {
    expect((await failure(files)).message).toContain(message);
  });

  it.each([
    '../secret.bin',
    '..',
    '/etc/passwd',
    'a/b.bin',
    'a\\b.bin',
    'c:shard.bin',
    'https://a.example/x',
    'a\u0000',
    '',
    7,
  ])('refuses the path %j', async (path) => {
    const bytes = edited(model, (json) => (json.weightsManifest[0].paths[0] = path as string));
    expect(() => tfjsShardNames(bytes, 'm.json')).toThrow(
      /^m\.json: weightsManifest\[0\]: paths: expected names of files/,
    );
    expect((await failure([{ name: 'm.json', bytes }, ...shards])).message).toMatch(
      /^m\.json: weightsManifest\[0\]: paths/,
    );
  });
});

describe('model.json', () => {
  const quantized = CASES.find(({ name }) => name === 'quantized to uint8')!;
  it.each<[string, (json: ModelJson) => unknown, string]>([
    [
      'a graph model',
      (json) => (json.format = 'graph-model'),
      'got a graph model, whose layers TensorFlow has taken apart',
    ],
    ['another format', (json) => (json.format = 'x'), 'format: expected layers-model; got "x"'],
    [
      'a size that is none',
      (json) => (json.weightsManifest[0].weights[0].shape[0] = -4),
      'weights[0]: shape: expected sizes; got -4',
    ],
    [
      'a size beyond memory',
      (json) => (json.weightsManifest[0].weights[0].shape = [2 ** 30, 2 ** 30]),
      'shape: expected at most 2147483647 bytes of weights',
    ],
    [
      'a shape turned round',
      (json) => json.weightsManifest[0].weights[0].shape.reverse(),
      'expected a kernel of 4 × 5 (inputs × outputs); got 5 × 4',
    ],
    [
      'another type',
      (json) => (json.weightsManifest[0].weights[0].dtype = 'complex64'),
      'dtype: expected one of float32, int32, bool; got "complex64"',
    ],
    [
      'other codes',
      (json) => (json.weightsManifest[0].weights[0].quantization!.dtype = 'int4'),
      'dtype: expected one of float16, uint8, uint16; got "int4"',
    ],
    [
      'codes without a scale',
      (json) => delete json.weightsManifest[0].weights[0].quantization!.scale,
      'quantization: scale: expected a number; got undefined',
    ],
    [
      'a weight twice',
      (json) => (json.weightsManifest[0].weights[2].name = json.weightsManifest[0].weights[0].name),
      'expected each weight once',
    ],
    [
      'a weight of no layer',
      (json) => (json.weightsManifest[0].weights[3].name = 'dense_Dense9/bias'),
      'expected a bias beside its kernel; got none',
    ],
    [
      'no manifest',
      (json) => delete (json as Partial<ModelJson>).weightsManifest,
      'weightsManifest: expected a list; got undefined',
    ],
    [
      'no model',
      (json) => delete (json as Partial<ModelJson>).modelTopology,
      'modelTopology: expected an object; got undefined',
    ],
    [
      'a loss of logits',
      (json) =>
        (json.trainingConfig!.loss = {
          class_name: 'CategoricalCrossentropy',
          config: { from_logits: true },
        }),
      'has from_logits: true, but the model ends in softmax',
    ],
    [
      'a loss over samples',
      (json) => (json.trainingConfig!.loss = { class_name: 'CategoricalCrossentropy', config: { axis: 0 } }),
      'CategoricalCrossentropy: expected the axis of the outputs, -1; got 0',
    ],
  ])('%s', async (_, edit, message) => {
    const [model, ...shards] = filesOf(quantized);
    const { message: said } = await failure([{ name: 'model.json', bytes: edited(model, edit) }, ...shards]);
    expect(said).toContain(message);
    expect(said).toMatch(/^model\.json: [^\n]*$/);
  });

  it('says what of the loss is not applied', async () => {
    const [model, ...shards] = filesOf(quantized);
    const bytes = edited(model, (json) => {
      const config = { ignore_class: 2, label_smoothing: 0.1 };
      json.trainingConfig!.loss = { class_name: 'SparseCategoricalCrossentropy', config };
    });
    const { inferred } = await readNetwork([{ name: model.name, bytes }, ...shards]);
    const said = inferred.join('\n');
    expect(said).toContain(
      'its ignore_class of 2 is not applied: samples of that class count as all others do',
    );
    expect(said).toContain('its label smoothing of 0.1 is not applied');
  });

  it('says which layers hold equal numbers', async () => {
    const dense = (name: string): object => ({
      class_name: 'Dense',
      config: { name, units: 2, use_bias: false, batch_input_shape: [null, 2] },
    });
    const weights = ['a', 'b'].map((name) => ({ name: `${name}/kernel`, shape: [2, 2], dtype: 'float32' }));
    const json = {
      modelTopology: { class_name: 'Sequential', config: { name: 's', layers: [dense('a'), dense('b')] } },
      weightsManifest: [{ paths: ['w.bin'], weights }],
    };
    const file = { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) };
    const shard = (...numbers: number[]): NamedFile => ({
      name: 'w.bin',
      bytes: new Uint8Array(Float32Array.from(numbers).buffer),
    });
    const said = async (...numbers: number[]): Promise<string> =>
      (await readNetwork([file, shard(...numbers)], { loss: 'squared-error' })).inferred.join('\n');
    expect(await said(1, 2, 3, 4, 1, 2, 3, 4)).toContain('layers a and b hold the same numbers');
    expect(await said(1, 2, 3, 4, 1, 2, 3, 5)).not.toContain('the same numbers');
  });

  it("may be the converter's, with the model a level deeper and scopes before names", async () => {
    const [model, ...shards] = filesOf(CASES[0]);
    const bytes = edited(model, (json) => {
      json.modelTopology = { model_config: json.modelTopology, training_config: json.trainingConfig };
      delete json.trainingConfig;
      for (const weight of json.weightsManifest[0].weights) weight.name = `sequential/${weight.name}`;
    });
    const { network, inferred } = await readNetwork([{ name: model.name, bytes }, ...shards]);
    expect({ network, inferred }).toEqual(
      await readNetwork(filesOf(CASES[0])).then((read) => ({
        network: read.network,
        inferred: read.inferred,
      })),
    );
  });
});

interface ModelJson {
  format: string;
  modelTopology: unknown;
  trainingConfig?: { loss: unknown };
  weightsManifest: {
    paths: string[];
    weights: {
      name: string;
      dtype: string;
      shape: number[];
      quantization?: { dtype: string; scale?: number };
    }[];
  }[];
}

function edited({ bytes }: NamedFile, edit: (json: ModelJson) => unknown): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(bytes)) as ModelJson;
  edit(json);
  return new TextEncoder().encode(JSON.stringify(json));
}

function filesOf({ files }: Files): NamedFile[] {
  return files.map(({ name, base64 }) => ({ name, bytes: fromBase64(base64) }));
}

async function failure(files: NamedFile[]): Promise<FormatError> {
  const outcome = await readNetwork(files).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(FormatError);
  return outcome as FormatError;
}
