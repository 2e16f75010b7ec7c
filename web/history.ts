/** What is kept of a run's frames for the charts. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Frame } from './engine/session.js';
import { type State } from './state.js';

/** All of a frame but the whole spectrum and the bracket's history. */
export interface Point extends Omit<Frame, 'values' | 'closing'> {
  /** λ_max of the exact spectrum. */
  exact?: number;
}

/** A run that stays in the charts for comparison. */
export interface Kept {
  name: string;
  state: State;
  history: readonly Point[];
}

/** Past this it keeps every other point, again and again: charts are no wider. */
const MOST_POINTS = 4000;

export class History {
  readonly #points = signal<readonly Point[]>([]);
  /** The thinned history takes every so many frames. */
  #stride = 1;
  #frames = 0;

  get points(): ReadonlySignal<readonly Point[]> {
    return this.#points;
  }

  /** Of another run: with nothing before it, or with what its file has. */
  begin(points: readonly Point[]): void {
    [this.#stride, this.#frames] = [1, 0];
    this.#points.value = points;
  }

  /** The next frame, or the last one anew. */
  add(frame: Frame): void {
    const before = this.#points.value;
    if (before.at(-1)?.step === frame.step) {
      this.#points.value = [...before.slice(0, -1), pointOf(frame)];
      return;
    }
    if (this.#frames++ % this.#stride !== 0) return;
    const points = [...before, pointOf(frame)];
    if (points.length > MOST_POINTS) {
      this.#stride *= 2;
      this.#points.value = points.filter((_, i) => i % 2 === 0);
    } else this.#points.value = points;
  }
}

export function pointOf({ values, closing: _, ...rest }: Frame): Point {
  const exact = values?.at(-1);
  return { ...rest, ...(exact !== undefined && { exact }) };
}
