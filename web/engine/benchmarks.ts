/** The core against the same mathematics in plain JavaScript, in this browser: what npx hessbound bench times, one task after another. */
import { clockStep, time, type Timing } from '../../src/compare/measure.js';
import { comparisons } from '../../src/compare/tasks.js';
import { type Hessbound } from '../../src/index.js';

/** What is timed, and of what size. */
export interface Contest {
  section: string;
  task: string;
}

export interface Outcome {
  wasm: Timing;
  plain: Timing;
  /** The step of the clock in milliseconds, and what is timed at once at least. */
  clock: number;
  least: number;
}

/** Steps of the clock in what is timed at once, so that one more or less is 2 %. */
const STEPS = 50;
/** Milliseconds; against clocks made coarse on purpose that would take all day. */
const MOST = 400;

export function contests(quick: boolean): Contest[] {
  return comparisons({ quick }).map(({ section, task }) => ({ section, task }));
}

/** @throws Error if the results differ */
export async function contest(hb: Hessbound, place: number, quick: boolean): Promise<Outcome> {
  const clock = clockStep();
  const least = Math.min(MOST, STEPS * clock);
  const [wasm, plain] = await time(comparisons({ quick })[place].prepare(hb), { quick, least });
  return { wasm, plain, clock, least };
}
