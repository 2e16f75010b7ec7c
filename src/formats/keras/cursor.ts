/** Reading little-endian fields from a range of a file, none beyond its end. */
import { FormatError, type NamedFile } from '../files.js';

/** How many bytes may still be read, shared by all that read from one file. */
export interface Budget {
  left: number;
}

export class Cursor {
  readonly #file: NamedFile;
  readonly #view: DataView;
  readonly #place: string;
  readonly #from: number;
  readonly #end: number;
  #at: number;

  /** @throws FormatError if the range is not in the file, or the budget is spent */
  constructor(file: NamedFile, place: string, at: number, size: number, budget?: Budget) {
    const { bytes } = file;
    if (!(at >= 0 && size >= 0 && at + size <= bytes.length)) {
      const range = Number.isSafeInteger(at + size) ? `${size} bytes from byte ${at}` : 'bytes at no address';
      throw new FormatError(file.name, `${place}: expected ${range}; the file has ${bytes.length}`);
    }
    if (budget) {
      budget.left -= size;
      if (budget.left < 0) {
        throw new FormatError(file.name, `${place}: its structures point at one another over and over`);
      }
    }
    this.#file = file;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#place = place;
    this.#from = at;
    this.#at = at;
    this.#end = at + size;
  }

  /** The byte of the file that is next. */
  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  /** The same range, from its beginning. */
  start(): Cursor {
    return new Cursor(this.#file, this.#place, this.#from, this.#end - this.#from);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A number beyond 2⁵³, which is no address or size in any file, comes out as Infinity. */
  u64(): number {
    const value = Number(this.#view.getBigUint64(this.#advance(8), true));
    return Number.isSafeInteger(value) ? value : Infinity;
  }

  skip(size: number): void {
    this.#advance(size);
  }

  take(size: number): Cursor {
    return new Cursor(this.#file, this.#place, this.#advance(size), size);
  }

  bytes(size: number): Uint8Array {
    const at = this.#advance(size);
    return this.#file.bytes.subarray(at, at + size);
  }

  expect(sign: string | readonly number[], what: string): void {
    const expected = typeof sign === 'string' ? Array.from(sign, (c) => c.charCodeAt(0)) : sign;
    const found = this.bytes(expected.length);
    if (!expected.every((byte, i) => byte === found[i]))
      throw this.problem(`expected ${what}; it is not there`);
  }

  /** UTF-8 up to a zero byte or the end. */
  text(size: number): string {
    const bytes = this.bytes(size);
    const zero = bytes.indexOf(0);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        zero < 0 ? bytes : bytes.subarray(0, zero),
      );
    } catch {
      throw this.problem('expected text in UTF-8; its bytes are not');
    }
  }

  /** The name that begins so many bytes after the beginning of the range. */
  nameAt(offset: number): string {
    const rest = this.start();
    rest.skip(offset);
    const name = rest.text(Math.min(rest.left, MOST_NAME));
    if (name === '' || name.includes('/')) throw this.problem(`expected the name of a link; got '${name}'`);
    return name;
  }

  problem(message: string): FormatError {
    return new FormatError(this.#file.name, `${this.#place}: ${message}`);
  }

  #advance(size: number): number {
    const at = this.#at;
    if (!(size <= this.#end - at)) {
      throw this.problem(`expected ${size} bytes at byte ${at}; what holds them ends at ${this.#end}`);
    }
    this.#at += size;
    return at;
  }
}

/** Longest name of a link, so that none is searched through a whole file for its end. */
const MOST_NAME = 1024;
