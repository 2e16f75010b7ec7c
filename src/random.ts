/** Seeded random numbers, the same bits on every engine: integer operations (core/random.ts) and one exact division. */
import { sfc32 } from './core/random.js';
import { checkInteger } from './validate.js';

/**
 * A source of doubles, uniform on the multiples of 2⁻⁵³ in [0, 1); of one seed there are 2³² streams.
 *
 * @throws TypeError or RangeError unless seed is an integer from 0 to 2⁵³ − 1
 */
export function uniform(seed: number, stream = 0): () => number {
  checkInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  const next = sfc32(seed, stream);
  return () => {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}

/**
 * A source of normal variates from one of uniform ones, by comparisons alone (no logarithm, whose bits differ between engines):
 * |x| = k + u with k = 0, 1, … and u in [0, 1) is taken with a probability in proportion to exp(−(k + u)²/2). C. Karney, Sampling exactly
 * from the normal distribution, ACM Trans. Math. Softw. 42 (2016) 3, with doubles for his deviates of any length.
 */
export function normal(next: () => number): () => number {
  const all = (trials: number, gamma: number): boolean => {
    for (let i = 0; i < trials; i++) if (!exponentialTrial(next, gamma)) return false;
    return true;
  };
  return () => {
    for (;;) {
      // exp(−k²/2) = exp(−k/2) exp(−k(k−1)/2); exp(−(k + u)²/2) = exp(−k²/2) exp(−k u) exp(−u²/2).
      let k = 0;
      while (exponentialTrial(next, 0.5)) k++;
      if (!all(k * (k - 1), 0.5)) continue;
      const u = next();
      if (all(k, u) && exponentialTrial(next, (u * u) / 2)) return next() < 0.5 ? -(k + u) : k + u;
    }
  };
}

/** True with probability exp(−γ), 0 ≤ γ ≤ 1: the longest run γ > u₁ > u₂ > … is of even length (J. von Neumann, 1951). */
function exponentialTrial(next: () => number, gamma: number): boolean {
  let even = true;
  for (let last = gamma, u = next(); u < last; last = u, u = next()) even = !even;
  return even;
}

/** A permutation of 0 … n − 1, each as likely as the others (R. Fisher and F. Yates; R. Durstenfeld 1964). */
export function permutation(n: number, next: () => number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
