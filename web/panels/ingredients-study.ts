/**
 * What is measured for the tab of the ingredients, in which order, and what of it is shown. One point after another, in a Worker of its own: what the
 * sliders say, then the curves, coarse first, then the reasons, then the rest of the curves. The newest wish comes first, and a Worker that is long at
 * something nobody wants any more is ended. What was shown stays, marked as old, until there is something whole to take its place.
 */
import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { Engine } from '../engine/engine.js';
import { type Measurement, type Problem, type Reasons, type TooMuch } from '../engine/ingredients.js';
import { type Snapshot } from '../engine/protocol.js';
import { AS_IT_IS, type Ingredient, INGREDIENTS, placeOf, pointsOf, same, type Variation } from '../ingredients.js'; // prettier-ignore

export interface Point {
  value: number;
  found: Measurement | TooMuch;
}

export interface Curve {
  /** Ascending. */
  points: readonly Point[];
  /** Of an earlier step, or of other places of the other sliders. */
  old: boolean;
}

export interface Moment {
  step: number;
  variation: Variation;
  /** As the network and the data are, and as the sliders say. */
  plain: Measurement | TooMuch;
  varied: Measurement | TooMuch;
}

/** The reasons, or those of an earlier moment. */
export interface Told {
  found: Reasons | TooMuch;
  old: boolean;
}

/** Milliseconds between two looks at a run that goes on. */
const PACE = 1000;
/** Milliseconds after which a measurement that nobody wants any more is broken off; a new Worker takes half of it. */
const PATIENCE = 300;

/** What goes to the Worker next. */
interface Wish {
  kind: 'vary' | 'explain';
  variation: Variation;
}

export class Study {
  readonly #snapshot: () => Promise<Snapshot | undefined>;
  readonly #moment = signal<Moment | undefined>(undefined);
  readonly #curves = signal<Partial<Record<Ingredient, Curve>>>({});
  readonly #reasons = signal<Told | undefined>(undefined);
  readonly #trouble = signal<string | undefined>(undefined);
  readonly #busy = signal(false);

  #engine: Engine | undefined = new Engine();
  #variation: Variation = AS_IT_IS;
  #step = 0;
  #problem: Problem | undefined;
  /** Of the problem, by the variation's key. */
  #found = new Map<string, Measurement | TooMuch>();
  #explained = new Map<string, Reasons | TooMuch>();
  /** Whether the run has gone on since the problem was taken. */
  #behind = true;
  #takenAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #playing = false;
  #active = true;
  #working = false;
  #current: { wish: Wish; since: number; problem: Problem } | undefined;

  constructor(snapshot: () => Promise<Snapshot | undefined>) {
    this.#snapshot = snapshot;
  }

  get moment(): ReadonlySignal<Moment | undefined> {
    return this.#moment;
  }
  get curves(): ReadonlySignal<Partial<Record<Ingredient, Curve>>> {
    return this.#curves;
  }
  get reasons(): ReadonlySignal<Told | undefined> {
    return this.#reasons;
  }
  get trouble(): ReadonlySignal<string | undefined> {
    return this.#trouble;
  }
  /** Whether something is still to be measured. */
  get busy(): ReadonlySignal<boolean> {
    return this.#busy;
  }

  /** The run has gone on. While it plays the curves stay coarse. */
  follow(playing: boolean): void {
    this.#playing = playing;
    this.#behind = true;
    this.#start();
  }

