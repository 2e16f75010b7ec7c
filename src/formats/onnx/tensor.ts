/**
 * The numbers of a TensorProto as doubles, however they are kept: raw_data (little endian), float_data, double_data, int32_data (also for
 * f16 and bf16, their bits), int64_data, uint64_data, or another file given beside the model (external_data).
 */
import { FormatError, type NamedFile } from '../files.js';
import { MOST_NUMBERS, NUMBER_BYTES, type NumberType, widen } from '../numbers.js';
import {
  DOUBLE_DATA,
  FLOAT_DATA,
  INT32_DATA,
  INT64_DATA,
  RAW_DATA,
  type Tensor,
  UINT64_DATA,
} from './messages.js';
import { decodeText, type Place, readVarints } from './wire.js';

/** TensorProto.DataType: what is a number here, or a string. */
const TYPES: Readonly<Record<number, NumberType>> = {
  1: 'f32',
  2: 'u8',
  3: 'i8',
  4: 'u16',
  5: 'i16',
  6: 'i32',
  7: 'i64',
  9: 'bool',
  10: 'f16',
  11: 'f64',
  12: 'u32',
  13: 'u64',
  16: 'bf16',
};
const STRING = 8;

const FLOATS: readonly NumberType[] = ['bf16', 'f16', 'f32', 'f64'];

/** The name of a type, undefined for those that are not numbers or fewer than eight bits. */
export function typeNamed(code: number): NumberType | undefined {
  return TYPES[code];
}

export function isFloat(type: NumberType | undefined): boolean {
  return type !== undefined && FLOATS.includes(type);
}

/** Whether every value of one type is a value of the other, floating point types both. */
export function holds(type: NumberType, other: NumberType): boolean {
  if (type === other) return true;
  return type === 'f64' || (type === 'f32' && other !== 'f64');
}

/** Whether a number is one of a floating point type, too; of f16 those that are not subnormal. */
export function isExact(type: NumberType, x: number): boolean {
  if (type === 'f64' || x === 0) return true;
  if (Math.fround(x) !== x) return false;
  const [bits] = new Uint32Array(Float32Array.of(x).buffer);
  if (type === 'bf16') return (bits & 0xffff) === 0;
  return type !== 'f16' || ((bits & 0x1fff) === 0 && Math.abs(x) >= 2 ** -14 && Math.abs(x) <= 65504);
}

export interface NumbersOfTensor {
  dims: number[];
  type: NumberType;
  numbers: Float64Array;
}

/** @param beside the files that were given with the model, for external data */
export function numbersOf(at: Place, tensor: Tensor, beside: readonly NamedFile[]): NumbersOfTensor {
  const { file, place } = at;
  const type = typeNamed(tensor.type);
  if (!type) {
    const what = tensor.type === STRING ? 'strings' : `data type ${tensor.type} (quantized or complex)`;
    throw new FormatError(file, `${place}: expected numbers of 8 to 64 bits; got ${what}`);
  }
  const count = countOf(at, tensor.dims);
  const numbers = tensor.external
    ? fromBytes(at, externalBytes(at, tensor.external, beside, count * NUMBER_BYTES[type]), type, count)
    : inlineNumbers(at, tensor, type, count);
  return { dims: tensor.dims, type, numbers };
}

/** Strings, or whole numbers as strings: what classifiers call their classes. Undefined for anything else. */
export function namesOf(at: Place, tensor: Tensor): string[] | undefined {
  if (tensor.external || tensor.dims.length > 2) return undefined;
  if (tensor.type === STRING) return tensor.texts.map((bytes) => decodeText(at, bytes));
  const type = typeNamed(tensor.type);
  if (type !== 'i64' && type !== 'i32') return undefined;
  return Array.from(numbersOf(at, tensor, []).numbers, String);
}

/** The product of the dimensions. */
export function countOf({ file, place }: Place, dims: readonly number[]): number {
  let count = 1;
  for (const size of dims) {
    if (!(Number.isSafeInteger(size) && size >= 0)) {
      throw new FormatError(file, `${place}: expected dimensions of 0 or more; got ${size}`);
    }
    count *= size;
    if (count > MOST_NUMBERS) {
      throw new FormatError(
        file,
        `${place}: expected at most ${MOST_NUMBERS} numbers; got dimensions ${dims.join(' × ')}`,
      );
    }
  }
  return count;
}

function inlineNumbers(at: Place, { data }: Tensor, type: NumberType, count: number): Float64Array {
  const { file, place } = at;
  if (data.size > 1)
    throw new FormatError(file, `${place}: expected its numbers in one field; got ${data.size}`);
  const [[field, bytes]] = data.size > 0 ? [...data] : [[RAW_DATA, new Uint8Array()] as const];
  if (field === RAW_DATA) return fromBytes(at, bytes, type, count);
  if (field !== fieldOf(type)) {
    throw new FormatError(
      file,
      `${place}: expected ${type} numbers; got those of another type (field ${field})`,
    );
  }
  if (field === FLOAT_DATA || field === DOUBLE_DATA) return fromBytes(at, bytes, type, count);
  const integers = readVarints(at, bytes, count);
  if (type !== 'f16' && type !== 'bf16') return integers;
  const halves = new DataView(new ArrayBuffer(2 * count));
  integers.forEach((bits, i) => halves.setUint16(2 * i, bits, true));
  return widen(at, new Uint8Array(halves.buffer), type);
}

/** Where TensorProto says that numbers of a type are, if not in raw_data. */
function fieldOf(type: NumberType): number {
  if (type === 'f32') return FLOAT_DATA;
  if (type === 'f64') return DOUBLE_DATA;
  if (type === 'i64') return INT64_DATA;
  return type === 'u32' || type === 'u64' ? UINT64_DATA : INT32_DATA;
}

function fromBytes(at: Place, bytes: Uint8Array, type: NumberType, count: number): Float64Array {
  if (bytes.length !== count * NUMBER_BYTES[type]) {
    throw new FormatError(
      at.file,
      `${at.place}: expected ${count * NUMBER_BYTES[type]} bytes, ${count} numbers of type ${type}; got ${bytes.length}`,
    );
  }
  return widen(at, bytes, type);
}

function externalBytes(
  { file, place }: Place,
  external: ReadonlyMap<string, string>,
  beside: readonly NamedFile[],
  expected: number,
): Uint8Array {
  const location = external.get('location') ?? '';
  const found = beside.find(({ name }) => baseName(name) === baseName(location));
  if (!found) {
    throw new FormatError(
      file,
      `${place}: its numbers are in another file, ${location}: give that file, too, or save the model with ` +
        'save_as_external_data=False (torch.onnx.export: external_data=False)',
    );
  }
  const offset = Number(external.get('offset') ?? 0);
  const length = Number(external.get('length') ?? found.bytes.length - offset);
  if (!(
    Number.isInteger(offset) &&
    offset >= 0 &&
    length === expected &&
    offset + length <= found.bytes.length
  )) {
    throw new FormatError(
      file,
      `${place}: expected ${expected} bytes of ${location}; got ${length} from ${offset} of ${found.bytes.length}`,
    );
  }
  return found.bytes.subarray(offset, offset + length);
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
