/**
 * The wire format of protocol buffers, by the reader of @bufbuild/protobuf: the fields of a message one after the other, with limits, and
 * every error saying where.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { FormatError } from '../files.js';

/** A file and a place in it, for messages. */
export interface Place {
  file: string;
  place: string;
}

/** Most entries of a list that is read at once, and most bytes of a name. */
export const MOST_LISTED = 100_000;
const MOST_NAME = 1000;

export function limit({ file, place }: Place, what: string, count: number, most: number): void {
  if (count > most) throw new FormatError(file, `${place}: expected at most ${most} ${what}; got more`);
}

/** Every field of a message in turn; those without a reader are skipped. No message holds itself, so nothing recurses without end. */
export function readMessage(
  at: Place,
  bytes: Uint8Array,
  readers: Record<number, (field: Field) => unknown>,
): void {
  guarded(at, () => {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      const read = readers[number] as ((field: Field) => unknown) | undefined;
      if (read) read(new Field(at, number, type, reader));
      else if (type === WireType.StartGroup || type === WireType.EndGroup)
        throw new Error('groups are not used');
      else reader.skip(type);
    }
  });
}

/** `count` packed integers. @throws FormatError for another number of them, or for one that is no double */
export function readVarints(at: Place, bytes: Uint8Array, count: number): Float64Array {
  const fail = (problem: string): never => {
    throw new FormatError(at.file, `${at.place}: ${problem}`);
  };
  // A varint takes a byte or more, so this bounds what is allocated by the size of the file.
  if (bytes.length < count) fail(`expected ${count} numbers; got ${bytes.length} bytes`);
  const integers = new Float64Array(count);
  guarded(at, () => {
    const reader = new BinaryReader(bytes);
    for (let i = 0; i < count; i++) {
      const value = reader.int64();
      integers[i] = Number(value);
      if (!Number.isSafeInteger(integers[i]))
        fail(`expected integers that doubles hold exactly; got ${value}`);
    }
    if (reader.pos < reader.len) fail(`expected ${count} numbers; got more`);
  });
  return integers;
}

/** What the wire reader says of bytes that are no protocol buffer, as an error that says where. */
function guarded({ file, place }: Place, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(
      file,
      `${place}: expected a protocol buffer as ONNX has it: ${(error as Error).message}`,
    );
  }
}

/** One field, its tag read. */
export class Field {
  private readonly at: Place;
  private readonly number: number;
  private readonly type: WireType;
  private readonly reader: BinaryReader;

  constructor(at: Place, number: number, type: WireType, reader: BinaryReader) {
    this.at = at;
    this.number = number;
    this.type = type;
    this.reader = reader;
  }

  bytes(): Uint8Array {
    this.expect(WireType.LengthDelimited);
    return this.reader.bytes();
  }

  text(): string {
    const bytes = this.bytes();
    limit(this.at, 'bytes of a name', bytes.length, MOST_NAME);
    return decodeText(this.at, bytes);
  }

  integer(): number {
    this.expect(WireType.Varint);
    return Number(this.reader.int64());
  }

  float(): number {
    this.expect(WireType.Bit32);
    return this.reader.float();
  }

  /** One of a repeated field, or many packed. */
  integers(into: number[]): void {
    if (this.type === WireType.Varint) into.push(this.integer());
    else this.unpack(into, (packed) => Number(packed.int64()));
    limit(this.at, 'integers', into.length, MOST_LISTED);
  }

  floats(into: number[]): void {
    if (this.type === WireType.Bit32) into.push(this.float());
    else this.unpack(into, (packed) => packed.float());
    limit(this.at, 'numbers', into.length, MOST_LISTED);
  }

  private unpack(into: number[], read: (packed: BinaryReader) => number): void {
    const packed = new BinaryReader(this.bytes());
    while (packed.pos < packed.len && into.length <= MOST_LISTED) into.push(read(packed));
  }

  private expect(type: WireType): void {
    if (this.type !== type) {
      throw new FormatError(
        this.at.file,
        `${this.at.place}: expected field ${this.number} to be ${WireType[type]}; got ${WireType[this.type]}`,
      );
    }
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

export function decodeText({ file, place }: Place, bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new FormatError(file, `${place}: expected names in UTF-8; got other bytes`);
  }
}
