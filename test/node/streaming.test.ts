/** What streaming keeps, which only an engine that can be told to collect its garbage shows. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { type Dataset, loadSync, matrix } from '../../src/index.js';
import { DATA, NETWORK } from '../reference/example.js';

it('holds one batch at a time', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const given: WeakRef<object>[] = [];
  let alive = 0;
  async function* batches(): AsyncGenerator<Dataset> {
    for (let index = 0; index < 12; index++) {
      await new Promise((resolve) => setTimeout(resolve));
      const inputs = matrix(DATA.inputs.rows, DATA.inputs.cols, DATA.inputs.data);
      given.push(new WeakRef(inputs.data));
      yield { ...DATA, inputs };
    }
    await new Promise((resolve) => setTimeout(resolve));
    collect();
    alive = given.filter((batch) => batch.deref() !== undefined).length;
  }
  await loadSync().sharpnessOfBatches(NETWORK, batches());
  expect(given).toHaveLength(12);
  expect(alive).toBeLessThanOrEqual(2);
});
