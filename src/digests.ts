/** What data are, in 64 characters: SHA-256 of their JSON, in which the SHA-256 of its bytes stands for a typed array. */
import { sha256 } from './sha256.js';

/** Remembers the digests of arrays, which must not change meanwhile: the same ones come again and again. */
export class Digests {
  readonly #arrays = new Map<Float64Array, string>();

  of(value: unknown): string {
    const text = JSON.stringify(value, (_, entry: unknown) =>
      entry instanceof Float64Array ? this.#ofArray(entry) : entry,
    );
    return sha256(new TextEncoder().encode(text));
  }

  #ofArray(array: Float64Array): string {
    const known = this.#arrays.get(array);
    if (known !== undefined) return known;
    const digest = sha256(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    this.#arrays.set(array, digest);
    return digest;
  }
}
