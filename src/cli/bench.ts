/** This machine in a minute: the core against the same mathematics in plain JavaScript. */
import { cpus } from 'node:os';
import { type Row, time, type Timing } from '../compare/measure.js';
import { comparisons, PLAIN } from '../compare/tasks.js';
import { jsonText } from '../formats/json.js';
import { load } from '../load.js';
import { counted, duration, percent, significant } from '../report/numbers.js';
import { type Column, style, table } from '../report/style.js';
import { UsageError } from './errors.js';
import { BENCH_HELP } from './help/bench.js';
import { interruptible, type Interruption } from './interruption.js';
import { COMMON_OPTIONS, parse } from './options.js';
import { Progress } from './progress.js';
import { appearance } from './terminal.js';

interface Machine {
  cpu: string;
  threads: number;
  platform: string;
  node: string;
  v8: string;
}

export async function benchCommand(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('bench', args, {
    ...COMMON_OPTIONS,
    quick: { type: 'boolean', default: false },
  });
  if (values.help) {
    process.stdout.write(BENCH_HELP);
    return;
  }
  if (positionals.length > 0) {
    throw new UsageError(`bench: expected no files; got '${positionals[0]}' (see hessbound bench --help)`);
  }
  const { quick } = values;
  const start = performance.now();
  const rows = await interruptible('before the first task', (interruption) => timed(values, interruption));
  const seconds = (performance.now() - start) / 1000;
  const text = values.json
    ? jsonText({ hessbound: version, machine: machine(), quick, seconds, tasks: rows.map(toJson) })
    : report(rows, seconds, version);
  process.stdout.write(`${text}\n`);
}

async function timed(
  { quick, quiet }: { quick: boolean; quiet: boolean },
  interruption: Interruption,
): Promise<Row[]> {
  const hb = await load();
  const progress = new Progress({ quiet });
  const rows: Row[] = [];
  const tasks = comparisons({ quick });
  /** For the bar to be drawn, and signals to be heard. */
  const pause = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    interruption.signal.throwIfAborted();
  };
  try {
    for (const [i, { section, task, prepare }] of tasks.entries()) {
      interruption.during = `timing ${section} ${task}`;
      progress.update('timing', i / tasks.length, `${section} ${task}`);
      await pause();
      rows.push({ section, task, contenders: await time(prepare(hb), { quick, pause }) });
    }
    return rows;
  } finally {
    progress.clear();
  }
}

function report(rows: Row[], seconds: number, version: string): string {
  const { color, width } = appearance(process.stdout, process.env);
  const { bold, dim, green } = style(color);
  const { cpu, threads, platform, node, v8 } = machine();
  const [head, ...lines] = table(columns(rows), width - 2);
  return [
    '',
    `  ${bold(`hessbound ${version}`)}, WebAssembly against plain JavaScript, one thread each`,
    dim(`  ${cpu} · ${counted(threads, 'thread')} · ${platform}`),
    dim(`  Node ${node} · V8 ${v8}`),
    '',
    `  ${dim(head)}`,
    ...lines.map((line) => `  ${line.replace(/\S+$/, green)}`),
    '',
    dim(`  All results agree to 1e-10. ${duration(seconds)}.`),
    '',
  ].join('\n');
}

function columns(rows: Row[]): Column[] {
  const of = (contender: number, cell: (timing: Timing) => string): string[] =>
    rows.map(({ contenders }) => cell(contenders[contender]));
  const typical = ({ milliseconds, spread }: Timing): string =>
    `${duration(milliseconds / 1000)} ${`±${percent(spread / milliseconds, 0)}`.padStart(5)}`;
  const least = ({ fastest }: Timing): string => duration(fastest / 1000);
  return [
    { head: 'task', align: 'left', cells: rows.map(({ section, task }) => `${section} ${task}`) },
    { head: 'hessbound', align: 'right', cells: of(0, typical) },
    { head: 'fastest', align: 'right', cells: of(0, least) },
    { head: PLAIN, align: 'right', cells: of(1, typical) },
    { head: 'fastest', align: 'right', cells: of(1, least) },
    { head: 'times', align: 'right', cells: rows.map((row) => `${significant(ratio(row), 2)}×`) },
  ];
}

function toJson(row: Row): object {
  return { task: `${row.section} ${row.task}`, contenders: row.contenders, ratio: ratio(row) };
}

/** How many times as long plain JavaScript takes. */
function ratio({ contenders: [core, plain] }: Row): number {
  return plain.milliseconds / core.milliseconds;
}

function machine(): Machine {
  const all = cpus();
  return {
    // Empty where the system does not tell, as in some containers.
    cpu: all.at(0)?.model.trim() ?? 'unknown processor',
    threads: Math.max(1, all.length),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
  };
}
