/** What a terminal can do. */
import { fileProblem } from './input.js';

interface Output {
  isTTY?: boolean;
  columns?: number;
}

/** Colour and width for text written to a stream. FORCE_COLOR wins over NO_COLOR, as in Node. */
export function appearance(
  { isTTY, columns }: Output,
  environment: NodeJS.ProcessEnv,
): { color: boolean; width: number } {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = environment;
  const color =
    forced === undefined
      ? isTTY === true && !refused && terminal !== 'dumb'
      : forced !== '0' && forced !== 'false';
  return { color, width: columns ?? 80 };
}

/** Whether a line can be written over: TERM=dumb cannot go back in it. */
export function rewritable({ isTTY }: Output, environment: NodeJS.ProcessEnv): boolean {
  return isTTY === true && environment['TERM'] !== 'dumb';
}

/** Goes to the beginning of the line, and empties it. */
export const EMPTY_LINE = '\r\u001b[2K';

/** A reader that stops early, as head does, is no error. A full disk is, which nothing written after it could mend. */
export function flushedQuietly(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream !== process.stderr) {
      process.stderr.write(`hessbound: cannot write to standard output: ${fileProblem(error)}\n`);
    }
    process.exit(1);
  });
}
