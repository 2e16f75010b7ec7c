/** What the pool and its workers tell each other. */

export type ToWorker =
  | { type: 'start'; module: WebAssembly.Module }
  /** Before the first task of a job. */
  | { type: 'open'; job: number; kind: string; payload: unknown; progress: boolean }
  | { type: 'run'; job: number; index: number; task: unknown }
  | { type: 'close'; job: number };

export type FromWorker =
  | { type: 'progress'; index: number; fraction: number }
  | { type: 'done'; index: number; part: unknown }
  | { type: 'failed'; index: number; error: Failure };

/** An error on its way between threads: not every engine's structured clone keeps the class. */
export interface Failure {
  name: string;
  message: string;
}

export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { message } = error;
  return { name: CLASSES.find((known) => error instanceof known)?.name ?? 'Error', message };
}

export function toError({ name, message }: Failure): Error {
  const Class = CLASSES.find((known) => known.name === name) ?? Error;
  return new Class(message);
}

const CLASSES = [TypeError, RangeError] as const;
