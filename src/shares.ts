/**
 * A job done in shares, by machines that do not know of each other. Its tasks are dealt by their weights alone, a share is what some of them gave, and of
 * all shares the job is combined as if its tasks had been done here: in the order of the plan, so to the same bits.
 */
import { fromBase64, toBase64 } from './base64.js';
import { type AnyKind, type Job, type Planned } from './core/job.js';
import { type Digests } from './digests.js';

/** The one of `count` shares that is called `index`, from 1. */
export interface Share {
  index: number;
  count: number;
}

/** What the tasks of one share gave. */
export interface Kept {
  /** The kind of the job. */
  kind: string;
  /** SHA-256 of its kind and payload, and of its plan. */
  job: string;
  plan: string;
  /** Of each task in the order of the plan: base64 of its doubles. */
  results: string[];
}

/** Of whom shares are, for what is wrong with them. */
export interface Named {
  name: string;
}

/** Of a task that gives more numbers nothing is kept: it is done again where the job is finished. So no share exceeds some 12 MB. */
const LONGEST = 2 ** 17;

/** Whether its tasks can be dealt to machines. */
export function isShareable({ kind }: Job): boolean {
  return kind.length !== undefined;
}

export function jobDigest({ kind, payload }: Job, digests: Digests): string {
  return digests.of({ kind: kind.name, payload });
}

/** The job's tasks of one share; its result is what is Kept of them. */
export function shareOf(job: Job, { index, count }: Share, digests: Digests): Job {
  const { kind } = job;
  let plan = '';
  const own: AnyKind = {
    ...kind,
    plan(core, payload) {
      const tasks = kind.plan(core, payload);
      plan = digests.of(tasks);
      const owners = deal(kind, payload, tasks, count);
      return tasks.filter((_, task) => owners[task] === index);
    },
    combine: (_payload, parts): Kept => ({
      kind: kind.name,
      job: jobDigest(job, digests),
      plan,
      results: parts.map((part) => toBase64(part as Float64Array)),
    }),
  };
  return { ...job, kind: own };
}

/** The job, all shares of which are kept: what is left of it are tasks that give too much. @throws MisfitError */
export function finishing(job: Job, shares: readonly (Kept & Named)[], digests: Digests): Job {
  const { kind } = job;
  let known: (Float64Array | undefined)[] = [];
  const rest: AnyKind = {
    ...kind,
    plan(core, payload) {
      const tasks = kind.plan(core, payload);
      const plan = digests.of(tasks);
      const other = shares.find((share) => share.plan !== plan);
      if (other) throw misfit(other, `expected the tasks that ${kind.name} is cut into here; got others`);
      known = collect(kind, payload, tasks, shares);
      return tasks.filter((_, task) => !known[task]);
    },
    combine(payload, parts) {
      const computed = parts.values();
      return kind.combine(
        payload,
        known.map((part) => part ?? computed.next().value),
      );
    },
  };
  return { ...job, kind: rest };
}

/** A share that is none of what it should be a share of. */
export class MisfitError extends RangeError {}

export function misfit({ name }: Named, message: string): MisfitError {
  return new MisfitError(`${name}: ${message}`);
}

/**
 * The share that each task belongs to, from 1, or 0 for none: neighbours in the plan, which want the same state, go together, and no share's weight is off an
 * equal one by more than a task's.
 */
function deal(kind: AnyKind, payload: unknown, tasks: readonly Planned<unknown>[], count: number): number[] {
  const kept = tasks.map(({ task }) => kind.length!(payload, task) <= LONGEST);
  const whole = tasks.reduce((sum, { weight }, i) => (kept[i] ? sum + weight : sum), 0);
  let before = 0;
  return tasks.map(({ weight }, i) => {
    if (!kept[i]) return 0;
    const middle = before + weight / 2;
    before += weight;
    return Math.min(count, 1 + Math.floor((count * middle) / (whole || 1)));
  });
}

/** What each task gave, those of no share left out. */
function collect(
  kind: AnyKind,
  payload: unknown,
  tasks: readonly Planned<unknown>[],
  shares: readonly (Kept & Named)[],
): (Float64Array | undefined)[] {
  const taken = shares.map(() => 0);
  const known = deal(kind, payload, tasks, shares.length).map((owner, index) => {
    if (owner === 0) return undefined;
    const share = shares[owner - 1];
    const text = share.results.at(taken[owner - 1]++);
    const length = kind.length!(payload, tasks[index].task);
    const part = text === undefined ? undefined : fromBase64(text, length);
    if (!part) {
      throw misfit(
        share,
        `expected ${length} numbers of task ${taken[owner - 1]} of ${kind.name}; got others`,
      );
    }
    return part;
  });
  shares.forEach((share, i) => {
    if (share.results.length === taken[i]) return;
    throw misfit(share, `expected ${taken[i]} tasks of ${kind.name}; got ${share.results.length}`);
  });
  return known;
}
