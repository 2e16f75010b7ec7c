/** One worker, the same to the pool whether it is a thread of Node or a Worker of a browser. */
import { importFromNode } from '../import-from-node.js';
import type * as os from 'node:os';
import type * as workerThreads from 'node:worker_threads';
import { describe } from '../validate.js';
import { type FromWorker, type ToWorker } from './protocol.js';

export interface Thread {
  post(message: ToWorker): void;
  /** Whether it keeps the process alive (Node). */
  hold(held: boolean): void;
  /** Resolves when it is gone. No event comes after. */
  terminate(): Promise<void>;
}

export interface ThreadEvents {
  message: (message: FromWorker) => void;
  /** It is gone, or of no more use. */
  died: (cause: Error) => void;
}

/** Starts a worker; throws where that can be seen at once. */
export type StartThread = (events: ThreadEvents) => Thread;

/** What createWorker returns: a Worker of the browser, or of node:worker_threads. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** More would only wait for each other. */
const MAX_WORKERS = 64;

/** How workers are started on this platform. */
export async function threadStarter(createWorker?: () => WorkerLike): Promise<StartThread> {
  if (createWorker) return (events) => adapt(createWorker(), events);
  const { workerSource } = await import('./worker-source.generated.js');
  if (typeof Worker === 'function') return (events) => startFromBlob(workerSource, events);
  const threads = (await importFromNode('worker_threads')) as typeof workerThreads;
  // The process's own flags may change what `eval` means (--input-type) or preload files.
  return (events) => fromNode(new threads.Worker(workerSource, { eval: true, execArgv: [] }), events);
}

/** Threads that the machine can run at a time, up to as many as a pool may have. */
export async function hardwareThreads(): Promise<number> {
  const threads =
    typeof navigator === 'object'
      ? navigator.hardwareConcurrency
      : ((await importFromNode('os')) as typeof os).availableParallelism();
  return Math.min(MAX_WORKERS, threads || 1);
}

/** Where a content security policy forbids this, some browsers throw and others report an error later. */
function startFromBlob(source: string, { message, died }: ThreadEvents): Thread {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const refused = (cause: unknown): Error => {
    URL.revokeObjectURL(url);
    return new Error(
      'this page refuses workers from blob: URLs; allow them in its content security policy (worker-src blob:), or pass ' +
        'createWorker: () => new Worker(url) with the URL of hessbound/worker',
      { cause },
    );
  };
  let started = false;
  let worker: Worker;
  try {
    worker = new Worker(url);
  } catch (cause) {
    throw refused(cause);
  }
  return fromBrowser(worker, {
    message: (data) => {
      if (!started) URL.revokeObjectURL(url);
      started = true;
      message(data);
    },
    died: (cause) => died(started ? cause : refused(cause)),
  });
}

function adapt(worker: unknown, events: ThreadEvents): Thread {
  if (typeof worker === 'object' && worker !== null && 'postMessage' in worker) {
    if ('addEventListener' in worker) return fromBrowser(worker as Worker, events);
    if ('on' in worker) return fromNode(worker as workerThreads.Worker, events);
  }
  throw new TypeError(`options.createWorker: expected it to return a Worker; got ${describe(worker)}`);
}

function fromBrowser(worker: Worker, { message, died }: ThreadEvents): Thread {
  const listening = new AbortController();
  const { signal } = listening;
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => message(data), { signal });
  worker.addEventListener(
    'error',
    (event) => {
      event.preventDefault();
      died(new Error(event.message || 'its script could not be loaded'));
    },
    { signal },
  );
  worker.addEventListener('messageerror', () => died(new Error('its message could not be read')), { signal });
  return {
    post: (data) => worker.postMessage(data),
    hold: () => undefined,
    terminate: () => {
      listening.abort();
      worker.terminate();
      return Promise.resolve();
    },
  };
}

function fromNode(worker: workerThreads.Worker, { message, died }: ThreadEvents): Thread {
  let open = true;
  const once = (cause: Error): void => {
    if (open) died(cause);
  };
  worker.on('message', (data: FromWorker) => {
    if (open) message(data);
  });
  worker.on('error', once);
  worker.on('messageerror', once);
  worker.on('exit', (code) => once(new Error(`its thread ended with exit code ${code}`)));
  return {
    post: (data) => worker.postMessage(data),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    terminate: async () => {
      open = false;
      worker.ref();
      await worker.terminate();
    },
  };
}
