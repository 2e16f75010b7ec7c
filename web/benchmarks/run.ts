/** A run of the benchmarks: one task after another in a Worker of its own, which a click ends. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Contest, type Outcome } from '../engine/benchmarks.js';
import { Engine } from '../engine/engine.js';

export interface Entry extends Contest {
  outcome?: Outcome;
  /** Why there is none. */
  failure?: string;
}

/** Neither before it starts; what is done while it runs is as many entries as have either. */
export interface Run {
  quick: boolean;
  entries: readonly Entry[];
  running: boolean;
  cancelled: boolean;
  /** The tab was behind another for a while. */
  hidden: boolean;
  seconds: number;
}

export class Benchmark {
  readonly #run = signal<Run | undefined>(undefined);
  #engine: Engine | undefined;

  get run(): ReadonlySignal<Run | undefined> {
    return this.#run;
  }

  async start(quick: boolean): Promise<void> {
    this.cancel();
    const engine = new Engine();
    this.#engine = engine;
    const start = performance.now();
    this.#run.value = { quick, entries: [], running: true, cancelled: false, hidden: false, seconds: 0 };
    const change = (changes: Partial<Run>): void => {
      if (this.#engine !== engine) return;
      const seconds = (performance.now() - start) / 1000;
      this.#run.value = { ...this.#run.value!, seconds, ...changes };
    };
    const see = (): void => {
      if (document.hidden) change({ hidden: true });
    };
    document.addEventListener('visibilitychange', see);
    see();
    try {
      await this.#race(engine, quick, change);
    } finally {
      document.removeEventListener('visibilitychange', see);
      change({ running: false });
      engine.close();
    }
  }

  /** Ends the Worker in the middle of what it does; what was timed stays. */
  cancel(): void {
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.close();
    const run = this.#run.value;
    if (run?.running) this.#run.value = { ...run, running: false, cancelled: true };
  }

  async #race(engine: Engine, quick: boolean, change: (changes: Partial<Run>) => void): Promise<void> {
    const entries: Entry[] = [];
    try {
      entries.push(...(await engine.call('contests', quick)));
    } catch (error) {
      entries.push({ section: 'the core', task: 'loading', failure: (error as Error).message });
    }
    change({ entries: [...entries] });
    for (const [i, entry] of entries.entries()) {
      if (entry.failure !== undefined || this.#engine !== engine) continue;
      try {
        entries[i] = { ...entry, outcome: await engine.call('contest', i, quick) };
      } catch (error) {
        entries[i] = { ...entry, failure: (error as Error).message };
      }
      change({ entries: [...entries] });
    }
  }
}

/** How many times as long plain JavaScript takes. */
export function ratioOf({ wasm, plain }: Outcome): number {
  return plain.milliseconds / wasm.milliseconds;
}

/** The mean of ratios is that of their logarithms: twice and half as fast is as fast. */
export function typicalRatio(outcomes: readonly Outcome[]): number {
  return Math.exp(outcomes.reduce((sum, outcome) => sum + Math.log(ratioOf(outcome)), 0) / outcomes.length);
}
