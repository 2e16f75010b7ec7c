/**
 * What the bound and the true value do while one quantity goes from one end of its range to the other, and where it is now. Figures side by side have
 * one axis of λ, so that they can be compared.
 */
import { logAxis } from './axes.js';
import { diamond } from './intervals.js';
import { coordinate, element, figure, line, path, rect, text } from './svg.js';

export interface Sweep {
  title: string;
  description: string;
  /** Ascending. */
  points: readonly SweepPoint[];
  ticks: readonly { place: number; label: string }[];
  /** The place of the moment. */
  now: number;
  /** Of λ, both positive: what is less or more is drawn at the end. */
  range: readonly [low: number, high: number];
}

export interface SweepPoint {
  /** From 0 to 1 along the axis. */
  place: number;
  /** Wolkowicz and Styan's. */
  bound: number;
  /** lower ≤ λ_max ≤ upper, guaranteed: drawn where λ_max is not known. */
  lower: number;
  upper: number;
  truth?: number;
}

const PLOT = 170;
/** Pixels from the edges of the figure to the ends of the axis: a slider below it lines up. */
export const SWEEP_MARGINS = { left: 46, right: 16 } as const;
/** Of a power of ten, above and below. */
const BEYOND = 0.06;

export function sweep({ title, description, points, ticks, now, range }: Sweep, width: number): string {
  const [left, right] = [SWEEP_MARGINS.left, width - SWEEP_MARGINS.right];
  const [top, bottom] = [8, 8 + PLOT];
  const x = (place: number): number => left + (right - left) * place;
  const y = logAxis(range, [bottom, top], 24, BEYOND);
  const inRange = (value: number): number => Math.min(range[1], Math.max(range[0], value));
  const level = (value: number): number => y.at(inRange(value));

  const bound = points.map(({ place, bound }) => [x(place), level(bound)] as const);
  const pieces = knownPieces(points).map((piece) =>
    piece.map(({ place, truth }) => [x(place), level(truth)] as const),
  );
  const open = points.filter(({ truth }) => truth === undefined);
  const dots = bound.map(([px, py]) => `M${coordinate(px)} ${coordinate(py)}h0`).join('');
  return figure(
    { width, height: bottom + 24, title, description },
    ...y.ticks.flatMap(({ at, label }) => [
      line(left, at, right, at, 'grid'),
      text(left - 8, at + 4, label, 'note', 'end'),
    ]),
    line(left, bottom, right, bottom, 'axis'),
    ...ticks.flatMap(({ place, label }) => [
      line(x(place), bottom, x(place), bottom + 4, 'axis'),
      text(x(place), bottom + 18, label, 'note', 'middle'),
    ]),
    line(x(now), top, x(now), bottom, 'edge'),
    ...(bound.length > 0
      ? [
          element('path', { d: path(bound), class: 'curve bound', 'stroke-dasharray': '5 3' }),
          element('path', { d: dots, class: 'dots bound' }),
        ]
      : []),
    ...open.map(({ place, lower, upper }) =>
      rect(x(place) - 1.5, level(upper), 3, level(lower) - level(upper), 'bound soft'),
    ),
    ...pieces.map((piece) => element('path', { d: path(piece), class: 'curve exact' })),
    ...pieces.flat().map(([px, py]) => diamond(px, py, 4.5)),
  );
}

/** Points one after another whose true value is known: the curve has gaps between them. */
function knownPieces(points: readonly SweepPoint[]): (SweepPoint & { truth: number })[][] {
  const pieces: (SweepPoint & { truth: number })[][] = [[]];
  for (const { truth, ...point } of points) {
    if (truth !== undefined) pieces.at(-1)!.push({ ...point, truth });
    else if (pieces.at(-1)!.length > 0) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
}
