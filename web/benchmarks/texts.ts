/** The results in words, for people and for other programs. */
import { type Timing } from '../../src/compare/measure.js';
import { type Machine } from './machine.js';
import { type Entry, ratioOf, type Run } from './run.js';

/** Three figures of milliseconds, in a unit that needs no zeros. */
export function timeText(milliseconds: number): string {
  const [value, unit] =
    milliseconds < 1
      ? [milliseconds * 1e3, 'µs']
      : milliseconds < 1000
        ? [milliseconds, 'ms']
        : [milliseconds / 1000, 's'];
  return `${Number(value.toPrecision(3))}\u00a0${unit}`;
}

/** Of the median. */
export function spreadText({ milliseconds, spread }: Timing): string {
  return `±\u00a0${Math.round((100 * spread) / milliseconds)}\u00a0%`;
}

export function ratioText(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0)}×`;
}

export function titleOf({ section, task }: Pick<Entry, 'section' | 'task'>): string {
  return `${section}, ${task}`;
}

/** Plain data, in milliseconds. */
export function asJson(run: Run, machine: Machine): string {
  const { quick, seconds, cancelled, hidden } = run;
  const tasks = run.entries.map((entry) => ({
    task: titleOf(entry),
    ...(entry.failure !== undefined && { failure: entry.failure }),
    ...(entry.outcome && { ...entry.outcome, ratio: ratioOf(entry.outcome) }),
  }));
  return JSON.stringify({ machine, quick, seconds, cancelled, hidden, tasks }, null, 2);
}

export function asMarkdown(run: Run, { browser, system, threads }: Machine): string {
  const lines = run.entries.map((entry) => {
    const { outcome, failure } = entry;
    const cells = outcome
      ? [typical(outcome.wasm), typical(outcome.plain), ratioText(ratioOf(outcome))]
      : [failure ?? 'not timed', '', ''];
    return `| ${[titleOf(entry), ...cells].join(' | ')} |`;
  });
  return [
    `hessbound in ${browser}; ${system}; ${threads} threads, one used. Medians; results found equal to 1e-10 first.`,
    '',
    '| task | WebAssembly | plain JavaScript | times as fast |',
    '| --- | ---: | ---: | ---: |',
    ...lines,
    '',
  ].join('\n');
}

function typical(timing: Timing): string {
  return `${timeText(timing.milliseconds)} ${spreadText(timing)}`;
}
