/**
 * A run over its steps: the bracket that certainly holds λ_max, λ_max itself, Wolkowicz and Styan's bound from the moments alone, and 2/η. On a
 * logarithmic axis what is not positive has no place: there a line has a gap, and the bracket is open below.
 */
import { max } from 'd3-array';
import { type Axis, linearAxis, logAxis } from './axes.js';
import { coordinate, element, figure, line, path, text, textWidth } from './svg.js';

export interface Course {
  title: string;
  description: string;
  points: readonly CoursePoint[];
  /** Earlier runs, for comparison: faint, each with a dash of its own. */
  kept?: readonly { name: string; points: readonly CoursePoint[] }[];
  /** Of λ. Logarithmic, unless asked or nothing is positive. */
  scale?: 'log' | 'linear';
}

/** Steps ascend. */
export interface CoursePoint {
  step: number;
  lower: number;
  upper: number;
  exact?: number;
  /** Wolkowicz and Styan's. */
  bound: number;
  /** 2/η. */
  stability?: number;
}

const PLOT = 230;
const ROW = 20;
/** Powers of ten that lower ends may reach below all else: a bracket may begin at next to nothing. */
const BELOW = 1;
/** Of a power of ten, above and below all. */
const MARGIN = 0.05;
/** Of kept runs, one after another. */
const DASHES = ['', ' dashed', ' dotted'];

type Place = readonly [x: number, y: number];

export function course({ title, description, points, kept = [], scale }: Course, width: number): string {
  const others = kept.flatMap((run) => run.points);
  const beside = others.map(truest);
  const lowers = points.map(({ lower }) => lower);
  const ends =
    scale === 'linear' ? undefined : logarithmicEnds([...points.flatMap(valuesOf), ...beside], lowers);
  const entries = legendOf(points, kept);
  const { rows, parts } = legend(entries, width);
  const [left, right] = [56, width - 14];
  const top = rows * ROW + 14;
  const bottom = top + PLOT;
  const last = max([...points, ...others], ({ step }) => step) ?? 0;
  const x = linearAxis([0, Math.max(1, last)], [left, right]);
  const y = ends
    ? logAxis(ends, [bottom, top], 24, MARGIN)
    : linearAxis([...points.flatMap(valuesOf), ...lowers, ...beside], [bottom, top], 24);
  const scales: Scales = { x, y, positive: ends !== undefined, top, bottom };

  parts.push(...axes(x, y, left, right, bottom));
  for (const [i, run] of kept.entries())
    parts.push(...drawn(run.points, truest, scales, `faint thin${DASHES[i % DASHES.length]}`));
  parts.push(
    ...band(points, scales),
    ...drawn(points, ({ upper }) => upper, scales, 'bound thin'),
    ...drawn(points, ({ lower }) => lower, scales, 'bound thin'),
    ...drawn(points, ({ bound }) => bound, scales, 'bound dashed'),
    ...drawn(points, ({ stability }) => stability, scales, 'threshold dashed'),
    ...drawn(points, ({ exact }) => exact, scales, 'exact'),
  );
  return figure({ width, height: bottom + 42, title, description }, ...parts);
}

/** The least and the largest on a logarithmic axis of λ; none where no value is positive. Lower ends of brackets take part as far as BELOW lets them. */
export function logarithmicEnds(
  values: readonly number[],
  lowers: readonly number[] = [],
): [low: number, high: number] | undefined {
  const [least, most] = positiveExtent(values);
  if (least > most) return undefined;
  return [Math.min(least, Math.max(least / 10 ** BELOW, positiveExtent(lowers)[0])), most];
}

function positiveExtent(values: readonly number[]): [least: number, most: number] {
  let [least, most] = [Infinity, 0];
  for (const value of values) {
    if (value > 0 && value < least) least = value;
    if (value > most && value < Infinity) most = value;
  }
  return [least, most];
}

/** What a kept run is compared by: λ_max, or where it is not known what it certainly is at most. */
export function truest({ exact, upper }: CoursePoint): number {
  return exact ?? upper;
}

interface Scales {
  x: Axis;
  y: Axis;
  /** Whether only positive values have a place. */
  positive: boolean;
  top: number;
  bottom: number;
}

function valuesOf({ upper, exact = upper, bound, stability = upper }: CoursePoint): number[] {
  return [upper, exact, bound, stability];
}

