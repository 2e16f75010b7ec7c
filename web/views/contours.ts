/** The loss over a plane, as a map with lines of equal height, and those of its quadratic model at the same heights. */
import { contours as contoursOf } from 'd3-contour';
import { linearAxis } from '../../src/views/axes.js';
import { coordinate, element, figure, text } from '../../src/views/svg.js';
import { arrow, LANDSCAPE_KEYS, legend, point } from './legend.js';

export interface Contours {
  title: string;
  description: string;
  /** Names of the axes. */
  names: readonly [across: string, up: string];
  /** The plane, from −reach to reach on both axes. */
  reach: number;
  /** size × size heights, row-major, the lowest row first. */
  size: number;
  heights: Float64Array;
  model: (across: number, up: number) => number;
  /** Where one step lands. */
  landing: readonly [across: number, up: number];
}

/** Heights with a line. */
const LEVELS = 9;
/** Points across the model's plane: it costs nothing. */
const FINE = 81;
const [LEFT, TOP] = [46, 8];

export function contours(view: Contours, width: number): string {
  const { title, description, names, reach, size, heights, model, landing } = view;
  const side = width - LEFT - 4;
  const bottom = TOP + side;
  const x = linearAxis([-reach, reach], [LEFT, LEFT + side], 40);
  const y = linearAxis([-reach, reach], [bottom, TOP], 30);
  const least = heights.reduce((low, h) => Math.min(low, h), Infinity);
  const most = heights.reduce((high, h) => Math.max(high, h), -Infinity);
  // Squares, so that the lines of a parabola are equally far from each other.
  const levels =
    most > least
      ? Array.from(
          { length: LEVELS },
          (_, k) => least + ((most - least) * (k + 1) * (k + 1)) / (LEVELS + 1) / (LEVELS + 1),
        )
      : [];
  const modelled = Array.from({ length: FINE * FINE }, (_, at) =>
    model(reach * ((2 * (at % FINE)) / (FINE - 1) - 1), reach * ((2 * Math.floor(at / FINE)) / (FINE - 1) - 1)),
  ); // prettier-ignore
  const regions = outlines(heights, size, levels, side);
  const map = element(
    'svg',
    { x: LEFT, y: TOP, width: side, height: side, viewBox: `0 0 ${coordinate(side)} ${coordinate(side)}` },
    ...regions.map((d) =>
      element('path', { d, class: 'ink', 'fill-opacity': 0.055, 'fill-rule': 'evenodd' }),
    ),
    ...regions.map((d) =>
      element('path', { d, class: 'curve ink', style: 'stroke-width:1.2;stroke-opacity:.7' }),
    ),
    ...outlines(modelled, FINE, levels, side).map((d) =>
      element('path', { d, class: 'curve exact', style: 'stroke-width:1.6;stroke-dasharray:6 4' }),
    ),
  );
  const [now, next] = [[0, 0] as const, landing].map(([a, b]): [number, number] => [x.at(a), y.at(b)]);
  const inside = landing.every((place) => Math.abs(place) <= reach);
  const keys = legend(LANDSCAPE_KEYS, side + 20);
  return figure(
    { width, height: bottom + 42 + keys.height, title, description },
    map,
    element('rect', { x: LEFT, y: TOP, width: side, height: side, class: 'frame' }),
    ...x.ticks.map(({ at, label }) => text(at, bottom + 17, label, 'note', 'middle')),
    ...y.ticks.map(({ at, label }) => text(LEFT - 8, at + 4, label, 'note', 'end')),
    text(LEFT + side / 2, bottom + 35, names[0], 'note', 'middle'),
    element(
      'g',
      { transform: `translate(12 ${coordinate(TOP + side / 2)}) rotate(-90)` },
      text(0, 0, names[1], 'note', 'middle'),
    ),
    ...(inside ? [arrow(...now, ...next), point('next', ...next)] : []),
    point('now', ...now),
    ...keys.at(LEFT - 20, bottom + 40),
  );
}

/** Around what is at least so high, one path a level, on a square of so many pixels. d3's grid has its points in the middle of cells of width 1. */
function outlines(
  heights: ArrayLike<number>,
  size: number,
  levels: readonly number[],
  side: number,
): string[] {
  const place = (at: number): number => ((at - 0.5) / (size - 1)) * side;
  const rows = Array.from(heights);
  return contoursOf()
    .size([size, size])
    .thresholds([...levels])(rows)
    .map(({ coordinates }) =>
      coordinates
        .flat()
        .map((ring) => {
          const points = ring.map(([a, b]) => `${coordinate(place(a))} ${coordinate(side - place(b))}`);
          return `M${points.join('L')}Z`;
        })
        .join(''),
    );
}
