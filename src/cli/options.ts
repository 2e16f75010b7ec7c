/** Command lines, by node:util's parseArgs. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { activationNamed, knownReasonAgainst } from '../formats/unsupported.js';
import { type Activation, ACTIVATIONS } from '../network.js';
import { type BoundName, BOUNDS, type SharpnessOptions } from '../sharpness-options.js';
import { hardwareThreads } from '../workers/thread.js';
import { UsageError } from './errors.js';
import { didYouMean } from './nearest.js';

export const EXACT_OPTIONS = { exact: { type: 'boolean' }, 'no-exact': { type: 'boolean' } } as const;

/** Which bounds, and how far to close them. */
export const BOUND_OPTIONS = {
  bounds: { type: 'string' },
  certified: { type: 'boolean', default: false },
  tolerance: { type: 'string' },
  'max-products': { type: 'string' },
} as const;

export const COMMON_OPTIONS = {
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type BoundChoices = Pick<SharpnessOptions, 'bounds' | 'certified' | 'tolerance' | 'maxProducts'>;

/** What those that compute take. */
export const COMPUTE_OPTIONS = { workers: { type: 'string' }, seed: { type: 'string' } } as const;

export function parse<O extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  args: string[],
  options: O,
): ReturnType<typeof parseArgs<{ args: string[]; options: O; strict: true; allowPositionals: true }>> {
  const help = `(see hessbound ${command} --help)`;
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /^Unknown option '(-\S*?)'/.exec(error.message)?.[1];
    if (unknown !== undefined) {
      const known = Object.keys(options).map((name) => `--${name}`);
      throw new UsageError(`${command}: unknown option ${unknown}${didYouMean(unknown, known)} ${help}`);
    }
    const dashed = /^Option '(?:-\w, )?(-\S+?)' argument is ambiguous/.exec(error.message)?.[1];
    if (dashed !== undefined) {
      throw new UsageError(
        `${command}: ${dashed}: expected a value; what follows begins with a dash (${dashed}=… if it is meant) ${help}`,
      );
    }
    // The first sentence says what is wrong; those that may follow explain parseArgs.
    const [reason] = error.message.split(/\.\s/);
    throw new UsageError(`${command}: ${reason} ${help}`);
  }
}

/** Of workers: as many as the machine runs threads, if absent. */
export async function workersChoice(text: string | undefined): Promise<number> {
  return text === undefined ? hardwareThreads() : integerChoice('--workers', text, 1, 64);
}

export function seedChoice(text: string | undefined): { seed?: number } {
  return text === undefined ? {} : { seed: integerChoice('--seed', text, 0, Number.MAX_SAFE_INTEGER) };
}

export function exactChoice(values: { exact?: boolean; 'no-exact'?: boolean }): boolean | 'auto' {
  if (values.exact && values['no-exact']) throw new UsageError('expected --exact or --no-exact; got both');
  if (values.exact) return true;
  return values['no-exact'] ? false : 'auto';
}

export function boundChoices(values: {
  bounds?: string;
  certified: boolean;
  tolerance?: string;
  'max-products'?: string;
}): BoundChoices {
  const { bounds, certified, tolerance, 'max-products': products } = values;
  return {
    certified,
    ...(bounds !== undefined && { bounds: boundsChoice(bounds) }),
    ...(tolerance !== undefined && { tolerance: positiveChoice('--tolerance', tolerance) }),
    ...(products !== undefined && { maxProducts: integerChoice('--max-products', products, 1, 1000) }),
  };
}

function boundsChoice(text: string): 'all' | BoundName[] {
  if (text === 'all') return text;
  return text.split(',').map((name) => {
    const known = BOUNDS.find((bound) => bound === name);
    if (known) return known;
    throw new UsageError(
      `--bounds: expected all, or names out of ${BOUNDS.join(',')}; got '${name}'${didYouMean(name, BOUNDS)}`,
    );
  });
}

/** A number above 0, in decimal notation. */
export function positiveChoice(name: string, text: string): number {
  const value = /^[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (value > 0 && value < Infinity) return value;
  throw new UsageError(`${name}: expected a number above 0, such as 1e-6; got '${text}'`);
}

/** A number of at least 0, in decimal notation. */
export function nonNegativeChoice(name: string, text: string): number {
  const value = /^[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (value >= 0 && value < Infinity) return value;
  throw new UsageError(`${name}: expected a number of at least 0, such as 1e-4; got '${text}'`);
}

/** Any finite number, in decimal notation. */
export function numberChoice(name: string, text: string): number {
  const value = /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${name}: expected a number, such as 2.5; got '${text}'`);
}

export function oneOfChoice<Name extends string>(option: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `${option}: expected one of ${names.join(', ')}; got '${text}'${didYouMean(text, names)}`,
  );
}

/** Of ours, by any tool's name for it: Tanh, logistic, swish. Others are refused with the reason. */
export function activationChoice(option: string, text: string): Activation {
  const found = activationNamed(text);
  if (found !== undefined) return found;
  const reason = knownReasonAgainst(text);
  if (reason !== undefined) throw new UsageError(`${option}: ${text} cannot be analysed: ${reason}`);
  return oneOfChoice<Activation>(option, text, ACTIVATIONS);
}

export function integerChoice(name: string, text: string, low: number, high: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= low && value <= high) return value;
  throw new UsageError(`${name}: expected an integer from ${low} to ${high}; got '${text}'`);
}
