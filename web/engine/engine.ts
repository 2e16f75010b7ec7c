/** The page's end of a Worker: calls as promises. */
import {
  type Answer,
  type Arguments,
  type Calls,
  type Progress,
  type Request,
  type Result,
} from './protocol.js';
import workerUrl from './worker.ts?worker&url';

/**
 * A Worker from a blob: URL is under the content security policy of the page; one from the address of its script would have none, and could send what it is
 * given anywhere. Threads of the Worker start from the same URL, so that it is never revoked.
 */
let blobUrl: string | undefined;
function confined(): string {
  const script = new URL(workerUrl, document.baseURI).href;
  blobUrl ??= URL.createObjectURL(
    new Blob([`import ${JSON.stringify(script)}`], { type: 'text/javascript' }),
  );
  return blobUrl;
}

/** Browsers give no reason. */
const NOT_LOADED =
  'The part of this page that computes cannot be loaded: is there a connection, and does the site let its pages start Workers? Try again with Reset, or load the page anew.';

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  onProgress: ((progress: Progress) => void) | undefined;
}

export class Engine {
  /** Begun by the first call, and by the first after one that ended or failed. */
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  call<Name extends keyof Calls>(name: Name, ...args: Arguments<Name>): Promise<Result<Name>> {
    return this.watch(name, undefined, ...args);
  }

  /** A call that tells how far it got. */
  watch<Name extends keyof Calls>(
    name: Name,
    onProgress: ((progress: Progress) => void) | undefined,
    ...args: Arguments<Name>
  ): Promise<Result<Name>> {
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      const worker = (this.#worker ??= this.#begin());
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject, onProgress });
      worker.postMessage({ id, name, args } satisfies Request<Name>);
    });
  }

  /** Ends the Worker, whatever it is doing. Calls under way reject; the next one begins another that knows nothing. */
  close(reason = 'the engine was closed'): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(new Error(reason));
    this.#pending.clear();
  }

  #begin(): Worker {
    const worker = new Worker(confined(), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#settle(data));
    worker.addEventListener('error', ({ message }) => {
      if (worker === this.#worker) this.close(message || NOT_LOADED);
    });
    return worker;
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    if ('progress' in answer) {
      pending?.onProgress?.(answer.progress);
      return;
    }
    this.#pending.delete(answer.id);
    if ('error' in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.result);
  }
}
