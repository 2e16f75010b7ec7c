/** The axes of the page's charts, and what has a place on them. Oracles: what an axis is for, worked out from the values. */
import { describe, expect, it } from 'vitest';
import { uniform } from '../src/random.js';
import { accuracySpec, inSight, lossSpec, opensBelow, sharpnessSpec } from '../web/charts/curves.js';
import { linearEnds, logEnds, logTicks, stepEnds } from '../web/charts/ends.js';
import { type Point } from '../web/history.js';

const point = (step: number, changes: Partial<Point> = {}): Point => ({
  ...{ step, loss: 0.5, lower: 1, upper: 2, bound: 3, stability: 4, exact: 1.5 },
  ...{ parameters: 9, ...changes },
});
const nothing = new Set<string>();

describe('the ends of an axis', () => {
  it('have all values between them, not far off, and few of them serve many values', () => {
    const next = uniform(3);
    for (let i = 0; i < 2000; i++) {
      const [a, b] = [10 ** (600 * next() - 300), 10 ** (600 * next() - 300)];
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const [first, last] = logEnds([low, high]);
      expect(first).toBeLessThanOrEqual(low);
      expect(last).toBeGreaterThanOrEqual(high);
      expect(low / first).toBeLessThan(1.4);
      expect(last / high).toBeLessThan(1.4);
      const [under, over] = linearEnds([-low, high]);
      expect(under).toBeLessThanOrEqual(-low);
      expect(over).toBeGreaterThanOrEqual(high);
      expect(Math.max(-under / low, over / high)).toBeLessThan(1.4);
    }
    const ends = Array.from({ length: 4000 }, (_, last) => stepEnds(last)[1]);
    ends.forEach((end, last) => expect(end).toBeGreaterThanOrEqual(last));
    expect(new Set(ends).size).toBeLessThan(30);
    expect([linearEnds([0, 0]), linearEnds([2, 5]), stepEnds(0)]).toEqual([
      [0, 1],
      [0, 5],
      [0, 20],
    ]);
  });

  it('leave room for labels: at least two, inside, and no more than fit', () => {
    for (const [low, high] of [
      [1, 1.5],
      [1, 4],
      [0.8, 30],
      [1e-3, 1e3],
      [1e-9, 1e12],
      [1e-300, 1e300],
      [2, 6],
    ] as const) {
      // prettier-ignore
      const labels = logTicks([low, high], 6);
      expect(labels.length, `${low} to ${high}`).toBeGreaterThanOrEqual(2);
      expect(labels.length, `${low} to ${high}`).toBeLessThanOrEqual(9);
      for (const label of labels) {
        expect(label).toBeGreaterThanOrEqual(low);
        expect(label).toBeLessThanOrEqual(high);
      }
    }
  });
});

describe('the chart of the sharpness', () => {
  const log = sharpnessSpec(true, '2/η', String, 300);

  it('has all that it shows between its ends, lower ends as far as the rest is not squeezed', () => {
    const points = [point(0), point(1, { lower: 1e-9, upper: 80 }), point(2, { exact: 0.7 })];
    const [low, high] = log.ends(points, [], nothing);
    expect(low).toBeLessThanOrEqual(0.7);
    expect(low).toBeGreaterThan(0.7 / 20);
    expect(high).toBeGreaterThanOrEqual(80);
    // What is put away takes no room, and what is kept does.
    expect(log.ends(points, [], new Set(['bracket']))[1]).toBeLessThan(80);
    expect(log.ends(points, [[point(5, { exact: 999 })]], nothing)[1]).toBeGreaterThanOrEqual(999);
    expect(log.ends(points, [[point(5, { exact: 999 })]], new Set(['exact']))[1]).toBeLessThan(999);
  });

  it('has ends where nothing is positive, and a place below them for what is not', () => {
    const points = [point(0, { lower: -3, upper: -1, bound: -1, exact: -2, stability: -1 })];
    for (const spec of [log, sharpnessSpec(false, '2/η', String, 300)]) {
      const [low, high] = spec.ends(points, [], nothing);
      expect(low).toBeLessThan(high);
      if (!spec.log) expect(low).toBeLessThanOrEqual(-3);
      const ground = spec.curves[spec.band![1]].of(points[0])!;
      expect(ground > 0).toBe(spec.log);
      expect(ground).toBeLessThan(low + 1e-300 + (spec.log ? 0 : 1));
    }
    expect([opensBelow(points), opensBelow([point(0)])]).toEqual([true, false]);
    expect(log.ends([], [], nothing)).toEqual([0.8, 12]);
  });

  it('takes for its ends what is in sight', () => {
    const run = Array.from({ length: 100 }, (_, i) => point(3 * i));
    expect(inSight(run, [10, 20]).map(({ step }) => step)).toEqual([9, 12, 15, 18, 21]);
    expect(inSight(run, [0, 1000])).toHaveLength(100);
    expect(inSight([], [0, 1])).toEqual([]);
  });
});

it('losses of 0 have no place on a logarithmic axis; shares are of a whole', () => {
  const [low, high] = lossSpec(true, String, 100).ends([point(0), point(1, { loss: 0 })], [], nothing);
  expect([low > 0.3, high < 0.7]).toEqual([true, true]);
  expect(lossSpec(false, String, 100).ends([point(0)], [], nothing)).toEqual([0, 0.5]);
  expect(accuracySpec(String, 100).ends([], [], nothing)).toEqual([0, 1]);
});
