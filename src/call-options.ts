/** How a call that takes its time is watched and ended. */
import { describe } from './validate.js';

export interface CallOptions {
  /** Its abort rejects the call at once, with signal.reason. */
  signal?: AbortSignal | undefined;
  /**
   * Told the fraction finished, which only ever grows; 1 before the call resolves. Of sharpness also the stage under way. What it throws
   * rejects the call.
   */
  onProgress?: ((fraction: number, stage?: Stage) => void) | undefined;
}

/** A part of a method that has several, and the fraction finished of it. */
export interface Stage {
  name: string;
  fraction: number;
}

/** The names of CallOptions. */
export const CALL_OPTIONS = ['signal', 'onProgress'] as const;

export function checkCallOptions(signal: unknown, onProgress: unknown): CallOptions {
  if (signal !== undefined && !isSignal(signal)) {
    throw new TypeError(`options.signal: expected an AbortSignal; got ${describe(signal)}`);
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError(`options.onProgress: expected a function; got ${describe(onProgress)}`);
  }
  return { signal, onProgress: onProgress as CallOptions['onProgress'] };
}

/** By what it does: a signal may come from another realm. */
function isSignal(value: unknown): value is AbortSignal {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignal).aborted === 'boolean' &&
    typeof (value as AbortSignal).throwIfAborted === 'function' &&
    typeof (value as AbortSignal).addEventListener === 'function'
  );
}