  move(variation: Variation): void {
    if (same(variation, this.#variation)) return;
    this.#variation = variation;
    this.#impatient();
    this.#publish();
    this.#start();
  }

  /** Whether anyone can see it: nothing is measured for nobody. */
  watch(active: boolean): void {
    this.#active = active;
    this.#start();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#engine?.close();
    this.#engine = undefined;
  }

  #start(): void {
    if (!this.#working && this.#active && this.#engine) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    this.#busy.value = true;
    while (this.#active && this.#engine) {
      if (this.#due()) await this.#take();
      const wish = this.#next();
      if (!wish || !this.#problem) break;
      await this.#grant(wish, this.#problem);
      this.#publish();
    }
    this.#working = false;
    this.#busy.value = false;
    if (this.#behind && this.#engine) this.#later();
  }

  /** While the run plays the coarse curves are finished first, or they never were. */
  #due(): boolean {
    if (!this.#behind || performance.now() - this.#takenAt < PACE) return false;
    return !this.#problem || !this.#playing || this.#next() === undefined;
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), Math.max(0, this.#takenAt + PACE - performance.now()));
  }

  async #take(): Promise<void> {
    this.#behind = false;
    this.#takenAt = performance.now();
    const snapshot = await this.#snapshot();
    if (!snapshot) return;
    const { step, network, data } = snapshot;
    this.#step = step;
    this.#problem = { network, data };
    this.#found = new Map();
    this.#explained = new Map();
    this.#trouble.value = undefined;
  }

  #next(): Wish | undefined {
    const wanted = (variation: Variation): boolean => !this.#found.has(key(variation));
    const now = this.#variation;
    const first = [AS_IT_IS, now].find(wanted);
    const coarse = first ?? this.#points(false).find(wanted);
    if (coarse) return { kind: 'vary', variation: coarse };
    if (!this.#explained.has(key(now))) return { kind: 'explain', variation: now };
    const fine = this.#playing ? undefined : this.#points(true).find(wanted);
    return fine && { kind: 'vary', variation: fine };
  }

  #points(fine: boolean): Variation[] {
    return INGREDIENTS.flatMap((name) =>
      pointsOf(name, fine).map((value) => ({ ...this.#variation, [name]: value })),
    );
  }

  async #grant(wish: Wish, problem: Problem): Promise<void> {
    const { kind, variation } = wish;
    const engine = this.#engine!;
    this.#current = { wish, since: performance.now(), problem };
    try {
      if (kind === 'vary') this.#found.set(key(variation), await engine.call(kind, problem, variation));
      else this.#explained.set(key(variation), await engine.call(kind, problem, variation));
    } catch (error) {
      // Broken off: nobody waits for it.
      if (engine !== this.#engine) return;
      this.#trouble.value = (error as Error).message;
      const nothing = { parameters: NaN, tooMuch: true } as const;
      (kind === 'vary' ? this.#found : this.#explained).set(key(variation), nothing);
    } finally {
      this.#current = undefined;
    }
  }

  /** Breaks off what takes long and is not wanted any more. */
  #impatient(): void {
    const current = this.#current;
    if (!current) return;
    setTimeout(
      () => {
        if (current !== this.#current || !this.#engine) return;
        const { kind, variation } = current.wish;
        const wanted =
          kind === 'vary'
            ? [AS_IT_IS, this.#variation].some((one) => same(one, variation))
            : same(this.#variation, variation);
        if (wanted || this.#found.has(key(this.#variation))) return;
        const ended = this.#engine;
        this.#engine = new Engine();
        ended.close();
      },
      Math.max(0, current.since + PATIENCE - performance.now()),
    );
  }

  /** What is whole takes the place of what was shown; the rest of that is old. */
  #publish(): void {
    batch(() => {
      const found = (variation: Variation): Measurement | TooMuch | undefined =>
        this.#found.get(key(variation));
      const [plain, varied] = [found(AS_IT_IS), found(this.#variation)];
      if (plain && varied)
        this.#moment.value = { step: this.#step, variation: this.#variation, plain, varied };
      const reasons = this.#explained.get(key(this.#variation));
      const told = this.#reasons.peek();
      if (reasons) this.#reasons.value = { found: reasons, old: false };
      else if (told) this.#reasons.value = { ...told, old: true };
      this.#curves.value = Object.fromEntries(
        INGREDIENTS.flatMap((name) => {
          const curve = this.#curve(name);
          return curve ? [[name, curve]] : [];
        }),
      );
    });
  }

  #curve(name: Ingredient): Curve | undefined {
    const shown = this.#curves.peek()[name];
    const at = (value: number): Variation => ({ ...this.#variation, [name]: value });
    const values = new Set([...pointsOf(name, true), this.#variation[name]]);
    const points = [...values]
      .sort((a, b) => placeOf(name, a) - placeOf(name, b))
      .flatMap((value): Point[] => {
        const found = this.#found.get(key(at(value)));
        return found ? [{ value, found }] : [];
      });
    const whole = pointsOf(name, false).every((value) => this.#found.has(key(at(value))));
    if (whole || (shown === undefined && points.length > 0)) return { points, old: false };
    if (!shown) return undefined;
    // A first curve grows point by point.
    return shown.points.every(({ value, found }) => this.#found.get(key(at(value))) === found)
      ? { points, old: false }
      : { ...shown, old: true };
  }
}

function key({ norms, widen, alike }: Variation): string {
  return `${norms} ${widen} ${alike}`;
}
