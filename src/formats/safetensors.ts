/**
 * safetensors (huggingface.co/docs/safetensors): eight bytes with the length of a JSON header, the header, the bytes of all tensors. The header has
 * dtype, shape and data_offsets (begin and end in those bytes) of each tensor, and strings of one's own under __metadata__. Tensors are
 * little-endian, row-major, and cover the bytes without holes or overlaps.
 */
import { describe } from '../validate.js';
import { type NetworkDescription, type NetworkHints } from './description.js';
import { FormatError, type NamedFile } from './files.js';
import { parseJson } from './json-text.js';
import { MOST_NUMBERS, NUMBER_BYTES, type NumberType, widen } from './numbers.js';
import { describeStateDict } from './state-dict.js';
import { type NamedTensor } from './tensors.js';
import { withStated } from './stated.js';

const TYPES: Readonly<Record<string, NumberType>> = {
  F64: 'f64',
  F32: 'f32',
  F16: 'f16',
  BF16: 'bf16',
  I64: 'i64',
  I32: 'i32',
  I16: 'i16',
  I8: 'i8',
  U64: 'u64',
  U32: 'u32',
  U16: 'u16',
  U8: 'u8',
  BOOL: 'bool',
};

/** The reference implementation allows 100 MB; a fully connected network has some hundred bytes for each of its layers. */
const MOST_HEADER = 10_000_000;

export function describeSafetensors(files: readonly NamedFile[], hints: NetworkHints): NetworkDescription {
  const [file] = files;
  if (files.length > 1) {
    throw new FormatError(files[1].name, `expected one safetensors file; got ${files.length} files`);
  }
  const { tensors, metadata } = readSafetensors(file);
  // safetensors.torch.save_model leaves out what shares memory with another tensor, and notes it so.
  const shared = [...metadata].find(([, value]) => tensors.some(({ name }) => name === value));
  if (shared) {
    throw new FormatError(
      file.name,
      `tensor ${shared[0]}: it shares its numbers with ${shared[1]}; layers that share parameters cannot be analysed`,
    );
  }
  return withStated(describeStateDict(file.name, 'safetensors', tensors, hints), metadata);
}

/** @throws FormatError naming the file and the tensor */
function readSafetensors({ name: file, bytes }: NamedFile): {
  tensors: NamedTensor[];
  metadata: Map<string, string>;
} {
  const { header, data } = split(file, bytes);
  const metadata = new Map<string, string>();
  const placed: Placed[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') {
      placed.push(place(file, name, value, data));
      continue;
    }
    for (const [key, text] of Object.entries(objectOf(file, '__metadata__', value))) {
      if (typeof text !== 'string') {
        throw new FormatError(file, `__metadata__: expected strings; got ${describe(text)} for ${key}`);
      }
      metadata.set(key, text);
    }
  }
  checkCover(file, placed, data.length);
  return { tensors: placed, metadata };
}

interface Placed extends NamedTensor {
  begin: number;
  end: number;
}

function split(file: string, bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) {
    throw new FormatError(file, `expected eight bytes with the length of the header; got ${bytes.length}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(MOST_HEADER, bytes.length - 8);
  if (length > BigInt(most)) {
    const why = most === MOST_HEADER ? '' : ', which are left in the file';
    throw new FormatError(file, `header: expected a length of at most ${most} bytes${why}; got ${length}`);
  }
  const end = 8 + Number(length);
  const value = parseJson({ name: file, bytes: bytes.subarray(8, end) }, 'header');
  return { header: objectOf(file, 'header', value), data: bytes.subarray(end) };
}

function place(file: string, name: string, value: unknown, data: Uint8Array): Placed {
  const where = `tensor ${name}`;
  const { dtype, shape, data_offsets: offsets, ...rest } = objectOf(file, where, value);
  const unknown = Object.keys(rest).at(0);
  if (unknown !== undefined) {
    throw new FormatError(file, `${where}: expected dtype, shape and data_offsets; got ${describe(unknown)}`);
  }
  if (typeof dtype !== 'string' || !Object.hasOwn(TYPES, dtype)) {
    throw new FormatError(
      file,
      `${where}: expected a dtype out of ${Object.keys(TYPES).join(', ')}; got ${describe(dtype)}`,
    );
  }
  const type = TYPES[dtype];
  if (!isIntegers(shape) || shape.length > 64) {
    throw new FormatError(
      file,
      `${where}: expected a shape of at most 64 integers from 0 to ${MOST_NUMBERS}; got ${shown(shape)}`,
    );
  }
  const count = shape.reduce((product, n) => product * n, 1);
  if (count > MOST_NUMBERS) {
    throw new FormatError(
      file,
      `${where}: expected at most ${MOST_NUMBERS} numbers; got a shape of ${shown(shape)}`,
    );
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(Number.isSafeInteger)) {
    throw new FormatError(file, `${where}: expected data_offsets to be two integers; got ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin < 0 || end < begin || end > data.length) {
    throw new FormatError(
      file,
      `${where}: expected data_offsets within the ${data.length} bytes of data; got ${shown(offsets)}`,
    );
  }
  if (end - begin !== count * NUMBER_BYTES[type]) {
    throw new FormatError(
      file,
      `${where}: expected ${count * NUMBER_BYTES[type]} bytes, for ${shown(shape)} of ${dtype}; got ${end - begin}`,
    );
  }
  const bytes = data.subarray(begin, end);
  return { name, shape, type, begin, end, numbers: () => widen({ file, place: where }, bytes, type) };
}

/** Tensors that share bytes, or bytes that no tensor has, are not what the format allows: something else could be hidden there. */
function checkCover(file: string, placed: readonly Placed[], length: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...placed].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered)
      throw new FormatError(file, `tensor ${name}: it overlaps with another from byte ${begin}`);
    if (begin > covered)
      throw new FormatError(file, `bytes ${covered} to ${begin} of the data belong to no tensor`);
    covered = end;
  }
  if (covered < length)
    throw new FormatError(file, `bytes ${covered} to ${length} of the data belong to no tensor`);
}

function objectOf(file: string, where: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new FormatError(file, `${where}: expected an object; got ${describe(value)}`);
}

function isIntegers(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((n) => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= MOST_NUMBERS)
  );
}

function shown(value: unknown): string {
  return Array.isArray(value) && value.length <= 8 && value.every((n) => typeof n === 'number')
    ? `[${value.join(', ')}]`
    : describe(value);
}
