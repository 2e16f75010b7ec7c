/** What a terminal can do, and a line on it that rewrites itself. */

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

/** A reader that stops early, as head does, is no error. */
export function flushedQuietly(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** One line on stderr that says what is going on, if that is a terminal and the user wants to know. */
export class StatusLine {
  readonly enabled: boolean;
  #written = 0;

  constructor({ quiet }: { quiet: boolean }) {
    this.enabled = process.stderr.isTTY && !quiet;
  }

  /** Not more often than eyes can follow, unless it matters. */
  update(text: string, { always = false } = {}): void {
    const now = performance.now();
    if (!this.enabled || (!always && now - this.#written < 50)) return;
    this.#written = now;
    process.stderr.write(`\r\u001b[2K  ${text.slice(0, process.stderr.columns - 3)}`);
  }

  clear(): void {
    if (this.#written > 0) process.stderr.write('\r\u001b[2K');
  }
}
