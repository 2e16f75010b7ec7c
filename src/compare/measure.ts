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

/**
 * Medians by tinybench, one contender after the other: at least 300 ms and 15 runs each, 3 runs of what takes longer than SLOW; quick: a fifth
 * of all. pause comes between two runs, and is not timed: where the thread may hear of an interruption.
 */
export async function time(
  contenders: Contenders,
  { quick = false, pause }: { quick?: boolean; pause?: () => Promise<void> } = {},
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
    const bench = new Bench({ ...(slow ? few : enough), throws: true });
    bench.add(name, run, pause && { beforeEach: pause });
    await bench.run();
    timings.push({ name, ...latency(bench.tasks[0]) });
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

function latency({ name, result }: Task): Omit<Timing, 'name'> {
  if (!('latency' in result)) throw new Error(`${name} was not measured: ${result.state}`);
  const { p50, min, mad, samplesCount } = result.latency;
  return { milliseconds: p50, fastest: min, spread: mad, runs: samplesCount };
}
