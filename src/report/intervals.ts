/** Intervals drawn as bars under each other on one linear axis that contains 0. */
import { type Interval } from '../bounds.js';
import { significantDown, significantUp } from './numbers.js';
import { placeLabel, type Style } from './style.js';

export interface Bar {
  name: string;
  interval: Interval;
  /** Where the true value is, if known. */
  exact?: number | undefined;
}

/** A line for each bar, then the axis; empty if all is 0. */
export function drawIntervals(bars: Bar[], width: number, paint: Style): string[] {
  const low = Math.min(0, ...bars.map(({ interval }) => interval.lower));
  const high = Math.max(0, ...bars.map(({ interval }) => interval.upper));
  if (low === high) return [];
  const indent = Math.max(...bars.map(({ name }) => name.length)) + 2;
  const room = width - indent;
  // Halved before they are subtracted: the distance between two doubles can overflow.
  const column = (x: number): number => Math.round(((x / 2 - low / 2) / (high / 2 - low / 2)) * (room - 1));

  const axis = new Array<string>(room).fill(' ');
  if (low < 0) placeLabel(axis, significantDown(low, 3), 0);
  if (high > 0) placeLabel(axis, significantUp(high, 3), room - 1);
  placeLabel(axis, '0', column(0));
  return [
    ...bars.map(({ name, interval, exact }) => {
      const at = exact === undefined ? -1 : column(exact);
      return (
        name.padEnd(indent) +
        drawBar(column(interval.lower), column(interval.upper), at, column(0), room, paint)
      );
    }),
    `${' '.repeat(indent)}${paint.dim(axis.join('').trimEnd())}`,
  ];
}

function drawBar(from: number, to: number, exact: number, zero: number, room: number, paint: Style): string {
  let line = '';
  for (let j = 0; j < room; j++) {
    if (j === exact) line += paint.yellow('◆');
    else if (j === to) line += paint.green('┫');
    else if (j === from) line += paint.green('┣');
    else if (j > from && j < to) line += paint.green('━');
    else line += j === zero ? paint.dim('│') : ' ';
  }
  return line.trimEnd();
}
