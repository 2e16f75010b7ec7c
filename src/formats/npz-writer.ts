/** NumPy's .npz: a zip archive of .npy arrays (NEP 1), doubles in C order, stored without compression as numpy.savez does. */
import { zipSync } from 'fflate';

export interface NpzEntry {
  /** Without .npy. */
  name: string;
  shape: readonly number[];
  data: Float64Array;
}

export function writeNpz(entries: readonly NpzEntry[]): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries(entries.map((entry) => [`${entry.name}.npy`, npy(entry)]));
  // A fixed date, the earliest that zip has: the same arrays are the same bytes.
  return zipSync(files, { level: 0, mtime: '1980-01-01T00:00:00' });
}

/** 93 'NUMPY', version 1.0, the length of the header, the header filled up to a multiple of 64 bytes, and the doubles. */
function npy({ shape, data }: NpzEntry): Uint8Array {
  const dict = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.map((n) => `${n},`).join(' ')}), }`;
  const start = 64 * Math.ceil((10 + dict.length + 1) / 64);
  const bytes = new Uint8Array(start + 8 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, start - 10, true);
  const header = `${dict.padEnd(start - 11)}\n`;
  for (let i = 0; i < header.length; i++) bytes[10 + i] = header.charCodeAt(i);
  data.forEach((x, i) => view.setFloat64(start + 8 * i, x, true));
  return bytes;
}
