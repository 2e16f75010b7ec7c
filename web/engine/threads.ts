/**
 * Threads of a pool within the Worker of the page: each is that very script again, under another name, so that the site has the library once. A Worker
 * of the page that is ended takes them with it.
 */
import { type WorkerLike } from '../../src/workers/thread.js';

const NAME = 'hessbound-thread';
/** More would cost memory that a page may not have. */
const MOST_THREADS = 8;

export const THREADS = Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1);

export const isThread = self.name === NAME;

export function startThread(): WorkerLike {
  return new Worker(location.href, { type: 'module', name: NAME });
}

/** What arrives before the script of threads is there waits for it. */
export function becomeThread(): void {
  const early: MessageEvent[] = [];
  const keep = (event: MessageEvent): void => void early.push(event);
  addEventListener('message', keep);
  void import('../../src/workers/worker.js').then(() => {
    removeEventListener('message', keep);
    for (const event of early) onmessage?.call(self, event);
  });
}
