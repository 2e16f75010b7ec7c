/**
 * eigh beside native LAPACK: npm run bench:lapack -- [--record]. Runs bench/numpy_eigh.py in a Python that has NumPy (HESSBOUND_PYTHON, or
 * python3 from /usr/bin) and takes turns with it, so that a machine that slows down does so for all.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadSync } from 'hessbound';
import { EigenvalueDecomposition, Matrix as MlMatrix } from 'ml-matrix';
import { expectClose } from '../src/compare/measure.js';
import { random, randomSymmetric } from '../src/compare/problems.js';
import { duration, markdown, significant } from './core/table.js';
import { machine, median } from './node.js';
import { record } from './record.js';

const ORDERS = [128, 256, 512, 1024];
/** ml-matrix takes seconds beyond. */
const PEER_ORDER = 512;
const ROUNDS = 15;

type Contenders = Record<string, () => number | Promise<number>>;

const hb = loadSync();
const directory = mkdtempSync(join(tmpdir(), 'hessbound-lapack-'));
const python = spawn(
  process.env['HESSBOUND_PYTHON'] ?? '/usr/bin/python3',
  ['bench/numpy_eigh.py', directory],
  {
    stdio: ['pipe', 'pipe', 'inherit'],
  },
);
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
try {
  const { version, libraries } = (await ask('start')) as { version: string; libraries: string[] };
  const lines: string[][] = [];
  for (const n of ORDERS) {
    const a = randomSymmetric(random(n), n);
    writeFileSync(join(directory, `${n}.bin`), new Uint8Array(a.data.buffer));
    expectClose(hb.eigh(a).values, (await ask(`values ${n}`)) as number[], 'LAPACK');
    const residuals = hb.eighResiduals(a, hb.eigh(a, { vectors: true }));
    if (!(Math.max(residuals.residual, residuals.orthogonality) < 30)) throw new Error('eigh: residuals');
    const peer = new MlMatrix(
      Array.from({ length: n }, (_, i) => Array.from(a.data.subarray(i * n, (i + 1) * n))),
    );
    for (const vectors of [true, false]) {
      const contenders: Contenders = {
        hessbound: () => milliseconds(() => hb.eigh(a, { vectors })),
        LAPACK: () => ask(`time ${n} ${vectors ? 'vectors' : 'values'}`) as Promise<number>,
        ...(vectors &&
          n <= PEER_ORDER && {
            'ml-matrix': () =>
              milliseconds(() => new EigenvalueDecomposition(peer, { assumeSymmetric: true })),
          }),
      };
      const times = await takeTurns(contenders);
      const own = times['hessbound'];
      lines.push([
        `${n}, ${vectors ? 'with vectors' : 'values only'}`,
        duration(own),
        duration(times['LAPACK']),
        `${significant(own / times['LAPACK'])}×`,
        'ml-matrix' in times
          ? `${duration(times['ml-matrix'])} (${significant(times['ml-matrix'] / own)}×)`
          : '',
      ]);
      process.stderr.write(`${lines.at(-1)!.join('  ')}\n`);
    }
  }
  const head = [
    ['eigh', 'hessbound', 'LAPACK', 'hessbound takes', 'ml-matrix takes'],
    ['---', '--:', '--:', '--:', '--:'],
  ];
  const text =
    `${new Date().toISOString().slice(0, 10)}: ${machine()}; NumPy ${version}, one thread, with ${libraries.join(', ')}. ` +
    `Medians of ${ROUNDS} rounds in turn; eigenvalues equal to 1e-10.\n\n${markdown([...head, ...lines])}`;
  console.log(text);
  if (process.argv.includes('--record')) await record('lapack', text);
} finally {
  python.stdin.end();
  rmSync(directory, { recursive: true });
}

/** Medians over rounds in which each runs once; the first two rounds warm up. */
async function takeTurns(contenders: Contenders): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      // What takes seconds runs in some rounds only.
      if (name === 'ml-matrix' && round % 5 !== 0) continue;
      const time = await run();
      if (round >= 0) (times[name] ??= []).push(time);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

async function ask(command: string): Promise<unknown> {
  python.stdin.write(`${command}\n`);
  const { value, done } = (await answers.next()) as { value: string; done?: boolean };
  if (done) throw new Error('bench/numpy_eigh.py ended: does this Python have NumPy? Set HESSBOUND_PYTHON');
  return JSON.parse(value);
}

function milliseconds(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