/** A value beyond an end of the axis is drawn at that end. */
function level(value: number, { y, positive, top, bottom }: Scales): number {
  return positive && value <= 0 ? bottom : Math.min(bottom, Math.max(top, y.at(value)));
}

function band(points: readonly CoursePoint[], scales: Scales): string[] {
  if (points.length < 2) return [];
  const side = (end: 'lower' | 'upper'): Place[] =>
    thinned(points.map((point) => [scales.x.at(point.step), level(point[end], scales)]));
  const outline = [...side('upper'), ...side('lower').reverse()];
  return [element('path', { d: path(outline, true), class: 'bound wash' })];
}

/** A line through what has a place, a dot where it stands alone. */
function drawn(
  points: readonly CoursePoint[],
  of: (point: CoursePoint) => number | undefined,
  scales: Scales,
  kind: string,
): string[] {
  const pieces: Place[][] = [[]];
  for (const point of points) {
    const value = of(point);
    if (value === undefined || (scales.positive && value <= 0)) pieces.push([]);
    else pieces.at(-1)!.push([scales.x.at(point.step), level(value, scales)]);
  }
  const lines = pieces.filter((piece) => piece.length > 1).map((piece) => path(thinned(piece)));
  const dots = pieces.filter((piece) => piece.length === 1).map((piece) => `${path(piece)}h0`);
  return [
    ...(lines.length > 0 ? [element('path', { d: lines.join(''), class: `curve ${kind}` })] : []),
    ...(dots.length > 0 ? [element('path', { d: dots.join(''), class: `dots ${kind.split(' ')[0]}` })] : []),
  ];
}

/** Of the points over one pixel the first, the lowest, the highest and the last: what they cover stays. */
export function thinned(points: readonly Place[]): Place[] {
  const kept: Place[] = [];
  for (let from = 0; from < points.length;) {
    let [to, low, high] = [from, from, from];
    while (to < points.length && Math.floor(points[to][0]) === Math.floor(points[from][0])) {
      if (points[to][1] < points[low][1]) low = to;
      if (points[to][1] > points[high][1]) high = to;
      to++;
    }
    const some = [...new Set([from, low, high, to - 1])].sort((a, b) => a - b);
    kept.push(...some.map((i) => points[i]));
    from = to;
  }
  return kept;
}

function axes(x: Axis, y: Axis, left: number, right: number, bottom: number): string[] {
  return [
    ...y.ticks.flatMap(({ at, label }) => [
      line(left, at, right, at, 'grid'),
      text(left - 8, at + 4, label, 'note', 'end'),
    ]),
    line(left, bottom, right, bottom, 'axis'),
    // There is no half of a step.
    ...x.ticks
      .filter(({ label }) => !label.includes('.'))
      .map(({ at, label }) => text(at, bottom + 17, label, 'note', 'middle')),
    text((left + right) / 2, bottom + 35, 'step', 'note', 'middle'),
  ];
}

interface Entry {
  kind: string;
  label: string;
}

function legendOf(points: readonly CoursePoint[], kept: NonNullable<Course['kept']>): Entry[] {
  return [
    { kind: 'bound wash', label: 'certified bracket' },
    ...(points.some(({ exact }) => exact !== undefined)
      ? [{ kind: 'curve exact', label: 'λ_max, exact' }]
      : []),
    { kind: 'curve bound dashed', label: 'Wolkowicz–Styan bound' },
    ...(points.some(({ stability }) => stability !== undefined)
      ? [{ kind: 'curve threshold dashed', label: '2/η' }]
      : []),
    ...kept.map(({ name }, i) => ({ kind: `curve faint thin${DASHES[i % DASHES.length]}`, label: name })),
  ];
}

/** In rows as wide as the figure. */
function legend(entries: readonly Entry[], width: number): { rows: number; parts: string[] } {
  let [at, row] = [0, 0];
  const parts = entries.flatMap(({ kind, label }) => {
    // Some fonts are wider than textWidth says, and here one text follows another.
    const room = 30 + 1.2 * textWidth(label) + 16;
    if (at > 0 && at + room - 16 > width) [at, row] = [0, row + 1];
    const [x, y] = [at, 12 + row * ROW];
    at += room;
    const sample = kind.startsWith('curve')
      ? `M${coordinate(x)} ${y - 4}h24`
      : `M${coordinate(x)} ${y - 9}h24v10h-24Z`;
    return [element('path', { d: sample, class: kind }), text(x + 30, y, label)];
  });
  return { rows: row + 1, parts };
}
