/**
 * The spectrum as a histogram. Eigenvalues span many powers of ten on both sides of 0, so the axis is symmetric-logarithmic:
 * one bar for what is near 0, and from there outward, on each side, powers of ten. Bars are equally wide in log |λ|.
 */
import { placeLabel, type Style } from './style.js';

export interface Mark {
  label: string;
  value: number;
}

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Columns of a bar: with one, the few hundred eigenvalues of a small network scatter into noise. */
const BAR = 2;
/** Powers of ten drawn below the largest; what is smaller still is drawn at 0. */
const DECADES = 5;

/**
 * The histogram, its axis, and a line for each mark; nothing if all values are 0.
 *
 * @param outlierAbove eigenvalues from here on are coloured as outliers; 0 for none
 * @param counts how many eigenvalues each value stands for, if estimated; less than half of one in a bar is not drawn
 */
export function drawSpectrum(
  values: Float64Array,
  marks: Mark[],
  outlierAbove: number,
  { width, height, paint }: { width: number; height: number; paint: Style },
  counts?: Float64Array,
): string[] {
  const bars = Math.floor(width / BAR);
  const axis = logAxis([...values, ...marks.map((mark) => mark.value)], bars);
  if (axis === undefined) return [];
  const inBars = new Array<number>(bars).fill(0);
  values.forEach((value, i) => (inBars[axis.bar(value)] += counts ? counts[i] : 1));
  return [
    ...drawCounts(inBars, axis, outlierAbove, height, paint),
    paint.dim(axis.line),
    paint.dim(axis.labels),
    ...marks.map(({ label, value }) => pointer(label, BAR * axis.bar(value))),
  ];
}

function drawCounts(
  counts: number[],
  axis: LogAxis,
  outlierAbove: number,
  height: number,
  paint: Style,
): string[] {
  const { zero } = axis;
  const outlier = outlierAbove > 0 ? axis.bar(outlierAbove) : Infinity;
  const colorOf = (j: number): ((text: string) => string) => {
    if (j === zero) return paint.dim;
    if (j < zero) return paint.magenta;
    return j >= outlier ? paint.yellow : paint.cyan;
  };
  // Near 0 is usually a crowd that would flatten everything else, so that bar may be cut off; then it shows its count.
  const most = Math.max(1, ...counts.filter((_, j) => j !== zero));
  const cut = counts[zero] > most;
  const lines: string[] = [];
  if (cut) {
    const count = new Array<string>(BAR * counts.length).fill(' ');
    placeLabel(count, String(Math.round(counts[zero])), BAR * zero + 1);
    lines.push(paint.dim(count.join('').trimEnd()));
  }
  for (let row = height - 1; row >= 0; row--) {
    const blocks = counts.map((count, j) => {
      // One eigenvalue among thousands is what this drawing is for: it gets at least the lowest block.
      const eighths = count < 0.5 ? 0 : Math.max(1, Math.round((count / most) * height * 8));
      const block = EIGHTHS[Math.min(8, Math.max(0, eighths - 8 * row))];
      return block === ' ' ? ' '.repeat(BAR) : colorOf(j)(block.repeat(BAR));
    });
    lines.push(blocks.join('').trimEnd());
  }
  return lines;
}

interface LogAxis {
  /** Which bar a value belongs to. */
  bar: (value: number) => number;
  /** The bar of 0. */
  zero: number;
  line: string;
  labels: string;
}

function logAxis(values: number[], bars: number): LogAxis | undefined {
  const lowest = values.reduce((least, value) => Math.min(least, value), 0);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  if (lowest === 0 && highest === 0) return undefined;
  const bottom = Math.log10(Math.max(-lowest, highest)) - DECADES;
  // Each side reaches as far as its values do.
  const left = lowest === 0 ? 0 : Math.max(0, Math.log10(-lowest) - bottom);
  const right = highest === 0 ? 0 : Math.max(0, Math.log10(highest) - bottom);
  const perDecade = (bars - 1) / (left + right);
  const zero = Math.round(left * perDecade);
  const bar = (value: number): number => {
    const beyond = Math.log10(Math.abs(value)) - bottom;
    if (!(beyond > 0)) return zero;
    const steps = Math.max(1, Math.round(beyond * perDecade));
    return Math.min(bars - 1, Math.max(0, value < 0 ? zero - steps : zero + steps));
  };

  const line = new Array<string>(BAR * bars).fill('─');
  const labels = new Array<string>(BAR * bars).fill(' ');
  const tick = (text: string, at: number): void => {
    if (placeLabel(labels, text, BAR * at)) line[BAR * at] = '┴';
  };
  tick('0', zero);
  for (let k = Math.floor(bottom + right); k > bottom; k--) tick(power(1, k), bar(10 ** k));
  for (let k = Math.floor(bottom + left); k > bottom; k--) tick(power(-1, k), bar(-(10 ** k)));
  return { bar, zero, line: line.join(''), labels: labels.join('').trimEnd() };
}

function power(sign: number, exponent: number): string {
  const size = exponent < -3 || exponent > 4 ? `1e${exponent}` : String(Number(`1e${exponent}`));
  return sign < 0 ? `-${size}` : size;
}

/** The label, with an arrow up at the column. */
function pointer(label: string, column: number): string {
  return label.length + 1 <= column ? `${label} ▲`.padStart(column + 1) : `${' '.repeat(column)}▲ ${label}`;
}
