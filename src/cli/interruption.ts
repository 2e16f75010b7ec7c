/** Ctrl-C and SIGTERM, as the abort of what they interrupt. */
import { constants } from 'node:os';
import { Interrupted } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What a command that can be interrupted is given. */
export interface Interruption {
  /** Aborted with an Interrupted. */
  readonly signal: AbortSignal;
  /** What is going on, for the line that says what was interrupted: 'moments, 40 %'. */
  during: string;
}

/**
 * Runs what may take long, in workers, so that this thread hears the signals. Their first aborts it, and it is left to clean up; a second one
 * ends the process at once, as without this.
 */
export async function interruptible<Result>(
  during: string,
  body: (interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const interruption = { signal: controller.signal, during };
  const stop = (signal: (typeof SIGNALS)[number]): void => {
    quiet();
    controller.abort(new Interrupted(`interrupted: ${interruption.during}`, 128 + constants.signals[signal]));
  };
  const quiet = (): void => SIGNALS.forEach((signal) => process.off(signal, stop));
  SIGNALS.forEach((signal) => process.on(signal, stop));
  try {
    return await body(interruption);
  } finally {
    quiet();
  }
}
