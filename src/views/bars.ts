/** Shares and effects as bars from 0, to the left where they are negative. */
import { linearAxis } from './axes.js';
import { figure, line, rect, text, textWidth } from './svg.js';

export interface Bars {
  title: string;
  description: string;
  /** group: a heading above the row. */
  rows: readonly { group?: string; name: string; value: number; label: string }[];
  /** What the axis reaches at least: 1 for shares of a whole. */
  whole?: number;
}

const NARROW = 520;
const HEADING = 24;

export function bars({ title, description, rows, whole = 0 }: Bars, width: number): string {
  const narrow = width < NARROW;
  const names = narrow ? 0 : Math.max(...rows.map(({ name }) => textWidth(name)), 40) + 16;
  const labels = Math.max(...rows.map(({ label }) => textWidth(label)), 20) + 10;
  const pitch = narrow ? 42 : 27;
  // A label stands at the end of its bar: at the left of those that go there.
  const below = rows.some(({ value }) => value < 0) ? labels : 0;
  const { at } = linearAxis([whole, ...rows.map(({ value }) => value)], [names + below, width - labels]);
  const zero = at(0);
  let next = 0;
  const parts = rows.flatMap(({ group, name, value, label }) => {
    const head = group === undefined ? [] : [text(0, next + 16, group, 'note')];
    const top = next + (group === undefined ? 0 : HEADING);
    next = top + pitch;
    const middle = top + (narrow ? 30 : 14);
    const end = at(value);
    return [
      ...head,
      text(0, narrow ? middle - 13 : middle + 4.5, name),
      rect(Math.min(zero, end), middle - 7, Math.abs(end - zero), 14, value < 0 ? 'negative' : 'positive'),
      text(value < 0 ? end - 6 : end + 6, middle + 4.5, label, undefined, value < 0 ? 'end' : 'start'),
    ];
  });
  const height = next + 4;
  return figure({ width, height, title, description }, ...parts, line(zero, 2, zero, height - 2, 'axis'));
}
