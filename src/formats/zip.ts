/**
 * Zip archives (PKWARE APPNOTE 6.3), as NumPy, Keras and PyTorch write them: the list of entries at the end, then each entry by fflate's
 * inflate. fflate's own list takes an archive at its word: sizes (of which it allocates what the header claims), counts, names twice.
 * Here an entry is inflated piece by piece and refused as soon as it is more than it says, and its CRC is checked.
 */
import { Inflate } from 'fflate';
import { FormatError, MOST_BYTES, type NamedFile } from './files.js';

export interface ZipEntry {
  name: string;
  /** Unpacked, in bytes, as the archive says; read() has checked it. */
  size: number;
  /** @throws FormatError if the entry is damaged, or not what the list says */
  read: () => Uint8Array<ArrayBuffer>;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const END_BYTES = 22;
const MOST_COMMENT = 65535;
const MOST_ENTRIES = 10_000;
/** Deflate makes at most 258 bytes of two bits. */
const MOST_RATIO = 1032;
/** Compressed bytes at a time: at most 17 MB come of them. */
const PIECE = 16384;

/**
 * The entries in the order of the list. Directories are left out.
 *
 * @throws FormatError for what is no zip archive, more than 10,000 entries, more than 2 GiB unpacked, names twice, entries that overlap,
 *   encryption, and compression other than deflate
 */
export function readZip({ name: file, bytes }: NamedFile): ZipEntry[] {
  const view = viewOf(bytes);
  const { count, start } = endRecord(file, bytes, view);
  if (count > MOST_ENTRIES) {
    throw new FormatError(file, `expected at most ${MOST_ENTRIES} zip entries; got ${count}`);
  }
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  const ranges: Range[] = [];
  let [at, total] = [start, 0];
  for (let i = 0; i < count; i++) {
    const record = centralRecord(file, bytes, view, at);
    at = record.next;
    const { name, size } = record;
    if (names.has(name))
      throw new FormatError(file, `zip entry ${name}: expected each name once; got it twice`);
    names.add(name);
    total += size;
    if (total > MOST_BYTES) {
      throw new FormatError(
        file,
        `expected at most ${MOST_BYTES} bytes unpacked; got more, with zip entry ${name}`,
      );
    }
    const range = dataRange(file, view, record);
    ranges.push(range);
    if (!name.endsWith('/')) entries.push({ name, size, read: () => unpack(file, bytes, record, range) });
  }
  refuseOverlaps(file, ranges);
  return entries;
}

interface CentralRecord {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
  next: number;
}

/** Where an entry's local header begins, and its compressed bytes begin and end. */
interface Range {
  name: string;
  from: number;
  start: number;
  end: number;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Searched from the end, as a comment may follow it. */
function endRecord(file: string, bytes: Uint8Array, view: DataView): { count: number; start: number } {
  const least = Math.max(0, bytes.length - END_BYTES - MOST_COMMENT);
  let at = bytes.length - END_BYTES;
  while (at >= least && view.getUint32(at, true) !== END) at--;
  if (at < least)
    throw new FormatError(file, 'expected a zip archive; its end record is missing (is the file truncated?)');
  const [count, start] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
  if (at < 20 || view.getUint32(at - 20, true) !== LOCATOR_64) return { count, start };
  const end64 = Number(view.getBigUint64(at - 12, true));
  if (end64 + 56 > at || view.getUint32(end64, true) !== END_64) {
    throw new FormatError(file, 'expected the zip64 end record where its locator says; it is not there');
  }
  return {
    count: Number(view.getBigUint64(end64 + 32, true)),
    start: Number(view.getBigUint64(end64 + 48, true)),
  };
}

function centralRecord(file: string, bytes: Uint8Array, view: DataView, at: number): CentralRecord {
  if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) {
    throw new FormatError(file, `expected an entry of the zip archive's list at byte ${at}; there is none`);
  }
  const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
  const extra = at + 46 + nameLength;
  const next = extra + extraLength + view.getUint16(at + 32, true);
  if (next > bytes.length)
    throw new FormatError(file, `the zip archive's list ends within the entry at byte ${at}`);
  const name = nameOf(file, bytes.subarray(at + 46, extra));
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if (flags & 1) throw new FormatError(file, `zip entry ${name}: it is encrypted`);
  if (method !== 0 && method !== 8) {
    throw new FormatError(
      file,
      `zip entry ${name}: expected it stored or deflated; got compression method ${method}`,
    );
  }
  const sizes = wideSizes(view, extra, extra + extraLength, [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ]);
  const [size, packed, offset] = sizes;
  if (method === 0 ? size !== packed : size > packed * MOST_RATIO) {
    throw new FormatError(file, `zip entry ${name}: ${size} bytes cannot come of ${packed} compressed ones`);
  }
  return { name, method, crc: view.getUint32(at + 16, true), packed, size, offset, next };
}

function nameOf(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError(file, 'expected the names of zip entries in UTF-8; one is not');
  }
}

/** Size, compressed size and offset: those that are all ones stand in the zip64 extra field, in this order. */
function wideSizes(view: DataView, from: number, to: number, short: number[]): number[] {
  let at = from;
  while (at + 4 <= to && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  at += 4;
  return short.map((value) => {
    if (value !== 0xffffffff || at + 8 > to) return value;
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  });
}

/** The local header's own name and extra field may differ in length from the list's. */
function dataRange(file: string, view: DataView, { name, packed, offset }: CentralRecord): Range {
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== LOCAL) {
    throw new FormatError(file, `zip entry ${name}: expected it at byte ${offset}; it is not there`);
  }
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > view.byteLength) {
    throw new FormatError(
      file,
      `zip entry ${name}: expected ${packed} bytes from byte ${start}; the file ends before`,
    );
  }
  return { name, from: offset, start, end: start + packed };
}

/** Entries that share bytes make small bombs large (D. Fifield, A better zip bomb, WOOT 2019). */
function refuseOverlaps(file: string, ranges: readonly Range[]): void {
  const sorted = [...ranges].sort((a, b) => a.from - b.from);
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i].from < sorted[i - 1].end) {
      throw new FormatError(file, `zip entry ${sorted[i].name}: it overlaps with ${sorted[i - 1].name}`);
    }
  }
}

function unpack(
  file: string,
  bytes: Uint8Array,
  { name, method, size, crc }: CentralRecord,
  { start, end }: Range,
): Uint8Array<ArrayBuffer> {
  const packed = bytes.subarray(start, end);
  const content = method === 0 ? new Uint8Array(packed) : inflate(file, name, packed, size);
  if (crc32(content) !== crc) {
    throw new FormatError(file, `zip entry ${name}: its checksum does not match (is the file damaged?)`);
  }
  return content;
}

function inflate(file: string, name: string, packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(size);
  let filled = 0;
  const stream = new Inflate((piece) => {
    if (filled + piece.length > size) {
      throw new FormatError(file, `zip entry ${name}: expected ${size} bytes unpacked, as it says; got more`);
    }
    content.set(piece, filled);
    filled += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(
      file,
      `zip entry ${name}: its compressed bytes are damaged (${(error as Error).message})`,
    );
  }
  if (filled < size) {
    throw new FormatError(
      file,
      `zip entry ${name}: expected ${size} bytes unpacked, as it says; got ${filled}`,
    );
  }
  return content;
}

/** The reflected polynomial of zip, Ethernet and PNG, a byte at a time. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
