/** bin/hessbound.js in a process of its own, as a user runs it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

export const CLI = fileURLToPath(new URL('../../bin/hessbound.js', import.meta.url));
export const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
export const NETWORK = join(EXAMPLES, 'network.json');
export const DATA = join(EXAMPLES, 'data.json');
const { NO_COLOR: _no, FORCE_COLOR: _force, ...ENVIRONMENT } = process.env;

export interface Result {
  code: number | null;
  out: string;
  err: string;
}

export function hessbound(
  args: string[],
  options: { input?: string; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    input: options.input ?? '',
    cwd: options.cwd,
    env: { ...ENVIRONMENT, ...options.env },
  });
  return { code: status, out: stdout, err: stderr };
}

/** Sends the signal as soon as `ready` says so of what is on standard error, and tells how that ended. */
export function interrupted(
  args: string[],
  signal: NodeJS.Signals,
  ready: (err: string) => boolean,
): Promise<Result> {
  const child = spawn(process.execPath, [CLI, ...args], { env: ENVIRONMENT });
  let [out, err, sent] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (!sent && ready(err)) sent = child.kill(signal);
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, out, err })));
}

/** A directory of the test file's own, and a function that writes files into it. */
export function scratch(): {
  path: (name: string) => string;
  file: (name: string, content: unknown) => string;
} {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hessbound-cli-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const path = (name: string): string => join(directory, name);
  return {
    path,
    file: (name, content) => {
      const raw = typeof content === 'string' || content instanceof Uint8Array;
      writeFileSync(path(name), raw ? content : JSON.stringify(content));
      return path(name);
    },
  };
}
