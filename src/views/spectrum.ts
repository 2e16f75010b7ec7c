/** All eigenvalues: how many there are of each size, and one by one from the largest. */
import { max, ticks } from 'd3-array';
import { linearAxis, symlogAxis, type Axis } from './axes.js';
import { coordinate, element, figure, line, rect, text, textWidth } from './svg.js';

export interface Spectrum {
  title: string;
  description: string;
  /** Ascending. */
  values: ArrayLike<number>;
  /** How many eigenvalues each stands for, where they are estimated; absent: one. */
  counts?: ArrayLike<number>;
  marks: readonly Mark[];
  /** What rounding may have added to an eigenvalue: those within it have no sign. Absent: 0. */
  rounding?: number;
  /** Of the eigenvalues: 'log' is linear around 0 and logarithmic beyond, on both sides. */
  scale: 'log' | 'linear';
}

/** A value to compare with. */
export interface Mark {
  value: number;
  label: string;
  kind: 'bound' | 'exact' | 'threshold';
}

const PLOT = 150;
const MARK_ROW = 19;
/** Pixels of a bar, with the gap to the next. */
const BAR = 10;
const MARGIN = { left: 40, right: 14 };

/**
 * On the logarithmic axis bars are counts, of which that around 0 may be cut, with its count on top: usually it is a crowd that would flatten
 * all else. On the linear axis, where nearly all are there, the counts are logarithmic.
 */
export function histogram(
  { title, description, values, counts, marks, scale }: Spectrum,
  width: number,
): string {
  const top = 8 + marks.length * MARK_ROW + 16;
  const bottom = top + PLOT;
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  const all = Array.from(values);
  const x = axisOf([...all, ...marks.map(({ value }) => value)], scale, [left + BAR, right - BAR]);
  const inBars = new Map<number, number>();
  const zero = x.at(0);
  all.forEach((value, i) => {
    const bar = Math.round((x.at(value) - zero) / BAR);
    inBars.set(bar, (inBars.get(bar) ?? 0) + (counts ? counts[i] : 1));
  });
  const others = max([...inBars].filter(([bar]) => bar !== 0), ([, count]) => count); // prettier-ignore
  const most = Math.max(1, scale === 'log' ? (others ?? 0) : (max(inBars.values()) ?? 0));
  const share = (count: number): number =>
    scale === 'log' ? Math.min(1, count / most) : Math.log1p(count) / Math.log1p(most);

  const parts = countTicks(most, scale).flatMap((count) => {
    const y = bottom - PLOT * share(count);
    return [line(left, y, right, y, 'grid'), text(left - 8, y + 4, String(count), 'note', 'end')];
  });
  for (const [bar, count] of [...inBars].sort(([a], [b]) => a - b)) {
    // Less than half of one, estimated, is none.
    if (count < 0.5) continue;
    const height = Math.max(2, PLOT * share(count));
    const kind = bar === 0 ? 'faint' : bar < 0 ? 'negative' : 'positive';
    parts.push(rect(zero + bar * BAR - BAR / 2 + 0.75, bottom - height, BAR - 1.5, height, kind));
    if (bar === 0 && scale === 'log' && count > most)
      parts.push(text(zero, top - 5, String(Math.round(count)), 'note', 'middle'));
  }
  parts.push(line(left, bottom, right, bottom, 'axis'));
  parts.push(...x.ticks.map(({ at, label }) => text(at, bottom + 17, label, 'note', 'middle')));
  parts.push(text((left + right) / 2, bottom + 35, 'eigenvalue', 'note', 'middle'));
  parts.push(text(0, top - 12, 'number', 'note'));
  parts.push(...uprightMarks(marks, x, left, right, bottom));
  return figure({ width, height: bottom + 42, title, description }, ...parts);
}

