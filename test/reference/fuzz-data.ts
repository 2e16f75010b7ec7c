/**
 * The readers of data, for fuzz-formats.ts. What is read of damaged CSV without quotes must hold what a plain split finds, line by line: damage must not
 * make a wrong answer. Of the others, sizes and values must be valid.
 */
import {
  type DataHints,
  type NamedFile,
  readDataset,
  type ReadDataset,
  writeDataset,
} from '../../src/formats/index.js';
import { type Dataset } from '../../src/network.js';
import { matrix } from '../../src/matrix.js';
import { zipSync } from 'fflate';
import fixtures from '../fixtures/formats/data.json' with { type: 'json' };
import { type Reader, type Seed } from './fuzz-formats.js';

export const DATA_READERS: readonly Reader[] = [
  {
    name: 'data csv',
    seeds: () => Promise.resolve(seedsOf(/\.(csv|tsv|data)$/)),
    read: async (files, hints) => {
      const read = await readDataset(files, dataHints(hints));
      checkData(read);
      checkByLines(files[0].bytes, read, dataHints(hints));
    },
  },
  { name: 'data npz', seeds: async () => [...seedsOf(/\.npz$/), ...(await insideZip())], read: readAny },
  { name: 'data npy', seeds: () => Promise.resolve(seedsOf(/\.npy$/)), read: readAny },
  {
    name: 'data json',
    seeds: async () => [
      { parts: [{ name: 'a.json', bytes: await writeDataset(SAMPLE, 'json', NAMES) }] },
      {
        parts: [
          { name: 'b.json', bytes: new TextEncoder().encode('{"inputs":[[1,2],[3,4]],"targets":["a","b"]}') },
        ],
      },
    ],
    read: readAny,
  },
];

const SAMPLE: Dataset = { inputs: matrix(3, 2, [1, 2, 3, 4, 5, 6]), targets: [0, 1, 0], weights: [1, 2, 3] };
const NAMES = { features: ['u', 'v'], classes: ['no', 'yes'] };

function dataHints({ label, features, weights, ignore, loss, header, standardize }: DataHints): DataHints {
  const hints = { label, features, weights, ignore, loss, header, standardize };
  return Object.fromEntries(Object.entries(hints).filter(([, value]) => value !== undefined));
}

async function readAny(files: NamedFile[], hints: DataHints): Promise<void> {
  checkData(await readDataset(files, dataHints(hints)));
}

function checkData({ data, classes, features }: ReadDataset): void {
  const { inputs, targets, weights } = data;
  const count = 'rows' in targets ? targets.rows : targets.length;
  const values = 'rows' in targets ? targets.data : Float64Array.from(targets);
  const all = [inputs.data, values, Float64Array.from(weights ?? [])];
  const isSound =
    inputs.rows > 0 &&
    inputs.cols > 0 &&
    inputs.data.length === inputs.rows * inputs.cols &&
    count === inputs.rows &&
    (weights === undefined || weights.length === count) &&
    (features === undefined || features.length === inputs.cols) &&
    (classes === undefined || values.every((c) => Number.isInteger(c) && c >= 0 && c < classes.length)) &&
    all.every((numbers) => numbers.every(Number.isFinite));
  if (!isSound) throw new Error('what was read is not valid');
}

/** Every line but that of names is a sample, whose inputs are among its cells, in order. */
function checkByLines(
  bytes: Uint8Array,
  { data, standardization }: ReadDataset,
  { features }: DataHints,
): void {
  const text = new TextDecoder().decode(bytes);
  if (text.includes('"') || standardization || features) return;
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const { rows, cols, data: found } = data.inputs;
  if (lines.length !== rows && lines.length !== rows + 1)
    throw new Error(`${lines.length} lines became ${rows} samples`);
  for (let i = 0; i < rows; i++) {
    const cells = lines[lines.length - rows + i].split(/[,;\t|]/).map((cell) => Number(cell.trim()));
    let at = -1;
    for (const x of found.subarray(i * cols, (i + 1) * cols)) {
      at = cells.indexOf(x, at + 1);
      if (at < 0) throw new Error(`sample ${i}: ${x} is not in its line`);
    }
  }
}

function seedsOf(ending: RegExp): Seed[] {
  return fixtures.cases
    .filter(({ files }) => ending.test(files[0].name))
    .map(({ files, hints }) => ({
      parts: files.map(({ name, base64 }) => ({
        name,
        bytes: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
      })),
      hints: hints as DataHints,
    }));
}

/** Arrays in an archive whose checksums are right whatever becomes of them. */
async function insideZip(): Promise<Seed[]> {
  const { unzipSync } = await import('fflate');
  const arrays = unzipSync(await writeDataset(SAMPLE, 'npz', NAMES));
  return [
    {
      parts: Object.entries(arrays).map(([name, bytes]) => ({ name, bytes })),
      assemble: (parts) => [
        { name: 'd.npz', bytes: zipSync(Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes]))) },
      ],
    },
  ];
}
