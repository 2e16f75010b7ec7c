/** Doubles as text, every bit of them (NaN and −0, too): base64 (RFC 4648) of their bytes, little-endian, some 11 characters each. */

const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PADDING = 61;
/** Of each character's code; 64 of what is none of the alphabet. */
const VALUES = new Uint8Array(256).fill(64);
ALPHABET.forEach((code, value) => (VALUES[code] = value));

export function toBase64(numbers: Float64Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill(PADDING);
  for (let at = 0, to = 0; at < bytes.length; at += 3, to += 4) {
    const given = Math.min(3, bytes.length - at);
    // Beyond the end there is undefined, whose bits are 0.
    const bits = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    for (let i = 0; i <= given; i++) codes[to + i] = ALPHABET[(bits >>> (18 - 6 * i)) & 63];
  }
  return new TextDecoder().decode(codes);
}

/** `length` doubles; undefined of what is not the base64 of so many. */
export function fromBase64(text: string, length: number): Float64Array | undefined {
  const bytes = new Uint8Array(8 * length);
  if (text.length !== 4 * Math.ceil(bytes.length / 3)) return undefined;
  const codes = new TextEncoder().encode(text);
  for (let at = 0, to = 0; to < bytes.length; at += 4, to += 3) {
    const given = Math.min(3, bytes.length - to);
    let bits = 0;
    for (let i = 0; i < 4; i++) {
      const value = i <= given ? VALUES[codes[at + i]] : codes[at + i] === PADDING ? 0 : 64;
      if (value === 64) return undefined;
      bits |= value << (18 - 6 * i);
    }
    for (let i = 0; i < given; i++) bytes[to + i] = bits >>> (16 - 8 * i);
  }
  return new Float64Array(bytes.buffer);
}
