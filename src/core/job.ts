/**
 * What is computed, apart from where. A job is of one kind and is cut into tasks by its payload alone, never by the number of
 * workers; the parts the tasks give are combined in the order of the plan. So a job has the same bits run here, on one Core,
 * and dealt to any number of workers (src/workers).
 *
 * A method that takes several jobs, with scalar mathematics between them, is written once, as a generator that yields jobs and
 * is given their results; who drives it decides where they run.
 */
import { type Core } from './instance.js';

export interface Kind<Payload, State, Task, Part, Result> {
  /** By which a worker knows it. */
  readonly name: string;
  /** Asks the core about sizes only. */
  plan(core: Core, payload: Payload): Planned<Task>[];
  /** What the tasks need, allocated in the current frame. */
  open(core: Core, payload: Payload): State;
  /** Plain data and fresh typed arrays, which are transferred. May change the state, but not what later tasks give. */
  run(core: Core, state: State, task: Task, report: Report): Part;
  /** Without a core, on the caller's thread. */
  combine(payload: Payload, parts: Part[]): Result;
  /** How many numbers a task gives, of a kind whose parts are Float64Arrays and worth computing on several machines (src/shares.ts). */
  length?(payload: Payload, task: Task): number;
}

export interface Planned<Task> {
  /** Tasks of one group want the same state, so that one worker had better run them. */
  group: number;
  /** Relative cost, for progress. */
  weight: number;
  task: Task;
}

/** Told the finished fraction of a task. */
export type Report = (fraction: number) => void;

export type AnyKind = Kind<unknown, unknown, unknown, unknown, unknown>;

export interface Job {
  readonly kind: AnyKind;
  readonly payload: unknown;
  /** The part of the whole method's progress that this job is. */
  readonly from: number;
  readonly to: number;
  /** The stage of the method that it belongs to, where that has several. */
  readonly stage?: Stretch | undefined;
}

/** A part of the whole method's progress that has a name. */
export interface Stretch {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export type Steps<Result> = Generator<Job, Result, unknown>;

/** Drives steps to their end on this core, told of jobs that fail. An aborted signal is heeded before each job. */
export function runHere<Result>(core: Core, steps: Steps<Result>, signal?: AbortSignal): Result {
  let step = steps.next();
  while (!step.done) {
    signal?.throwIfAborted();
    let result: unknown;
    try {
      result = runJob(core, step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

/** One job as a step; its result has the type that its kind promises. */
export function* perform<Payload, State, Task, Part, Result>(
  kind: Kind<Payload, State, Task, Part, Result>,
  payload: Payload,
): Steps<Result> {
  return (yield { kind, payload, from: 0, to: 1 }) as Result;
}

/** The same steps as the stretch from … to of a longer way, by a name if it is a stage of it. */
export function* within<Result>(
  from: number,
  to: number,
  steps: Steps<Result>,
  name?: string,
): Steps<Result> {
  const place = (fraction: number): number => from + (to - from) * fraction;
  const stageOf = ({ stage }: Job): Stretch | undefined =>
    name === undefined
      ? stage && { ...stage, from: place(stage.from), to: place(stage.to) }
      : { name, from, to };
  let step = steps.next();
  while (!step.done) {
    const job = step.value;
    let result: unknown;
    try {
      result = yield { ...job, from: place(job.from), to: place(job.to), stage: stageOf(job) };
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

/** A kind of job that is one task. */
export function single<Payload, Result>(
  name: string,
  compute: (core: Core, payload: Payload, report: Report) => Result,
): Kind<Payload, Payload, null, Result, Result> {
  return {
    name,
    plan: () => [{ group: 0, weight: 1, task: null }],
    open: (_core, payload) => payload,
    run: (core, payload, _task, report) => compute(core, payload, report),
    combine: (_payload, [result]) => result,
  };
}

function runJob(core: Core, { kind, payload }: Job): unknown {
  const tasks = kind.plan(core, payload);
  if (tasks.length === 0) return kind.combine(payload, []);
  const parts = core.frame(() => {
    const state = kind.open(core, payload);
    return tasks.map(({ task }) => kind.run(core, state, task, ignore));
  });
  return kind.combine(payload, parts);
}

/** The report of work that nobody watches. */
export function ignore(): void {
  // A call that blocks has no listener.
}
