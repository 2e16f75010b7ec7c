/**
 * Training steps, beside PyTorch's: npm run bench:training -- [--record]. 64-32-10 on 600 samples, full batch, double precision, one thread; the
 * parameters after CHECKED steps are compared. What SAM and the regularizers cost stands beside it. Takes turns with bench/torch_training.py in a
 * Python that has torch (HESSBOUND_PYTHON, or python3 from /usr/bin), so that a machine that slows down does so for both.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadSync, type TrainingOptions } from 'hessbound';
import { expectClose } from '../src/compare/measure.js';
import { problem } from '../src/compare/problems.js';
import { duration, markdown, significant } from './core/table.js';
import { machine, median } from './node.js';
import { record } from './record.js';

const CHECKED = 20;
/** In one call, whose overhead they share. */
const TIMED = 200;
const ROUNDS = 15;
const settings = { rate: 0.02, momentum: 0.9, rho: 0.05 };

const { network, data, name, parameters } = problem([64, 32, 10], 600);
const hb = loadSync();

const sgd = { optimizer: 'sgd', learningRate: settings.rate, momentum: settings.momentum } as const;
const compared: Record<string, Omit<TrainingOptions, 'steps'>> = {
  sgd,
  adam: { optimizer: 'adam', learningRate: settings.rate },
  sam: { ...sgd, optimizer: 'sam', rho: settings.rho },
};
const regularized: Record<string, Omit<TrainingOptions, 'steps'>> = {
  'sgd, regularizer hsr': { ...sgd, regularizer: { kind: 'hsr', strength: 0.01 } },
  'sgd, regularizer frobenius': { ...sgd, regularizer: { kind: 'frobenius', strength: 0.01 } },
};

const directory = mkdtempSync(join(tmpdir(), 'hessbound-training-'));
const question = join(directory, 'problem.json');
const plain = (_: string, value: unknown): unknown =>
  value instanceof Float64Array ? Array.from(value) : value;
writeFileSync(question, JSON.stringify({ network, data, settings }, plain));
const python = spawn(
  process.env['HESSBOUND_PYTHON'] ?? '/usr/bin/python3',
  ['bench/torch_training.py', question],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
try {
  const { version, threads } = (await ask('start')) as { version: string; threads: number };
  const lines: string[][] = [];
  let unit: number | undefined;
  for (const [recipe, options] of Object.entries(compared)) {
    const { state } = hb.train(network, data, { ...options, steps: CHECKED });
    expectClose(state.parameters, (await ask(`parameters ${recipe} ${CHECKED}`)) as number[], 'PyTorch');
    const [own, theirs]: [number[], number[]] = [[], []];
    // The first two rounds warm up.
    for (let round = -2; round < ROUNDS; round++) {
      const pair = [timeSteps(options, TIMED), (await ask(`time ${recipe} ${TIMED}`)) as number] as const;
      if (round < 0) continue;
      own.push(pair[0]);
      theirs.push(pair[1]);
    }
    unit ??= median(own);
    lines.push([
      recipe,
      duration(median(own)),
      duration(Math.min(...own)),
      `${significant(median(own) / unit)}×`,
      duration(median(theirs)),
      duration(Math.min(...theirs)),
      `${significant(median(theirs) / median(own))}×`,
    ]);
  }
  for (const [recipe, options] of Object.entries(regularized)) {
    const own = Array.from({ length: 6 }, () => timeSteps(options, 1)).slice(1);
    const cells = [duration(median(own)), duration(Math.min(...own)), `${significant(median(own) / unit!)}×`];
    lines.push([recipe, ...cells, '', '', '']);
  }
  const head = [
    ['a step of', 'hessbound', 'fastest', 'of sgd’s', 'PyTorch', 'fastest', 'as long'],
    ['---', '--:', '--:', '--:', '--:', '--:', '--:'],
  ];
  const text =
    `${new Date().toISOString().slice(0, 10)}: ${machine()}; PyTorch ${version}, ${threads} thread. ${name}, P = ${parameters}, ` +
    `full batch, double precision. Medians of ${ROUNDS} rounds in turn, of ${TIMED} steps each (regularized: of 5 steps); ` +
    `parameters equal to 1e-10 after ${CHECKED} steps.\n\n${markdown([...head, ...lines])}`;
  console.log(text);
  if (process.argv.includes('--record')) await record('training', text);
} finally {
  python.stdin.end();
  rmSync(directory, { recursive: true });
}

/** Milliseconds of a step, with its share of the call. */
function timeSteps(options: Omit<TrainingOptions, 'steps'>, steps: number): number {
  const begin = performance.now();
  hb.train(network, data, { ...options, steps });
  return (performance.now() - begin) / steps;
}

async function ask(command: string): Promise<unknown> {
  python.stdin.write(`${command}\n`);
  const { value, done } = (await answers.next()) as { value: string; done?: boolean };
  if (done)
    throw new Error('bench/torch_training.py ended: does this Python have torch? Set HESSBOUND_PYTHON');
  return JSON.parse(value);
}
