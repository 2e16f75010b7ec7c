/** The figure of a sweep. Oracles: a plain reader of tags, and places worked out from the data by the mathematics of a logarithmic axis. */
import { describe, expect, it } from 'vitest';
import { sweep, SWEEP_MARGINS, type SweepPoint } from '../src/views/index.js';
import { type Markup, readMarkup } from './reference/markup.js';

const words = { title: 'a title', description: 'what it shows' };

describe('a sweep', () => {
  it('has bound and truth in their places, a gap where the truth is not known, and the bracket there', () => {
    const points = [
      { place: 0, bound: 100, lower: 1, upper: 1, truth: 1 },
      { place: 0.25, bound: 10, lower: 10, upper: 10, truth: 10 },
      { place: 0.5, bound: 100, lower: 1, upper: 10 },
      { place: 1, bound: 1, lower: 0.001, upper: 0.001, truth: 0.001 },
    ];
    const range = [1, 100] as const;
    const width = SWEEP_MARGINS.left + 400 + SWEEP_MARGINS.right;
    const root = readMarkup(sweep({ ...words, points, ticks: [], now: 0.5, range }, width));
    const parts = (kind: string): Markup[] => root.all().filter((part) => part.attributes['class'] === kind);
    const [left, top, bottom] = [SWEEP_MARGINS.left, 8, 178];
    // The range and 0.06 of a power of ten on both sides: of 2.12 powers.
    const level = (power: number): number => bottom - ((bottom - top) * (power + 0.06)) / 2.12;
    const through = (part: Markup): number[][] =>
      part.attributes['d'].split(/(?=[ML])/).map((step) => step.slice(1).split(' ').map(Number));
    const near = (found: number[][], wanted: number[][]): void => {
      expect(found).toHaveLength(wanted.length);
      // A hundredth of a pixel.
      found.flat().forEach((x, i) => expect(Math.abs(x - wanted.flat()[i])).toBeLessThan(0.02));
    };
    const [bound] = parts('curve bound');
    near(through(bound), [[left, level(2)], [left + 100, level(1)], [left + 200, level(2)], [left + 400, level(0)]]); // prettier-ignore
    const truths = parts('curve exact');
    expect(truths).toHaveLength(2);
    near(through(truths[0]), [[left, level(0)], [left + 100, level(1)]]); // prettier-ignore
    // What is below the range is at its end.
    near(through(truths[1]), [[left + 400, level(0)]]);
    expect(parts('exact diamond')).toHaveLength(3);
    const [{ attributes: open }] = parts('bound soft');
    near([[open['y'], open['height']].map(Number)], [[level(1), level(0) - level(1)]]);
    expect(Number(parts('edge')[0].attributes['x1'])).toBe(left + 200);
  });

  it.each([
    ['one point', [1], [1, 1]],
    ['nothing', [], [1, 2]],
    ['what is not positive', [-1, 0, 1], [1e-6, 1]],
    ['the largest doubles', [1, Number.MAX_VALUE], [1e300, Number.MAX_VALUE]],
    ['the least', [Number.MIN_VALUE, 1e-300], [Number.MIN_VALUE, 1e-300]],
  ] as const)('stands %s', (_, values, range) => {
    const points = values.flatMap((value, i): SweepPoint[] => [
      { place: i / 4, bound: value, lower: value, upper: value, truth: value },
      { place: (i + 0.5) / 4, bound: value, lower: -value, upper: value },
    ]);
    for (const width of [200, 720]) {
      const svg = sweep({ ...words, points, ticks: [{ place: 0, label: '<b>' }], now: 0, range }, width);
      expect(svg).not.toMatch(/NaN|undefined|Infinity|<b>/);
      const root = readMarkup(svg);
      expect(root.children.slice(0, 2).map(({ name, text }) => [name, text])).toEqual([
        ['title', words.title],
        ['desc', words.description],
      ]);
      for (const { attributes } of root.all()) {
        for (const name of ['y', 'y1', 'y2', 'height'])
          if (attributes[name]) expect(Number(attributes[name])).toBeLessThanOrEqual(202);
      }
    }
  });
});
