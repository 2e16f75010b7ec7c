/** WebAssembly against plain JavaScript on the visitor's machine; nothing is timed before a click. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { type Timing } from '../../src/compare/measure.js';
import { race } from '../../src/views/race.js';
import { type Machine, machineOf } from '../benchmarks/machine.js';
import { Benchmark, type Entry, ratioOf, type Run, typicalRatio } from '../benchmarks/run.js';
import { asJson, asMarkdown, ratioText, spreadText, timeText, titleOf } from '../benchmarks/texts.js';
import { CopyButton } from '../copy.js';
import { type Outcome } from '../engine/benchmarks.js';
import { Figure } from '../figure.js';
import { Method } from './benchmarks-method.js';
import '../styles/benchmarks.css';

const benchmark = new Benchmark();

export function Benchmarks(): JSX.Element {
  const machine = useSignal<Machine | undefined>(undefined);
  useEffect(() => void machineOf(navigator).then((found) => (machine.value = found)), []);
  const run = benchmark.run.value;
  return (
    <article class="benchmarks">
      <h1>How fast is it here?</h1>
      <p class="lead">
        Everything on these pages is computed in your browser, by a core in WebAssembly that works on two
        numbers at a time. Here it runs against the same mathematics in plain JavaScript, on your machine.
      </p>
      <Start run={run} />
      {machine.value && <About machine={machine.value} run={run} />}
      {run && run.entries.length > 0 && <Results run={run} machine={machine.value} />}
      <Method />
    </article>
  );
}

function Start({ run }: { run: Run | undefined }): JSX.Element {
  const running = run?.running ?? false;
  return (
    <section class="start" aria-label="Start">
      {running ? (
        <button onClick={() => benchmark.cancel()}>Cancel</button>
      ) : (
        <>
          <button class="primary" onClick={() => void benchmark.start(true)}>
            Quick look, 10 seconds
          </button>
          <button onClick={() => void benchmark.start(false)}>Thorough, a minute</button>
        </>
      )}
      <p role="status" class="note">
        {statusOf(run)}
      </p>
      {running && <progress max={1} value={doneOf(run!)} aria-label="How far the benchmarks got" />}
    </section>
  );
}

function About({ machine, run }: { machine: Machine; run: Run | undefined }): JSX.Element {
  const { browser, system, threads, simd, userAgent } = machine;
  const clock = run?.entries.find(({ outcome }) => outcome)?.outcome;
  return (
    <dl class="machine" title={userAgent}>
      <dt>Browser</dt>
      <dd>{browser}</dd>
      <dt>System</dt>
      <dd>{system}</dd>
      <dt>Threads</dt>
      <dd>{threads}, one used</dd>
      <dt>WebAssembly SIMD</dt>
      <dd>{simd ? 'yes' : 'no: the core cannot run here'}</dd>
      {clock && (
        <>
          <dt>Clock</dt>
          <dd>
            steps of {timeText(clock.clock)}, so at least {timeText(clock.least)} timed at once
          </dd>
        </>
      )}
    </dl>
  );
}

function Results({ run, machine }: { run: Run; machine: Machine | undefined }): JSX.Element {
  const done = run.entries.filter((entry): entry is Entry & { outcome: Outcome } => Boolean(entry.outcome));
  return (
    <section class="results card" aria-label="Results">
      {done.length > 0 && (
        <figure>
          <Figure draw={(width) => drawn(done, width)} />
          <figcaption>
            Time of one run, the less the better. The scale is logarithmic: the same distance is the same
            ratio everywhere.
          </figcaption>
        </figure>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of results">
        <table>
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">WebAssembly</th>
              <th scope="col">Plain JavaScript</th>
              <th scope="col">Times as fast</th>
            </tr>
          </thead>
          <tbody>
            {run.entries.map((entry, i) => (
              <Row key={i} entry={entry} now={run.running && i === run.entries.findIndex(isOpen)} />
            ))}
          </tbody>
        </table>
      </div>
      {machine && !run.running && done.length > 0 && (
        <p class="take">
          <CopyButton label="Copy as Markdown" text={() => asMarkdown(run, machine)} />
          <CopyButton label="Copy as JSON" text={() => asJson(run, machine)} />
        </p>
      )}
    </section>
  );
}

function Row({ entry, now }: { entry: Entry; now: boolean }): JSX.Element {
  const { section, task, outcome, failure } = entry;
  return (
    <tr data-state={outcome ? 'done' : failure === undefined ? (now ? 'now' : 'waiting') : 'failed'}>
      <th scope="row">
        {section} <span class="note">{task}</span>
      </th>
      {outcome ? (
        <>
          <Time timing={outcome.wasm} />
          <Time timing={outcome.plain} />
          <td class="ratio">
            <data value={String(ratioOf(outcome))}>{ratioText(ratioOf(outcome))}</data>
          </td>
        </>
      ) : (
        <td colSpan={3} class={failure === undefined ? 'note' : 'threshold'}>
          {failure ?? (now ? 'being timed …' : 'waiting')}
        </td>
      )}
    </tr>
  );
}

function Time({ timing }: { timing: Timing }): JSX.Element {
  return (
    <td>
      <data value={String(timing.milliseconds)}>{timeText(timing.milliseconds)}</data>{' '}
      <span class="note" title={`${timing.runs} runs, the fastest ${timeText(timing.fastest)}`}>
        {spreadText(timing)}
      </span>
    </td>
  );
}

function drawn(done: readonly (Entry & { outcome: Outcome })[], width: number): string {
  const rows = done.map((entry) => ({
    name: titleOf(entry),
    times: [entry.outcome.wasm.milliseconds, entry.outcome.plain.milliseconds] as const,
    label: ratioText(ratioOf(entry.outcome)),
  }));
  const title = 'What each task takes in WebAssembly and in plain JavaScript';
  const description = `Plain JavaScript takes ${rows.map(({ name, label }) => `${label} for ${name}`).join('; ')}.`;
  const contenders = ['WebAssembly', 'plain JavaScript'] as const;
  return race({ title, description, contenders, rows, unit: 'milliseconds' }, width);
}

function statusOf(run: Run | undefined): string {
  if (!run || (run.running && run.entries.length === 0)) {
    return run ? 'Loading …' : 'Keep this tab in front while it runs: browsers slow down what nobody sees.';
  }
  const { entries, running, cancelled, hidden, seconds } = run;
  const behind = hidden ? ' This tab was behind another for a while, so times may be too long.' : '';
  const done = entries.filter(({ outcome }) => outcome).map(({ outcome }) => outcome!);
  if (running) {
    const now = entries.find(isOpen);
    return `${now ? `Timing ${titleOf(now)}` : 'Nearly done'}. Keep this tab in front.${behind}`;
  }
  if (cancelled) return `Cancelled after ${done.length} of ${entries.length} tasks.${behind}`;
  if (done.length === 0) return 'Nothing could be timed; the table says why.';
  const failed = entries.length - done.length;
  const lost = failed > 0 ? ` ${failed} could not be timed; the table says why.` : '';
  return `On the whole ${ratioText(typicalRatio(done))} as fast as plain JavaScript (geometric mean), with the same results. Took ${Math.round(seconds)} s.${lost}${behind}`;
}

/** Neither timed nor failed. */
function isOpen({ outcome, failure }: Entry): boolean {
  return !outcome && failure === undefined;
}

function doneOf({ entries }: Run): number {
  return entries.length === 0 ? 0 : entries.filter((entry) => !isOpen(entry)).length / entries.length;
}
