/** Steps that are told of jobs that fail, here and in workers. */
import { expect, it } from 'vitest';
import { compileSync, Core } from '../src/core/instance.js';
import { perform, runHere, type Steps, within } from '../src/core/job.js';
import * as kinds from '../src/core/kinds.js';
import { Dispatcher } from '../src/workers/dispatcher.js';
import { threadStarter } from '../src/workers/thread.js';

/** The Gram matrix of 1e300 is out of range; that of 2 is not. */
function* careful(): Steps<string> {
  const gramOf = (x: number): Steps<Float64Array> =>
    perform(kinds.gram, { rows: 1, cols: 1, data: Float64Array.of(x) });
  try {
    yield* within(0, 0.5, gramOf(1e300));
    return 'unharmed';
  } catch (error) {
    const [square] = yield* within(0.5, 1, gramOf(2));
    return `${(error as Error).name}, ${square}`;
  }
}

it('steps may go on after a job that failed, however deep they are', async () => {
  const core = new Core(compileSync());
  const dispatcher = new Dispatcher(compileSync(), await threadStarter(), 1);
  for (const steps of [
    careful,
    () => within(0, 0.9, careful()),
    () => within(0, 1, within(0, 1, careful())),
  ]) {
    expect(runHere(core, steps())).toBe('RangeError, 4');
    expect(await dispatcher.perform(steps())).toBe('RangeError, 4');
  }
  expect(core.allocatedBytes).toBe(0);
  await dispatcher.close();
});
