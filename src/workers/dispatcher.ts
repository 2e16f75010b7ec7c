/**
 * Deals the tasks of jobs to workers: first come, first served. Which worker has which task decides nothing about a result.
 *
 * A worker has tasks of one job at a time: so what an abort or a death takes from a worker never belongs to another job.
 */
import { Core } from '../core/instance.js';
import { type Job, type Steps, type Stretch } from '../core/job.js';
import { type FromWorker, toError } from './protocol.js';
import { type StartThread, type Thread } from './thread.js';
import { type CallOptions } from '../call-options.js';

/** A worker's place: the worker is started when it is needed, and again after it is gone. */
interface Seat {
  thread: Thread | undefined;
  /** Whether it has ever answered. */
  started: boolean;
  /** The job of its tasks, by their indices: two at most. */
  job: ActiveJob | undefined;
  tasks: Set<number>;
  /** The jobs whose state it holds, and the group that state is of. */
  held: Map<ActiveJob, Group>;
}

interface Group {
  /** Tasks not dealt, in the order of the plan. */
  waiting: number[];
}

interface ActiveJob {
  id: number;
  job: Job;
  watched: boolean;
  tasks: { task: unknown; weight: number; group: Group }[];
  groups: Group[];
  /** Those no worker has begun, the first of the plan last. */
  fresh: Group[];
  waiting: number;
  parts: unknown[];
  missing: number;
  /** Called at every change with the fraction finished. */
  advance(index: number, fraction: number): void;
  settle(outcome: { value: unknown } | { error: unknown }): void;
}

export class Dispatcher {
  readonly #module: WebAssembly.Module;
  readonly #startThread: StartThread;
  readonly #seats: Seat[];
  /** Asked for sizes only. */
  readonly #planner: Core;
  /** In the order they came. */
  readonly #jobs = new Set<ActiveJob>();
  #lastId = 0;
  #closed: Promise<void> | undefined;

  constructor(module: WebAssembly.Module, startThread: StartThread, workers: number) {
    this.#module = module;
    this.#startThread = startThread;
    this.#planner = new Core(module);
    this.#seats = Array.from({ length: workers }, () => ({
      thread: undefined,
      started: false,
      job: undefined,
      tasks: new Set(),
      held: new Map(),
    }));
  }

  get workers(): number {
    return this.#seats.length;
  }

  /** Drives steps to their end on the workers, told of jobs that fail, but not of an abort. Progress only ever grows, and ends at 1. */
  async perform<Result>(steps: Steps<Result>, { signal, onProgress }: CallOptions = {}): Promise<Result> {
    let reached = -1;
    const reach = (fraction: number, stage?: Stretch): void => {
      if (!onProgress || fraction <= reached) return;
      reached = fraction;
      if (!stage) onProgress(fraction);
      else {
        const { name, from, to } = stage;
        onProgress(fraction, { name, fraction: Math.min(1, (fraction - from) / (to - from)) });
      }
    };
    let step = steps.next();
    while (!step.done) {
      const job = step.value;
      const advance = (fraction: number): void =>
        reach(Math.min(1, job.from + (job.to - job.from) * fraction), job.stage);
      let result: unknown;
      try {
        result = await this.#run(job, signal, onProgress && advance);
        // Also of a job that had no tasks.
        advance(1);
      } catch (error) {
        if (signal?.aborted) throw error;
        step = steps.throw(error);
        continue;
      }
      step = steps.next(result);
    }
    reach(1);
    return step.value;
  }

  close(): Promise<void> {
    return (this.#closed ??= (async () => {
      for (const job of this.#jobs) this.#end(job, { error: closed() });
      this.#planner.dispose();
      await Promise.all(this.#seats.map((seat) => vacate(seat)));
    })());
  }

  #run(job: Job, signal?: AbortSignal, advance?: (fraction: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closed();
      signal?.throwIfAborted();
      const active = activate(++this.#lastId, this.#planner, job);
      const abort = (): void => this.#abandon(active, signal!.reason);
      active.settle = (outcome) => {
        signal?.removeEventListener('abort', abort);
        // An abort's reason may be anything, as with fetch.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.value);
      };
      if (advance) watch(active, advance, (error) => this.#abandon(active, error));
      signal?.addEventListener('abort', abort);
      this.#jobs.add(active);
      if (active.missing === 0) this.#finish(active);
      this.#deal();
    });
  }

  #deal(): void {
    for (const job of this.#jobs) {
      const idle = this.#seats.filter((seat) => seat.tasks.size === 0);
      // Those that hold the job's state first, and those not started last.
      const rank = (seat: Seat): number => (seat.held.has(job) ? 0 : seat.thread ? 1 : 2);
      for (const seat of idle.sort((a, b) => rank(a) - rank(b))) {
        if (job.waiting > 0) this.#give(seat, job);
      }
      for (const seat of this.#seats) {
        // A second task spares the worker the wait for a message; at the end of a job another worker may be free sooner.
        if (seat.job === job && seat.tasks.size === 1 && job.waiting > this.workers) this.#give(seat, job);
      }
    }
  }

  #give(seat: Seat, job: ActiveJob): void {
    const index = takeTask(job, seat.held.get(job));
    const { task, group } = job.tasks[index];
    const { kind, payload } = job.job;
    try {
      seat.thread ??= this.#start(seat);
      seat.thread.hold(true);
      if (!seat.held.has(job)) {
        seat.thread.post({ type: 'open', job: job.id, kind: kind.name, payload, progress: job.watched });
      }
      seat.held.set(job, group);
      seat.thread.post({ type: 'run', job: job.id, index, task });
    } catch (cause) {
      if (seat.tasks.size === 0) seat.thread?.hold(false);
      this.#end(job, { error: notStarted(cause) });
      return;
    }
    seat.job = job;
    seat.tasks.add(index);
  }

  #start(seat: Seat): Thread {
    const thread = this.#startThread({
      message: (message) => this.#hear(seat, message),
      died: (cause) => this.#lose(seat, cause),
    });
    thread.post({ type: 'start', module: this.#module });
    return thread;
  }

  #hear(seat: Seat, message: FromWorker): void {
    const job = seat.job!;
    seat.started = true;
    if (message.type !== 'progress') {
      seat.tasks.delete(message.index);
      if (seat.tasks.size === 0) {
        seat.job = undefined;
        seat.thread!.hold(false);
      }
    }
    // Of a job that has ended meanwhile, nothing is wanted any more.
    if (this.#jobs.has(job)) {
      if (message.type === 'progress') job.advance(message.index, message.fraction);
      else if (message.type === 'failed') this.#end(job, { error: toError(message.error) });
      else this.#collect(job, message.index, message.part);
    }
    this.#deal();
  }

  #collect(job: ActiveJob, index: number, part: unknown): void {
    job.parts[index] = part;
    job.missing--;
    job.advance(index, 1);
    if (job.missing === 0 && this.#jobs.has(job)) this.#finish(job);
  }

  #finish(job: ActiveJob): void {
    const { kind, payload } = job.job;
    try {
      this.#end(job, { value: kind.combine(payload, job.parts) });
    } catch (error) {
      this.#end(job, { error });
    }
  }

  /** Takes a job out; its state goes from every worker. What runs of it runs to its end, unheard. */
  #end(job: ActiveJob, outcome: Parameters<ActiveJob['settle']>[0]): void {
    if (!this.#jobs.delete(job)) return;
    job.waiting = 0;
    for (const { thread, held } of this.#seats) {
      if (held.delete(job)) thread?.post({ type: 'close', job: job.id });
    }
    job.settle(outcome);
  }

  /** Ends a job at once, and every worker in the midst of it: a kernel cannot be interrupted otherwise. */
  #abandon(job: ActiveJob, error: unknown): void {
    this.#end(job, { error });
    for (const seat of this.#seats) if (seat.job === job) vacate(seat).catch(ignore);
    this.#deal();
  }

  #lose(seat: Seat, cause: Error): void {
    const { job, started } = seat;
    vacate(seat).catch(ignore);
    if (job) this.#end(job, { error: started ? died(cause) : notStarted(cause) });
    this.#deal();
  }
}

