/**
 * Files by Keras 3 and, by h5py, as Keras 1 and 2 wrote them (test/fixtures/formats/make_keras.py). The oracles: Keras's own outputs, PyTorch's double
 * autograd on the weights that Keras held, and libhdf5 (h5wasm) for what HDF5 files hold.
 */
import * as h5wasm from 'h5wasm';
import { gunzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import fixtures from './fixtures/formats/keras.json' with { type: 'json' };
import { FormatError, type NamedFile, type NetworkHints, readNetwork } from '../src/formats/index.js';
import { type Hdf5Group, readHdf5 } from '../src/formats/keras/hdf5.js';
import { readZip } from '../src/formats/zip.js';
import { loadSync } from '../src/index.js';
import {
  expectCurvature,
  expectDescribed,
  expectOutputs,
  fromBase64,
  type KeptModel,
  rows,
} from './setup/kept-models.js';

type KerasCase = KeptModel & {
  file: string;
  gzip: string;
  precision: number;
  kerasLoss?: number;
  times?: number;
};
const CASES = fixtures.cases as unknown as KerasCase[];
const hb = loadSync();
afterAll(() => hb.dispose());

describe.each(CASES)('$name', (given) => {
  const read = readNetwork(fileOf(given), given.hints);

  it('has its layers, its loss, and says what was inferred', async () => expectDescribed(given, await read));
  it('computes what Keras does', async () => expectOutputs(hb, given, await read, given.precision));
  it("has PyTorch's trace, Frobenius norm and largest eigenvalue", async () => {
    expectCurvature(hb, given, await read);
  });
});

describe('what cannot be analysed', () => {
  it.each(fixtures.refused)('$name', async (given) => {
    const error = await failure(fileOf(given));
    expect(error.message).toContain(given.message);
    expect(error.message).toMatch(new RegExp(`^${given.file.replaceAll('.', '\\.')}: [^\\n]{1,600}$`));
  });

  it('is a SavedModel as well, whose folder has programs in it', async () => {
    const error = await failure([
      { name: 'model/saved_model.pb', bytes: new Uint8Array(9) },
      { name: 'model/fingerprint.pb', bytes: new Uint8Array(9) },
    ]);
    expect(error.message).toMatch(
      /^model\/saved_model\.pb: TensorFlow's SavedModel .*model\.save\('model\.keras'\)$/,
    );
  });
});

describe('the loss', () => {
  const compiled = CASES.find(({ name }) => name.startsWith('linear end and mean squared'))!;

  it('is the one given, if one is, and that is said', async () => {
    const { network, inferred } = await readNetwork(fileOf(compiled), { loss: 'softmax-cross-entropy' });
    expect(network.loss).toBe('softmax-cross-entropy');
    expect(inferred).toContain('the loss is softmax-cross-entropy, as given, and not mse, as the file says');
  });

  it('given overrules a contradiction', async () => {
    const contradiction = fixtures.refused.find(({ name }) => name === 'probabilities without a softmax')!;
    const { network } = await readNetwork(fileOf(contradiction), { loss: 'softmax-cross-entropy' });
    expect(network.loss).toBe('softmax-cross-entropy');
  });

  it.each(CASES.filter(({ kerasLoss }) => kerasLoss !== undefined))('$name', async (given) => {
    const { network } = await readNetwork(fileOf(given));
    const targets = rows(given.targets as number[][]);
    const ratio = hb.loss(network, { inputs: rows(given.inputs), targets }) / given.kerasLoss!;
    expect(Math.abs(ratio - given.times!)).toBeLessThan(1e-5);
  });
});

describe('what contradicts itself', () => {
  // Names of layers and of losses are changed for others of the same length, within the file.
  const chain = CASES.find(({ name }) => name.startsWith('the same, as a whole model'))!;
  it.each([
    ['"units": 5', '"units": 6', 'layer dense: expected a kernel of 4 × 6 (inputs × outputs); got 4 × 5'],
    ['"units": 5', '"units":-5', 'layer dense: units: expected a positive integer; got -5'],
    ['"use_bias": true', '"use_bias":false', 'layer dense: expected no bias beside its kernel; got one'],
    ['"name": "dense_1"', '"name": "dense_2"', 'got two of the name dense_2'],
    ['"activation": "tanh"', '"activation": "sine"', 'layer dense: sine cannot be analysed'],
    ['"class_name": "Dense"', '"class_name": "Dance"', 'layer dense: Dance cannot be analysed'],
    ['"loss": "sparse_', '"loss": "Sparse ', undefined],
    ['{"class_name": "Sequential"', '{"class_name": "Sequentia"]', 'model_config: not valid JSON'],
  ])('%s for %s', async (before, after, message) => {
    const file = fileOf(chain);
    const changed = replaced(file.bytes, before, after);
    if (message === undefined) {
      expect((await readNetwork({ ...file, bytes: changed })).network.loss).toBe('softmax-cross-entropy');
    } else {
      expect((await failure({ ...file, bytes: changed })).message).toContain(message);
    }
  });
});

describe('readHdf5', () => {
  it.each(CASES)('reads what libhdf5 does: $name', async (given) => {
    await h5wasm.ready;
    const file = hdf5Of(fileOf(given));
    h5wasm.FS!.writeFile('/kept.h5', file.bytes);
    const theirs = new h5wasm.File('/kept.h5', 'r');
    try {
      expect(compared(readHdf5(file), theirs)).toBeGreaterThan(2);
    } finally {
      theirs.close();
      h5wasm.FS!.unlink('/kept.h5');
    }
  });

  it('names a file that ends too early, wherever it does', async () => {
    const { name, bytes } = fileOf(CASES.find(({ file }) => file === 'model.h5')!);
    for (let size = 8; size < bytes.length; size += 97) {
      const { message } = await failure({ name, bytes: bytes.slice(0, size) });
      expect(message).toMatch(/^model\.h5: .*(truncated|ends at|the file has)/);
    }
  });

  it('refuses a name twice in a group', async () => {
    const { bytes } = fileOf(CASES[1]);
    const view = new DataView(bytes.buffer);
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    // The second symbol of the first list gets the first one's name.
    const symbols = text.indexOf('SNOD') + 8;
    view.setBigUint64(symbols + 40, view.getBigUint64(symbols, true), true);
    expect((await failure({ name: 'twice.h5', bytes })).message).toContain('expected each name once');
  });

  it('follows no cycle for long', async () => {
    const file = hdf5Of(fileOf(CASES[1]));
    const view = new DataView(file.bytes.buffer);
    // The root's tree says that it has 65,535 children at level 255, which is itself over and over.
    const tree = Number(view.getBigUint64(80, true));
    const looped = file.bytes.slice();
    looped[tree + 5] = 255;
    new DataView(looped.buffer).setUint16(tree + 6, 65535, true);
    expect((await failure({ name: 'loop.h5', bytes: looped })).message).toMatch(/^loop\.h5: /);
  });
});

/** How many data sets and texts are the same in both. */
function compared(ours: Hdf5Group, theirs: h5wasm.Group): number {
  expect([...ours.names].sort()).toEqual(theirs.keys().sort());
  let same = 0;
  for (const name of Object.keys(theirs.attrs)) {
    const { value, metadata } = theirs.attrs[name];
    if (metadata.type !== TEXT) continue;
    expect(ours.attribute(name)).toEqual(typeof value === 'string' ? [value] : value);
    same++;
  }
  for (const name of ours.names) {
    const entry = theirs.get(name);
    if (entry instanceof h5wasm.Group) same += compared(ours.group(name)!, entry);
    else if (
      entry instanceof h5wasm.Dataset &&
      [4, 8].includes(entry.metadata.size) &&
      entry.metadata.type === FLOAT
    ) {
      const dataset = ours.dataset(name)!;
      expect(dataset.shape).toEqual(entry.shape);
      expect(Array.from(dataset.numbers())).toEqual(
        [entry.value].flatMap((value) =>
          Array.from(ArrayBuffer.isView(value) ? (value as Float32Array) : [value as number]),
        ),
      );
      same++;
    }
  }
  return same;
}

const [FLOAT, TEXT] = [1, 3];

function fileOf({ file, gzip }: { file: string; gzip: string }): NamedFile {
  return { name: file, bytes: gunzipSync(fromBase64(gzip)) };
}

function hdf5Of(file: NamedFile): NamedFile {
  if (!file.name.endsWith('.keras')) return file;
  return {
    name: 'model.weights.h5',
    bytes: readZip(file)
      .find(({ name }) => name === 'model.weights.h5')!
      .read(),
  };
}

function replaced(bytes: Uint8Array, before: string, after: string): Uint8Array {
  expect(after.length).toBe(before.length);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const at = text.indexOf(before);
  expect(at, before).toBeGreaterThan(0);
  const result = bytes.slice();
  result.set(
    Array.from(after, (c) => c.charCodeAt(0)),
    at,
  );
  return result;
}

async function failure(files: NamedFile | NamedFile[], hints: NetworkHints = {}): Promise<FormatError> {
  const outcome = await readNetwork(files, hints).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(FormatError);
  return outcome as FormatError;
}
