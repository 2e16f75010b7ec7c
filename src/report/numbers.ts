/** Numbers for people. */
import { superscript } from '../views/index.js';

/** To so many significant digits, with an exponent only where plain digits would be hard to read. */
export function significant(x: number, digits = 4): string {
  if (x === 0 || !Number.isFinite(x)) return String(x + 0);
  const exponent = decimalExponent(x, digits);
  if (exponent < -3 || exponent > Math.max(5, digits - 1))
    return x.toExponential(digits - 1).replace('e+', 'e');
  return Number(x.toExponential(digits - 1)).toFixed(Math.max(0, digits - 1 - exponent));
}

/** The same, rounded so that the printed number is not below x: a printed upper bound has to remain one. */
export function significantUp(x: number, digits = 4): string {
  if (x === 0 || !Number.isFinite(x)) return significant(x, digits);
  const nearest = x.toExponential(digits - 1);
  if (Number(nearest) >= x) return significant(Number(nearest), digits);
  const [mantissa = '', exponent] = nearest.split('e');
  const units = Number(mantissa.replace('.', ''));
  // From −1.00 towards 0 comes −0.999, a digit further on.
  const finer = units === -(10 ** (digits - 1)) ? 1 : 0;
  const next = units * 10 ** finer + 1;
  return significant(Number(`${next}e${Number(exponent) - digits + 1 - finer}`), digits);
}

/** The same, not above x. */
export function significantDown(x: number, digits = 4): string {
  const negated = significantUp(-x, digits);
  return x === 0 ? '0' : negated.startsWith('-') ? negated.slice(1) : `-${negated}`;
}

/** 1234567 → '1,234,567'. */
export function integer(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function counted(n: number, noun: string): string {
  return `${integer(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** With the given number of decimals, or at most one. */
export function percent(share: number, decimals?: number): string {
  const x = 100 * share;
  let text = decimals === undefined ? String(Number(x.toFixed(1))) : x.toFixed(decimals);
  if (x > 99.9 && x < 100) text = '> 99.9';
  if (x > 0 && x < 0.1) text = '< 0.1';
  return `${text}\u00a0%`;
}

export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)}\u00a0µs`;
  if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(2))}\u00a0ms`;
  if (seconds < 120) return `${Number(seconds.toPrecision(2))}\u00a0s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)}\u00a0min` : `${Math.round(seconds / 3600)}\u00a0h`;
}

export function flops(count: number): string {
  return withPrefix(count, 1000, ['flop', 'kflop', 'Mflop', 'Gflop', 'Tflop', 'Pflop', 'Eflop']);
}

export function bytes(count: number): string {
  return withPrefix(count, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
}

function withPrefix(x: number, step: number, units: string[]): string {
  let at = 0;
  while (x >= step && at < units.length - 1) {
    x /= step;
    at++;
  }
  return `${x < 100 ? Number(x.toPrecision(2)) : Math.round(x)}\u00a0${units[at]}`;
}

/** The exponent of x once rounded to so many digits. */
function decimalExponent(x: number, digits: number): number {
  return Number(x.toExponential(digits - 1).split('e')[1]);
}

/** Numbers as in print: 2.4·10⁻¹⁰ for 2.4e-10, and a minus sign for a hyphen. */
export function typeset(text: string): string {
  return text
    .replace(
      /(\d)e(-?\d+)/g,
      (_, digit: string, exponent: string) => `${digit}·10${superscript(Number(exponent))}`,
    )
    .replace(/(^|[\s(±])-(?=\d)/g, '$1−');
}
