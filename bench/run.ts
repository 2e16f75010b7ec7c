/**
 * Benchmarks: npm run bench [-- --json FILE] [-- --markdown FILE]. Medians by tinybench, all in one process and one run, of
 * the built package; every result is checked against its rival's before anything is timed.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { loadSync, type Matrix } from 'hessbound';
import { EigenvalueDecomposition, Matrix as MlMatrix } from 'ml-matrix';
import { Bench, type Task } from 'tinybench';
import { problem, random, randomMatrix, randomSymmetric } from './problems.js';
import * as twins from './twins.js';

interface Row {
  task: string;
  /** The first contender, to which the others are compared. */
  name: string;
  milliseconds: number;
  fastest: number;
  gflops: number | undefined;
  rivals: { name: string; milliseconds: number; ratio: number }[];
}

const { values: args } = parseArgs({ options: { json: { type: 'string' }, markdown: { type: 'string' } } });
const hb = loadSync();
const next = random(42);
const rows: Row[] = [];

for (const [n, k] of [
  [150, 5],
  [200, 100],
  [512, 512],
] as const) {
  const x = randomMatrix(next, n, k);
  const peer = new MlMatrix(toRows(x));
  expectClose(hb.gram(x).data, twins.gram(x), 'gram');
  expectClose(hb.gram(x).data, peer.mmul(peer.transpose()).to1DArray(), 'gram');
  const contenders = {
    hessbound: () => hb.gram(x),
    'plain JS': () => twins.gram(x),
    'ml-matrix': () => peer.mmul(peer.transpose()),
  };
  await compare(`gram ${n} × ${k}`, contenders, n * n * k);
}

const wide = randomMatrix(next, 1000, 1000);
expectClose([hb.frobeniusNorm(wide)], [twins.frobeniusNorm(wide)], 'frobeniusNorm');
await compare('frobeniusNorm 1000 × 1000', {
  hessbound: () => hb.frobeniusNorm(wide),
  'plain JS': () => twins.frobeniusNorm(wide),
});

for (const n of [64, 200, 512]) {
  const a = randomSymmetric(next, n);
  const peer = new MlMatrix(toRows(a));
  const decompose = (): EigenvalueDecomposition =>
    new EigenvalueDecomposition(peer, { assumeSymmetric: true });
  expectClose(hb.eigh(a).values, Float64Array.from(decompose().realEigenvalues).sort(), 'eigh');
  await compare(`eigh ${n}, with vectors`, {
    hessbound: () => hb.eigh(a, { vectors: true }),
    'ml-matrix': decompose,
  });
  await compare(`eigh ${n}, values only`, { hessbound: () => hb.eigh(a) });
}

for (const [widths, N] of [
  [[4, 8, 3], 150],
  [[30, 16, 2], 569],
  [[64, 16, 10], 400],
  [[64, 16, 10], 1797],
  [[20, 30, 30, 5], 300],
  [[784, 128, 10], 128],
] as const) {
  const { network, data } = problem([...widths], N);
  const name = `${widths.join('-')}, N = ${N}`;
  const { parameters, method } = hb.moments(network, data);
  const assembles = parameters < 3000;
  const v = new Float64Array(parameters).fill(1);
  const byPairs = (): unknown => hb.moments(network, data, { method: 'gram' });
  const assembled = (): unknown => hb.moments(network, data, { method: 'hessian' });
  if (assembles) {
    const [pairs, whole] = (['gram', 'hessian'] as const).map((route) =>
      hb.moments(network, data, { method: route }),
    );
    expectClose([pairs.frobeniusNorm], [whole.frobeniusNorm], 'moments');
  }
  await compare(`moments ${name}, P = ${parameters} (auto: ${method})`, {
    'by pairs': byPairs,
    ...(assembles && { assembled }),
  });
  if (assembles) await compare(`Hessian ${name}`, { hessbound: () => hb.hessian(network, data) });
  await compare(`H v ${name}`, { hessbound: () => hb.hessianVectorProduct(network, data, v) });
}

const one: Matrix = { rows: 1, cols: 1, data: Float64Array.of(1) };
await compare('loadSync and one call', { hessbound: () => loadSync().frobeniusNorm(one) });

const machine = `${cpus()[0].model}, ${cpus().length} cores; Node ${process.version}; ${process.platform} ${process.arch}`;
const markdown = table();
console.log(`\n${machine}\n\n${markdown}`);
if (args.json)
  writeFileSync(args.json, JSON.stringify({ machine, date: new Date().toISOString(), rows }, null, 2));
if (args.markdown) writeFileSync(args.markdown, `${machine}\n\n${markdown}`);

/** Times rivals at one task against each other; flops are those of the first. */
async function compare(task: string, rivals: Record<string, () => unknown>, flops?: number): Promise<void> {
  process.stderr.write(`${task}\n`);
  const bench = new Bench({ time: 300, warmupTime: 100, warmupIterations: 3, iterations: 5, throws: true });
  for (const [name, run] of Object.entries(rivals)) bench.add(name, run);
  await bench.run();
  const [first, ...others] = bench.tasks.map((entry) => ({ name: entry.name, ...latency(entry) }));
  const { name, milliseconds, fastest } = first;
  rows.push({
    task,
    name,
    milliseconds,
    fastest,
    gflops: flops === undefined ? undefined : flops / milliseconds / 1e6,
    rivals: others.map((other) => ({
      name: other.name,
      milliseconds: other.milliseconds,
      ratio: other.milliseconds / milliseconds,
    })),
  });
}

function latency({ name, result }: Task): { milliseconds: number; fastest: number } {
  if (!('latency' in result)) throw new Error(`${name} was not measured: ${result.state}`);
  return { milliseconds: result.latency.p50, fastest: result.latency.min };
}

function table(): string {
  const format = (ms: number): string =>
    ms < 0.1 ? `${(ms * 1000).toFixed(1)} µs` : ms < 100 ? `${ms.toPrecision(3)} ms` : `${ms.toFixed(0)} ms`;
  const lines = rows.map(({ task, name, milliseconds, fastest, gflops, rivals }) => {
    const first = `${name === 'hessbound' ? '' : `${name}: `}${format(milliseconds)}`;
    const others = rivals
      .map((r) => `${r.name}: ${format(r.milliseconds)} (${r.ratio.toFixed(1)}×)`)
      .join(', ');
    return `| ${task} | ${first} | ${format(fastest)} | ${gflops?.toFixed(1) ?? ''} | ${others} |`;
  });
  return [
    '| task | median | fastest | GF/s | others, and how many times as long |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  const size = Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(actual[i] - expected[i]) <= 1e-10 * size)) {
      throw new Error(`${what}: results differ at ${i}: ${actual[i]} and ${expected[i]}`);
    }
  }
}

function toRows({ rows: n, cols, data }: Matrix): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}
