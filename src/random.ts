/** Seeded random numbers, the same bits on every engine: integer operations (core/random.ts) and one exact division. */
import { sfc32 } from './core/random.js';
import { checkInteger } from './validate.js';

/**
 * A source of doubles, uniform on the multiples of 2⁻⁵³ in [0, 1).
 *
 * @throws TypeError or RangeError unless seed is an integer from 0 to 2⁵³ − 1
 */
export function uniform(seed: number): () => number {
  checkInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  const next = sfc32(seed);
  return () => {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}
