/**
 * Benchmarks of the built package: npm run bench -- --help. Every result is checked against its rivals' before anything is
 * timed; medians by tinybench; operation counts in core/operations.ts; shares are of the peak that assembly/peak.ts reaches.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureSize, type Size } from '../scripts/size.mjs';
import { type Row } from '../src/compare/measure.js';
import * as operations from './core/operations.js';
import { measurePeak } from './core/peak.js';
import { DIGITS, runSuite } from './core/suite.js';
import { duration, percent, significant, tables } from './core/table.js';
import { drawBars } from './figure.js';
import { coldLoad, machine, memoryGrowth, type Memory } from './node.js';
import { record } from './record.js';

const HELP = `npm run bench -- [options]

  --filter TEXT    only tasks whose section and name contain TEXT
  --json FILE      write the numbers as JSON
  --markdown FILE  write the tables as Markdown
  --record         put the tables into bench/RESULTS.md, and draw bench/speed.svg
  --help           this

See also npm run bench:growth, bench:large, bench:browser, bench:torch; npm run bench:record runs all and records all.
`;

interface Extras {
  cold: { load: number; withImport: number };
  memory: Memory;
  size: Size;
}

const { values: args } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (args.help) {
  console.log(HELP);
} else {
  const peak = await measurePeak(readFileSync('build/peak.wasm'));
  const rows: Row[] = [];
  await runSuite(args.filter, (row) => {
    process.stderr.write(`${row.section}: ${row.task}: ${duration(row.contenders[0].milliseconds)}\n`);
    rows.push(row);
  });
  const extras =
    args.filter === ''
      ? { cold: coldLoad(12), memory: memoryGrowth(DIGITS), size: await measureSize() }
      : undefined;
  const where = machine();
  const date = new Date().toISOString();
  const text = [
    `${date.slice(0, 10)}: ${where}. Peak: ${peak.toFixed(1)} GF/s.\n`,
    tables(rows, peak),
    ...summary(rows, peak, extras).map((line) => `- ${line}`),
    '',
  ].join('\n');
  console.log(`\n${text}`);
  if (args.json) {
    writeFileSync(args.json, `${JSON.stringify({ date, machine: where, peak, rows, ...extras }, null, 2)}\n`);
  }
  if (args.markdown) writeFileSync(args.markdown, text);
  if (args.record) {
    await record('run', text);
    writeFileSync('bench/speed.svg', picture(rows, where));
  }
}

function summary(rows: Row[], peak: number, extras: Extras | undefined): string[] {
  const lines: string[] = [];
  const digits = rows.find((row) => row.section === 'moments by pairs' && row.task === DIGITS.name);
  if (digits) {
    const [{ milliseconds }] = digits.contenders;
    const ideal = operations.gram(DIGITS.samples, 1024) / peak / 1e6;
    lines.push(
      `Moments of ${DIGITS.name} by pairs take ${significant(milliseconds / ideal)} times what a 1797 × 1024 Gram matrix ` +
        `would take at the measured peak (${duration(ideal)}).`,
    );
    for (const pool of rows.filter(({ section }) => section === 'moments, pool')) {
      const speedup = milliseconds / pool.contenders[0].milliseconds;
      lines.push(`${pool.task}: ${speedup.toFixed(2)} times as fast as one thread without a pool.`);
    }
  }
  if (extras) {
    const { cold, memory, size } = extras;
    lines.push(
      `Cold load, in fresh processes: \`await load()\` ${duration(cold.load)}; with the import before it ${duration(cold.withImport)} (medians of 12).`,
      `Resident memory of a fresh process around the moments of ${DIGITS.name}: ${memory.before.toFixed(0)} MB before, ` +
        `${memory.peak.toFixed(0)} MB at the peak, ${memory.after.toFixed(0)} MB after.`,
      `Core entry, minified: ${kilobytes(size.raw)}, gzipped ${kilobytes(size.gzipped)} ` +
        `(${percent(size.gzipped / size.budget)} of the budget of ${kilobytes(size.budget)}), WebAssembly included.`,
    );
  }
  return lines;
}

/** The tasks that a reader would ask for first. */
function picture(rows: Row[], where: string): string {
  const shown = [
    'Gram matrix 512 × 512',
    'Gram matrix 768 × 768',
    'Frobenius norm 1000 × 1000',
    'eigh 200, with vectors',
    'eigh 512, with vectors',
    'moments by pairs 64-16-10, N = 400',
    'moments by pairs 64-32-10, N = 1797',
    'Hessian 41-17-10, N = 400, P = 894',
    'H·v 784-128-10, N = 128',
  ];
  const groups = shown.flatMap((task) => {
    const row = rows.find((one) => `${one.section} ${one.task}` === task);
    if (!row) return [];
    const [first, ...others] = row.contenders;
    const values = others.map(({ name, milliseconds }) => ({
      name,
      value: milliseconds / first.milliseconds,
    }));
    return [{ label: task, note: `hessbound: ${duration(first.milliseconds)}`, values }];
  });
  return drawBars(
    'How many times as long as hessbound takes',
    where.split(';').slice(0, 2).join(';'),
    groups,
  );
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
