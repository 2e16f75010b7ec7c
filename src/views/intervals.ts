/** Intervals under each other on one axis: what is guaranteed of an eigenvalue, bound by bound, and where it truly is. */
import { linearAxis, logAxis, symlogAxis, type Axis } from './axes.js';
import { element, figure, line, path, rect, text, textWidth } from './svg.js';

export interface IntervalRow {
  name: string;
  /** Absent: nothing is known from below. */
  lower?: number;
  upper: number;
  /** The true value, if known. */
  exact?: number;
  /** The interval or its upper end, printed. */
  label: string;
  /** Printed bold: the row that is the answer. */
  strong?: boolean;
  /** Drawn grey: shown for insight, not as an answer. */
  aside?: boolean;
}

export interface Intervals {
  title: string;
  description: string;
  rows: readonly IntervalRow[];
  /** 'auto': logarithmic, where all ends are positive; linear around 0 and logarithmic beyond, where they are not. */
  axis?: 'auto' | 'linear';
}

/** Below this width a row's words stand above its bar. */
const NARROW = 520;

export function intervals({ title, description, rows, axis = 'auto' }: Intervals, width: number): string {
  const narrow = width < NARROW;
  const names = narrow ? 8 : Math.max(60, ...rows.map(({ name }) => textWidth(name))) + 18;
  const labels = narrow ? 8 : Math.max(30, ...rows.map(({ label }) => textWidth(label))) + 18;
  const pitch = narrow ? 48 : 32;
  const top = 8;
  const bottom = top + rows.length * pitch + 4;
  const scale = axisOf(rows, axis, [names, Math.max(names + 60, width - labels)]);
  const [first, last] = [names, Math.max(names + 60, width - labels)];
  const parts = scale.ticks.flatMap(({ at, label }) => [
    line(at, top, at, bottom, 'grid'),
    text(at, bottom + 17, label, 'note', 'middle'),
  ]);
  parts.push(line(first, bottom, last, bottom, 'axis'));
  rows.forEach((row, i) => {
    const middle = top + i * pitch + (narrow ? 33 : 16);
    const words = row.strong ? 'strong' : undefined;
    if (narrow) {
      parts.push(
        text(8, middle - 16, row.name, words),
        text(width - 8, middle - 16, row.label, words, 'end'),
      );
    } else {
      parts.push(text(0, middle + 4.5, row.name, words), text(width, middle + 4.5, row.label, words, 'end'));
    }
    parts.push(...drawRow(row, scale, first, middle));
  });
  return figure({ width, height: bottom + 24, title, description }, ...parts);
}

function drawRow(
  { lower, upper, exact, aside }: IntervalRow,
  { at }: Axis,
  first: number,
  y: number,
): string[] {
  const kind = aside ? 'faint' : 'bound';
  const from = lower === undefined ? first : at(lower);
  const to = at(upper);
  const parts = [
    rect(from, y - 3, to - from, 6, lower === undefined ? `${kind} soft` : kind),
    ...(lower === undefined ? [] : [rect(from - 1, y - 9, 2, 18, kind)]),
    rect(to - 1, y - 9, 2, 18, kind),
  ];
  if (exact !== undefined) parts.push(diamond(at(exact), y));
  return parts;
}

/** The shape of an exact value. */
export function diamond(x: number, y: number, size = 6): string {
  const corners = [
    [x, y - size],
    [x + size, y],
    [x, y + size],
    [x - size, y],
  ] as const;
  return element('path', { d: path(corners, true), class: 'exact diamond' });
}

function axisOf(rows: readonly IntervalRow[], axis: 'auto' | 'linear', range: [number, number]): Axis {
  const ends = rows.flatMap(({ lower, upper, exact }) => [upper, ...(lower === undefined ? [] : [lower]), ...(exact === undefined ? [] : [exact])]); // prettier-ignore
  if (axis === 'linear') return linearAxis(ends, range, 60);
  if (ends.some((end) => end <= 0)) return symlogAxis(ends, range, undefined, 3);
  return logAxis(ends, range, undefined, 0.05);
}
