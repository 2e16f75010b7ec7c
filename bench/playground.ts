/**
 * How fast the playground is, as built, in Chromium: npm run bench:playground -- [--seconds N] [--record]. It trains as it opens, 2-16-16-1 on 200
 * samples with the exact spectrum in each frame. Tasks of the main thread are those of the browser's own trace.
 */
import { parseArgs } from 'node:util';
import { type Page } from 'playwright';
import { openSite, type Site } from '../test/setup/site.js';
import { duration, markdown, percent, significant } from './core/table.js';
import { machine, median } from './node.js';
import { record } from './record.js';

const { values: args } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, record: { type: 'boolean', default: false } },
});
const SECONDS = Number(args.seconds);
const OPENED = 5;
/** Runs to measure, the last one with charts that are full: of a small network, to get there. */
const RUNS = {
  'moons, 2-16-16-1': 'index.html',
  '10 steps a frame': 'index.html#every=10',
  '3,900 frames in the charts (2-2-1)': 'index.html#samples=10&hidden=2&steps=3900',
};

/** Of the main thread: how long, and how long of that it ran, where other processes wanted the processor, too. */
interface Task {
  whole: number;
  ran: number;
}

interface Played {
  /** In a second. */
  steps: number;
  frames: number;
  longest: Task;
  /** Of the time. */
  busy: number;
}

const site = await openSite();
try {
  const shown: number[] = [];
  for (let i = 0; i < OPENED; i++) shown.push(await firstFrame(site));
  const rows: string[][] = [];
  for (const [name, path] of Object.entries(RUNS)) {
    const { page } = await site.open(path);
    const { steps, frames, longest, busy } = await play(page, Number(/steps=(\d+)/.exec(path)?.[1] ?? 0));
    await page.context().close();
    rows.push([name, significant(steps), significant(frames), duration(longest.whole), duration(longest.ran), percent(busy)]); // prettier-ignore
    process.stderr.write(`${rows.at(-1)!.join(', ')}\n`);
  }
  const where = `Chromium ${site.browser.version()}; ${machine()}`;
  const header = [
    'while playing',
    'steps a second',
    'frames a second',
    'longest task',
    'longest, running',
    'main thread runs',
  ];
  const text = `${new Date().toISOString().slice(0, 10)}: ${where}. ${SECONDS} s each. From navigation to the first frame shown: ${duration(median(shown))}, at most ${duration(Math.max(...shown))} of ${OPENED}, each in a fresh context.\n\n${markdown([header, header.map((_, i) => (i === 0 ? '---' : '--:')), ...rows])}`;
  console.log(`\n${text}`);
  if (args.record) await record('playground', text);
} finally {
  await site.close();
}

/** Milliseconds from navigation until the page shows the numbers of its first frame, and can be played. */
async function firstFrame({ open }: Site): Promise<number> {
  const { page } = await open('index.html');
  const at = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (document.querySelector('[data-name=step] data')) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  await page.context().close();
  return at;
}

async function play(page: Page, from: number): Promise<Played> {
  await page.locator(`[data-name=step] data[value="${from}"]`).waitFor({ timeout: 300_000 });
  await page.getByRole('button', { name: 'Play' }).click();
  // What is compiled on the way, and the first of everything, is over.
  await page.waitForTimeout(2000);
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  const before = await now(page);
  await page.waitForTimeout(1000 * SECONDS);
  const after = await now(page);
  const tasks = mainThreadTasks(JSON.parse((await browser.stopTracing()).toString()) as Trace);
  const seconds = (after.at - before.at) / 1000;
  const most = (of: keyof Task): number => Math.max(0, ...tasks.map((task) => task[of]));
  const total = tasks.reduce((sum, { ran }) => sum + ran, 0);
  return {
    steps: (after.step - before.step) / seconds,
    frames: (after.frames - before.frames) / seconds,
    longest: { whole: most('whole'), ran: most('ran') },
    busy: total / 1000 / seconds,
  };
}

/** Where the run is, and how many frames the page has shown. */
async function now(page: Page): Promise<{ step: number; frames: number; at: number }> {
  return page.evaluate(() => {
    const counter = globalThis as { shownFrames?: number };
    const step = document.querySelector('[data-name=step] data')!;
    if (counter.shownFrames === undefined) {
      counter.shownFrames = 0;
      const seen = new MutationObserver(() => counter.shownFrames!++);
      seen.observe(step.parentElement!, { subtree: true, attributeFilter: ['value'] });
    }
    return {
      step: Number(step.getAttribute('value')),
      frames: counter.shownFrames,
      at: performance.now(),
    };
  });
}

interface Event {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds: when, how long, and how long of that the thread ran. */
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

interface Trace {
  traceEvents: Event[];
}

/** Those of the renderer that has most of them, none inside another; in milliseconds. */
function mainThreadTasks({ traceEvents }: Trace): Task[] {
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain'); // prettier-ignore
  const all = mains.map(({ pid, tid }) =>
    traceEvents.filter(
      (event) => event.pid === pid && event.tid === tid && event.ph === 'X' && event.name.endsWith('RunTask'),
    ),
  );
  const [events = []] = all.sort((a, b) => b.length - a.length);
  let end = -Infinity;
  return events
    .sort((a, b) => a.ts - b.ts)
    .flatMap(({ ts, dur = 0, tdur = dur }) => {
      if (ts < end) return [];
      end = ts + dur;
      return [{ whole: dur / 1000, ran: tdur / 1000 }];
    });
}
