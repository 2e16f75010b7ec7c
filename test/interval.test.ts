/**
 * Interval arithmetic and the enclosures of functions. Oracles: exact rational arithmetic in BigInt for + − × ÷ √; mpmath for the functions
 * (test/fixtures/enclosures.py), to 32 digits, so that a missing last step outward is seen.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixtures from './fixtures/enclosures.json' with { type: 'json' };
import { type Interval, ACTIVATIONS, type Activation } from '../src/index.js';
import { encloseActivation } from '../src/interval/activation.js';
import {
  arctan,
  exp,
  gaussianIntegral,
  gaussianTail,
  log1p,
  series,
  sinCos,
} from '../src/interval/elementary.js';
import {
  add,
  divide,
  exponentOf,
  multiply,
  point,
  powerOfTwo,
  scaleByPower,
  square,
  squareRoot,
  subtract,
} from '../src/interval/interval.js';

/** x = numerator / 2^1100, exactly, for |x| < 2^900. */
function exact(x: number): bigint {
  // Two steps, for 2^1100 is no double.
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const biased = Number((word >> 52n) & 0x7ffn);
  const mantissa = (word & 0xfffffffffffffn) | (biased > 0 ? 1n << 52n : 0n);
  const value = mantissa << BigInt(1100 + Math.max(biased, 1) - 1075);
  return word >> 63n ? -value : value;
}
const ONE = 1n << 1100n;

/** Doubles of all sizes, subnormal ones included. */
const doubles = fc
  .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -1070, max: 300 }))
  .map(([x, e]) => scaleByPower(x, e));
const tame = fc
  .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -60, max: 60 }))
  .map(([x, e]) => scaleByPower(x, e));

/** Two steps of rounding apart at most, each way. */
function expectTight({ lower, upper }: Interval): void {
  const size = Math.max(Math.abs(lower), Math.abs(upper));
  expect(upper - lower).toBeLessThanOrEqual(5 * Number.EPSILON * size + 5 * Number.MIN_VALUE);
}

