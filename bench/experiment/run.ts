/**
 * Plain training against weight decay, SAM, the Frobenius penalty and HSR: npm run experiment -- [--processes N] [--out FOLDER] [--quick].
 * Writes the tables and figures of docs/experiments. But for the times of a step, all of it is a function of the seeds alone.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Hessbound, loadSync } from '../../src/index.js';
import { record } from '../record.js';
import { split } from './data.js';
import { drawOutcomes, drawStrengths, drawSweeps } from './figures.js';
import { sweeps } from './ingredients.js';
import { best, FULL, gather, PROBLEM_NAMES, QUICK, type Setting, settings, tasksOf, type Trials } from './plan.js'; // prettier-ignore
import { openProcesses } from './processes.js';
import { againstPlain, outcomeTables, timeTable } from './tables.js';
import { METHODS, optionsOf, start } from './trial.js';

const { values: args } = parseArgs({
  options: {
    processes: { type: 'string', default: '2' },
    out: { type: 'string', default: 'docs/experiments' },
    quick: { type: 'boolean', default: false },
  },
});
const scale = args.quick ? QUICK : FULL;
const began = performance.now();
const hb = loadSync();
const processes = await openProcesses(Number(args.processes));

const grid = settings(scale);
const tried = await trials('search', grid, scale.searchSeeds, false);
const winners = PROBLEM_NAMES.flatMap((problem) =>
  METHODS.map((method) =>
    best(
      tried.filter((one) => one.problem === problem && one.method === method),
      scale.steps,
    ),
  ),
);
// All strengths at the learning rate of the winner, to show what strength does.
const judged = grid.filter((setting) =>
  winners.some((winner) => sameMethod(winner, setting) && winner.learningRate === setting.learningRate),
);
const all = await trials('test', judged, scale.finalSeeds, true);
processes.close();
const chosen = winners.map((winner) =>
  all.find((one) => sameMethod(winner, one) && winner.strength === one.strength)!,
);
const ingredients = sweeps(hb, scale.finalSeeds.slice(0, 5));

const numbers = { scale, tried, all, ingredients };
const digest = createHash('sha256').update(JSON.stringify(numbers)).digest('hex');
const file = (name: string): string => join(args.out, name);
const recorded = readDigest(file('results.json'));
writeFileSync(
  file('results.json'),
  `{\n"digest": "${digest}",\n"chosen": [\n${chosen.map((one) => JSON.stringify(one)).join(',\n')}\n]\n}\n`,
);
writeFileSync(file('outcomes.svg'), drawOutcomes(chosen));
writeFileSync(file('strengths.svg'), drawStrengths(all, chosen));
writeFileSync(file('ingredients.svg'), drawSweeps(ingredients));
const readme = file('README.md');
await record('outcomes', outcomeTables(chosen, scale.steps), readme);
await record('against plain', againstPlain(chosen), readme);
await record('digest', `SHA-256 of all numbers: \`${digest}\`.`, readme);

const machine = `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}`;
const took = (performance.now() - began) / 1000;
await record('time', timeTable(stepTimes(hb), machine, Number(args.processes), took), readme);
const verdict =
  recorded === digest ? 'the same bits as recorded before' : 'other numbers than recorded before';
console.log(`${digest}: ${verdict}; ${took.toFixed(0)} s`);

async function trials(name: string, list: Setting[], seeds: number[], final: boolean): Promise<Trials[]> {
  const tasks = tasksOf(list, seeds, scale.steps, final);
  const every = Math.ceil(tasks.length / 10);
  const outcomes = await processes.run(tasks, (done) => {
    if (done % every === 0 || done === tasks.length) console.log(`${name}: ${done} of ${tasks.length}`);
  });
  return gather(list, outcomes);
}

function sameMethod(a: Setting, b: Setting): boolean {
  return a.problem === b.problem && a.method === b.method;
}

/** Milliseconds a step at the settings chosen, on one thread with nothing else of ours running: the least of three runs. */
function stepTimes(instance: Hessbound): (Setting & { milliseconds: number })[] {
  const steps = Math.min(scale.steps, 100);
  return chosen.map(({ problem, method, learningRate, strength }) => {
    const setting = { problem, method, learningRate, strength };
    const task = { ...setting, seed: scale.finalSeeds[0], steps, final: true };
    const { train } = split(problem, task.seed);
    const runs = [0, 1, 2].map(() => {
      const first = performance.now();
      instance.train(start(task), train, optionsOf(task));
      return (performance.now() - first) / steps;
    });
    return { ...setting, milliseconds: Math.min(...runs) };
  });
}

function readDigest(path: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { digest: string }).digest;
  } catch {
    return undefined;
  }
}
