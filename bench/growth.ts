/**
 * How cost grows: npm run bench:growth -- [--record] [--json FILE]. One size varies, the rest is held; the exponent is the slope of
 * the least-squares line through (log size, log fastest time) over the upper half of the range, where leading terms lead.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadSync, type Hessbound } from 'hessbound';
import { time } from '../src/compare/measure.js';
import { problem, random, randomSymmetric, type Problem } from '../src/compare/problems.js';
import { duration, markdown } from './core/table.js';
import { drawPanels } from './figure.js';
import { machine } from './node.js';
import { record } from './record.js';

interface Sweep {
  what: string;
  held: string;
  symbol: string;
  /** What the operation count says. */
  expected: string;
  sizes: number[];
  task: (size: number) => { x: number; run: () => unknown };
}

const { values: args } = parseArgs({
  options: { record: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const hb: Hessbound = loadSync();

const SWEEPS: Sweep[] = [
  {
    what: 'moments by pairs, N',
    held: '64-32-10',
    symbol: 'N',
    expected: '2',
    sizes: [100, 200, 400, 800, 1600, 3200],
    task: (N) => ({ x: N, run: pairs(problem([64, 32, 10], N)) }),
  },
  {
    what: 'moments by pairs, d',
    held: 'd-32-10, N = 200',
    symbol: 'd',
    expected: '→ 1',
    sizes: [1024, 2048, 4096, 8192, 16384, 32768],
    task: (d) => ({ x: d, run: pairs(problem([d, 32, 10], 200)) }),
  },
  {
    what: 'moments by pairs, m',
    held: '64-m-10, N = 400',
    symbol: 'm',
    expected: '→ 2, 1 once factored',
    sizes: [8, 16, 32, 64, 128, 256],
    task: (m) => ({ x: m, run: pairs(problem([64, m, 10], 400)) }),
  },
  {
    what: 'moments by pairs, K',
    held: '64-32-K, N = 400',
    symbol: 'K',
    expected: '→ 2',
    sizes: [4, 8, 16, 32, 64, 128],
    task: (K) => ({ x: K, run: pairs(problem([64, 32, K], 400)) }),
  },
  {
    what: 'Hessian, P',
    held: '20-m-5, N = 200',
    symbol: 'P',
    expected: '2',
    sizes: [4, 8, 16, 32, 64, 96],
    task: (m) => {
      const { network, data, parameters } = problem([20, m, 5], 200);
      return { x: parameters, run: () => hb.hessian(network, data) };
    },
  },
  {
    what: 'eigh with vectors, n',
    held: '',
    symbol: 'n',
    expected: '3',
    sizes: [32, 64, 128, 256, 512, 1024],
    task: (n) => {
      const a = randomSymmetric(random(n), n);
      return { x: n, run: () => hb.eigh(a, { vectors: true }) };
    },
  },
];

const results = [];
for (const sweep of SWEEPS) {
  const points = [];
  for (const size of sweep.sizes) {
    const { x, run } = sweep.task(size);
    // The fastest run: what a slope is made of must not carry the noise of the machine.
    const [{ fastest: milliseconds }] = await time({ hessbound: run });
    process.stderr.write(`${sweep.what} = ${x}: ${duration(milliseconds)}\n`);
    points.push({ x, y: milliseconds });
  }
  results.push({ sweep, points, exponent: slope(points.slice(points.length / 2)) });
}

const lines = results.map(({ sweep, points, exponent }) => [
  sweep.what,
  sweep.held,
  `${points[0].x} … ${points.at(-1)!.x}`,
  `${duration(points[0].y)} … ${duration(points.at(-1)!.y)}`,
  exponent.toFixed(2),
  sweep.expected,
]);
const head = ['cost of, with', 'held', 'range', 'time', 'exponent fitted', 'by operation count'];
const date = new Date().toISOString();
const table = `${date.slice(0, 10)}: ${machine()}.\n\n${markdown([head, head.map(() => '---'), ...lines])}`;
console.log(`\n${table}`);
if (args.json) {
  const rows = results.map(({ sweep, points, exponent }) => ({ what: sweep.what, points, exponent }));
  writeFileSync(args.json, `${JSON.stringify({ date, machine: machine(), rows }, null, 2)}\n`);
}
if (args.record) {
  await record('growth', table);
  const panels = results.map(({ sweep, points, exponent }) => ({
    title: sweep.what,
    note: sweep.held,
    symbol: sweep.symbol,
    exponent,
    points,
  }));
  const subtitle = 'Time against size, both axes logarithmic; exponents fitted to the upper half';
  writeFileSync('bench/growth.svg', drawPanels('How cost grows', subtitle, panels));
}

function pairs({ network, data }: Problem): () => unknown {
  return () => hb.moments(network, data, { method: 'gram' });
}

/** Of the least-squares line through the logarithms. */
function slope(points: { x: number; y: number }[]): number {
  const logs = points.map(({ x, y }) => [Math.log(x), Math.log(y)] as const);
  const mean = (i: 0 | 1): number => logs.reduce((sum, point) => sum + point[i], 0) / logs.length;
  const [u, v] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - u) * (y - v), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - u) ** 2, 0);
}
