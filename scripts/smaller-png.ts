/** Screenshots for the documentation, without the bytes that they can do without. */
import { deflateSync, inflateSync } from 'node:zlib';
import { chunk } from '../src/views/png.js';

const DEFLATE = { level: 9, memLevel: 9 };

/** The same pixels, in fewer bytes: a screenshot's rows are differences, good for photographs; plain colours repeat, and are better left as they are. */
export function smaller(png: Buffer): Buffer {
  const parts: Uint8Array[] = [png.subarray(0, 8)];
  const pixels: Uint8Array[] = [];
  let width = 0;
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    const length = png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (name === 'IHDR') width = data.readUInt32BE();
    if (name === 'IDAT') pixels.push(data);
    if (name === 'IEND')
      parts.push(
        chunk('IDAT', deflateSync(unfiltered(inflateSync(Buffer.concat(pixels)), 3 * width), DEFLATE)),
      );
    if (name === 'IHDR' || name === 'IEND') parts.push(chunk(name, data));
  }
  return Buffer.concat(parts);
}

/** Rows of a byte that names the filter, and `length` bytes of three a pixel: with filter 0, none (PNG, 3rd edition, W3C 2025, section 9). */
function unfiltered(rows: Buffer, length: number): Buffer {
  for (let start = 0; start < rows.length; start += length + 1) {
    const filter = rows[start];
    rows[start] = 0;
    for (let i = start + 1; i <= start + length; i++) {
      const left = i > start + 3 ? rows[i - 3] : 0;
      const above = start > 0 ? rows[i - length - 1] : 0;
      const corner = start > 0 && i > start + 3 ? rows[i - length - 4] : 0;
      rows[i] += [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
    }
  }
  return rows;
}

function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(
    Math.abs,
  );
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
