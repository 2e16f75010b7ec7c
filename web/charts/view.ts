/** What the charts of a run share: the part of it they show, the step under the cursor, and the curves that are put away. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Point, pointOf } from '../history.js';
import { type Playground } from '../playground.js';
import { type Ends, stepEnds } from './ends.js';

/** Axes that a visitor has narrowed; the others show all there is. */
export interface Zoom {
  steps?: Ends;
  /** Of one chart, by its name. */
  values?: Record<string, Ends>;
}

/** Steps in sight, at least. */
const FEWEST = 4;

export class View {
  readonly zoom = signal<Zoom>({});
  /** Where in the history the cursor is. */
  readonly at = signal<number | undefined>(undefined);
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  readonly #playground: Playground;

  /** All steps there are, of this run and of those kept. */
  readonly whole: ReadonlySignal<Ends> = computed(() => {
    const { history, kept } = this.#playground;
    const runs = [history.value, ...kept.value.map((run) => run.history)];
    return stepEnds(Math.max(...runs.map((run) => run.at(-1)?.step ?? 0)));
  });

  /** The steps in sight. */
  readonly steps: ReadonlySignal<Ends> = computed(() => this.zoom.value.steps ?? this.whole.value);

  /** The moment that legends speak of: that under the cursor, or the last. */
  readonly moment: ReadonlySignal<Point | undefined> = computed(() => {
    const at = this.at.value;
    const { history, frame } = this.#playground;
    return (at === undefined ? undefined : history.value[at]) ?? (frame.value && pointOf(frame.value));
  });

  constructor(playground: Playground) {
    this.#playground = playground;
  }

  /** factor below 1: fewer steps, around a point of the axis from 0 to 1. */
  scale(factor: number, around = 0.5): void {
    const [low, high] = this.steps.value;
    const centre = low + around * (high - low);
    this.show([centre + factor * (low - centre), centre + factor * (high - centre)]);
  }

  /** By so much of what is in sight. */
  shift(part: number): void {
    const [low, high] = this.steps.value;
    const [first, last] = this.whole.value;
    const by = Math.min(last - high, Math.max(first - low, part * (high - low)));
    this.show([low + by, high + by]);
  }

  /** As far as there are steps; those of the values are forgotten, but where they are given. */
  show([low, high]: Ends, values?: Record<string, Ends>): void {
    const [first, last] = this.whole.value;
    const steps: Ends = [Math.max(first, low), Math.min(last, high)];
    if (steps[1] - steps[0] < FEWEST) return;
    const all = steps[0] === first && steps[1] === last;
    this.zoom.value = { ...(!all && { steps }), ...(values && { values }) };
  }

  showAll(): void {
    this.zoom.value = {};
  }

  toggle(name: string): void {
    const hidden = new Set(this.hidden.value);
    if (!hidden.delete(name)) hidden.add(name);
    this.hidden.value = hidden;
  }
}
