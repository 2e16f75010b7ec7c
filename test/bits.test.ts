/** The same bits in every engine: what this engine computes, against what Node computed in this same run. */
import { expect, inject, it } from 'vitest';
import { digest, engineDigests } from './setup/digests.js';

it('this engine agrees with Node in every bit of every result', () => {
  const digests = engineDigests();
  expect(Object.keys(digests).length).toBeGreaterThan(100);
  expect(digests).toEqual(inject('nodeDigests'));
});

it('and a single different bit would show', () => {
  expect(digest(Float64Array.of(1, 2))).not.toBe(digest(Float64Array.of(1, 2 + 2 * Number.EPSILON)));
  expect(digest(Float64Array.of(0))).not.toBe(digest(Float64Array.of(-0)));
});
