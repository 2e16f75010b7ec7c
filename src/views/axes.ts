/**
 * Axes on which quantities of any size have a place: eigenvalues span many powers of ten on both sides of 0, and curvature may be of any
 * magnitude a double has. So everything is measured in units of the largest, and scales see numbers between −1 and 1 only.
 */
import { max, min, ticks } from 'd3-array';

export interface Axis {
  /** Where a value is, in pixels. */
  at: (value: number) => number;
  ticks: Tick[];
}

export interface Tick {
  label: string;
  at: number;
}

/** The two ends, of an axis in pixels. */
type Range = readonly [from: number, to: number];

/** Pixels between two labels at least. */
const APART = 46;
/** Of the largest: values closer to each other than what six digits tell apart are not worth an axis of their own. */
const LEAST_SPAN = 1e-4;
/** Powers of ten shown below the largest, at most; what is smaller is at 0. */
const DECADES = 5;

/** Contains 0. Of nothing but zeros, from −1 to 1. */
export function linearAxis(values: Iterable<number>, range: Range, apart = APART): Axis {
  return evenAxis(extent(values), range, apart);
}

/** From the least of the values to the largest; where they are hardly apart, that contains 0, too. */
export function spanAxis(values: Iterable<number>, range: Range, apart = APART): Axis {
  const all = [...values];
  const whole = extent(all);
  const [low, high] = [(min(all) ?? 0) / whole.unit, (max(all) ?? 0) / whole.unit];
  return evenAxis(
    high - low > LEAST_SPAN * Math.max(-low, high) ? { ...whole, low, high } : whole,
    range,
    apart,
  );
}

function evenAxis({ low, high, unit, exponent }: Extent, range: Range, apart: number): Axis {
  const scale = scaleOf((x) => x, [low, high], range);
  const count = Math.max(2, Math.floor(Math.abs(range[1] - range[0]) / (1.4 * apart)));
  return {
    at: (value) => scale(value / unit),
    ticks: ticks(low, high, count).map((tick) => ({
      label: plain(Number(tick.toPrecision(6)), exponent),
      at: scale(tick),
    })),
  };
}

/**
 * Linear up to the largest / 10^decades, logarithmic from there on, on both sides of 0, which it contains.
 *
 * @param decades at most; fewer where the values themselves span fewer
 */
export function symlogAxis(values: Iterable<number>, range: Range, apart = APART, decades = DECADES): Axis {
  const all = [...values];
  const { low, high, unit } = extent(all);
  const sizes = all.map((value) => Math.abs(value / unit)).filter((size) => size > 0);
  const span = Math.min(decades, Math.max(1, Math.ceil(-Math.log10(min(sizes) ?? 1) + 0.3)));
  const scale = scaleOf((x) => Math.sign(x) * Math.log1p(Math.abs(x) * 10 ** span), [low, high], range);
  const top = Math.floor(Math.log10(unit) + 1e-9);
  const found: Tick[] = [{ label: '0', at: scale(0) }];
  // From the largest inwards, so that the outer labels are those that stay.
  for (let k = top; k > top - span; k--) {
    for (const sign of [1, -1]) {
      const size = powerOver(k, unit);
      if (sign * size > high * 1.0001 || sign * size < low * 1.0001) continue;
      found.push({ label: (sign < 0 ? '−' : '') + power(k), at: scale(sign * size) });
    }
  }
  return { at: (value) => scale(value / unit), ticks: spaced(found, apart) };
}

/** Of positive values, from the least to the largest, with so many powers of ten more on each side. */
export function logAxis(values: Iterable<number>, range: Range, apart = APART, beyond = 0): Axis {
  const all = [...values].filter((value) => value > 0 && value < Infinity);
  const unit = max(all) ?? 1;
  const least = Math.max(1e-300, (min(all) ?? 1) / unit) / 10 ** beyond;
  const most = 10 ** beyond;
  const domain = [least, least < most ? most : 10 * least] as const;
  const within = (x: number): number => Math.min(Math.max(x, domain[0]), domain[1]);
  const scale = scaleOf((x) => Math.log10(within(x)), domain, range);
  const found: Tick[] = [];
  const [from, to] = domain.map((end) => Math.log10(end) + Math.log10(unit));
  for (let k = Math.floor(to + 1e-9); k >= from - 1e-9; k--)
    found.push({ label: power(k), at: scale(powerOver(k, unit)) });
  // Between two powers of ten, where there is hardly one.
  if (found.length < 3 && to - from < 3) {
    for (let k = Math.floor(from); k <= to; k++)
      for (const digit of [2, 5])
        if (k + Math.log10(digit) >= from && k + Math.log10(digit) <= to)
          found.push({ label: plain(digit, k), at: scale(digit * powerOver(k, unit)) });
  }
  return { at: (value) => scale(value / unit), ticks: spaced(found, apart) };
}

/** Takes a domain to a range, evenly after a change of variable. d3-scale does the same, with colours and calendars: 12 kB of a page. */
function scaleOf(change: (x: number) => number, domain: Range, [from, to]: Range): (x: number) => number {
  const [low, high] = domain.map(change);
  return (x) => from + ((change(x) - low) / (high - low)) * (to - from);
}

/** 10⁻⁷, and 0.01 where that is as short. */
export function power(exponent: number): string {
  if (exponent >= -3 && exponent <= 4) return String(Number(`1e${exponent}`));
  return `10${superscript(exponent)}`;
}

/** mantissa · 10^exponent, without digits that are not there. */
function plain(mantissa: number, exponent: number): string {
  if (mantissa === 0) return '0';
  const sign = mantissa < 0 ? '−' : '';
  const size = Math.abs(mantissa);
  if (exponent >= -3 && exponent <= 4) return sign + String(Number(`${size}e${exponent}`));
  return `${sign}${size}·10${superscript(exponent)}`;
}

/** ⁻⁷ */
export function superscript(exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]);
  return (exponent < 0 ? '⁻' : '') + digits.join('');
}

/** 10^k / unit, where 10^k alone may be out of range. */
function powerOver(k: number, unit: number): number {
  const exponent = Math.floor(Math.log10(unit));
  return 10 ** (k - exponent) / (unit / 10 ** exponent);
}

interface Extent {
  low: number;
  high: number;
  unit: number;
  exponent: number;
}

/** The least and the largest, 0 among them, in a unit that is a power of ten for linear axes, the largest size otherwise. */
function extent(values: Iterable<number>): Extent {
  const all = [...values].filter(Number.isFinite);
  const [least, most] = [Math.min(0, min(all) ?? 0), Math.max(0, max(all) ?? 0)];
  const size = Math.max(-least, most);
  if (size === 0) return { low: -1, high: 1, unit: 1, exponent: 0 };
  // Number() of text and not 10 ** k, which is not exact for many k; of subnormal sizes the least there is.
  const exponent = Math.max(-323, Math.floor(Math.log10(size)));
  const unit = Number(`1e${exponent}`);
  return { low: least / unit, high: most / unit, unit, exponent };
}

/** Those that stand far enough from all before them. */
function spaced(found: readonly Tick[], apart: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of found) if (kept.every(({ at }) => Math.abs(at - tick.at) >= apart)) kept.push(tick);
  return kept.sort((a, b) => a.at - b.at);
}
