/**
 * Numbers as files hold them, as doubles. Every value of the types below is one (f16, bf16 and f32 are subsets of f64, integers of up to
 * 2⁵³ in size as well), so nothing is rounded; a larger integer is refused rather than rounded.
 */
import { MAX_DOUBLES } from '../core/instance.js';
import { FormatError } from './files.js';

/** Bytes of each. bf16 is the upper half of an f32. */
export const NUMBER_BYTES = {
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
  i8: 1,
  u8: 1,
  bool: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
} as const;
export type NumberType = keyof typeof NUMBER_BYTES;

/** Most numbers of one array: what one typed array of doubles may be on every engine. */
export const MOST_NUMBERS = MAX_DOUBLES;

const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * All of bytes as doubles, a fresh array. `place` is what they are in the file, for messages.
 *
 * @throws FormatError for a number of bytes that is no multiple of the type's, too many numbers, or integers beyond ±2⁵³
 */
export function widen(
  { file, place }: { file: string; place: string },
  bytes: Uint8Array,
  type: NumberType,
  bigEndian = false,
): Float64Array {
  const size = NUMBER_BYTES[type];
  const count = bytes.length / size;
  if (!Number.isInteger(count)) {
    throw new FormatError(
      file,
      `${place}: expected a multiple of ${size} bytes (${type}); got ${bytes.length}`,
    );
  }
  if (count > MOST_NUMBERS) {
    throw new FormatError(file, `${place}: expected at most ${MOST_NUMBERS} numbers; got ${count}`);
  }
  const buffer = hostOrder(bytes, size, bigEndian);
  switch (type) {
    case 'f64':
      return new Float64Array(buffer);
    case 'f32':
      return new Float64Array(new Float32Array(buffer));
    case 'f16':
      return fromHalves(new Uint16Array(buffer));
    case 'bf16':
      return new Float64Array(
        new Float32Array(Uint32Array.from(new Uint16Array(buffer), (x) => x << 16).buffer),
      );
    case 'i8':
      return new Float64Array(new Int8Array(buffer));
    case 'u8':
      return new Float64Array(new Uint8Array(buffer));
    case 'bool':
      return new Float64Array(new Uint8Array(buffer).map((x) => (x === 0 ? 0 : 1)));
    case 'i16':
      return new Float64Array(new Int16Array(buffer));
    case 'u16':
      return new Float64Array(new Uint16Array(buffer));
    case 'i32':
      return new Float64Array(new Int32Array(buffer));
    case 'u32':
      return new Float64Array(new Uint32Array(buffer));
    case 'i64':
      return fromBigIntegers(file, place, new BigInt64Array(buffer));
    case 'u64':
      return fromBigIntegers(file, place, new BigUint64Array(buffer));
  }
}

/** A copy, aligned at 0, in the byte order of this machine. */
function hostOrder(bytes: Uint8Array, size: number, bigEndian: boolean): ArrayBuffer {
  const copy = new Uint8Array(bytes);
  if (size > 1 && bigEndian === LITTLE_ENDIAN_HOST) {
    for (let at = 0; at < copy.length; at += size) copy.subarray(at, at + size).reverse();
  }
  return copy.buffer;
}

/**
 * A half's exponent and fraction, put where a float has its own, are a float 2¹¹² times too small (their biases are 15 and 127), subnormal ones
 * included; multiplying by a power of two is exact. The exponent 31 is infinity or NaN.
 */
function fromHalves(halves: Uint16Array): Float64Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++)
    bits[i] = ((halves[i] & 0x8000) << 16) | ((halves[i] & 0x7fff) << 13);
  const doubles = new Float64Array(new Float32Array(bits.buffer));
  for (let i = 0; i < doubles.length; i++) {
    const finite = (halves[i] & 0x7c00) !== 0x7c00;
    if (finite) doubles[i] *= 2 ** 112;
    else doubles[i] = (halves[i] & 0x3ff) === 0 ? doubles[i] * Infinity : NaN;
  }
  return doubles;
}

function fromBigIntegers(
  file: string,
  place: string,
  integers: BigInt64Array | BigUint64Array,
): Float64Array {
  const doubles = new Float64Array(integers.length);
  for (let i = 0; i < integers.length; i++) {
    doubles[i] = Number(integers[i]);
    // 2⁵³ + 1 would round to 2⁵³: only what is smaller is known to be exact.
    if (!Number.isSafeInteger(doubles[i])) {
      throw new FormatError(
        file,
        `${place}: expected integers below 2^53 in size, which doubles hold exactly; got ${integers[i]} at entry ${i}`,
      );
    }
  }
  return doubles;
}
