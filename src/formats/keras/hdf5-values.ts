/** HDF5's data types, shapes and attributes, and the strings of variable length that lie in heaps. */
import { NUMBER_BYTES, type NumberType } from '../numbers.js';
import { type Cursor } from './cursor.js';

export type Hdf5Type =
  | { kind: 'number'; type: NumberType; bigEndian: boolean; size: number }
  | { kind: 'text'; size: number }
  /** Length, address of a heap and index in it. */
  | { kind: 'long text'; size: number }
  | { kind: 'opaque'; size: number }
  | { kind: 'other'; what: string; size: number };

export interface Hdf5Attribute {
  name: string;
  type: Hdf5Type;
  shape: readonly number[];
  data: Cursor;
}

/** Where the objects of each heap lie, by the address of the heap and their index in it. */
export type Strings = Map<number, Map<number, { at: number; size: number }>>;

const CLASSES = [
  'integers',
  'floating-point numbers',
  'times',
  'text',
  'bits',
  'opaque values',
  'compounds',
  'references',
  'an enumeration',
  'lists of variable length',
  'arrays',
];
/** Where exponent and fraction of IEEE 754's types begin, their bits, and the bias. */
const FLOATS: Readonly<Record<string, NumberType>> = {
  '10 5 0 10 15': 'f16',
  '7 8 0 7 127': 'bf16',
  '23 8 0 23 127': 'f32',
  '52 11 0 52 1023': 'f64',
};

export function typeIn(body: Cursor): Hdf5Type {
  const kind = body.u8() & 15;
  const bits = body.u8();
  body.skip(2);
  const size = body.u32();
  const other: Hdf5Type = { kind: 'other', what: CLASSES[kind] ?? `values of class ${kind}`, size };
  const bigEndian = (bits & 1) === 1;
  if (kind === 0) {
    const full = body.u16() === 0 && body.u16() === 8 * size;
    const type = `${bits & 8 ? 'i' : 'u'}${8 * size}`;
    return full && isNumberType(type) ? { kind: 'number', type, bigEndian, size } : other;
  }
  if (kind === 1) {
    const full = body.u16() === 0 && body.u16() === 8 * size && (bits & 0x40) === 0;
    const type = FLOATS[[body.u8(), body.u8(), body.u8(), body.u8(), body.u32()].join(' ')] as
      NumberType | undefined;
    return full && type && NUMBER_BYTES[type] === size ? { kind: 'number', type, bigEndian, size } : other;
  }
  if (kind === 5) return { kind: 'opaque', size };
  if (kind === 3 && size > 0) return { kind: 'text', size };
  return kind === 9 && (bits & 15) === 1 && size === 16 ? { kind: 'long text', size } : other;
}

/** @returns the sizes; none for a single value, one 0 for no value at all */
export function dataspaceIn(body: Cursor): number[] {
  const version = body.u8();
  const rank = body.u8();
  body.skip(1);
  if (version !== 1 && version !== 2) throw body.problem(`expected a shape; got version ${version}`);
  const empty = version === 2 && body.u8() === 2;
  if (version === 1) body.skip(5);
  return empty ? [0] : Array.from({ length: rank }, () => body.u64());
}

export function attributeIn(body: Cursor, path: string): Hdf5Attribute {
  const version = body.u8();
  if (version < 1 || version > 3)
    throw body.problem(`expected an attribute of ${path}; got version ${version}`);
  const shared = body.u8();
  const sizes = [body.u16(), body.u16(), body.u16()];
  if (version === 3) body.skip(1);
  // In the first version each part is padded to a multiple of eight bytes.
  const part = (size: number): Cursor => body.take(version === 1 ? Math.ceil(size / 8) * 8 : size);
  const [name, type, space] = sizes.map(part);
  const plain = version === 1 || shared === 0;
  return {
    name: name.text(sizes[0]),
    type: plain ? typeIn(type) : { kind: 'other', what: 'a named type', size: 1 },
    shape: plain ? dataspaceIn(space) : [],
    data: body.take(body.left),
  };
}

/** The strings that an attribute holds. An empty array of whatever type holds none: h5py writes so. */
export function stringsIn(
  { type, shape, data }: Hdf5Attribute,
  cursor: (at: number, size: number) => Cursor,
  heaps: Strings,
): string[] {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0) return [];
  if (type.kind !== 'text' && type.kind !== 'long text') {
    throw data.problem(`expected an attribute of text; got ${type.kind === 'other' ? type.what : type.kind}`);
  }
  if (count * type.size > data.left) {
    throw data.problem(
      `expected ${count} texts of ${type.size} bytes in an attribute; got ${data.left} bytes`,
    );
  }
  const values = data.start();
  return Array.from({ length: count }, () => {
    if (type.kind === 'text') return values.text(type.size);
    const [length, address, index] = [values.u32(), values.u64(), values.u32()];
    if (length === 0) return '';
    const object = heapAt(address, cursor, heaps).get(index);
    if (object?.size !== length) {
      throw data.problem(
        `expected a text of ${length} bytes as entry ${index} of the heap at ${address}; got ${object?.size ?? 'none'}`,
      );
    }
    return cursor(object.at, length).text(length);
  });
}

function heapAt(
  address: number,
  cursor: (at: number, size: number) => Cursor,
  heaps: Strings,
): Map<number, { at: number; size: number }> {
  const known = heaps.get(address);
  if (known) return known;
  const head = cursor(address, 16);
  head.expect('GCOL', 'a heap of texts');
  head.skip(4);
  const size = head.u64();
  const body = cursor(address + 16, size - 16);
  const objects = new Map<number, { at: number; size: number }>();
  while (body.left >= 16) {
    const index = body.u16();
    body.skip(6);
    const length = body.u64();
    // The object 0 is the space that is left.
    if (index === 0) break;
    if (objects.has(index)) throw body.problem(`expected each entry of a heap once; got ${index} twice`);
    objects.set(index, { at: body.at, size: length });
    body.skip(length);
    body.skip(Math.min(body.left, (8 - (length % 8)) % 8));
  }
  heaps.set(address, objects);
  return objects;
}

function isNumberType(name: string): name is NumberType {
  return Object.hasOwn(NUMBER_BYTES, name);
}
