/** Balls, what proofs make of them, and bounds on eigenvalues in interval arithmetic. Oracles: corners of the balls, where the bounds are attained, and formulas by hand. */
import { describe, expect, it } from 'vitest';
import { addAt, type Balls, normUp, scaleColumns, timesExact } from '../src/interval/balls.js';
import { point } from '../src/interval/interval.js';
import { blockSizes } from '../src/interval/rows.js';
import {
  arrowheadBound,
  largestEigenvalue,
  perronBound,
  smallestEigenvalue,
} from '../src/interval/spectrum.js';
import { uniforms } from './reference/generate.js';

describe('balls', () => {
  const next = uniforms(11);
  /** Radii up to a tenth of the midpoints' size, beside which rounding is nothing. */
  const random = (n: number): Balls => ({
    mid: Float64Array.from({ length: n }, () => 2 * next() - 1),
    rad: Float64Array.from({ length: n }, () => 0.1 * next()),
  });
  /** The member that lies t radii from the midpoints: t of one sign for each entry. */
  const member = ({ mid, rad }: Balls, sign: (i: number) => number): Float64Array =>
    mid.map((x, i) => x + sign(i) * rad[i]);
  const outward = (x: Balls): Float64Array => member(x, (i) => (x.mid[i] < 0 ? -1 : 1));
  const copyOf = ({ mid, rad }: Balls): Balls => ({ mid: mid.slice(), rad: rad.slice() });

  it('have products that reach as far as the corners do, and no further', () => {
    const [x, y] = [random(12), random(4)];
    const product = copyOf(x);
    scaleColumns(product, y);
    const [a, b] = [outward(x), outward(y)];
    for (let i = 0; i < 12; i++) {
      const reach = Math.abs(a[i] * b[i % 4] - x.mid[i] * y.mid[i % 4]);
      expect(product.rad[i]).toBeGreaterThanOrEqual(reach * (1 - 1e-12));
      expect(product.rad[i]).toBeLessThan(reach * (1 + 1e-12));
    }
  });

  it('and sums', () => {
    const [x, y] = [random(9), random(3)];
    const sum = copyOf(x);
    addAt(sum, 0, 4, y);
    for (let i = 0; i < 3; i++) expect(sum.rad[4 * i]).toBeCloseTo(x.rad[4 * i] + y.rad[i], 14);
    expect(sum.rad[1]).toBe(x.rad[1]);
  });

  it('and products with a matrix, whose own rounding counts where it is all there is', () => {
    const [rows, inner, columns] = [2, 5, 3];
    const w = Float64Array.from({ length: inner * columns }, () => 2 * next() - 1);
    const x = random(rows * inner);
    const out = timesExact(x, rows, inner, { data: w, down: columns, along: 1 }, columns);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        let reach = 0;
        for (let t = 0; t < inner; t++) reach += x.rad[r * inner + t] * Math.abs(w[t * columns + c]);
        expect(out.rad[r * columns + c]).toBeGreaterThanOrEqual(reach * (1 - 1e-15));
        expect(out.rad[r * columns + c]).toBeLessThan(reach * (1 + 1e-12));
      }
    }
    // 1e16 + 1 − 1e16 = 1, which double precision takes for 0 or 2.
    const exactly = { mid: Float64Array.of(1, 1, 1), rad: new Float64Array(3) };
    const lost = timesExact(exactly, 1, 3, { data: Float64Array.of(1e16, 1, -1e16), down: 1, along: 3 }, 1);
    expect(lost.mid[0]).not.toBe(1);
    expect(Math.abs(lost.mid[0] - 1)).toBeLessThanOrEqual(lost.rad[0]);
  });

  it('of factors make a block of H whose radius is proven, and no more than it need be', () => {
    const [w, v, n, m] = [3, 4, 2, 5];
    for (const adjacent of [true, false]) {
      for (const diagonal of [false, true]) {
        const balls = { first: random(w), second: random(diagonal ? w : v), mixed: random(n * m) };
        const beside = diagonal ? undefined : { delta: random(m), transfer: random(adjacent ? n : n * v) };
        // Radii in proportion to the midpoints: then the farthest member is (1 + ε) times each, and the bound is attained.
        for (const x of [...Object.values(balls), ...Object.values(beside ?? {})])
          x.rad = x.mid.map((y) => 1e-3 * Math.abs(y));
        const { beta, error } = blockSizes(balls.first, balls.second, balls.mixed, beside);
        const size = (x: Balls): number => Math.sqrt(x.mid.reduce((sum, y) => sum + y * y, 0));
        const one = size(balls.first) * size(balls.mixed) * size(balls.second);
        const other = beside ? size(balls.first) * size(beside.delta) * size(beside.transfer) : 0;
        expect(beta).toBeGreaterThanOrEqual((one + other) * (1 - 1e-15));
        expect(beta).toBeLessThan((one + other) * (1 + 1e-12));
        const grown = 1.001 ** 3 - 1;
        expect(error).toBeGreaterThanOrEqual((one + other) * grown * (1 - 1e-12));
        expect(error).toBeLessThan((one + other) * grown * (1 + 1e-12));
      }
    }
  });

  it('have norms from above', () => {
    for (const size of [1e-320, 1e-200, 1, 1e200, 1e307]) {
      const x = Float64Array.of(3 * size, -4 * size);
      expect(normUp(x)).toBeGreaterThanOrEqual(5 * size * (1 - 1e-15));
      expect(normUp(x)).toBeLessThan(5 * size * (1 + 1e-12) + 20 * Number.MIN_VALUE);
    }
    expect(normUp(Float64Array.of(1, NaN))).toBeNaN();
    expect(normUp(new Float64Array(3))).toBe(0);
  });
});