function activate(id: number, planner: Core, job: Job): ActiveJob {
  const groups = new Map<number, Group>();
  const tasks = job.kind.plan(planner, job.payload).map(({ group: number, weight, task }, index) => {
    const group = groups.get(number) ?? { waiting: [] };
    groups.set(number, group);
    group.waiting.push(index);
    return { task, weight, group };
  });
  return {
    id,
    job,
    watched: false,
    tasks,
    groups: [...groups.values()],
    fresh: [...groups.values()].reverse(),
    waiting: tasks.length,
    parts: new Array<unknown>(tasks.length),
    missing: tasks.length,
    advance: () => undefined,
    settle: () => undefined,
  };
}

/** Makes the job tell its progress; `failed` is told what the listener throws. */
function watch(job: ActiveJob, listener: (fraction: number) => void, failed: (error: unknown) => void): void {
  const whole = job.tasks.reduce((sum, { weight }) => sum + weight, 0);
  const fractions = new Float64Array(job.tasks.length);
  let finished = 0;
  job.watched = true;
  job.advance = (index, fraction) => {
    finished += job.tasks[index].weight * (fraction - fractions[index]);
    fractions[index] = fraction;
    try {
      listener(finished / whole);
    } catch (error) {
      failed(error);
    }
  };
}

/** The next task for a worker that holds state of one group: of that group, else of a fresh one, else of the fullest. */
function takeTask(job: ActiveJob, own: Group | undefined): number {
  const group = own && own.waiting.length > 0 ? own : (job.fresh.pop() ?? fullest(job.groups));
  job.waiting--;
  return group.waiting.shift()!;
}

function fullest(groups: Group[]): Group {
  return groups.reduce((most, next) => (next.waiting.length > most.waiting.length ? next : most));
}

/** Ends the worker of a seat, if it has one. */
function vacate(seat: Seat): Promise<void> {
  const { thread } = seat;
  seat.thread = undefined;
  seat.started = false;
  seat.job = undefined;
  seat.tasks.clear();
  seat.held.clear();
  return thread ? thread.terminate() : Promise.resolve();
}

function ignore(): void {
  // A worker that cannot be ended is no longer of use, and no call is waiting for its end.
}

function closed(): Error {
  return new Error('hessbound: this pool has been closed; createPool() another');
}

function died(cause: Error): Error {
  return new Error(`hessbound: a worker died while it was computing: ${cause.message}`, { cause });
}

function notStarted(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`hessbound: a worker could not be started: ${reason}`, { cause });
}
