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

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  onProgress: ((progress: Progress) => void) | undefined;
}

export class Engine {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  constructor() {
    this.#worker = new Worker(confined(), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#settle(data));
    this.#worker.addEventListener('error', ({ message }) =>
      this.#fail(message || 'the worker cannot be loaded'),
    );
  }

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
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject, onProgress });
      this.#worker.postMessage({ id, name, args } satisfies Request<Name>);
    });
  }

  /** Ends the Worker, whatever it is doing. Calls under way reject. */
  close(): void {
    this.#worker.terminate();
    this.#fail('the engine was closed');
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

  #fail(message: string): void {
    for (const { reject } of this.#pending.values()) reject(new Error(message));
    this.#pending.clear();
  }
}
