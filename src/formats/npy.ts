/**
 * NumPy's .npy: the bytes 93 'NUMPY', a version, the length of a header (u16, from version 2 on u32), a header that is a Python dict of
 * descr, fortran_order and shape, and the entries (NEP 1; numpy/lib/format.py). Fortran order is brought to C order.
 */
import { FormatError, type NamedFile } from './files.js';
import { isNpy } from './magic.js';
import { MOST_NUMBERS, NUMBER_BYTES, type NumberType, widen } from './numbers.js';
import { PICKLE } from './pickle.js';

/** Entries in C order, the last index fastest. */
export interface NumberArray {
  shape: number[];
  type: NumberType;
  numbers: Float64Array;
}

export interface StringArray {
  shape: number[];
  strings: string[];
}

export type NpyArray = NumberArray | StringArray;

/** NumPy's own limit, so that a reader's time is bounded. */
const MOST_HEADER = 10_000;
/** NumPy's own limit is 64. */
const MOST_DIMENSIONS = 64;

/** NumPy's letters and sizes. */
const TYPES: Readonly<Record<string, NumberType>> = {
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
  i1: 'i8',
  u1: 'u8',
  b1: 'bool',
  i2: 'i16',
  u2: 'u16',
  i4: 'i32',
  u4: 'u32',
  i8: 'i64',
  u8: 'u64',
};

/** @throws FormatError naming the file and what is wrong with it */
export function readNpy({ name: file, bytes }: NamedFile): NpyArray {
  if (!isNpy(bytes)) throw new FormatError(file, 'expected a NumPy array (.npy); its first bytes are others');
  const { text, end } = headerOf(file, bytes);
  const { descr, fortranOrder, shape } = parseHeader(file, text);
  const parts = /^([<>|=])([a-zA-Z])(\d{1,9})$/.exec(descr);
  if (!parts) throw unreadable(file, descr);
  const [, order, kind, digits] = parts;
  const isText = kind === 'U' || kind === 'S';
  const type = TYPES[kind + digits] as NumberType | undefined;
  if (!isText && type === undefined) throw unreadable(file, descr);
  const size = type !== undefined && !isText ? NUMBER_BYTES[type] : Number(digits) * (kind === 'U' ? 4 : 1);
  if (size === 0)
    throw new FormatError(file, `descr: expected strings of at least one character; got '${descr}'`);

  const count = shape.reduce((product, n) => product * n, 1);
  if (count > MOST_NUMBERS) {
    throw new FormatError(file, `shape: expected at most ${MOST_NUMBERS} entries; got ${shape.join(' × ')}`);
  }
  const data = bytes.subarray(end);
  if (data.length !== count * size) {
    throw new FormatError(
      file,
      `expected ${count * size} bytes of data, for ${shapeText(shape)} of '${descr}'; got ${data.length}`,
    );
  }
  const bigEndian = order === '>';
  const at = fortranOrder && shape.length > 1 ? cOrder(shape) : undefined;
  if (isText) {
    const strings = kind === 'U' ? utf32(file, data, size, bigEndian) : utf8(file, data, size);
    return { shape, strings: at ? Array.from(at, (i) => strings[i]) : strings };
  }
  const numbers = widen({ file, place: 'data' }, data, type!, bigEndian);
  return { shape, type: type!, numbers: at ? Float64Array.from(at, (i) => numbers[i]) : numbers };
}

export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'a scalar' : shape.length === 1 ? `${shape[0]} entries` : shape.join(' × ');
}

function headerOf(file: string, bytes: Uint8Array): { text: string; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10) throw new FormatError(file, 'truncated before the header');
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw new FormatError(file, `expected version 1, 2 or 3 of the .npy format; got ${version}`);
  }
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw new FormatError(file, 'truncated before the header');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER) {
    throw new FormatError(file, `header: expected at most ${MOST_HEADER} bytes; got ${length}`);
  }
  const end = start + length;
  if (end > bytes.length) {
    throw new FormatError(
      file,
      `header: expected ${length} bytes; the file ends after ${bytes.length - start}`,
    );
  }
  // Version 3 is UTF-8, the others Latin-1; what can be read here is ASCII in all of them.
  return { text: String.fromCharCode(...bytes.subarray(start, end)), end };
}

