/** Ctrl-C and SIGTERM, as the abort of what they interrupt. */
import { constants } from 'node:os';
import { Interrupted } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** How long what was interrupted may take to clean up. */
const GRACE_MILLISECONDS = 1000;

/** What a command that can be interrupted is given. */
export interface Interruption {
  /** Aborted with an Interrupted. */
  readonly signal: AbortSignal;
  /** What is going on, for the line that says what was interrupted: 'moments, 40 %'. */
  during: string;
}

/** The outermost: a part of what can be interrupted is interrupted with it. */
let whole: Interruption | undefined;

/**
 * Runs what may take long, in workers or in short turns, so that this thread hears the signals. The first one aborts it, and it is left a second to
 * clean up; another one ends the process at once, as without this.
 */
export async function interruptible<Result>(
  during: string,
  body: (interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  if (whole) {
    whole.during = during;
    return body(whole);
  }
  const controller = new AbortController();
  const interruption = { signal: controller.signal, during };
  let patience: NodeJS.Timeout | undefined;
  let quiet = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (signal: (typeof SIGNALS)[number]): void => {
      quiet();
      const reason = new Interrupted(`interrupted: ${interruption.during}`, 128 + constants.signals[signal]);
      patience = setTimeout(() => reject(reason), GRACE_MILLISECONDS);
      controller.abort(reason);
    };
    quiet = () => SIGNALS.forEach((signal) => process.off(signal, stop));
    SIGNALS.forEach((signal) => process.on(signal, stop));
  });
  whole = interruption;
  try {
    return await Promise.race([body(interruption), stopped]);
  } finally {
    whole = undefined;
    clearTimeout(patience);
    quiet();
  }
}
