/**
 * The worker's side: runs the tasks it is dealt, one after another. Each job has a Core of its own while it is open. Cores are
 * used again: browsers reserve address space by the gigabyte for every instance, and free it only when they collect garbage.
 *
 * scripts/embed-worker.mjs makes one classic script of this file and what it imports, for Node and browsers both.
 */
import type * as workerThreads from 'node:worker_threads';
import { Core } from '../core/instance.js';
import { type AnyKind } from '../core/job.js';
import { KINDS } from '../core/kinds.js';
import { type FromWorker, toFailure, type ToWorker } from './protocol.js';

interface OpenJob {
  core: Core;
  kind: AnyKind;
  payload: unknown;
  progress: boolean;
  /** What the first task has made for all: its state, and the end of the frame that the state is in. */
  state?: { value: unknown };
  end?: () => void;
}

type Post = (message: FromWorker, transfer: ArrayBuffer[]) => void;

/** A web worker's global scope. */
interface Scope {
  postMessage: Post;
  onmessage: (event: MessageEvent) => void;
}

const PROGRESS_MILLISECONDS = 50;

const jobs = new Map<number, OpenJob>();
const spareCores: Core[] = [];
const SPARE_CORES = 2;
let module: WebAssembly.Module;

void listen();

async function listen(): Promise<void> {
  if ('postMessage' in globalThis) {
    const scope = globalThis as unknown as Scope;
    scope.onmessage = ({ data }) =>
      handle(data as ToWorker, (message, transfer) => scope.postMessage(message, transfer));
    return;
  }
  // Not a literal: a bundler for browsers would try to resolve it.
  const name = 'node:worker_threads';
  const { parentPort } = (await import(/* @vite-ignore */ name)) as typeof workerThreads;
  parentPort!.on('message', (data: ToWorker) =>
    handle(data, (message, transfer) => parentPort!.postMessage(message, transfer)),
  );
}

function handle(message: ToWorker, post: Post): void {
  switch (message.type) {
    case 'start':
      module = message.module;
      return;
    case 'open': {
      const { job, kind, payload, progress } = message;
      jobs.set(job, {
        core: spareCores.pop() ?? new Core(module),
        kind: KINDS.get(kind)!,
        payload,
        progress,
      });
      return;
    }
    case 'close': {
      const { core, end } = jobs.get(message.job)!;
      end?.();
      if (spareCores.length < SPARE_CORES) spareCores.push(core);
      jobs.delete(message.job);
      return;
    }
    case 'run': {
      const { job, index, task } = message;
      try {
        const part = run(jobs.get(job)!, task, (fraction) => post({ type: 'progress', index, fraction }, []));
        post({ type: 'done', index, part }, [...new Set(buffersIn(part))]);
      } catch (error) {
        post({ type: 'failed', index, error: toFailure(error) }, []);
      }
    }
  }
}

function run(job: OpenJob, task: unknown, report: (fraction: number) => void): unknown {
  const { core, kind, payload } = job;
  job.end ??= core.begin();
  job.state ??= { value: kind.open(core, payload) };
  let reported = performance.now();
  return kind.run(core, job.state.value, task, (fraction) => {
    if (!job.progress || performance.now() - reported < PROGRESS_MILLISECONDS) return;
    reported = performance.now();
    report(fraction);
  });
}

/** The buffers of the typed arrays in plain data. */
function* buffersIn(value: unknown): Generator<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) yield value.buffer as ArrayBuffer;
  else if (typeof value === 'object' && value !== null) {
    for (const entry of Object.values(value)) yield* buffersIn(entry);
  }
}