/** {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, in any order, each key once, and nothing else. */
function parseHeader(file: string, text: string): { descr: string; fortranOrder: boolean; shape: number[] } {
  const body = /^\s*\{([^]*)\}\s*$/.exec(text)?.[1];
  if (body === undefined)
    throw new FormatError(file, 'header: expected a Python dict of descr, fortran_order and shape');
  const found = new Map<string, string>();
  const pair = /\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|True|False|\([\d\sL,]*\)|\[[^]*\])\s*(,|$)/y;
  while (pair.lastIndex < body.length && body.slice(pair.lastIndex).trim() !== '') {
    const match = pair.exec(body);
    if (!match)
      throw new FormatError(file, 'header: expected a Python dict of descr, fortran_order and shape');
    const [, , key, value] = match;
    if (found.has(key)) throw new FormatError(file, `header: expected ${key} once; got it twice`);
    found.set(key, value);
  }
  const field = (key: string, form: RegExp, expected: string): string => {
    const value = found.get(key);
    if (value !== undefined && form.test(value)) return value;
    throw new FormatError(file, `header: expected ${key} to be ${expected}; got ${value ?? 'none'}`);
  };
  if (found.size > 3) {
    throw new FormatError(
      file,
      `header: expected descr, fortran_order and shape; got ${[...found.keys()].join(', ')}`,
    );
  }
  if (found.get('descr')?.startsWith('[')) {
    throw new FormatError(
      file,
      'descr: a structured array cannot be read; save its fields as arrays of their own',
    );
  }
  const descr = field('descr', /^['"]/, 'a string').slice(1, -1);
  const fortranOrder = field('fortran_order', /^(True|False)$/, 'True or False') === 'True';
  const shape = parseShape(
    file,
    field('shape', /^\(\s*(\d+L?\s*(,\s*\d+L?\s*)*,?\s*)?\)$/, 'a tuple of integers'),
  );
  return { descr, fortranOrder, shape };
}

function parseShape(file: string, text: string): number[] {
  const shape = Array.from(text.matchAll(/\d+/g), ([digits]) => Number(digits));
  if (shape.length > MOST_DIMENSIONS) {
    throw new FormatError(file, `shape: expected at most ${MOST_DIMENSIONS} dimensions; got ${shape.length}`);
  }
  const bad = shape.find((n) => n > MOST_NUMBERS);
  if (bad === undefined) return shape;
  throw new FormatError(file, `shape: expected at most ${MOST_NUMBERS} entries; got a dimension of ${bad}`);
}

function unreadable(file: string, descr: string): FormatError {
  const reasons: [RegExp, string][] = [
    [/O/, `it holds Python objects as a pickle: ${PICKLE}; save numbers, or strings with astype('U')`],
    [/V2$/, 'bfloat16 has no name in NumPy; save it as float32, which holds every bfloat16'],
    [/[fg](12|16)$/, 'it has more digits than a double; save it as float64'],
    [/c\d+$/, 'complex numbers cannot be read'],
  ];
  const reason = reasons.find(([form]) => form.test(descr))?.[1];
  return new FormatError(
    file,
    `descr: expected numbers (f2, f4, f8, i1 to i8, u1 to u8, b1) or strings (U, S); got '${descr}'${reason === undefined ? '' : `: ${reason}`}`,
  );
}

/** For each entry in C order, where it is in Fortran order, the first index fastest. */
function cOrder(shape: readonly number[]): Int32Array {
  const count = shape.reduce((product, n) => product * n, 1);
  const order = new Int32Array(count);
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((product, n) => product * n, 1));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, at = 0; i < count; i++) {
    order[i] = at;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d];
      if (++index[d] < shape[d]) break;
      at -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return order;
}

function utf32(file: string, data: Uint8Array, size: number, bigEndian: boolean): string[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const strings: string[] = [];
  for (let at = 0; at < data.length; at += size) {
    const points: number[] = [];
    for (let k = at; k < at + size; k += 4) points.push(view.getUint32(k, !bigEndian));
    while (points.at(-1) === 0) points.pop();
    const bad = points.find((point) => point > 0x10ffff || (point >= 0xd800 && point < 0xe000));
    if (bad !== undefined) {
      throw new FormatError(
        file,
        `data: expected Unicode; got the code point ${bad} in string ${strings.length}`,
      );
    }
    // In pieces: an argument list has a limit.
    let text = '';
    for (let k = 0; k < points.length; k += 1024) text += String.fromCodePoint(...points.slice(k, k + 1024));
    strings.push(text);
  }
  return strings;
}

function utf8(file: string, data: Uint8Array, size: number): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const strings: string[] = [];
  for (let at = 0; at < data.length; at += size) {
    let end = at + size;
    while (end > at && data[end - 1] === 0) end--;
    try {
      strings.push(decoder.decode(data.subarray(at, end)));
    } catch {
      throw new FormatError(file, `data: expected UTF-8; string ${strings.length} is not`);
    }
  }
  return strings;
}
