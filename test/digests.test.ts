/** What parts of an analysis are written in: doubles as text to the bit, and SHA-256. The oracle is the platform's. */
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../src/base64.js';
import { Digests } from '../src/digests.js';
import { sha256 } from '../src/sha256.js';

describe('base64', () => {
  it('keeps every bit, and takes no other length', () => {
    const doubles = Float64Array.of(0, -0, NaN, Infinity, -Infinity, 5e-324, 1 / 3, -1.7976931348623157e308);
    for (let length = 0; length <= doubles.length; length++) {
      const given = doubles.subarray(0, length);
      const text = toBase64(given);
      expect(text).toBe(btoa(String.fromCharCode(...new Uint8Array(given.slice().buffer))));
      expect(fromBase64(text, length)!.map((x, i) => (Object.is(x, given[i]) ? 1 : 0))).toEqual(
        new Float64Array(length).fill(1),
      );
      expect(fromBase64(text, length + 1)).toBeUndefined();
    }
    for (const text of ['AAAAAAAAAA==', 'AAAAAAAAAAA', '=AAAAAAAAAA=', 'AAAA AAAAAA=', 'AAAAAAAAAAé=']) {
      expect(fromBase64(text, 1)).toBeUndefined();
    }
  });
});

describe('SHA-256', () => {
  it('agrees with the platform at every length around the blocks', async () => {
    for (const length of [...Array(130).keys(), 1000, 100_003]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 256);
      const expected = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      expect(sha256(bytes)).toBe(Array.from(expected, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    }
  });

  it('of plain data tells every bit of an array apart, and views by what they show', () => {
    const of = (value: unknown): string => new Digests().of(value);
    const doubles = Float64Array.of(0, 1, 2);
    expect(of({ x: doubles })).toBe(of({ x: doubles.slice() }));
    expect(of({ x: doubles.subarray(1) })).toBe(of({ x: Float64Array.of(1, 2) }));
    const others = [
      { x: Float64Array.of(-0, 1, 2) },
      { y: doubles },
      { x: [0, 1, 2] },
      { x: doubles.subarray(1) },
    ];
    expect(new Set([{ x: doubles }, ...others].map(of)).size).toBe(5);
  });
});
