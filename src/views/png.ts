/**
 * A picture of signed levels as a PNG: the sign is the hue, the level how opaque it is, so that it reads the same on white and on black. One
 * byte a pixel into a palette of 3 · (2 LEVELS + 1) bytes (PNG, 3rd edition, W3C 2025: IHDR, PLTE, tRNS, IDAT, IEND).
 */
import { zlibSync } from 'fflate';

/** Steps from nothing to full, on each side of 0. */
export const LEVELS = 48;

/** As a data: URL. levels: −LEVELS … LEVELS, row-major; hues: red, green and blue of negative and positive. */
export function pngOfLevels(
  levels: Int8Array,
  width: number,
  hues: { negative: readonly number[]; positive: readonly number[] },
): string {
  const height = levels.length / width;
  const palette: number[] = [];
  const opacity: number[] = [];
  for (let level = -LEVELS; level <= LEVELS; level++) {
    palette.push(...(level < 0 ? hues.negative : hues.positive));
    opacity.push(Math.round((255 * Math.abs(level)) / LEVELS));
  }
  // Each row begins with its filter: none.
  const rows = new Uint8Array(height * (width + 1));
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) rows[i * (width + 1) + 1 + j] = levels[i * width + j] + LEVELS;
  const size = [width, height].flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  const bytes = [
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk('IHDR', Uint8Array.of(...size, 8, 3, 0, 0, 0)),
    chunk('PLTE', Uint8Array.from(palette)),
    chunk('tRNS', Uint8Array.from(opacity)),
    chunk('IDAT', zlibSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ];
  let binary = '';
  for (const part of bytes) for (const byte of part) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** ISO 3309, bit by bit: a picture has some tens of kilobytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
