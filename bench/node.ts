/** What only Node can tell: the machine, and what fresh processes do. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Problem } from '../src/compare/problems.js';

/** In MB, 10⁶ bytes. */
export interface Memory {
  before: number;
  peak: number;
  after: number;
}

export function machine(): string {
  const [{ model }] = cpus();
  const versions = ['hessbound', 'ml-matrix', 'mathjs'].map((name) => `${name} ${version(name)}`);
  const { v8 } = process.versions;
  return `${model}, ${cpus().length} cores, ${process.platform} ${process.arch}; Node ${process.version} (V8 ${v8}); ${versions.join(', ')}`;
}

/** Medians of `await load()`, and of the import and it, in milliseconds, each in processes of their own. */
export function coldLoad(processes: number): { load: number; withImport: number } {
  const runs = Array.from(
    { length: processes },
    () => child(['load']) as { load: number; withImport: number },
  );
  return { load: median(runs.map(({ load }) => load)), withImport: median(runs.map((r) => r.withImport)) };
}

/** Resident memory of a process that computes the moments by pairs and nothing else. */
export function memoryGrowth({ network, data }: Problem): Memory {
  // Typed arrays by their bytes: as numbers in JSON they would take far more memory to read than the work that is measured.
  const packed = (_: string, value: unknown): unknown =>
    value instanceof Float64Array ? { base64: Buffer.from(value.buffer).toString('base64') } : value;
  return child(['memory'], JSON.stringify({ network, data }, packed)) as Memory;
}

function child(args: string[], input = ''): unknown {
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', 'bench/child.mjs', ...args], options));
}

function version(name: string): string {
  const path = name === 'hessbound' ? 'package.json' : `node_modules/${name}/package.json`;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)] + sorted[Math.floor(middle)]) / 2;
}
