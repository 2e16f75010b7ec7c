/** Decimal numbers in text, to the nearest double, and nothing else that JavaScript would take for one: no hex, no 1_000, no ''. */
import { describe } from '../../validate.js';

/** No digit can be matched by two parts, so that a text takes time in proportion to its length. */
const DECIMAL = /^[ \t]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t]*$/;

/** NaN for what is not a finite decimal number. */
export function decimal(text: string): number {
  if (!DECIMAL.test(text)) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
}

/** How tools write that there is no value. */
export function isMissing(text: string): boolean {
  return /^(?:|\?|n\/?a|nan|null)$/i.test(text.trim());
}

/** What arrived where a number was expected, and what to do, for the end of a message. */
export function notDecimal(text: string): string {
  const plain = text.trim();
  const got = describe(text);
  if (plain === '') return 'nothing (a missing value)';
  if (isMissing(plain)) return `${got} (a missing value)`;
  if (/^[+-]?inf(?:inity)?$/i.test(plain) || DECIMAL.test(plain)) return `${got}, which is not finite`;
  if (/^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$|^[+-]?\d{1,3}(?:[ '’_.]\d{3})+(?:,\d*)?$/.test(plain)) {
    return `${got} (write numbers without thousands separators, and with a decimal point)`;
  }
  if (/^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/.test(plain)) return `${got} (write a decimal point, not a comma)`;
  return got;
}
