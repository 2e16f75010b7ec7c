/** Files damaged at random and on purpose, the same from the same numbers: what readers must survive. */

/** Values that headers are tempted to believe. */
const EXTREMES = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];
const NUMBERS = [
  '0',
  '-1',
  '1',
  '255',
  '65536',
  '4294967295',
  '9007199254740993',
  '9223372036854775807',
  '1e999',
  '1e308',
  '-0',
  '0.5',
  'NaN',
  '3',
];
const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  "'",
  '(',
  ')',
  '\n',
  '\0',
  '\ufeff',
  'null',
  'true',
  '{"a":1,"a":1}',
  '__proto__',
  '"__metadata__":{}',
  '..',
  '/',
  '\u001b[2J',
];

const MOST_GROWTH = 65536;

/** One to four of the changes below, half of them where a header would be. `other` is a file to take pieces from. */
export function mutate(bytes: Uint8Array, other: Uint8Array, next: () => number): Uint8Array {
  const below = (n: number): number => Math.floor(next() * n);
  let file = new Uint8Array(bytes);
  const place = (): number => below(next() < 0.5 ? Math.min(file.length, 400) : file.length);
  const changes: (() => Uint8Array)[] = [
    () => {
      const flipped = file.slice();
      for (let k = 1 + below(3); k > 0 && file.length > 0; k--) flipped[place()] ^= 1 << below(8);
      return flipped;
    },
    () => file.slice(0, place()),
    () => file.slice(place()),
    () =>
      spliced(
        file,
        place(),
        0,
        Uint8Array.from({ length: 1 + below(64) }, () => below(256)),
      ),
    () => spliced(file, place(), 1 + below(64), new Uint8Array()),
    () => {
      const from = place();
      return spliced(file, place(), 0, file.slice(from, from + 1 + below(256)));
    },
    () => {
      const from = below(other.length);
      return spliced(file, place(), below(64), other.slice(from, from + 1 + below(256)));
    },
    () => {
      const size = [1, 2, 4, 8][below(4)];
      const value = EXTREMES[below(EXTREMES.length)];
      const field = Uint8Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
      return spliced(file, place(), size, next() < 0.8 ? field : field.reverse());
    },
    () => inflated(file, place(), NUMBERS[below(NUMBERS.length)]),
    () => spliced(file, place(), below(3), new TextEncoder().encode(TOKENS[below(TOKENS.length)])),
  ];
  for (let k = next() < 0.6 ? 1 : 2 + below(3); k > 0; k--) {
    file = new Uint8Array(changes[below(changes.length)]()).slice(0, bytes.length + MOST_GROWTH);
  }
  return file;
}

function spliced(file: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const tail = file.subarray(Math.min(at + removed, file.length));
  const result = new Uint8Array(at + inserted.length + tail.length);
  result.set(file.subarray(0, at));
  result.set(inserted, at);
  result.set(tail, at + inserted.length);
  return result;
}

/** The next number in decimal digits, made another. */
function inflated(file: Uint8Array, from: number, number: string): Uint8Array {
  const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
  let start = from;
  while (start < file.length && !isDigit(file[start])) start++;
  let end = start;
  while (end < file.length && isDigit(file[end])) end++;
  return spliced(file, start, end - start, new TextEncoder().encode(number));
}
