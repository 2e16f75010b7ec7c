/** What is said before anything long begins, and what is refused because it cannot fit. */
import { printable } from '../validate.js';
import { totalmem } from 'node:os';
import { type Route } from '../core/moments.js';
import { type Dataset, type Network } from '../network.js';
import { type AnalysisOptions } from '../report/analysis.js';
import { bytes, counted, duration, flops, integer } from '../report/numbers.js';
import { machineSpeed, preview, type Preview, type Range } from '../report/preview.js';
import { trainingPreview, type TrainingPlan } from '../report/training-preview.js';
import { InputError } from './errors.js';

/** Shorter than that nobody wonders. */
const LONG_SECONDS = 3;
const WORKER_BYTES = 4 * 2 ** 30;

const ROUTE_NAMES: Readonly<Record<Route, string>> = {
  gram: 'pairs of samples (Gram matrices)',
  hessian: 'the assembled Hessian',
};

/** @throws InputError for what cannot fit into memory, RangeError for what the library refuses, before any work is done */
export function previewOf(
  network: Network,
  data: Dataset,
  options: AnalysisOptions,
  workers: number,
  choices: { measured: boolean },
): Preview {
  return measuredPreview((speed) => preview(network, data, options, { workers, speed }), choices);
}

/** As previewOf, of a training. */
export function trainingPreviewOf(
  network: Network,
  data: Dataset,
  plan: TrainingPlan,
  workers: number,
  choices: { measured: boolean },
): Preview {
  return measuredPreview((speed) => trainingPreview(network, data, plan, { workers, speed }), choices);
}

function measuredPreview(estimate: (speed: number) => Preview, { measured }: { measured: boolean }): Preview {
  const rough = estimate(1);
  checkMemory(rough, Math.min(totalmem(), process.constrainedMemory() || Infinity));
  // Not worth measuring for what is over before it has been measured.
  const worthIt = measured || rough.seconds.least > LONG_SECONDS / 3;
  return worthIt ? estimate(machineSpeed()) : rough;
}

/** One line where it will take long; nothing otherwise. */
export function announcement(before: Preview): string | undefined {
  if (before.seconds.least < LONG_SECONDS) return undefined;
  const { parameters, samples, route, memory } = before;
  return plain(
    `${counted(parameters, 'parameter')}, ${counted(samples, 'sample')}, ${ROUTE_NAMES[route]}: about ` +
      `${bytes(memory.least)}, ${timeText(before)}`,
  );
}

/** What --dry-run prints. */
export function previewText(before: Preview, subject: string): string {
  const { parameters, samples, route, flops: costs, memory, steps } = before;
  const other = route === 'gram' ? 'hessian' : 'gram';
  const rows: [string, string][] = [
    ['', printable(subject)],
    ['parameters', integer(parameters)],
    ['samples', integer(samples)],
    ['route', `${ROUTE_NAMES[route]}, ${flops(costs[route])}; ${ROUTE_NAMES[other]}: ${flops(costs[other])}`],
    ['memory', rangeText(memory, bytes)],
    ['time', timeText(before)],
    ...steps.map(({ name, seconds }): [string, string] => [`  ${name}`, rangeText(seconds, shortest)]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows
    .map(([label, text]) => plain(label === '' ? text : `  ${label.padEnd(width)}${text}`))
    .join('\n');
}

/** Exported for its test: no test should need a machine that is too small. */
export function checkMemory({ memory, workerMemory, samples }: Preview, available: number): void {
  if (workerMemory.least > WORKER_BYTES) {
    throw new InputError(
      `expected a problem that fits into the 4 GiB of a worker; ${counted(samples, 'sample')} of this network take about ` +
        `${plain(bytes(workerMemory.least))}: take fewer, or the bounds in batches (sharpnessOfBatches of the library)`,
    );
  }
  if (memory.least > available) {
    throw new InputError(
      `expected a problem that fits into memory, ${plain(bytes(available))} here; this one takes about ${plain(bytes(memory.least))}: ` +
        'take fewer --workers, fewer samples, or no --exact',
    );
  }
}

function timeText({ seconds: { least, most }, products }: Preview): string {
  const about = `about ${duration(least)}, within a factor of 2 to 3`;
  return most < 1.5 * least || products === undefined
    ? about
    : `${about}; up to ${duration(most)} if the certificate takes all its ${products} products`;
}

/** Of what is over at once nobody wants to know how fast. */
function shortest(seconds: number): string {
  return seconds < 1e-3 ? 'a millisecond' : duration(seconds);
}

function rangeText({ least, most }: Range, unit: (x: number) => string): string {
  return most < 1.5 * least ? `about ${unit(least)}` : `about ${unit(least)}, up to ${unit(most)}`;
}

/** Lines that are not wrapped need no spaces that hold. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