describe('arithmetic on points', () => {
  const check = (
    name: string,
    numbers: fc.Arbitrary<number>,
    compute: (x: Interval, y: Interval) => Interval,
    /** Whether numerator/2^1100 of a bound is at most (−1), at least (1) the exact result. */
    side: (x: bigint, y: bigint, bound: bigint) => bigint,
  ): void => {
    it(name, () => {
      fc.assert(
        fc.property(numbers, numbers, (x, y) => {
          fc.pre(name !== '÷' || y !== 0);
          const result = compute(point(x), point(y));
          fc.pre(Number.isFinite(result.lower) && Number.isFinite(result.upper));
          expect(side(exact(x), exact(y), exact(result.lower)) <= 0n).toBe(true);
          expect(side(exact(x), exact(y), exact(result.upper)) >= 0n).toBe(true);
          expectTight(result);
        }),
        { numRuns: 2000, seed: 1 },
      );
    });
  };
  check('+', doubles, add, (x, y, bound) => bound - (x + y));
  check('−', doubles, subtract, (x, y, bound) => bound - (x - y));
  check('×', doubles, multiply, (x, y, bound) => bound * ONE - x * y);
  check('÷', tame, divide, (x, y, bound) => (y > 0n ? bound * y - x * ONE : x * ONE - bound * y));
  check('²', doubles, square, (x, _y, bound) => bound * ONE - x * x);
  // Beside 0, half the digits of a square lie below the range.
  const positive = tame.map((x) => Math.abs(x) + 1e-20);
  check(
    '√',
    positive,
    (x) => squareRoot(square(x)),
    (x, _y, bound) => bound - x,
  );

  it('of intervals holds that of any numbers in them', () => {
    const intervals = fc
      .tuple(tame, tame)
      .map(([x, y]) => ({ lower: Math.min(x, y), upper: Math.max(x, y) }));
    const inside = ({ lower, upper }: Interval, t: number): number =>
      Math.min(upper, Math.max(lower, lower + t * (upper - lower)));
    fc.assert(
      fc.property(intervals, intervals, fc.double({ min: 0, max: 1, noNaN: true }), (x, y, t) => {
        const [a, b] = [inside(x, t), inside(y, 1 - t)];
        for (const operation of [add, subtract, multiply]) {
          const [whole, one] = [operation(x, y), operation(point(a), point(b))];
          expect(whole.lower).toBeLessThanOrEqual(one.lower);
          expect(whole.upper).toBeGreaterThanOrEqual(one.upper);
        }
        if (y.lower > 0 || y.upper < 0) {
          expect(divide(x, y).lower).toBeLessThanOrEqual(a / b);
          expect(divide(x, y).upper).toBeGreaterThanOrEqual(a / b);
        } else expect(divide(x, y)).toEqual({ lower: -Infinity, upper: Infinity });
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('gives no number where a result leaves the range', () => {
    for (const result of [
      multiply(point(1e300), point(1e300)),
      add(point(1.7e308), point(1.7e308)),
      square({ lower: -1e200, upper: 1 }),
      subtract(point(Infinity), point(Infinity)),
    ]) {
      expect(Number.isFinite(result.lower) && Number.isFinite(result.upper)).toBe(false);
    }
  });

  it('takes powers of two from their bits', () => {
    for (const e of [-1022, -537, -1, 0, 1, 52, 1023]) {
      expect(exponentOf(powerOfTwo(e))).toBe(e);
      expect(exact(powerOfTwo(Math.min(e, 800)))).toBe(1n << BigInt(1100 + Math.min(e, 800)));
    }
    expect(scaleByPower(3, -1074)).toBe(3 * Number.MIN_VALUE);
    expect(scaleByPower(Number.MIN_VALUE, 1074)).toBe(1);
    expect(scaleByPower(scaleByPower(0.3, 1020), -2000)).toBe(scaleByPower(0.3, -980));
  });
});

/** That high + low lies in x, in exact arithmetic. */
function holds({ lower, upper }: Interval, high: number, low: number): boolean {
  return (lower < high || (lower === high && low >= 0)) && (upper > high || (upper === high && low <= 0));
}

function expectHeld(what: string, x: Interval, high: number, low: number): void {
  if (!holds(x, high, low)) expect.fail(`${what}: ${high} + ${low} is not in [${x.lower}, ${x.upper}]`);
}

function relativeWidth({ lower, upper }: Interval, value: number): number {
  return (upper - lower) / (Math.abs(value) + 1e-300);
}

describe('functions', () => {
  const tables = fixtures.elementary as unknown as Record<string, [number, number, number][]>;
  const functions: [string, (x: number) => Interval, number][] = [
    ['exp', (x) => exp(x), 2e-15],
    ['log1p', (x) => log1p(point(x)), 3e-15],
    ['sin', (x) => sinCos(x).sin, 3e-15],
    ['cos', (x) => sinCos(x).cos, 3e-15],
    ['arctan', (x) => arctan(point(x)), 4e-15],
    ['gaussianTail', (x) => gaussianTail(x, 1), 2e-14],
  ];
  it.each(functions)('%s holds the true values, relative width small', (name, enclose, width) => {
    for (const [x, high, low] of tables[name]) {
      const enclosed = enclose(x);
      expectHeld(`${name}(${x})`, enclosed, high, low);
      expect(relativeWidth(enclosed, high)).toBeLessThan(width);
    }
  });

  it('a series holds its sum, however early it is cut', () => {
    // Values from mpmath: e^−½, 2 artanh ½ = log 3, 2 arctan ½.
    for (let n = 1; n < 40; n++) {
      const power = series(point(-0.5), n, (j) => [1, j]);
      expectHeld(`e^−½ by ${n} terms`, power, 0.6065306597126334, -6.5932e-19);
      const artanh = series(point(0.25), n, (j) => [2 * j - 1, 2 * j + 1]);
      expectHeld(`2 artanh ½ by ${n} terms`, artanh, 1.0986122886681098, -9.0713e-17);
      const arctangent = series(point(-0.25), n, (j) => [2 * j - 1, 2 * j + 1]);
      expectHeld(`2 arctan ½ by ${n} terms`, arctangent, 0.9272952180016122, 4.5398e-17);
    }
  });

  it('the integrals of the Gaussian from 0 and to ∞ add up', () => {
    for (const x of [-3, -1, -0.3, 0, 1e-9, 0.5, 0.88, 0.89, 1, 2, 5, 30]) {
      for (const c of [0.5, 1]) {
        const { lower, upper } = add(gaussianIntegral(x, c), gaussianTail(x, c));
        // √(π / 4c).
        const [high, low] = c === 1 ? [0.886226925452758, 1.3335e-17] : [1.2533141373155003, -9.1642895e-17];
        expectHeld(`c = ${c} at ${x}`, { lower, upper }, high, low);
        expect(upper - lower).toBeLessThan(1e-14);
      }
    }
  });

  it('beyond 2⁶⁰ angles are unknown, and infinite ones no numbers', () => {
    expect(sinCos(1e19)).toEqual({ sin: { lower: -1, upper: 1 }, cos: { lower: -1, upper: 1 } });
    expect(sinCos(Infinity).sin.upper).toBeNaN();
  });
});

describe.each(ACTIVATIONS)('%s', (name: Activation) => {
  const table = (fixtures.activations as unknown as Record<string, number[][]>)[name];
  const parts = ['value', 'slope', 'bend'] as const;

  it('is held at points, as narrowly as its formulas allow', () => {
    expect(table.length).toBeGreaterThan(80);
    for (const [z, ...values] of table) {
      const enclosed = encloseActivation(name, point(z));
      parts.forEach((part, order) => {
        const [high, low] = values.slice(2 * order);
        expectHeld(`${name} ${part} at ${z}`, enclosed[part], high, low);
        // 1e-14 of the value; near zeros of φ' and φ'', which are differences, of what they are differences of (at most (2 + z²) times e^(−z²/2) or the
        // like: below 3); and gelu-tanh in its tail is a function of exp(−z³).
        const differs = ['gelu', 'gelu-tanh', 'silu'].includes(name) && order > 0 && Math.abs(z) < 6;
        const steep = name === 'gelu-tanh' ? Math.min(50, Math.abs(z)) ** 3 : 1;
        const allowed =
          1e-14 * (1 + steep) * Math.abs(high) +
          (differs ? 1e-14 * Math.min(1, 3 * Math.abs(high) + 1) : 0) +
          1e-290;
        expect(enclosed[part].upper - enclosed[part].lower).toBeLessThan(allowed * (1 + Math.abs(z)));
      });
    }
  });

  it('is held over intervals', () => {
    const ascending = table.filter(([z]) => Math.abs(z) < 60);
    const { length } = ascending;
    for (let i = 0; i < length; i++) {
      for (const span of [1, 2, 5, 20]) {
        const last = Math.min(length - 1, i + span);
        const enclosed = encloseActivation(name, { lower: ascending[i][0], upper: ascending[last][0] });
        for (let j = i; j <= last; j++) {
          parts.forEach((part, order) => {
            const [high, low] = ascending[j].slice(1 + 2 * order);
            expectHeld(
              `${name} ${part} over [${ascending[i][0]}, ${ascending[last][0]}]`,
              enclosed[part],
              high,
              low,
            );
          });
        }
      }
    }
  });

  it('widens in proportion to its argument', () => {
    for (const [z] of table) {
      if (Math.abs(z) > 30 || Math.abs(z) < 1e-3) continue;
      const reach = 1e-9 * Math.abs(z);
      const enclosed = encloseActivation(name, { lower: z - reach, upper: z + reach });
      for (const part of parts) {
        // Derivatives to the third, and the parts they are put together from, stay below 10 (1 + z²).
        const most =
          20 * (1 + z * z) * reach * (name === 'identity' ? 1 : Math.min(1, 1)) + 1e-13 * (1 + Math.abs(z));
        expect(enclosed[part].upper - enclosed[part].lower).toBeLessThan(most);
      }
    }
  });
});
