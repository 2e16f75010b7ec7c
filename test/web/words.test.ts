/** What the page says in words is true of the numbers: bounds as they are read are still bounds, and a verdict claims no more than the bracket proves. */
import { describe, expect, it } from 'vitest';
import { readable } from '../../web/number.js';
import { thresholdOf, verdictOf } from '../../web/verdict.js';
import { uniform } from '../../src/random.js';

const PLAIN = { optimizer: 'sgd', momentum: 0, batch: 0, strength: 0 } as const;

function numberIn(words: string): number {
  return Number(words.replace('−', '-'));
}

describe('a number as it is read', () => {
  const values = [9.9999, 0.99996, -0.99996, 1e-3, 0.00099999, 999_999.6, 1e6, 5e-324, -1.7e308, 2];

  it.each([2, 3, 4, 5])('is on the right side of a bound, with %d figures', (digits) => {
    const random = uniform(5);
    const all = [
      ...values,
      ...Array.from({ length: 3000 }, () => (random() - 0.5) * 10 ** (20 * random() - 10)),
    ];
    for (const value of all) {
      const [below, near, above] = (['below', undefined, 'above'] as const).map((side) =>
        numberIn(readable(value, digits, side)),
      );
      expect(below, `${value}`).toBeLessThanOrEqual(value);
      expect(above, `${value}`).toBeGreaterThanOrEqual(value);
      // One unit of the last figure apart, and half of one from the nearest; 1e-9 for the doubles next to those decimals.
      const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
      if (unit > 1e-300) {
        expect(above - below).toBeLessThanOrEqual(unit * (1 + 1e-9));
        expect(Math.abs(near - value)).toBeLessThanOrEqual(unit * (0.5 + 1e-9));
      }
    }
  });

  it('that is round stays as it is', () => {
    for (const side of ['below', 'above'] as const) {
      expect(readable(0.5, 4, side)).toBe('0.5000');
      expect(readable(-0.5, 4, side)).toBe('−0.5000');
      expect(readable(12300, 3, side)).toBe('12300');
      expect(readable(0, 4, side)).toBe('0');
    }
    expect(readable(0.5)).toBe('0.5');
    expect(readable(2e-4, 3)).toBe('2.00e−4');
    expect(readable(Infinity)).toBe('Infinity');
    expect(readable(-Infinity)).toBe('−Infinity');
  });
});

describe('the verdict', () => {
  it.each([
    [1, 1.499, 2, 'below', 'at most 0.750 × 2/η'],
    [1, 1.501, 2, 'below', 'at most 0.751 × 2/η'],
    [1, 1.9999, 2, 'below', 'at most 1.00 × 2/η'],
    [2.501, 3, 2, 'above', 'at least 1.25 × 2/η'],
    [2.519, 3, 2, 'above', 'at least 1.25 × 2/η'],
    [1.9, 2.1, 2, 'undecided', 'Neither'],
    [2, 2.1, 2, 'undecided', 'Neither'],
    [1.9, 2, 2, 'undecided', 'Neither'],
    // Within what rounding can have done to 2/η.
    [2 + 2 ** -51, 2.1, 2, 'undecided', 'Neither'],
    [1.9, 2 - 2 ** -52, 2, 'undecided', 'Neither'],
    [-3, -1.001, 2, 'below', 'at most −0.500 × 2/η'],
  ] as const)('of [%d, %d] against %d is %s', (lower, upper, stability, side, words) => {
    const verdict = verdictOf({ lower, upper, stability }, PLAIN);
    expect(verdict.side).toBe(side);
    expect(verdict.words).toContain(words);
  });

  it('says of what 2/η is the limit', () => {
    const frame = { lower: 1, upper: 1.5, stability: 2 };
    expect(verdictOf(frame, PLAIN).words).toContain('In a bowl as sharp as that, gradient descent is stable');
    for (const changes of [{ batch: 5 }, { strength: 0.1 }])
      expect(verdictOf(frame, { ...PLAIN, ...changes }).words).not.toContain('bowl');
    expect(verdictOf({ lower: 1, upper: 2 }, { ...PLAIN, optimizer: 'sam' })).toMatchObject({ side: 'none' });
    expect(verdictOf({ lower: 1, upper: 2 }, { ...PLAIN, optimizer: 'adam' }).words).toContain('Adam');
    expect(thresholdOf({ optimizer: 'sgd', momentum: 0.9 })).toBe('(1 + μ) 2/η');
    expect(thresholdOf({ optimizer: 'sam', momentum: 0.9 })).toBe('2/η');
  });
});
