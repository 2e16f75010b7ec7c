/** Work in a pool of workers, with a bar on the terminal, until it is done or interrupted. */
import { createPool } from '../create-pool.js';
import { percent } from '../report/numbers.js';
import { type Pool } from '../workers/pool.js';
import { interruptible, type Interruption } from './interruption.js';
import { Progress } from './progress.js';

export interface Computing extends Interruption {
  progress: Progress;
  /** Shows the fraction finished of a step, as analyze() tells it. */
  onProgress: (step: string, fraction: number) => void;
}

/** The pool is closed and the line of the bar empty when this ends, however it ends. */
export function computed<Result>(
  { workers, quiet }: { workers: number; quiet: boolean },
  body: (pool: Pool, computing: Computing) => Promise<Result>,
): Promise<Result> {
  return interruptible('before the first step', async (interruption) => {
    const progress = new Progress({ quiet });
    const pool = await createPool({ workers });
    const onProgress = (step: string, fraction: number): void => {
      interruption.during = `${step}, ${percent(fraction, 0)}`.replace('\u00a0', ' ');
      progress.update(step, fraction);
    };
    try {
      interruption.signal.throwIfAborted();
      return await body(pool, Object.assign(interruption, { progress, onProgress }));
    } finally {
      progress.clear();
      await pool.close();
    }
  });
}
