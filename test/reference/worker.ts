/** The worker of test/browser/worker.test.ts: answers a list of numbers with its norm. */
import { load, matrix } from '../../src/index.js';

onmessage = async ({ data }: MessageEvent<number[]>) => {
  const hb = await load();
  postMessage(hb.frobeniusNorm(matrix(1, data.length, data)));
};
