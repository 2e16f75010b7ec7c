/** The address of the page, from which the run comes back. Browsers refuse more than some hundred changes of it in half a minute. */
import { type State, toHash } from './state.js';

/** Milliseconds between two changes while a run plays. */
const PACE = 1000;
/** And between two that a slider makes. */
const PAUSE = 350;

export class Address {
  readonly #state: () => State;
  #writtenAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param state as it is when the address is written */
  constructor(state: () => State) {
    this.#state = state;
  }

  write(): void {
    this.#writtenAt = performance.now();
    const hash = toHash(this.#state());
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  }

  /** Now, or after a pause; of several before that the last. */
  writeSoon(): void {
    clearTimeout(this.#timer);
    const wait = this.#writtenAt + PAUSE - performance.now();
    if (wait <= 0) this.write();
    else this.#timer = setTimeout(() => this.write(), wait);
  }

  /** Unless it was written a moment ago: there will be another time. */
  writeAtPace(): void {
    if (performance.now() - this.#writtenAt > PACE) this.write();
  }
}
