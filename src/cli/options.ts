/** Command lines, by node:util's parseArgs. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type BoundName, BOUNDS } from '../sharpness-options.js';
import { UsageError } from './errors.js';

export const EXACT_OPTIONS = { exact: { type: 'boolean' }, 'no-exact': { type: 'boolean' } } as const;

export const COMMON_OPTIONS = {
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export function parse<O extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  args: string[],
  options: O,
): ReturnType<typeof parseArgs<{ args: string[]; options: O; strict: true; allowPositionals: true }>> {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The first sentence says what is wrong; those that may follow explain parseArgs.
    const [reason] = error.message.split('. ');
    throw new UsageError(`${command}: ${reason} (see hessbound ${command} --help)`);
  }
}

export function exactChoice(values: { exact?: boolean; 'no-exact'?: boolean }): boolean | 'auto' {
  if (values.exact && values['no-exact']) throw new UsageError('expected --exact or --no-exact; got both');
  if (values.exact) return true;
  return values['no-exact'] ? false : 'auto';
}

export function boundsChoice(text: string | undefined): 'all' | BoundName[] | undefined {
  if (text === undefined || text === 'all') return text;
  return text.split(',').map((name) => {
    const known = BOUNDS.find((bound) => bound === name);
    if (known) return known;
    throw new UsageError(`--bounds: expected all, or names out of ${BOUNDS.join(',')}; got '${name}'`);
  });
}

/** A number above 0, in decimal notation. */
export function positiveChoice(name: string, text: string): number {
  const value = /^[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (value > 0 && value < Infinity) return value;
  throw new UsageError(`${name}: expected a number above 0, such as 1e-6; got '${text}'`);
}

export function integerChoice(name: string, text: string, low: number, high: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= low && value <= high) return value;
  throw new UsageError(`${name}: expected an integer from ${low} to ${high}; got '${text}'`);
}
