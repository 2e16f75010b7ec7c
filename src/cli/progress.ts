/** A bar on the terminal that says what is going on and how long it will take; nothing of it stays on the screen. */
import { type Options, type Params, SingleBar } from 'cli-progress';
import { duration } from '../report/numbers.js';
import { rewritable } from './terminal.js';

/** What a bar is drawn on. */
type Terminal = NodeJS.WriteStream;

/** Where there is no room for a bar there is none, and below that no more than fits is written. */
const BAR = { most: 30, least: 8 };

/** One bar for each step of what takes long, one after another. None where nobody watches. */
export class Progress {
  readonly enabled: boolean;
  readonly #terminal: Terminal;
  #bar: SingleBar | undefined;
  #step: string | undefined;

  /** A terminal that cannot go back in its line (TERM=dumb) shows none. */
  constructor(
    { quiet }: { quiet: boolean },
    terminal: Terminal = process.stderr,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.enabled = !quiet && rewritable(terminal, environment);
    this.#terminal = terminal;
  }

  /** The fraction finished of a step; words, if any, come after the time left. */
  update(step: string, fraction: number, words = ''): void {
    if (!this.enabled) return;
    if (step !== this.#step) {
      this.clear();
      this.#step = step;
      this.#bar = startBar(this.#terminal, { step, words });
    }
    this.#bar!.update(fraction, { step, words });
  }

  /** Leaves the line empty, for what comes next. */
  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#step = undefined;
  }
}

interface Words {
  step: string;
  words: string;
}

function startBar(terminal: Terminal, words: Words): SingleBar {
  const bar = new SingleBar({
    stream: terminal,
    format: draw,
    fps: 10,
    // Of a second or so: the speed of a step changes while it warms up.
    etaBuffer: 20,
    clearOnComplete: true,
    // Nothing about the terminal is changed, so nothing has to be restored, however the process ends.
    hideCursor: false,
    linewrap: true,
    gracefulExit: false,
  });
  bar.start(1, 0, words);
  return bar;
}

/** moments  ━━━━━━━╌╌╌╌  58 %  12 s left */
function draw(_options: Options, { progress, eta, maxWidth }: Params, { step, words }: Words): string {
  const percentage = `${Math.floor(100 * progress)} %`.padStart(5);
  const left = progress > 0 && eta > 0 && Number.isFinite(eta) ? `about ${duration(eta)} left` : '';
  // The last column stays free: some terminals wrap a line that fills it.
  const room = maxWidth - 1;
  const parts = [percentage, left, words].filter((part) => part !== '');
  const text = parts.join('  ').replaceAll('\u00a0', ' ');
  const width = Math.min(BAR.most, room - `  ${step}    ${text}`.length);
  const gauge = width < BAR.least ? '' : `${'━'.repeat(Math.round(progress * width)).padEnd(width, '╌')}  `;
  return `  ${step}  ${gauge}${text}`.slice(0, room);
}
