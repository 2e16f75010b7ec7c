/** wolkowiczStyan against spectra whose trace and norm are summed here: the oracle is the spectrum itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wolkowiczStyan } from '../src/index.js';

/** Below 1e-290 rounding is absolute, not relative, and nothing is promised. */
const eigenvalues = fc
  .double({ min: -1e6, max: 1e6, noNaN: true })
  .map((x) => (Math.abs(x) < 1e-290 ? 0 : x));
const spectra = fc.array(eigenvalues, { minLength: 1, maxLength: 40 });

function momentsOf(values: number[]): { trace: number; frobeniusNorm: number; order: number } {
  return {
    trace: values.reduce((sum, x) => sum + x, 0),
    // Scaled: the squares of the tiny values that fast-check likes would vanish.
    frobeniusNorm: hypotenuse(values),
    order: values.length,
  };
}

function hypotenuse(values: number[]): number {
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(values.reduce((sum, x) => sum + (x / largest) * (x / largest), 0));
}

describe('wolkowiczStyan', () => {
  it('encloses every eigenvalue of any spectrum', () => {
    fc.assert(
      fc.property(spectra, (values) => {
        const sorted = [...values].sort((a, b) => b - a);
        const moments = momentsOf(values);
        const bounds = wolkowiczStyan(moments);
        // The sums above err by n ε ‖H‖_F themselves.
        const slack = 4 * values.length * Number.EPSILON * moments.frobeniusNorm;
        const encloses = ({ lower, upper }: { lower: number; upper: number }, x: number): void => {
          expect(lower).toBeLessThanOrEqual(x + slack);
          expect(upper).toBeGreaterThanOrEqual(x - slack);
        };
        sorted.forEach((x, k) => encloses(bounds.kth(k + 1), x));
        encloses(bounds.largest, sorted[0]);
        encloses(bounds.smallest, sorted.at(-1)!);
        encloses(bounds.spread, sorted[0] - sorted.at(-1)!);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('is attained where the theorem says: all other eigenvalues equal', () => {
    const values = [7, 2, 2, 2, 2];
    const { largest, kth } = wolkowiczStyan(momentsOf(values));
    expect(largest.upper).toBeCloseTo(7, 12);
    expect(wolkowiczStyan(momentsOf([2, 2, 2, 2, -3])).smallest.lower).toBeCloseTo(-3, 12);
    expect(wolkowiczStyan(momentsOf([2, 2, 2, 2, -3])).largest.lower).toBeCloseTo(2, 12);
    expect(kth(1)).toEqual(largest);
    // Two values, half each: the spread's lower bound; two opposite outliers: its upper bound.
    expect(wolkowiczStyan(momentsOf([1, 1, 3, 3])).spread.lower).toBeCloseTo(2, 12);
    expect(wolkowiczStyan(momentsOf([1, 3, 3])).spread.lower).toBeCloseTo(2, 12);
    expect(wolkowiczStyan(momentsOf([5, 0, 0, 0, -5])).spread.upper).toBeCloseTo(10, 12);
  });

  it('is exact for orders 1 and 2', () => {
    expect(wolkowiczStyan({ trace: -3, frobeniusNorm: 3, order: 1 })).toMatchObject({
      largest: { lower: -3, upper: -3 },
      smallest: { lower: -3, upper: -3 },
      spread: { lower: 0, upper: 0 },
    });
    const { largest, smallest } = wolkowiczStyan({ trace: 3, frobeniusNorm: Math.sqrt(5), order: 2 });
    for (const [bound, value] of [
      [largest, 2],
      [smallest, 1],
    ] as const) {
      expect(bound.lower).toBeCloseTo(value, 13);
      expect(bound.upper).toBeCloseTo(value, 13);
    }
  });

  it('stays on the safe side where s² cancels: multiples of the identity, moved by less than rounding shows', () => {
    for (const order of [2, 3, 10, 1000, 100_000]) {
      // One eigenvalue raised by 1e-9: 1e-18 of the squared norm, lost in its rounding.
      const { largest } = wolkowiczStyan({
        trace: order + 1e-9,
        frobeniusNorm: Math.sqrt(order + 2e-9 + 1e-18),
        order,
      });
      expect(largest.upper).toBeGreaterThanOrEqual(1 + 1e-9);
      // √(16 ε) ‖H‖_F = 6e-8 √order is the price of not knowing s² better.
      expect(largest.upper).toBeLessThan(1 + 1e-7 * Math.sqrt(order));
      expect(largest.lower).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('neither overflows nor vanishes at the ends of the range', () => {
    for (const size of [1e-300, 1e300]) {
      const { largest } = wolkowiczStyan({ trace: 3 * size, frobeniusNorm: Math.sqrt(5) * size, order: 2 });
      expect(largest.upper / size).toBeCloseTo(2, 12);
    }
    expect(wolkowiczStyan({ trace: 0, frobeniusNorm: 0, order: 9 }).largest).toEqual({ lower: 0, upper: 0 });
  });

  it('holds for every matrix whose moments lie in given intervals', () => {
    const bounds = wolkowiczStyan({
      trace: { lower: 2.9, upper: 3.1 },
      frobeniusNorm: { lower: 2.2, upper: 2.3 },
      order: 2,
    });
    for (const trace of [2.9, 3, 3.1]) {
      for (const frobeniusNorm of [2.2, 2.25, 2.3]) {
        const inner = wolkowiczStyan({ trace, frobeniusNorm, order: 2 });
        expect(bounds.largest.lower).toBeLessThanOrEqual(inner.largest.lower);
        expect(bounds.largest.upper).toBeGreaterThanOrEqual(inner.largest.upper);
        expect(bounds.smallest.lower).toBeLessThanOrEqual(inner.smallest.lower);
        expect(bounds.smallest.upper).toBeGreaterThanOrEqual(inner.smallest.upper);
      }
    }
  });

  it.each([
    [{ trace: 1, frobeniusNorm: 1, order: 0 }, RangeError, /order.*≥? ?1.*got 0/],
    [{ trace: 1, frobeniusNorm: 1, order: 1.5 }, RangeError, /order.*integer.*1\.5/],
    [{ trace: NaN, frobeniusNorm: 1, order: 2 }, RangeError, /trace.*finite.*NaN/],
    [{ trace: 1, frobeniusNorm: -1, order: 2 }, RangeError, /frobeniusNorm.*≥ 0.*-1/],
    [{ trace: 9, frobeniusNorm: 1, order: 2 }, RangeError, /trace.*√order.*got 9/],
    [{ trace: '1', frobeniusNorm: 1, order: 2 }, TypeError, /trace.*number.*"1"/],
    [null, TypeError, /moments.*object.*null/],
  ])('refuses %j', (moments, kind, message) => {
    const call = (): unknown => wolkowiczStyan(moments as Parameters<typeof wolkowiczStyan>[0]);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });

  it.each([0, 3, 1.5, NaN])('refuses the eigenvalue number %d of 2', (k) => {
    expect(() => wolkowiczStyan({ trace: 1, frobeniusNorm: 1, order: 2 }).kth(k)).toThrow(RangeError);
  });
});
