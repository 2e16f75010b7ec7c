/** In a web worker, where long work belongs on a page. Node's worker threads are tested on the package (test/node). */
import { expect, it } from 'vitest';
import { loadSync, matrix } from '../../src/index.js';

it('computes in a module worker, off the page', async () => {
  const worker = new Worker(new URL('../reference/worker.ts', import.meta.url), { type: 'module' });
  const norm = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage([3, 4, 0.1]);
  });
  worker.terminate();
  expect(norm).toBe(loadSync().frobeniusNorm(matrix(1, 3, [3, 4, 0.1])));
});
