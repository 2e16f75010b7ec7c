/**
 * Figures that follow the run: only while they are in sight, at a pace of their own, and never longer than a third of the time: a figure that takes a second
 * comes every fourth. A run that stands still has its figures at once.
 */
import { effect, untracked } from '@preact/signals';
import { type RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Frame } from '../engine/session.js';
import { type Playground } from '../playground.js';
import { sameRun } from '../state.js';

export interface Live<Result> {
  /** To be given to the element that the figures are in. */
  box: RefObject<HTMLDivElement | null>;
  /** None before the first, and the last until the next. */
  result?: Result;
  busy: boolean;
  failure?: string;
  /** Asks anew. */
  again: () => void;
}

/** Draws for a frame, in so many pixels; nothing if there is another run by now. */
type Ask<Result> = (frame: Frame, width: number) => Promise<Result | undefined>;

type Shown<Result> = Pick<Live<Result>, 'result' | 'busy' | 'failure'>;

/** So much of the time is left to others after each figure. */
const REST = 3;
/** Milliseconds that nobody waits: work that takes less is not announced. */
const AT_ONCE = 300;
/** Milliseconds without another frame after which a run that is not playing stands still. */
const SETTLE = 150;
/** Pixels outside the window where a figure is made ready. */
const NEAR = '150px';

/** @param pace milliseconds between two figures, at least @param key whatever it is that, changed, asks for new ones */
export function useLive<Result>(
  playground: Playground,
  pace: number,
  key: string,
  ask: Ask<Result>,
): Live<Result> {
  const box = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown<Result>>({ busy: false });
  const asking = useRef(ask);
  asking.current = ask;
  const follower = useRef<Follower<Result>>(undefined);
  useEffect(() => {
    const latest: Ask<Result> = (frame, width) => asking.current(frame, width);
    follower.current = new Follower(playground, box.current!, pace, latest, setShown);
    return () => follower.current?.stop();
  }, [playground, pace]);
  useEffect(() => follower.current?.again(), [key]);
  return { box, ...shown, again: () => follower.current?.again() };
}

class Follower<Result> {
  readonly #playground: Playground;
  readonly #box: HTMLElement;
  readonly #pace: number;
  readonly #ask: Ask<Result>;
  readonly #show: (change: (shown: Shown<Result>) => Shown<Result>) => void;
  readonly #ends: (() => void)[] = [];
  #stopped = false;
  #inSight = false;
  #underWay = false;
  #notBefore = 0;
  #timer = 0;
  /** What the figures are of; nothing: they must be made. */
  #done: Frame | undefined;
  #width = 0;

  constructor(
    playground: Playground,
    box: HTMLElement,
    pace: number,
    ask: Ask<Result>,
    show: (change: (shown: Shown<Result>) => Shown<Result>) => void,
  ) {
    [this.#playground, this.#box, this.#pace, this.#ask, this.#show] = [playground, box, pace, ask, show];
    const seen = new IntersectionObserver(
      (entries) => {
        this.#inSight = entries.at(-1)!.isIntersecting;
        this.#consider();
      },
      { rootMargin: NEAR },
    );
    seen.observe(box);
    const sized = new ResizeObserver(() => this.#resize());
    sized.observe(box);
    const unfollow = effect(() => this.#consider(playground.frame.value, playground.playing.value));
    this.#ends.push(() => seen.disconnect(), () => sized.disconnect(), unfollow); // prettier-ignore
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const end of this.#ends) end();
  }

  again(): void {
    this.#done = undefined;
    this.#notBefore = 0;
    this.#consider();
  }

  #resize(): void {
    // Not for every pixel of a window that is being dragged.
    const width = Math.max(240, Math.floor(this.#box.clientWidth / 4) * 4);
    if (width === this.#width) return;
    this.#width = width;
    this.again();
  }

  #consider(frame = this.#playground.frame.peek(), playing = this.#playground.playing.peek()): void {
    if (this.#stopped || !this.#inSight || this.#underWay || this.#width === 0) return;
    if (!frame || frame === this.#done) return;
    clearTimeout(this.#timer);
    const rest = this.#notBefore - performance.now();
    const wait = playing ? rest : Math.min(rest, SETTLE);
    if (wait > 0) this.#timer = window.setTimeout(() => this.#consider(), wait);
    else untracked(() => void this.#make(frame));
  }

  async #make(frame: Frame): Promise<void> {
    const began = performance.now();
    const state = this.#playground.state.peek();
    this.#underWay = true;
    const announcing = setTimeout(() => this.#tell({ busy: true }), AT_ONCE);
    // Marked before, so that what changes meanwhile asks again.
    this.#done = frame;
    try {
      const result = await this.#ask(frame, this.#width);
      if (!this.#stopped && result !== undefined && sameRun(state, this.#playground.state.peek()))
        this.#show(() => ({ result, busy: false }));
    } catch (error) {
      this.#tell({ failure: (error as Error).message });
    }
    clearTimeout(announcing);
    this.#tell({ busy: false });
    this.#underWay = false;
    const now = performance.now();
    this.#notBefore = Math.max(began + this.#pace, now + REST * (now - began));
    this.#consider();
  }

  #tell(change: Partial<Shown<Result>>): void {
    if (!this.#stopped) this.#show((shown) => ({ ...shown, ...change }));
  }
}
