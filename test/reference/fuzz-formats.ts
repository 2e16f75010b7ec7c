/**
 * The readers of files and whole files for each, to be damaged (mutate.ts). Whatever becomes of a file, its reader has to give something valid or
 * throw a FormatError: one line that begins with the file's name. A reader joins by a line in READERS.
 */
import { type NetworkHints } from '../../src/formats/description.js';
import {
  type DataHints,
  FormatError,
  type NamedFile,
  readNetwork,
  writeNetwork,
  writeNpy,
} from '../../src/formats/index.js';
import { checkNetwork, type Loss } from '../../src/network.js';
import { uniform } from '../../src/random.js';
import { initialize } from '../../src/initialization.js';
import { matrix } from '../../src/matrix.js';
import onnx from '../fixtures/formats/onnx.json' with { type: 'json' };
import { gunzipSync, zipSync } from 'fflate';
import { readZip } from '../../src/formats/zip.js';
import keras from '../fixtures/formats/keras.json' with { type: 'json' };
import tfjs from '../fixtures/formats/tfjs.json' with { type: 'json' };
import weights from '../fixtures/formats/weights.json' with { type: 'json' };
import { DATA_READERS } from './fuzz-data.js';
import { mutate } from './mutate.js';

export interface Seed {
  /** What is damaged, one of them at a time. */
  parts: NamedFile[];
  /** The files that the parts make, if they are not files themselves: so that damage gets behind lengths and checksums. */
  assemble?: (parts: NamedFile[]) => NamedFile[];
  hints?: NetworkHints & DataHints;
}

export interface Reader {
  name: string;
  seeds: () => Promise<Seed[]>;
  /** Throws a FormatError, or an error of any other kind if what was read is not valid. */
  read: (files: NamedFile[], hints: NetworkHints & DataHints) => Promise<void>;
}

async function readModel(files: NamedFile[], hints: NetworkHints): Promise<void> {
  const { network } = await readNetwork(files, hints);
  checkNetwork(network);
}

export const READERS: readonly Reader[] = [
  {
    name: 'safetensors',
    seeds: async () => [...fixtures(/safetensors$/), ...(await headers())],
    read: readModel,
  },
  { name: 'npz', seeds: () => Promise.resolve([...fixtures(/npz$/), ...insideZip()]), read: readModel },
  { name: 'npy', seeds: () => Promise.resolve(fixtures(/npy$/)), read: readModel },
  { name: 'pickle', seeds: () => Promise.resolve(fixtures(/\.(pt|bin|pkl|joblib)$/)), read: readModel },
  { name: 'onnx', seeds: () => Promise.resolve(onnxFiles()), read: readModel },
  { name: 'keras', seeds: () => Promise.resolve(kerasFiles(/h5$/)), read: readModel },
  { name: 'keras-zip', seeds: () => Promise.resolve(insideKeras()), read: readModel },
  { name: 'tfjs', seeds: () => Promise.resolve(tfjsFiles()), read: readModel },
  {
    name: 'json',
    seeds: async () => [{ parts: [{ name: 'network.json', bytes: await sample('json') }] }],
    read: readModel,
  },
  ...DATA_READERS,
];

export interface Trial {
  outcome: 'read' | 'refused' | 'failed';
  files: NamedFile[];
  milliseconds: number;
  /** Of a refusal or a failure. */
  message?: string;
}

/** The index-th damaged file of a reader, the same every time. */
export async function tryOne(
  reader: Reader,
  seeds: readonly Seed[],
  seed: number,
  index: number,
): Promise<Trial> {
  const next = uniform(seed, index);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)];
  const { parts, assemble, hints = {} } = pick(seeds);
  const damaged = pick(parts);
  const other = pick(pick(seeds).parts).bytes;
  const changed = parts.map((part) =>
    part === damaged ? { name: part.name, bytes: mutate(part.bytes, other, next) } : part,
  );
  const files = assemble ? assemble(changed) : changed;
  const start = performance.now();
  const judged = await judge(reader, files, hints);
  return { ...judged, files, milliseconds: performance.now() - start };
}

