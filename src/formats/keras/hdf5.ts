/**
 * HDF5 files as h5py writes them for Keras (HDF5 File Format Specification, version 3, the parts of 1.0 to 1.8): superblock 0 or 1, object
 * headers 1, groups as symbol tables, attributes 1 to 3, contiguous and compact data.
 *
 * By hand, because libhdf5 (2.0, as WebAssembly in h5wasm 0.10) is not to be trusted with damaged files: of 1,000 mutated ones 2 sent it into
 * an endless loop, which no page survives, and after some of its errors it read no file any more. Here every structure is checked against the end
 * of the file, is read once, and everything read counts against a budget, so that no cycle and no bomb can be followed for long.
 */
import { FormatError, type NamedFile } from '../files.js';
import { Cursor } from './cursor.js';
import { attributeIn, dataspaceIn, type Hdf5Type, stringsIn, type Strings, typeIn } from './hdf5-values.js';
import { widen } from '../numbers.js';
import { type NamedTensor } from '../tensors.js';

/** A group, its names and what they stand for. Names may be paths: 'layers/dense/vars'. */
export interface Hdf5Group {
  /** '/' for the root. */
  path: string;
  names: readonly string[];
  /** @returns undefined if there is nothing of that name; throws if it is no group */
  group(name: string): Hdf5Group | undefined;
  /** @returns undefined if there is nothing of that name; throws if it is no data set */
  dataset(name: string): NamedTensor | undefined;
  attribute(name: string): string[] | undefined;
}

/** The root group. @throws FormatError, here or from what is returned, for what is no HDF5 file, damaged, or of the newer structures */
export function readHdf5(file: NamedFile): Hdf5Group {
  const root = new Cursor(file, 'the superblock', 0, file.bytes.length);
  root.expect([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], 'the signature of HDF5');
  const version = root.u8();
  if (version > 1) throw newer(file.name, `superblock ${version}`);
  root.skip(4);
  const sizes = [root.u8(), root.u8()];
  if (sizes[0] !== 8 || sizes[1] !== 8) {
    throw new FormatError(file.name, `expected addresses and lengths of 8 bytes; got ${sizes.join(' and ')}`);
  }
  root.skip(9 + 4 * version);
  const base = root.u64();
  if (base !== 0)
    throw new FormatError(file.name, `expected HDF5 that begins with the file; got base ${base}`);
  root.skip(8);
  const end = root.u64();
  if (end > file.bytes.length) {
    throw new FormatError(
      file.name,
      `expected ${end} bytes, as its superblock says; got ${file.bytes.length} (is the file truncated?)`,
    );
  }
  root.skip(16);
  return groupAt(new Objects(file), root.u64(), '/');
}

/** Most objects deep, links followed. */
const MOST_DEPTH = 32;
const LAYOUTS = ['compact', 'contiguous', 'chunked', 'virtual'];

/** h5py has no type for it: bytes, and Keras notes beside them what they are. */
const BFLOAT16: Hdf5Type = { kind: 'number', type: 'bf16', bigEndian: false, size: 2 };

const DATASPACE = 0x01;
const DATATYPE = 0x03;
const EXTERNAL = 0x07;
const LAYOUT = 0x08;
const FILTERS = 0x0b;
const ATTRIBUTE = 0x0c;
const CONTINUATION = 0x10;
const SYMBOL_TABLE = 0x11;

interface Message {
  type: number;
  body: Cursor;
}

/** The objects of a file by address, each read once, and the strings that lie outside them. */
class Objects {
  readonly file: NamedFile;
  readonly strings: Strings = new Map();
  readonly #messages = new Map<number, Message[]>();
  readonly #links = new Map<number, Map<string, number>>();
  readonly #budget: { left: number };

  constructor(file: NamedFile) {
    this.file = file;
    // Some structures share bytes, as names do; none is read more than once on the way.
    this.#budget = { left: 4 * file.bytes.length + 65536 };
  }