/** By rank: the largest at the left. */
export function scree(
  { title, description, values, marks, scale, rounding = 0 }: Spectrum,
  width: number,
): string {
  const [left, right, top, bottom] = [56, width - MARGIN.right, 24, 24 + PLOT + 50];
  const all = Array.from(values).reverse();
  const y = axisOf([...all, ...marks.map(({ value }) => value)], scale, [bottom, top], 20);
  const x = linearAxis([1, Math.max(2, all.length)], [left + 4, right - 4]);
  const parts = y.ticks.flatMap(({ at, label }) => [
    line(left, at, right, at, label === '0' ? 'axis' : 'grid'),
    text(left - 8, at + 4, label, 'note', 'end'),
  ]);
  parts.push(...levelMarks(marks, y, left, right, bottom));
  for (const [kind, sign] of [
    ['positive', 1],
    ['faint', 0],
    ['negative', -1],
  ] as const) {
    const dots = new Set<string>();
    all.forEach((value, i) => {
      if ((Math.abs(value) <= rounding ? 0 : Math.sign(value)) === sign)
        dots.add(
          `M${coordinate(Math.round(2 * x.at(i + 1)) / 2)} ${coordinate(Math.round(2 * y.at(value)) / 2)}h0`,
        );
    });
    if (dots.size > 0) parts.push(element('path', { d: [...dots].join(''), class: `dots ${kind}` }));
  }
  parts.push(line(left, top, left, bottom, 'rule'));
  const ranks = x.ticks.map((tick) => (tick.label === '0' ? { label: '1', at: x.at(1) } : tick));
  parts.push(
    ...ranks
      .filter(({ label }) => !label.includes('.'))
      .map(({ at, label }) => text(at, bottom + 17, label, 'note', 'middle')),
    text((left + right) / 2, bottom + 35, 'rank, from the largest', 'note', 'middle'),
    text(0, 12, 'eigenvalue', 'note'),
  );
  return figure({ width, height: bottom + 42, title, description }, ...parts);
}

function axisOf(values: number[], scale: Spectrum['scale'], range: [number, number], apart?: number): Axis {
  return (scale === 'log' ? symlogAxis : linearAxis)(values, range, apart);
}

function countTicks(most: number, scale: Spectrum['scale']): number[] {
  if (scale === 'log') return ticks(0, most, 4).filter((count) => count > 0 && Number.isInteger(count));
  return [1, 10, 100, 1000, 10_000].filter((count) => count <= most);
}

/** A line down to the axis for each, labels in rows of their own so that close values do not cover each other. */
function uprightMarks(
  marks: readonly Mark[],
  x: Axis,
  left: number,
  right: number,
  bottom: number,
): string[] {
  const middle = (left + right) / 2;
  // Of labels at the left of their lines the outermost comes first: so no line crosses a label below it.
  const placed = marks
    .map((mark) => ({ mark, at: x.at(mark.value) }))
    .sort((a, b) => Math.abs(b.at - middle) - Math.abs(a.at - middle));
  return placed.flatMap(({ mark: { label, kind }, at }, row) => {
    const y = 8 + row * MARK_ROW;
    const before = at > middle && at - textWidth(label) > 0;
    return [
      line(at, y, at, bottom, kind === 'exact' ? `mark ${kind}` : `mark ${kind} dashed`),
      text(at + (before ? -7 : 7), y + 11, label, kind, before ? 'end' : 'start'),
    ];
  });
}

function levelMarks(marks: readonly Mark[], y: Axis, left: number, right: number, bottom: number): string[] {
  const placed = marks.map((mark) => ({ ...mark, at: y.at(mark.value) })).sort((a, b) => a.at - b.at);
  let lowest = -Infinity;
  return placed.flatMap(({ label, kind, at }) => {
    let words = Math.max(at - 6, lowest + 17);
    // Below a line that would go through the words.
    for (const { at: other } of placed)
      if (other > words - 13 && other < words + 4 && other + 15 <= bottom) words = other + 15;
    lowest = words;
    return [
      line(left, at, right, at, kind === 'exact' ? `mark ${kind}` : `mark ${kind} dashed`),
      text(right - 4, words, label, kind, 'end'),
    ];
  });
}
