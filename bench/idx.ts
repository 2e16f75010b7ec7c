/** Images and labels in the IDX format of MNIST and its successors, gzipped. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface Idx {
  shape: number[];
  bytes: Uint8Array;
}

const UNSIGNED_BYTES = 8;

/** Big-endian header: 0, 0, type, number of dimensions, then their sizes. */
export function readIdx(path: string): Idx {
  const content = gunzipSync(readFileSync(path));
  const dimensions = content[3];
  if (content.readUInt16BE(0) !== 0 || content[2] !== UNSIGNED_BYTES) {
    throw new Error(`${path}: expected an IDX file of unsigned bytes`);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => content.readUInt32BE(4 + 4 * i));
  const bytes = content.subarray(4 + 4 * dimensions);
  const expected = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    throw new Error(`${path}: expected ${expected} bytes after the header; got ${bytes.length}`);
  }
  return { shape, bytes };
}