async function judge(
  reader: Reader,
  files: NamedFile[],
  hints: NetworkHints & DataHints,
): Promise<{ outcome: Trial['outcome']; message?: string }> {
  try {
    await reader.read(files, hints);
    return { outcome: 'read' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isNamed = files.some(({ name }) => message.startsWith(`${name}: `));
    const isClear =
      error instanceof FormatError && isNamed && /^[^\p{Cc}\u2028\u2029]{1,1000}$/u.test(message);
    return {
      outcome: isClear ? 'refused' : 'failed',
      message: isClear ? message : String((error as Error).stack),
    };
  }
}

function fixtures(ending: RegExp): Seed[] {
  return [...weights.cases, ...weights.refused]
    .filter(({ files }) => ending.test(files[0].name))
    .map(({ files, hints }) => ({
      parts: files.map(({ name, base64 }) => ({
        name,
        bytes: fromBase64(base64),
      })),
      hints: hints as NetworkHints,
    }));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** Those that are refused as well. */
function onnxFiles(): Seed[] {
  return [...onnx.cases, ...onnx.refused].map((given) => ({
    parts: [
      { name: 'model.onnx', bytes: fromBase64(given.file) },
      ...Object.entries('beside' in given ? (given.beside ?? {}) : {}).map(([name, text]) => ({
        name,
        bytes: fromBase64(text),
      })),
    ],
    hints: 'hint' in given && given.hint ? { loss: given.loss as Loss } : {},
  }));
}

function sample(format: 'json' | 'safetensors'): Promise<Uint8Array> {
  const network = initialize({
    widths: [3, 4, 2],
    activation: 'tanh',
    loss: 'softmax-cross-entropy',
    seed: 3,
  });
  return writeNetwork(
    { ...network, weightDecay: 0.5 },
    format,
    format === 'json' ? {} : { classes: ['a', 'b'] },
  );
}

/** Headers whose length is right whatever becomes of them. */
async function headers(): Promise<Seed[]> {
  const file = await sample('safetensors');
  const length = Number(new DataView(file.buffer as ArrayBuffer).getBigUint64(0, true));
  return [
    {
      parts: [{ name: 'model.safetensors', bytes: file.slice(8, 8 + length) }],
      assemble: ([{ name, bytes }]) => {
        const whole = new Uint8Array(8 + bytes.length + file.length - 8 - length);
        new DataView(whole.buffer).setBigUint64(0, BigInt(bytes.length), true);
        whole.set(bytes, 8);
        whole.set(file.subarray(8 + length), 8 + bytes.length);
        return [{ name, bytes: whole }];
      },
    },
  ];
}

/** Arrays in an archive whose checksums are right whatever becomes of them. */
function insideZip(): Seed[] {
  const arrays: Record<string, Uint8Array> = {
    'fc1.weight': writeNpy(matrix(3, 2, [1, 2, 3, 4, 5, 6])),
    'fc2.weight': writeNpy(matrix(2, 3, [1, 2, 3, 4, 5, 6])),
  };
  return [
    {
      parts: Object.entries(arrays).map(([name, bytes]) => ({ name, bytes })),
      assemble: (parts) => [
        {
          name: 'w.npz',
          bytes: zipSync(Object.fromEntries(parts.map(({ name, bytes }) => [`${name}.npy`, bytes]))),
        },
      ],
      hints: { activation: 'tanh', loss: 'softmax-cross-entropy' },
    },
  ];
}

/** Whole, and weights alone. */
function kerasFiles(ending: RegExp): Seed[] {
  const refused = keras.refused.map((given) => ({ ...given, hints: {} }));
  return [...keras.cases, ...refused]
    .filter(({ file }) => ending.test(file))
    .map(({ file, gzip, hints }) => ({
      parts: [{ name: file, bytes: gunzipSync(Uint8Array.from(atob(gzip), (c) => c.charCodeAt(0))) }],
      hints: hints as NetworkHints,
    }));
}

/** As they are, and with checksums that are right whatever becomes of the configuration and the weights. */
function insideKeras(): Seed[] {
  return kerasFiles(/keras$/).flatMap((seed) => [
    seed,
    {
      parts: readZip(seed.parts[0]).map((entry) => ({ name: entry.name, bytes: entry.read() })),
      assemble: (parts) => [
        {
          name: 'model.keras',
          bytes: zipSync(Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes])), { level: 0 }),
        },
      ],
    },
  ]);
}

function tfjsFiles(): Seed[] {
  return [...tfjs.cases, ...tfjs.refused].map(({ files, ...rest }) => ({
    parts: files.map(({ name, base64 }) => ({
      name,
      bytes: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
    })),
    ...('hints' in rest && { hints: rest.hints as NetworkHints }),
  }));
}
