/** Figures of the loss around the parameters. Oracles: parabolas, whose lines of equal height are ellipses, and places worked out by hand. */
import { describe, expect, it } from 'vitest';
import { contours, type Contours } from '../web/views/contours.js';
import { slices } from '../web/views/slices.js';
import { type Markup, readMarkup } from './reference/markup.js';

const words = { title: 'a title', description: 'what it shows' };
const SIZE = 41;
const REACH = 2;

/** Of a² + 4 b², drawn on a square of 400 pixels. */
function bowl(changes: Partial<Contours> = {}): Markup {
  const height = (a: number, b: number): number => a * a + 4 * b * b;
  const place = (k: number): number => REACH * ((2 * k) / (SIZE - 1) - 1);
  const heights = Float64Array.from({ length: SIZE * SIZE }, (_, at) =>
    height(place(at % SIZE), place(Math.floor(at / SIZE))),
  );
  return readMarkup(
    contours(
      {
        ...words,
        names: ['across', 'up'],
        ...{ reach: REACH, size: SIZE, heights, model: height, landing: [1, 0.5] },
        ...changes,
      },
      450,
    ),
  );
}

function curves(root: Markup, kind: string): Markup[] {
  return root.all().filter(({ attributes }) => attributes['class'] === `curve ${kind}`);
}

/** Points of a path on a square of so many pixels, as places. */
function placesOf(path: Markup, side: number): { a: number; b: number }[] {
  return [...path.attributes['d'].matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({
    a: REACH * ((2 * Number(x)) / side - 1),
    b: REACH * (1 - (2 * Number(y)) / side),
  }));
}

describe('the map of a loss', () => {
  it('has the lines of equal height, evenly apart for a parabola, and those of the model on them', () => {
    const root = bowl();
    const inner = root.all().find((part) => part.name === 'svg' && part !== root)!;
    const side = Number(inner.attributes['width']);
    const lines = curves(root, 'ink');
    expect(lines.length).toBeGreaterThan(5);
    expect(curves(root, 'exact')).toHaveLength(lines.length);
    for (const kind of ['ink', 'exact']) {
      curves(root, kind).forEach((line, k) => {
        // From 0 to 4 + 16, in squares of tenths.
        const level = 20 * ((k + 1) / 10) ** 2;
        const inside = placesOf(line, side).filter(({ a, b }) => Math.max(Math.abs(a), Math.abs(b)) < REACH);
        expect(inside.length).toBeGreaterThan(10);
        for (const { a, b } of inside) {
          // Between points h apart straight lines miss f by h² f''/8 at most, f'' = 8; and coordinates are hundredths of a pixel, on slopes up to 16.
          const h = (2 * REACH) / (SIZE - 1);
          expect(Math.abs(a * a + 4 * b * b - level)).toBeLessThan(h * h + (16 * 0.01 * 2 * REACH) / side);
        }
      });
    }
  });

  it('shows where the parameters are and where a step lands, unless that is beyond', () => {
    const circles = bowl().all().filter(({ name }) => name === 'circle'); // prettier-ignore
    const frame = bowl().all().find(({ attributes }) => attributes['class'] === 'frame')!.attributes; // prettier-ignore
    const [left, top, side] = [frame['x'], frame['y'], frame['width']].map(Number);
    const at = (a: number, b: number): string[] =>
      [left + (side * (a / REACH + 1)) / 2, top + (side * (1 - b / REACH)) / 2].map(String);
    const drawn = circles.map(({ attributes }) => [attributes['cx'], attributes['cy']]);
    expect(drawn).toContainEqual(at(0, 0));
    expect(drawn).toContainEqual(at(1, 0.5));
    // One of each is in the legend.
    expect(circles).toHaveLength(4);
    expect(bowl({ landing: [REACH * 1.01, 0] }).all().filter(({ name }) => name === 'circle')).toHaveLength(3); // prettier-ignore
  });

  it('of a loss that is the same everywhere has no lines', () => {
    const flat = bowl({ heights: new Float64Array(SIZE * SIZE).fill(0.7), model: () => 0.7 });
    expect(curves(flat, 'ink')).toHaveLength(0);
  });
});

describe('the slices of a loss', () => {
  const places = Float64Array.of(-1, -0.5, 0, 0.5, 1);
  const one = {
    name: 'along v',
    curvature: 2,
    slope: -0.5,
    places,
    losses: places.map((x) => 1 - 0.5 * x + x * x),
    landing: { place: 0.25, loss: 0.9375 },
  };

  it.each([300, 700])(
    'have truth and model on each other where the loss is a parabola, %i pixels wide',
    (width) => {
      const root = readMarkup(slices({ ...words, loss: 1, slices: [one, one] }, width));
      const [truth, model] = ['ink', 'exact'].map((kind) => curves(root, kind));
      expect([truth.length, model.length]).toEqual([2, 2]);
      const points = (path: Markup): string[] => path.attributes['d'].slice(1).split('L');
      // Those of the model are a multiple of four times finer.
      for (const point of points(truth[0])) expect(points(model[0])).toContain(point);
    },
  );

  it('show the landing on the loss, and nothing where it is beyond', () => {
    const circles = (landing: { place: number; loss: number }): Markup[] =>
      readMarkup(slices({ ...words, loss: 1, slices: [{ ...one, landing }] }, 300))
        .all()
        .filter(({ name }) => name === 'circle');
    const [next, now] = circles(one.landing).map(({ attributes }) => attributes);
    expect(Number(next['cx'])).toBeGreaterThan(Number(now['cx']));
    expect(Number(next['cy'])).toBeGreaterThan(Number(now['cy']));
    expect(circles({ place: 1.5, loss: 3 })).toHaveLength(circles(one.landing).length - 1);
  });

  it('begin at 0, but for a loss that changes little: that has an axis of its own', () => {
    const labels = (losses: Float64Array): string[] =>
      readMarkup(slices({ ...words, loss: losses[2], slices: [{ ...one, losses }] }, 300))
        .all()
        .filter(({ attributes }) => attributes['text-anchor'] === 'end')
        .map(({ text }) => text);
    expect(labels(one.losses)).toContain('0');
    const high = labels(one.losses.map((x) => x + 20));
    expect(high).not.toContain('0');
    expect(high.every((label) => Number(label) > 20 && Number(label) < 23)).toBe(true);
  });
});
