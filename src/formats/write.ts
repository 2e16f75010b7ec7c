/**
 * Networks for other tools, in double precision and with all that is not weights, so that reading them back gives the same network to the bit:
 *
 *   safetensors  tensors 0.weight, 0.bias, 2.weight, … of nn.Sequential(Linear, activation, Linear, …), which load_state_dict takes; the rest
 *                as strings under __metadata__ (stated.ts)
 *   npz          arrays of the same names, the rest as arrays
 *   json         json.ts
 */
import { type Matrix } from '../matrix.js';
import { checkNetwork, type Network } from '../network.js';
import { checkMatrix, checkOneOf } from '../validate.js';
import { jsonText, networkToJson } from './json.js';

export const WRITTEN_FORMATS = ['json', 'safetensors', 'npz'] as const;
export type WrittenFormat = (typeof WRITTEN_FORMATS)[number];

/**
 * The bytes of a file that readNetwork reads back as the same network, to the bit.
 *
 * In Python: `model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).double(); model.load_state_dict(load_file('model.safetensors'))`,
 * with bias=False where there is none, and nn.Identity() for 'identity' between layers.
 *
 * @param classes what the outputs stand for; JSON has no place for them
 * @throws TypeError or RangeError for what is no network, or another format
 */
export async function writeNetwork(
  network: Network,
  format: WrittenFormat,
  { classes }: { classes?: readonly string[] } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const checked = checkNetwork(network);
  checkOneOf('format', format, WRITTEN_FORMATS);
  if (format === 'json') return utf8(`${jsonText(networkToJson(network))}\n`);
  const tensors = checked.layers.flatMap(({ weights, bias, inputs, outputs }, l) => [
    { name: `${2 * l}.weight`, shape: [outputs, inputs], numbers: weights },
    ...(bias ? [{ name: `${2 * l}.bias`, shape: [outputs], numbers: bias }] : []),
  ]);
  const activations = checked.layers.map(({ activation }) => activation);
  if (format === 'safetensors') {
    return writeSafetensors(tensors, {
      format: 'pt',
      activations: activations.join(','),
      loss: checked.loss,
      weight_decay: String(checked.weightDecay),
      ...(classes && { classes: JSON.stringify(classes) }),
    });
  }
  return npz([
    ...tensors.map(({ name, shape, numbers }): NpzEntry => [name, npyOfNumbers(shape, numbers)]),
    ['activations', npyOfStrings([activations.length], activations)],
    ['loss', npyOfStrings([], [checked.loss])],
    ['weight_decay', npyOfNumbers([], Float64Array.of(checked.weightDecay))],
    ...(classes ? [['classes', npyOfStrings([classes.length], classes)] as NpzEntry] : []),
  ]);
}

/** A matrix as NumPy's .npy, '<f8' in C order. @throws TypeError or RangeError for what is no matrix of finite numbers */
export function writeNpy(value: Matrix): Uint8Array<ArrayBuffer> {
  const { rows, cols, data } = checkMatrix('matrix', value, 0);
  return npyOfNumbers([rows, cols], data);
}

/** An array's name and its .npy. */
export type NpzEntry = [name: string, content: Uint8Array];

/** Not compressed, and the same bytes at any time. */
export async function npz(entries: readonly NpzEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const { zipSync } = await import('fflate');
  const named = Object.fromEntries(entries.map(([name, content]) => [`${name}.npy`, content]));
  // The oldest date of zip, in whatever zone this is.
  return zipSync(named, { level: 0, mtime: new Date(1980, 0, 1) });
}

interface Tensor {
  name: string;
  shape: readonly number[];
  numbers: Float64Array;
}

function writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = tensors.map(({ name, shape, numbers }): [string, unknown] => {
    const begin = end;
    end += numbers.byteLength;
    return [name, { dtype: 'F64', shape, data_offsets: [begin, end] }];
  });
  // A list of pairs, as a name such as 0 would come first in any object; a space more or less keeps the doubles aligned.
  const body = [['__metadata__', metadata] as [string, unknown], ...entries]
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',');
  const header = utf8(`{${body}}`);
  const length = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(header, 8);
  let at = 8 + length;
  for (const { numbers } of tensors) {
    file.set(littleEndian(numbers), at);
    at += numbers.byteLength;
  }
  return file;
}

export function npyOfNumbers(shape: readonly number[], numbers: Float64Array): Uint8Array<ArrayBuffer> {
  return npy('<f8', shape, littleEndian(numbers));
}

/** As NumPy's str_: UTF-32, all of one length. */
export function npyOfStrings(shape: readonly number[], strings: readonly string[]): Uint8Array<ArrayBuffer> {
  const points = strings.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const length = Math.max(1, ...points.map((one) => one.length));
  const view = new DataView(new ArrayBuffer(4 * length * strings.length));
  points.forEach((one, i) => one.forEach((point, k) => view.setUint32(4 * (i * length + k), point, true)));
  return npy(`<U${length}`, shape, new Uint8Array(view.buffer));
}

/** Version 1.0; the header is padded so that the data begin at a multiple of 64, as NumPy has it. */
function npy(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const header = utf8(`${dict.padEnd(start - 11)}\n`);
  const file = new Uint8Array(start + data.length);
  file.set([0x93, ...utf8('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  file.set(header, 10);
  file.set(data, start);
  return file;
}

function littleEndian(numbers: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.byteLength));
  numbers.forEach((x, i) => view.setFloat64(8 * i, x, true));
  return new Uint8Array(view.buffer);
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
