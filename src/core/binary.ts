import { alphabet, order, singles, text } from './wasm.generated.js';

/** The compiled core, from the text that scripts/embed-wasm.mjs makes of it. */
export function binary(): Uint8Array<ArrayBuffer> {
  const rankOf = new Uint8Array(128);
  for (let i = 0; i < alphabet.length; i++) rankOf[alphabet.charCodeAt(i)] = i;
  const byteOf = Uint8Array.from({ length: 256 }, (_, i) => parseInt(order.slice(2 * i, 2 * i + 2), 16));
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    let rank = rankOf[text.charCodeAt(i)];
    if (rank >= singles) {
      rank = singles + (rank - singles) * alphabet.length + rankOf[text.charCodeAt(++i)];
    }
    bytes[count++] = byteOf[rank];
  }
  return bytes.subarray(0, count);
}
