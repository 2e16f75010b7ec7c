/** Numbers of every type a file may hold, against what their definitions say, worked out by hand. */
import { describe, expect, it } from 'vitest';
import { type NumberType, widen } from '../src/formats/numbers.js';

describe('numbers', () => {
  const place = { file: 'f', place: 'p' };

  it('every half, by its definition', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = widen(place, new Uint8Array(halves.buffer), 'f16');
    for (const h of halves) {
      const [sign, exponent, fraction] = [h >> 15 ? -1 : 1, (h >> 10) & 31, h & 1023];
      const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
      const expected = exponent === 31 ? (fraction ? NaN : sign * Infinity) : sign * size;
      if (!Object.is(values[h], expected)) expect([h, values[h]]).toEqual([h, expected]);
    }
  });

  it.each<[NumberType, number[], number[]]>([
    ['bf16', [0x80, 0x3f, 0x49, 0xc0, 1, 0], [1, -3.140625, 2 ** -133]],
    ['f32', [0, 0, 0x80, 0x7f, 1, 0, 0, 0], [Infinity, 2 ** -149]],
    ['i8', [255, 127], [-1, 127]],
    ['u16', [255, 255], [65535]],
    ['i32', [0, 0, 0, 128], [-(2 ** 31)]],
    ['u32', [0, 0, 0, 128], [2 ** 31]],
    ['i64', [255, 255, 255, 255, 255, 255, 255, 255], [-1]],
    ['u64', [255, 255, 255, 255, 255, 255, 31, 0], [2 ** 53 - 1]],
    ['bool', [0, 1, 2], [0, 1, 1]],
  ])('%s, little and big endian', (type, bytes, expected) => {
    expect(Array.from(widen(place, Uint8Array.from(bytes), type))).toEqual(expected);
    const reversed = Uint8Array.from(bytes).reverse();
    expect(Array.from(widen(place, reversed, type, true)).reverse()).toEqual(expected);
  });

  it('refuses integers that doubles may not hold, and parts of a number', () => {
    const large = new Uint8Array(BigInt64Array.of(0n, -(2n ** 53n)).buffer);
    expect(() => widen(place, large, 'i64')).toThrow(
      'f: p: expected integers below 2^53 in size, which doubles hold exactly; got -9007199254740992 at entry 1',
    );
    expect(() => widen(place, new Uint8Array(7), 'f64')).toThrow(
      'f: p: expected a multiple of 8 bytes (f64); got 7',
    );
  });
});
