/**
 * Plain training against weight decay, SAM, the Frobenius penalty and HSR: npm run experiment -- [--processes N] [--out FOLDER] [--quick] [--draw].
 * Writes the numbers (results.json), tables and figures of docs/experiments; --draw only draws those that are there again. But for the times of a
 * step, all of it is a function of the seeds alone.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSync } from '../../src/index.js';
import { record } from '../record.js';
import { split } from './data.js';
import { drawOutcomes, drawStrengths, drawSweeps } from './figures.js';
import { type Sweep, sweeps } from './ingredients.js';
import { best, FULL, gather, PROBLEM_NAMES, QUICK, type Scale, type Setting, settings, tasksOf, type Trials } from './plan.js'; // prettier-ignore
import { openProcesses } from './processes.js';
import { againstPlain, outcomeTables, timeTable } from './tables.js';
import { METHODS, optionsOf, start } from './trial.js';

interface Numbers {
  scale: Scale;
  /** Every setting on the search's seeds, by the validation set. */
  tried: Trials[];
  /** On the other seeds, by the test set: all strengths at the learning rate chosen for the method, and plain training at all learning rates. */
  judged: Trials[];
  ingredients: Sweep[];
}

const { values: args } = parseArgs({
  options: {
    processes: { type: 'string', default: '2' },
    out: { type: 'string', default: 'docs/experiments' },
    quick: { type: 'boolean', default: false },
    draw: { type: 'boolean', default: false },
  },
});
const file = (name: string): string => join(args.out, name);
const hb = loadSync();
if (!args.draw) {
  const began = performance.now();
  const text = written(await measure(args.quick ? QUICK : FULL));
  const same = readText(file('results.json')) === text;
  writeFileSync(file('results.json'), text);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${seconds.toFixed(0)} s; ${same ? 'the same bits as' : 'other numbers than'} those recorded before`,
  );
}
await publish(readFileSync(file('results.json'), 'utf8'));

async function measure(scale: Scale): Promise<Numbers> {
  const processes = await openProcesses(Number(args.processes));
  const trials = async (
    name: string,
    list: Setting[],
    seeds: number[],
    final: boolean,
  ): Promise<Trials[]> => {
    const tasks = tasksOf(list, seeds, scale.steps, final);
    const every = Math.ceil(tasks.length / 10);
    const outcomes = await processes.run(tasks, (done) => {
      if (done % every === 0 || done === tasks.length) console.log(`${name}: ${done} of ${tasks.length}`);
    });
    return gather(list, outcomes);
  };
  const grid = settings(scale);
  const tried = await trials('search', grid, scale.searchSeeds, false);
  const winners = winnersOf(tried, scale);
  const shown = grid.filter(
    (setting) =>
      setting.method === 'plain' ||
      winners.some((winner) => sameMethod(winner, setting) && winner.learningRate === setting.learningRate),
  );
  const judged = await trials('test', shown, scale.finalSeeds, true);
  processes.close();
  return { scale, tried, judged, ingredients: sweeps(hb, scale.finalSeeds.slice(0, 5)) };
}

async function publish(text: string): Promise<void> {
  const { scale, tried, judged, ingredients } = JSON.parse(text) as Numbers;
  const chosen = winnersOf(tried, scale).map((winner) =>
    judged.find(
      (one) =>
        sameMethod(one, winner) &&
        one.learningRate === winner.learningRate &&
        one.strength === winner.strength,
    )!,
  );
  writeFileSync(file('outcomes.svg'), drawOutcomes(chosen));
  writeFileSync(file('strengths.svg'), drawStrengths(judged, chosen));
  writeFileSync(file('ingredients.svg'), drawSweeps(ingredients));
  const digest = createHash('sha256').update(text).digest('hex');
  const readme = file('README.md');
  await record('outcomes', outcomeTables(chosen, scale.steps), readme);
  await record('against plain', againstPlain(chosen, judged), readme);
  await record('digest', `SHA-256 of \`results.json\`: \`${digest}\``, readme);
  const machine = `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}`;
  await record('time', timeTable(stepTimes(chosen, scale), machine), readme);
}

function winnersOf(tried: Trials[], { steps }: Scale): Setting[] {
  return PROBLEM_NAMES.flatMap((problem) =>
    METHODS.map((method) =>
      best(
        tried.filter((one) => one.problem === problem && one.method === method),
        steps,
      ),
    ),
  );
}

function sameMethod(a: Setting, b: Setting): boolean {
  return a.problem === b.problem && a.method === b.method;
}

/** Milliseconds a step at the settings chosen, on one thread with nothing else of ours running: the least of five runs. */
function stepTimes(chosen: Setting[], scale: Scale): (Setting & { milliseconds: number })[] {
  const steps = Math.min(scale.steps, 200);
  return chosen.map(({ problem, method, learningRate, strength }) => {
    const setting = { problem, method, learningRate, strength };
    const task = { ...setting, seed: scale.finalSeeds[0], steps, final: true };
    const { train } = split(problem, task.seed);
    const runs = Array.from({ length: 5 }, () => {
      const first = performance.now();
      hb.train(start(task), train, optionsOf(task));
      return (performance.now() - first) / steps;
    });
    return { ...setting, milliseconds: Math.min(...runs) };
  });
}

/** As JSON, a setting a line. */
function written({ scale, tried, judged, ingredients }: Numbers): string {
  const lines = (list: object[]): string => `[\n${list.map((one) => JSON.stringify(one)).join(',\n')}\n]`;
  return `{\n"scale": ${JSON.stringify(scale)},\n"tried": ${lines(tried)},\n"judged": ${lines(judged)},\n"ingredients": ${lines(ingredients)}\n}\n`;
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
