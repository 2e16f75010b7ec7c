/** hessbound bench, as a user runs it. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../bin/hessbound.js', import.meta.url));

function bench(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'bench', ...args], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

interface Timing {
  name: string;
  milliseconds: number;
  fastest: number;
  spread: number;
  runs: number;
}

it('times every task of both, and says on what machine', () => {
  const { code, out, err } = bench('--quick', '--json');
  expect([code, err]).toEqual([0, '']);
  const result = JSON.parse(out) as {
    machine: object;
    quick: boolean;
    tasks: { task: string; contenders: Timing[]; ratio: number }[];
  };
  expect(result.quick).toBe(true);
  expect(Object.keys(result.machine)).toEqual(['cpu', 'threads', 'platform', 'node', 'v8']);
  const sections = ['Gram matrix', 'norm', 'eigh', 'moments', 'Hessian', 'H·v'];
  for (const section of sections)
    expect(result.tasks.some(({ task }) => task.startsWith(section))).toBe(true);
  for (const { contenders, ratio } of result.tasks) {
    const [core, plain] = contenders;
    expect([core.name, plain.name]).toEqual(['hessbound', 'plain JS']);
    expect(ratio).toBe(plain.milliseconds / core.milliseconds);
    for (const { milliseconds, fastest, spread, runs } of contenders) {
      expect(runs).toBeGreaterThanOrEqual(1);
      expect(fastest).toBeGreaterThan(0);
      expect(fastest).toBeLessThanOrEqual(milliseconds);
      expect(spread).toBeLessThan(milliseconds);
    }
  }
});

it('prints a table that fits a terminal', () => {
  const { code, out, err } = bench('--quick');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/task +hessbound +fastest +plain JS +fastest +times/);
  expect(out).toMatch(/eigh 256, with vectors\s+\d.*±.*×\n/);
  for (const line of out.split('\n').slice(4)) expect(line.length).toBeLessThanOrEqual(80);
});

it('refuses files', () => {
  const { code, err } = bench('model.json');
  expect(code).toBe(2);
  expect(err).toBe("hessbound: bench: expected no files; got 'model.json' (see hessbound bench --help)\n");
});

it('ends at once when interrupted, and says what it was at', async () => {
  const child = spawn(process.execPath, [CLI, 'bench']);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const start = performance.now();
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(130);
  // Half a minute without; one run of a task is over within half a second, and other work may slow it down.
  expect(performance.now() - start).toBeLessThan(5000);
  expect(out).toBe('');
  expect(err).toMatch(/^hessbound: interrupted: timing \S.*\n$/);
});
