/**
 * One WebAssembly instance and its memory.
 *
 * Memory is a stack. Work happens inside frame(): what is allocated there is released when it ends, however it ends, so
 * nothing can leak and an error leaves the instance as it was. Memory grows on demand up to wasm32's 4 GiB; an instance
 * that grew beyond KEEP_BYTES is replaced after the call (WebAssembly memory cannot shrink; a new instance of the same
 * module takes well under a millisecond and keeps the compiled code), so that one large job does not hold its peak.
 */
import { instantiateSync } from '@assemblyscript/loader';
import { binary } from './binary.js';
import { type Kernels, type Pointer } from './kernels.js';

const PAGE_BYTES = 65536;
const MAX_BYTES = 65535 * PAGE_BYTES;
const KEEP_BYTES = 64 * 1024 * 1024;

/** The most doubles one result may have: one JavaScript typed array, with room beside it in 4 GiB. */
export const MAX_DOUBLES = 2 ** 28;

export async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(binary());
  } catch (cause) {
    throw unsupported(cause);
  }
}

export function compileSync(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(binary());
  } catch (cause) {
    throw unsupported(cause);
  }
}

export class Core {
  readonly #module: WebAssembly.Module;
  #kernels: Kernels | null = null;
  #top = 0;
  #depth = 0;
  #disposed = false;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** The core's functions. A reference held across frames may outlive its instance: ask each time. */
  get kernels(): Kernels {
    if (this.#disposed) throw new Error('hessbound: this instance has been disposed; load() another');
    if (this.#kernels === null) {
      this.#kernels = instantiateSync(this.#module).exports as unknown as Kernels;
      this.#top = align(this.#kernels.heapBase() >>> 0);
    }
    return this.#kernels;
  }

  /** Bytes allocated now: 0 between calls. */
  get allocatedBytes(): number {
    return this.#kernels === null ? 0 : this.#top - align(this.#kernels.heapBase() >>> 0);
  }

  /** Bytes of WebAssembly memory held now. */
  get memoryBytes(): number {
    return this.#kernels === null ? 0 : this.#kernels.memory.buffer.byteLength;
  }

  /** Runs body and then releases whatever it allocated. Frames nest. */
  frame<T>(body: () => T): T {
    const end = this.begin();
    try {
      return body();
    } finally {
      end();
    }
  }

  /** Opens a frame; what it returns closes it. For work that outlasts a function call: frame() is the safe form. */
  begin(): () => void {
    const { memory } = this.kernels;
    const top = this.#top;
    this.#depth++;
    return () => {
      this.#top = top;
      this.#depth--;
      if (this.#depth === 0 && memory.buffer.byteLength > KEEP_BYTES) this.#kernels = null;
    };
  }

  /** Allocates bytes, aligned to 16, uninitialized. */
  allocateBytes(bytes: number): Pointer {
    const { memory } = this.kernels;
    const start = this.#top;
    const end = align(start + bytes);
    if (end > MAX_BYTES) throw outOfMemory(bytes);
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) {
      try {
        memory.grow(missing);
      } catch {
        throw outOfMemory(bytes);
      }
    }
    this.#top = end;
    return start;
  }

  /** Allocates doubles, uninitialized. */
  allocate(doubles: number): Pointer {
    return this.allocateBytes(doubles * 8);
  }

  /** Allocates doubles set to 0. */
  zeros(doubles: number): Pointer {
    const pointer = this.allocate(doubles);
    this.view(pointer, doubles).fill(0);
    return pointer;
  }

  /** Copies values in. */
  write(values: Float64Array): Pointer {
    const pointer = this.allocate(values.length);
    this.view(pointer, values.length).set(values);
    return pointer;
  }

  /** Copies doubles out. */
  read(pointer: Pointer, doubles: number): Float64Array {
    return this.view(pointer, doubles).slice();
  }

  /** Copies doubles out, unless overflow has made one of them infinite or NaN: `what` then names the result. */
  readFinite(pointer: Pointer, doubles: number, what: string): Float64Array {
    if (!Number.isFinite(this.kernels.maxAbs(doubles, pointer))) throw outOfRange(what);
    return this.read(pointer, doubles);
  }

  /** The doubles at pointer, in place: valid only until the next allocation, which may move the memory. */
  view(pointer: Pointer, doubles: number): Float64Array {
    return new Float64Array(this.kernels.memory.buffer, pointer, doubles);
  }

  dispose(): void {
    this.#kernels = null;
    this.#disposed = true;
  }
}

/** Arguments are finite when they get here, so where a result is not, it has left the range on the way. */
export function outOfRange(what: string): RangeError {
  return new RangeError(`${what} exceeds the range of double precision on these arguments`);
}

/** The module is valid, so an engine that refuses it is too old, or told to refuse by a content security policy. */
function unsupported(cause: unknown): Error {
  return new Error(
    'hessbound: this engine does not compile WebAssembly with SIMD (Node 16, Chrome 91, Firefox 89 and Safari 16.4 ' +
      `and later do, unless a content security policy forbids it): ${String(cause)}`,
    { cause },
  );
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}

function outOfMemory(bytes: number): RangeError {
  return new RangeError(
    `hessbound: out of memory: ${(bytes / 2 ** 20).toFixed(0)} MiB more do not fit into WebAssembly memory (4 GiB in all)`,
  );
}