describe('bounds on eigenvalues', () => {
  it('Wolkowicz and Styan, at the matrices that attain them', () => {
    // P − 1 equal eigenvalues and one apart: diag(3, 1, 1, 1, 1) and its negative.
    const one = largestEigenvalue({ order: 5, trace: point(7), squares: point(13) });
    expect(one.upper).toBeGreaterThanOrEqual(3);
    expect(one.upper).toBeLessThan(3 + 1e-14);
    const other = largestEigenvalue({ order: 5, trace: point(-7), squares: point(13) });
    expect(other.lower).toBeLessThanOrEqual(-1);
    expect(other.lower).toBeGreaterThan(-1 - 1e-14);
    expect(smallestEigenvalue({ order: 5, trace: point(-7), squares: point(13) }).lower).toBeCloseTo(-3, 13);
    expect(largestEigenvalue({ order: 1, trace: { lower: 2, upper: 3 }, squares: point(7) })).toEqual({
      lower: 2,
      upper: 3,
    });
  });

  it('a non-negative matrix, by hand', () => {
    // [[a, b], [b, c]]: (a + c)/2 + √((a − c)²/4 + b²).
    for (const [a, b, c] of [
      [2, 1, 2],
      [5, 0.25, 1],
      [-3, 2, -7],
      [1, 0, 4],
      [0, 1, 0],
      [-1, 0, -2],
    ]) {
      const largest = (a + c) / 2 + Math.sqrt((a - c) ** 2 / 4 + b * b);
      const bound = perronBound(2, Float64Array.of(a, b, b, c));
      expect(bound).toBeGreaterThanOrEqual(largest - 1e-15 * Math.abs(largest));
      expect(bound).toBeLessThan(largest + 1e-7 * (1 + Math.abs(largest)));
    }
  });

  it('an arrowhead, by hand', () => {
    for (const [d, r, c] of [
      [5, 1, 2],
      [5, 1e-8, 4.999],
      [1, 3, 1],
      [2, 0.5, 7],
      [0, 0, 0],
      [-3, 1e-20, -4],
    ]) {
      const largest = (d + c) / 2 + Math.sqrt((d - c) ** 2 / 4 + r * r);
      const bound = arrowheadBound([d], [r], c);
      expect(bound).toBeGreaterThanOrEqual(largest - 1e-15 * Math.abs(largest));
      expect(bound).toBeLessThan(largest + 1e-13 * (1 + Math.abs(largest)));
    }
    // Two directions that are alike act as one of norm √2 · r.
    expect(arrowheadBound([3, 3], [1, 1], 1)).toBeCloseTo(2 + Math.sqrt(1 + 2), 12);
    expect(arrowheadBound([3, 5], [1, 1], -Infinity)).toBe(5);
    expect(arrowheadBound([3], [NaN], 1)).toBe(Infinity);
  });
});
