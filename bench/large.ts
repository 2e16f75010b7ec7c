/**
 * A network that nobody would assemble the Hessian of: npm run bench:large -- [--samples N] [--json FILE] [--record]. 784-128-10, 101,770
 * parameters, softmax cross-entropy, at Glorot-sized seeded weights, on images of Fashion-MNIST (Debian's
 * dataset-fashion-mnist), or random data of that shape where there is none. Every contender has a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as hessbound from 'hessbound';
import * as operations from './core/operations.js';
import { measurePeak } from './core/peak.js';
import { openPool } from './core/pool.js';
import { problem } from '../src/compare/problems.js';
import { duration, markdown, percent } from './core/table.js';
import { fashion, fashionName, WIDTHS } from './fashion.js';
import { machine } from './node.js';
import { record } from './record.js';

interface Run {
  milliseconds: number;
  frobeniusNorm: number;
  /** MB, resident: before the call, and most during it. */
  before: number;
  peak: number;
}

const { values: args } = parseArgs({
  options: {
    samples: { type: 'string', default: '5000' },
    json: { type: 'string' },
    record: { type: 'boolean', default: false },
    // Given to the processes that do the work.
    workers: { type: 'string' },
  },
});
const samples = Number(args.samples);

if (args.workers !== undefined) {
  console.log(JSON.stringify(await run(Number(args.workers))));
} else {
  const peak = await measurePeak(readFileSync('build/peak.wasm'));
  const counts = 'createPool' in hessbound ? [0, 1, 2] : [0];
  const runs = counts.map((workers) => ({ workers, ...separately(workers) }));
  const data = fashionName();
  const what = { ...problem(WIDTHS, 1), samples };
  const where = machine();
  const date = new Date().toISOString();
  const lines = runs.map((entry) => {
    const rate = operations.moments(what) / entry.milliseconds / 1e6;
    return [
      entry.workers === 0 ? 'one thread' : `pool, ${entry.workers} workers`,
      duration(entry.milliseconds),
      rate.toFixed(1),
      percent(rate / peak),
      `${entry.before.toFixed(0)} MB`,
      `${entry.peak.toFixed(0)} MB`,
      String(entry.frobeniusNorm),
    ];
  });
  const head = ['', 'time', 'GF/s', 'of peak', 'resident before', 'at the peak', '‖H‖_F'];
  const table = markdown([head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...lines]);
  const text =
    `${date.slice(0, 10)}: ${where}. Peak: ${peak.toFixed(1)} GF/s.\n\n784-128-10, P = 101,770, on the first ${samples} images ` +
    `of ${data}: moments by pairs at Glorot-sized seeded weights (not trained), one run each.\n\n${table}`;
  console.log(text);
  if (args.record) await record('large', text);
  if (args.json)
    writeFileSync(
      args.json,
      `${JSON.stringify({ date, machine: where, peak, data, samples, runs }, null, 2)}\n`,
    );
}

async function run(workers: number): Promise<Run> {
  const { network, data } = fashion(samples);
  const hb = hessbound.loadSync();
  const pool = workers > 0 ? await openPool(workers) : undefined;
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const { frobeniusNorm } = await (pool ?? hb).moments(network, data, { method: 'gram' });
  const milliseconds = performance.now() - start;
  await pool?.close();
  const peak = process.resourceUsage().maxRSS * 1024;
  return { milliseconds, frobeniusNorm, before: before / 1e6, peak: peak / 1e6 };
}

function separately(workers: number): Run {
  const script = ['scripts/run-ts.mjs', 'bench/large.ts'];
  const own = ['--samples', String(samples), '--workers', String(workers)];
  const out = execFileSync(process.execPath, ['--expose-gc', ...script, ...own], { encoding: 'utf8' });
  return JSON.parse(out) as Run;
}
