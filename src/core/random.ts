/**
 * Random bits, the same on every engine: integer operations alone.
 *
 * sfc32 by Chris Doty-Humphrey (PractRand, public domain; 128 bits of state, period at least 2³², 2¹²⁷ on average), seeded as
 * there: a from the stream (0 if there is only one), b and c from the seed, counter = 1, and the first twelve outputs discarded.
 */

/** A source of 32-bit integers, as signed numbers. The seed is an integer from 0 to 2⁵³ − 1. */
export function sfc32(seed: number, stream = 0): () => number {
  let a = stream | 0;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next = (): number => {
    const output = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + output) | 0;
    return output;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
