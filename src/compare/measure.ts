/** Timing of rivals at one task, in any engine. */
import { Bench, type Task } from 'tinybench';

export interface Timing {
  name: string;
  /** Median and least. */
  milliseconds: number;
  fastest: number;
  /** Median of the distances from the median. */
  spread: number;
  runs: number;
}

/** The first contender is hessbound; the others follow with how many times as long they take. */
export interface Row {
  section: string;
  task: string;
  operations?: number;
  contenders: Timing[];
}

export type Contenders = Record<string, () => unknown>;

/** Longer than this, and a task is run only a few times. */
const SLOW = 400;

export interface TimeOptions {
  quick?: boolean;
  /** Comes between two runs, and is not timed: where the thread may hear of an interruption. */
  pause?: () => Promise<void>;
  /** Milliseconds; where the clock is coarse, as browsers' are: a shorter contender is timed so many runs at once as take that long. */
  least?: number;
}

/**
 * Medians by tinybench, one contender after the other: at least 300 ms and 15 runs each, 3 runs of what takes longer than SLOW; quick: a fifth
 * of all. With `least` contenders have to answer at once.
 */
export async function time(
  contenders: Contenders,
  { quick = false, pause, least = 0 }: TimeOptions = {},
): Promise<Timing[]> {
  const enough = quick
    ? { time: 60, iterations: 3, warmupTime: 30, warmupIterations: 1 }
    : { time: 300, iterations: 15, warmupTime: 150, warmupIterations: 5 };
  const few = { time: 0, iterations: quick ? 1 : 3, warmupTime: 0, warmupIterations: quick ? 0 : 1 };
  const timings: Timing[] = [];
  for (const [name, run] of Object.entries(contenders)) {
    const start = performance.now();
    await run();
    const slow = performance.now() - start > SLOW;
    await pause?.();
    const count = slow ? 1 : runsIn(least, run);
    const bench = new Bench({ ...(slow ? few : enough), throws: true });
    bench.add(name, count === 1 ? run : repeated(run, count), pause && { beforeEach: pause });
    await bench.run();
    timings.push({ name, ...latency(bench.tasks[0], count) });
  }
  return timings;
}

/** Throws unless both agree to 1e-10 of the largest entry. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  let size = 0;
  for (let i = 0; i < expected.length; i++) size = Math.max(size, Math.abs(expected[i]));
  if (actual.length !== expected.length) throw new Error(`${what}: lengths differ`);
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(actual[i] - expected[i]) <= 1e-10 * size)) {
      throw new Error(`${what}: results differ at ${i}: ${actual[i]} and ${expected[i]}`);
    }
  }
}

/** The step of this engine's clock in milliseconds: 0.005 or 0.1 in Chromium, 1 and more in others, hardly anything in Node. */
export function clockStep(): number {
  let least = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    let now = start;
    while (now === start) now = performance.now();
    least = Math.min(least, now - start);
  }
  return least;
}

/** How many runs take that long. */
function runsIn(milliseconds: number, run: () => unknown): number {
  for (let count = 1; ; count *= 2) {
    const start = performance.now();
    repeated(run, count)();
    if (performance.now() - start >= milliseconds) return count;
  }
}

function repeated(run: () => unknown, count: number): () => void {
  return () => {
    for (let i = 0; i < count; i++) run();
  };
}

/** Of one run, where each sample is so many. */
function latency({ name, result }: Task, count: number): Omit<Timing, 'name'> {
  if (!('latency' in result)) throw new Error(`${name} was not measured: ${result.state}`);
  const { p50, min, mad, samplesCount } = result.latency;
  return {
    milliseconds: p50 / count,
    fastest: min / count,
    spread: mad / count,
    runs: count * samplesCount,
  };
}
