/** Steps that are told of jobs that fail, here and in workers. */
import { expect, it } from 'vitest';
import { compileSync, Core } from '../src/core/instance.js';
import { type Job, perform, runHere, type Steps, within } from '../src/core/job.js';
import * as kinds from '../src/core/kinds.js';
import { orthogonality } from '../src/core/orthogonality.js';
import { Digests } from '../src/digests.js';
import { type CheckedPart, withParts } from '../src/parts.js';
import { finishing, jobDigest, type Kept, shareOf } from '../src/shares.js';
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

/** One sample of one input. */
const payload = {
  samples: 1,
  width: 1,
  bias: false,
  inputs: Float64Array.of(2),
  coefficients: Float64Array.of(1),
};

it('but not with a part that is wrong', () => {
  function* steps(): Steps<string> {
    try {
      return String(yield* perform(orthogonality, payload));
    } catch {
      return 'went on';
    }
  }
  const job = jobDigest(steps().next().value as Job, new Digests());
  const sums = [{ kind: 'orthogonality', job, plan: '0'.repeat(64), results: [] }];
  const parts = [{ name: 'part.json', index: 1, count: 1, sums } as unknown as CheckedPart];
  const core = new Core(compileSync());
  expect(runHere(core, steps())).toBe('4,16,0');
  expect(() => runHere(core, withParts({ parts, onUncovered: undefined }, steps()))).toThrow(/^part\.json: /);
});

it('of a job whose shares are kept nothing is left to compute', () => {
  const core = new Core(compileSync());
  const digests = new Digests();
  const job = perform(orthogonality, payload).next().value as Job;
  function* keep(): Steps<Kept> {
    return (yield shareOf(job, { index: 1, count: 1 }, digests)) as Kept;
  }
  const { kind } = finishing(job, [{ ...runHere(core, keep()), name: 'part.json' }], digests);
  expect(kind.plan(core, payload)).toEqual([]);
  expect(kind.combine(payload, [])).toEqual(Float64Array.of(4, 16, 0));
});