  cursor(place: string, at: number, size: number): Cursor {
    return new Cursor(this.file, place, at, size, this.#budget);
  }

  messages(path: string, address: number): Message[] {
    const known = this.#messages.get(address);
    if (known) return known;
    const head = this.cursor(path, address, 16);
    const version = head.u8();
    if (version === 'O'.charCodeAt(0)) throw newer(this.file.name, `object header 2 of ${path}`);
    if (version !== 1) throw head.problem(`expected an object header; got version ${version}`);
    head.skip(1);
    const count = head.u16();
    head.skip(4);
    const blocks = [this.cursor(path, address + 16, head.u32())];
    const messages: Message[] = [];
    for (let read = 0, b = 0; b < blocks.length; b++) {
      for (; read < count && blocks[b].left >= 8; read++) {
        const [type, size, flags] = [blocks[b].u16(), blocks[b].u16(), blocks[b].u8()];
        blocks[b].skip(3);
        const body = blocks[b].take(size);
        if (type === CONTINUATION) blocks.push(this.cursor(path, body.u64(), body.u64()));
        // Shared ones stand elsewhere: named types, which Keras does not write.
        else if (flags & 2) throw body.problem(`expected message ${type} here; it is shared`);
        else messages.push({ type, body });
      }
    }
    this.#messages.set(address, messages);
    return messages;
  }

  /** A group's links: a B-tree whose leaves list symbols, whose names stand in a heap. */
  links(path: string, address: number): Map<string, number> {
    const known = this.#links.get(address);
    if (known) return known;
    const body = one(this.messages(path, address), SYMBOL_TABLE)?.start();
    if (!body) throw newer(this.file.name, `what ${path} is, no group of the older form`);
    const tree = body.u64();
    const heap = this.cursor(`heap of ${path}`, body.u64(), 32);
    heap.expect('HEAP', 'a local heap');
    heap.skip(4);
    const size = heap.u64();
    heap.skip(8);
    const names = this.cursor(`heap of ${path}`, heap.u64(), size);
    const links = new Map<string, number>();
    this.#addLinks(path, tree, names, links);
    this.#links.set(address, links);
    return links;
  }

  #addLinks(path: string, address: number, names: Cursor, links: Map<string, number>, below = 65536): void {
    const tree = this.cursor(`tree of ${path}`, address, 24);
    tree.expect('TREE', 'a tree of links');
    const [kind, level, used] = [tree.u8(), tree.u8(), tree.u16()];
    if (kind !== 0 || level >= below) throw tree.problem(`expected a level below ${below}; got ${level}`);
    const children = this.cursor(`tree of ${path}`, address + 24, used * 16 + 8);
    for (let i = 0; i < used; i++) {
      children.skip(8);
      const child = children.u64();
      if (level > 0) this.#addLinks(path, child, names, links, level);
      else this.#addSymbols(path, child, names, links);
    }
  }

  #addSymbols(path: string, address: number, names: Cursor, links: Map<string, number>): void {
    const head = this.cursor(`symbols of ${path}`, address, 8);
    head.expect('SNOD', 'a list of symbols');
    head.skip(2);
    const count = head.u16();
    const symbols = this.cursor(`symbols of ${path}`, address + 8, count * 40);
    for (let i = 0; i < count; i++) {
      const name = names.nameAt(symbols.u64());
      const header = symbols.u64();
      const cached = symbols.u32();
      symbols.skip(20);
      if (links.has(name)) throw symbols.problem(`expected each name once; got ${name} twice`);
      if (cached === 2) throw symbols.problem(`${name}: expected an object; got a soft link`);
      links.set(name, header);
    }
  }
}

