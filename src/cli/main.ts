/** Commands, errors and exit codes. */
import { readFileSync } from 'node:fs';
import { CheckFailed, InputError, Interrupted, UsageError } from './errors.js';
import { HESSBOUND_HELP } from './help/hessbound.js';
import { didYouMean } from './nearest.js';
import { printable } from '../validate.js';
import { EMPTY_LINE, flushedQuietly, rewritable } from './terminal.js';

/** What each takes: its arguments, and the version. */
type Command = (args: string[], version: string) => Promise<void>;

/** Loaded when they are asked for: what others need is no part of their time. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  analyze: async () => (await import('./analyze.js')).analyzeCommand,
  bench: async () => (await import('./bench.js')).benchCommand,
  check: async () => (await import('./check.js')).checkCommand,
  convert: async () => (await import('./convert.js')).convertCommand,
  datasets: async () => (await import('./datasets.js')).datasetsCommand,
  demo: async () => (await import('./demo.js')).demoCommand,
  merge: async () => (await import('./merge.js')).mergeCommand,
  train: async () => (await import('./train.js')).trainCommand,
};

/** @returns the exit code: 0 done, 1 failed, 2 bad usage or input, 130 interrupted (143 by SIGTERM) */
export async function main(args: string[]): Promise<number> {
  flushedQuietly(process.stdout);
  flushedQuietly(process.stderr);
  try {
    await run(args);
    return 0;
  } catch (error) {
    const [code, message] = explain(error);
    // Over the ^C that the terminal has put there.
    const over = error instanceof Interrupted && rewritable(process.stderr, process.env) ? EMPTY_LINE : '';
    process.stderr.write(`${over}hessbound: ${message}\n`);
    // What was interrupted may still wait for a file or for standard input.
    if (error instanceof Interrupted) process.exit(code);
    return code;
  }
}

async function run(line: string[]): Promise<void> {
  const name = line.at(0);
  const args = line.slice(1);
  switch (name) {
    case undefined:
    case '-h':
    case '--help':
      process.stdout.write(HESSBOUND_HELP);
      return;
    case 'help':
      return run(args.length > 0 ? [args[0], '--help'] : []);
    case '-v':
    case '--version':
      process.stdout.write(`${version()}\n`);
      return;
    default: {
      const known = Object.keys(COMMANDS);
      if (known.includes(name)) return (await COMMANDS[name]())(args, version());
      throw new UsageError(
        `expected a command out of ${known.join(', ')}; got '${name}'${didYouMean(name, known)} (see hessbound --help)`,
      );
    }
  }
}

function explain(error: unknown): [code: number, message: string] {
  if (error instanceof Interrupted) return [error.exitCode, error.message];
  if (error instanceof CheckFailed) return [1, oneLine(error.message)];
  // The library throws RangeError for numbers it cannot work with, and Error where an iteration does not converge.
  const expected = error instanceof UsageError || error instanceof InputError || error instanceof RangeError;
  if (expected) return [2, oneLine(error.message)];
  if (error instanceof Error && error.constructor === Error) return [1, oneLine(error.message)];
  return [1, `unexpected failure, please report it: ${error instanceof Error ? error.stack : String(error)}`];
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
