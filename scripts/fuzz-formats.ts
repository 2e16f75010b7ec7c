/**
 * Damages files and reads them: npm run fuzz -- [--reader NAME] [--count 100000] [--seed 1] [--from 0]. Each must be read as something valid, or
 * refused in one line that names it, within a second and within bounded memory. What does not is saved, and told how to repeat.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { READERS, type Trial, tryOne } from '../test/reference/fuzz-formats.js';

const MOST_MILLISECONDS = 1000;
/** Of the process at its largest, beyond what it had before: files here have at most 100 kB. */
const MOST_MEGABYTES = 400;

const { values } = parseArgs({
  options: {
    reader: { type: 'string' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
});
const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
const readers = READERS.filter(({ name }) => values.reader === undefined || name === values.reader);
if (readers.length === 0)
  throw new Error(`expected a reader out of ${READERS.map(({ name }) => name).join(', ')}`);

/** A reader that never ends cannot report itself: a thread beside it does. */
const now = new Int32Array(new SharedArrayBuffer(8));
const watch = new Worker(
  `const { workerData: [now, names, seed] } = require('node:worker_threads');
   let before = -1;
   setInterval(() => {
     const [index, reader] = now;
     if (index === before) {
       console.log(names[reader] + ': no end after 20 s; again: npm run fuzz -- --reader ' + names[reader] + ' --seed ' + seed + ' --from ' + index + ' --count 1');
       process.kill(process.pid);
     }
     before = index;
   }, 20_000);`,
  { eval: true, workerData: [now, readers.map(({ name }) => name), seed] },
);
watch.unref();

let failures = 0;
for (const reader of readers) {
  const seeds = await reader.seeds();
  const tally = { read: 0, refused: 0, failed: 0 };
  const messages = new Set<string>();
  let slowest = 0;
  const megabytes = (): number => process.resourceUsage().maxRSS / 1024;
  const most = megabytes() + MOST_MEGABYTES;
  const start = performance.now();
  for (let index = from; index < from + count; index++) {
    now.set([index, readers.indexOf(reader)]);
    let trial = await tryOne(reader, seeds, seed, index);
    // Other work on the machine can take a second; it will not do so three times.
    for (let again = 0; again < 2 && trial.milliseconds > MOST_MILLISECONDS; again++) {
      trial = await tryOne(reader, seeds, seed, index);
    }
    slowest = Math.max(slowest, trial.milliseconds);
    tally[trial.outcome]++;
    if (trial.message) messages.add(trial.message.replace(/"[^"]*"|'[^']*'|[\d.,e+-]+/g, '#').slice(0, 80));
    const problem = problemOf(trial, megabytes() > most);
    if (problem === undefined) continue;
    failures++;
    report(reader.name, index, trial, problem);
    if (failures >= 20) process.exit(1);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(
    `${reader.name.padEnd(12)} ${count} files: ${tally.read} read, ${tally.refused} refused in ${messages.size} ways, ${tally.failed} failed; ` +
      `slowest ${slowest.toFixed(1)} ms, at most ${megabytes().toFixed(0)} MB; ${seconds} s\n`,
  );
}
process.exit(failures > 0 ? 1 : 0);

function problemOf({ outcome, message, milliseconds }: Trial, isLarge: boolean): string | undefined {
  if (outcome === 'failed') return message;
  if (milliseconds > MOST_MILLISECONDS) return `it took ${milliseconds.toFixed(0)} ms`;
  return isLarge ? `memory grew by more than ${MOST_MEGABYTES} MB` : undefined;
}

function report(reader: string, index: number, { files }: Trial, problem: string): void {
  const folder = `build/fuzz/${reader}-${seed}-${index}`;
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of files) writeFileSync(`${folder}/${name.replace(/[/\\]/g, '_')}`, bytes);
  process.stdout.write(
    `${reader}: ${problem}\n  saved in ${folder}; again: npm run fuzz -- --reader ${reader} --seed ${seed} --from ${index} --count 1\n`,
  );
}
