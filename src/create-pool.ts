/** The way to a pool of workers. What a pool is made of is loaded only then. */
import { checkInteger, checkOptions, describe } from './validate.js';
import { type Pool } from './workers/pool.js';
import { type WorkerLike } from './workers/thread.js';

export interface PoolOptions {
  /** How many, 1 … 64: if absent, as many as the machine runs threads at a time. */
  workers?: number;
  /**
   * Makes a worker from the script hessbound/worker, on pages whose content security policy forbids workers from blob: URLs:
   * () => new Worker(url).
   */
  createWorker?: () => WorkerLike;
}

/** Starts a pool of workers. One is started now, to see that it can be; the others when they are needed. */
export async function createPool(options?: PoolOptions): Promise<Pool> {
  const { workers, createWorker } = checkOptions('options', options, ['workers', 'createWorker']);
  const count = workers === undefined ? undefined : checkInteger('options.workers', workers, 1, 64);
  if (createWorker !== undefined && typeof createWorker !== 'function') {
    throw new TypeError(`options.createWorker: expected a function; got ${describe(createWorker)}`);
  }
  const { startPool } = await import('./workers/pool.js');
  return startPool(count, createWorker as PoolOptions['createWorker']);
}
