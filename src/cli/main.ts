/** Commands, errors and exit codes. */
import { readFileSync } from 'node:fs';
import { analyzeCommand } from './analyze.js';
import { benchCommand } from './bench.js';
import { demoCommand } from './demo.js';
import { InputError, Interrupted, UsageError } from './errors.js';
import { HESSBOUND_HELP } from './help/hessbound.js';
import { flushedQuietly } from './terminal.js';

/** What each takes: its arguments, and the version. */
const COMMANDS: Readonly<Record<string, (args: string[], version: string) => Promise<void>>> = {
  analyze: analyzeCommand,
  bench: benchCommand,
  demo: demoCommand,
};

/** @returns the exit code: 0 ok, 1 failed, 2 bad usage or input, 130 interrupted */
export async function main(args: string[]): Promise<number> {
  flushedQuietly(process.stdout);
  flushedQuietly(process.stderr);
  try {
    await run(args);
    return 0;
  } catch (error) {
    const [code, message] = explain(error);
    process.stderr.write(`hessbound: ${message}\n`);
    return code;
  }
}

async function run(line: string[]): Promise<void> {
  const name = line.at(0);
  switch (name) {
    case undefined:
    case '-h':
    case '--help':
    case 'help':
      process.stdout.write(HESSBOUND_HELP);
      return;
    case '-v':
    case '--version':
      process.stdout.write(`${version()}\n`);
      return;
    default: {
      if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name](line.slice(1), version());
      const known = Object.keys(COMMANDS).join(', ');
      throw new UsageError(`expected a command out of ${known}; got '${name}' (see hessbound --help)`);
    }
  }
}

function explain(error: unknown): [code: number, message: string] {
  if (error instanceof Interrupted) return [130, error.message];
  // The library throws RangeError for numbers it cannot work with, and Error where an iteration does not converge.
  const expected = error instanceof UsageError || error instanceof InputError || error instanceof RangeError;
  if (expected) return [2, oneLine(error.message)];
  if (error instanceof Error && error.constructor === Error) return [1, oneLine(error.message)];
  return [1, `unexpected failure, please report it: ${error instanceof Error ? error.stack : String(error)}`];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