function groupAt(objects: Objects, address: number, path: string): Hdf5Group {
  const links = objects.links(path, address);
  return {
    path,
    names: [...links.keys()],
    group: (name) => {
      const found = follow(objects, address, path, name);
      return found && groupAt(objects, found.address, found.path);
    },
    dataset: (name) => {
      const found = follow(objects, address, path, name);
      return found && datasetAt(objects, found.address, found.path);
    },
    attribute: (name) => textAttribute(objects, address, path, name),
  };
}

function textAttribute(objects: Objects, address: number, path: string, name: string): string[] | undefined {
  for (const { type, body } of objects.messages(path, address)) {
    if (type !== ATTRIBUTE) continue;
    const attribute = attributeIn(body.start(), path);
    if (attribute.name !== name) continue;
    const place = `attribute ${name} of ${path}`;
    return stringsIn(attribute, (at, size) => objects.cursor(place, at, size), objects.strings);
  }
  return undefined;
}

function follow(
  objects: Objects,
  address: number,
  path: string,
  name: string,
): { address: number; path: string } | undefined {
  const steps = name.split('/').filter((step) => step !== '');
  if (steps.length > MOST_DEPTH) {
    throw new FormatError(objects.file.name, `expected at most ${MOST_DEPTH} groups deep; got ${name}`);
  }
  let found = { address, path };
  for (const step of steps) {
    const next = objects.links(found.path, found.address).get(step);
    if (next === undefined) return undefined;
    found = { address: next, path: `${found.path === '/' ? '' : found.path}/${step}` };
  }
  return found;
}

function datasetAt(objects: Objects, address: number, path: string): NamedTensor {
  const { name: file } = objects.file;
  const messages = objects.messages(path, address);
  const [space, type, layout] = [DATASPACE, DATATYPE, LAYOUT].map((kind) => one(messages, kind)?.start());
  if (!space || !type || !layout)
    throw new FormatError(file, `${path}: expected a data set; got something else`);
  const shape = dataspaceIn(space);
  const element = typeIn(type.start());
  const [said] = textAttribute(objects, address, path, 'dtype') ?? [];
  const number = said === 'bfloat16' && element.kind === 'opaque' ? BFLOAT16 : element;
  if (number.kind !== 'number' || number.size !== element.size) {
    throw new FormatError(
      file,
      `${path}: expected numbers; got ${element.kind === 'other' ? element.what : element.kind}`,
    );
  }
  return {
    name: path,
    shape,
    type: number.type,
    numbers: () => {
      if (messages.some((message) => message.type === FILTERS || message.type === EXTERNAL)) {
        throw new FormatError(
          file,
          `${path}: expected plain data; it is compressed or stands in another file`,
        );
      }
      const count = shape.reduce((product, size) => product * size, 1);
      const bytes = dataIn(objects, path, layout.start(), count * number.size);
      return widen({ file, place: path }, bytes, number.type, number.bigEndian);
    },
  };
}

function dataIn(objects: Objects, path: string, layout: Cursor, size: number): Uint8Array {
  const version = layout.u8();
  if (version !== 3) throw newer(objects.file.name, `layout ${version} of ${path}`);
  const kind = layout.u8();
  if (kind > 1) {
    throw layout.problem(`expected its data in one piece; it is ${LAYOUTS.at(kind) ?? `of layout ${kind}`}`);
  }
  const start = kind === 0 ? Infinity : layout.u64();
  const stored = kind === 0 ? layout.u16() : layout.u64();
  if (stored !== size)
    throw layout.problem(`expected ${size} bytes of data, as its shape says; got ${stored}`);
  if (size === 0) return new Uint8Array();
  return objects.cursor(path, kind === 0 ? layout.at : start, size).bytes(size);
}

function one(messages: readonly Message[], type: number): Cursor | undefined {
  return messages.find((message) => message.type === type)?.body;
}

function newer(file: string, what: string): FormatError {
  return new FormatError(
    file,
    `expected HDF5 as Keras writes it (h5py's libver 'earliest'); got ${what}, of a newer form`,
  );
}
