/** Where the axes of a chart end: at round numbers, so that it stands still while its run goes on. */
import { ticks } from 'd3-array';

export type Ends = readonly [low: number, high: number];

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
/** Room beyond the outermost values of a logarithmic axis. */
const MARGIN = 1.03;
/** An axis of steps is at least so long. */
const FEWEST = 20;
/** Where an axis spans more, its labels are few digits times powers of ten: the first of these that are few enough. */
const LINEAR_RATIO = 2.5;
const DIGITS = [[1, 1.5, 2, 3, 4, 5, 7], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]];
const LABELS = 6;

export function stepEnds(last: number): Ends {
  return [0, rounded(Math.max(FEWEST, last), 'up')];
}

/** Of positive values. */
export function logEnds([low, high]: Ends): Ends {
  return [rounded(low / MARGIN, 'down'), rounded(high * MARGIN, 'up')];
}

/** Contains 0. */
export function linearEnds([low, high]: Ends): Ends {
  const ends = [low < 0 ? -rounded(-low, 'up') : 0, high > 0 ? rounded(high, 'up') : 0] as const;
  return ends[0] < ends[1] ? ends : [0, 1];
}

/** The labels of a logarithmic axis. */
export function logTicks([low, high]: Ends, most = LABELS): number[] {
  if (high / low < LINEAR_RATIO) return ticks(low, high, most);
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  for (const digits of DIGITS) {
    const all = [];
    for (let k = first; k <= last; k++) for (const digit of digits) all.push(Number(`${digit}e${k}`));
    const inside = all.filter((value) => value >= low && value <= high);
    if (inside.length <= most + 1) return inside;
  }
  const stride = Math.ceil((last - first) / most);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`)).filter(
    (value, i) => i % stride === 0 && value >= low && value <= high,
  );
}

/** Of a positive number. */
function rounded(value: number, way: 'up' | 'down'): number {
  if (!(value > Number.MIN_VALUE && value < Number.MAX_VALUE)) return Math.min(value, Number.MAX_VALUE);
  const exponent = Math.floor(Math.log10(value));
  const all = ROUND.map((mantissa) => Number(`${mantissa}e${exponent}`));
  // log10 rounds, too.
  return (way === 'up' ? all.find((x) => x >= value) : all.filter((x) => x <= value).at(-1)) ?? value;
}
