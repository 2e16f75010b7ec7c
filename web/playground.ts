/**
 * What the page knows of its run, as signals, and what a visitor can do with it. The state decides every number; the Worker computes them; the panels
 * show them. One loop asks for frame after frame while the run plays.
 */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { Address } from './address.js';
import { Engine } from './engine/engine.js';
import { type OwnData } from './engine/own-data.js';
import { type Plane } from './engine/plane.js';
import { type Snapshot } from './engine/protocol.js';
import { type Frame } from './engine/session.js';
import { type Form } from './engine/keep.js';
import { type Kept, type Point } from './history.js';
import { Own } from './own.js';
import { readFile } from './own-file.js';
import { nextPaint } from './paint.js';
import { Shown } from './shown.js';
import { DEFAULTS, fromHash, sameRun, type State } from './state.js';

/** Outputs across the picture of the regions: smooth when scaled up, and a small part of a frame. */
const REGIONS = 48;
/** Milliseconds from one picture to the next while playing. */
const PICTURE_PACE = 40;
/** Frames on the way to the step of a link, and the most steps from one to the next, so that it can be paused. */
const WAY = 60;
const MOST_STRIDE = 1000;
/** Milliseconds that a new run waits for what is under way of the one before; a new Worker takes half of it. */
const PATIENCE = 300;

export class Playground {
  readonly #state = signal<State>(fromHash('').state);
  readonly #shown = new Shown();
  readonly #playing = signal(false);
  readonly #heading = signal<number | undefined>(undefined);
  readonly #message = signal<string | undefined>(undefined);
  readonly #kept = signal<readonly Kept[]>([]);
  readonly #address = new Address(() => this.#current());
  readonly #engine = new Engine();
  readonly #own = new Own(this.#engine);
  /** Counts runs, so that answers to an earlier one are told apart. */
  #run = 0;
  /** Those of the question and of the loop under way. */
  #asking: number | undefined;
  #looping: number | undefined;
  /** Of what the Worker is asked, the last. */
  #asked: Promise<void> = Promise.resolve();
  /** Where play stops; it goes on from there if asked again. */
  #goal = Infinity;
  #side: Engine | undefined;
  /** Whether anybody looks at the picture, when it was drawn last, and whether the run has gone on since. */
  #pictured = false;
  #drawnAt = 0;
  #stale = true;

  /** Set by change alone. */
  get state(): ReadonlySignal<State> {
    return this.#state;
  }
  /** What the frame and the history are of: until a new run has its first frame, the state before. */
  readonly shown: ReadonlySignal<State> = computed(() =>
    sameRun(this.#state.value, this.#shown.began.value) ? this.#state.value : this.#shown.began.value,
  );
  /** The last frame of the run; none before the first. */
  get frame(): ReadonlySignal<Frame | undefined> {
    return this.#shown.frame;
  }
  get history(): ReadonlySignal<readonly Point[]> {
    return this.#shown.history.points;
  }
  get plane(): ReadonlySignal<Plane | undefined> {
    return this.#shown.plane;
  }
  /** Outputs over the plane, as of the last frame. */
  get regions(): ReadonlySignal<Float64Array | undefined> {
    return this.#shown.regions;
  }
  /** Outputs for the samples, N × K, of the same moment. */
  get outputs(): ReadonlySignal<Float64Array | undefined> {
    return this.#shown.outputs;
  }
  /** What the visitor's file holds, once there is one. */
  get own(): ReadonlySignal<OwnData | undefined> {
    return this.#own.about;
  }
  get playing(): ReadonlySignal<boolean> {
    return this.#playing;
  }
  /** The step that the run of a link is on its way to. */
  get heading(): ReadonlySignal<number | undefined> {
    return this.#heading;
  }
  /** Why the run stopped, or what went wrong; for the visitor to read. */
  get message(): ReadonlySignal<string | undefined> {
    return this.#message;
  }
  get kept(): ReadonlySignal<readonly Kept[]> {
    return this.#kept;
  }

  /** A Worker beside that of the training, for figures and experiments that must not hold it up. */
  get side(): Engine {
    if (!this.#side) {
      this.#side = new Engine();
      this.#own.tell(this.#side);
    }
    return this.#side;
  }

  /** Begins the run of a URL, and goes where it had got. */
  async open(hash: string): Promise<void> {
    const { state, refused } = fromHash(hash);
    const run = this.#run;
    const found = state.data === 'own' ? await this.#own.find(state) : state;
    if (run !== this.#run) return;
    if (!found) {
      await this.#begin(
        { ...DEFAULTS },
        `This run used the file ${state.file} of whoever made the link; data never leave the computer they are on. Drop it here to see that run.`,
      );
      return;
    }
    await this.#begin(
      found,
      refused.length > 0 ? `The address has what this page cannot read: ${refused.join(', ')}.` : undefined,
    );
  }

  /** Changes what is chosen. A change of the numbers begins the run anew, and it goes on playing if it did. */
  async change(changes: Partial<State>): Promise<void> {
    const before = this.#state.value;
    const state = { ...before, ...changes };
    // Whoever waits for a first frame that takes long and asks for less effort need not wait for it.
    if (sameRun(before, state) && (this.frame.peek() || state.products === before.products)) {
      this.#state.value = state;
      this.#address.writeSoon();
      if (state.products !== before.products)
        await this.#ask(this.#run, async () => this.#show(await this.#engine.call('effort', state.products)));
      return;
    }
    await this.#begin({ ...state, steps: changes.steps ?? 0 });
  }

  /** Begins a run on the visitor's own data. @throws Error with a message for the visitor; the run before goes on */
  async openFile(file: File): Promise<void> {
    await this.#begin(await this.#own.take(file, this.#state.value));
  }

  /** Takes another column of that file for the targets, from 1; 0: that which is usual. @throws as openFile */
  async openColumn(column: number): Promise<void> {
    await this.#begin(await this.#own.takeColumn(column, this.#state.value));
  }

  /** Somebody looks at the picture, or nobody does any more. */
  picture(seen: boolean): void {
    this.#pictured = seen;
    if (seen) void this.#catchUp(this.#run);
  }

  play(): void {
    if (this.#playing.value) return;
    batch(() => {
      this.#playing.value = true;
      this.#message.value = undefined;
    });
    void this.#loop(this.#run);
  }

  /** Plays until there are so many steps in all. A pause does not forget it; another run does. */
  playTo(steps: number): void {
    this.#goal = steps;
    this.play();
  }

  /** After the frame under way, if there is one; on the way to the step of a link as well. */
  pause(): void {
    batch(() => {
      this.#playing.value = false;
      this.#heading.value = undefined;
    });
  }

  /** One frame, and stop. */
  async step(): Promise<void> {
    this.pause();
    await this.#advance(this.#run, this.#state.value.every);
    await this.#catchUp(this.#run);
    this.#address.write();
  }

  /** Back to step 0. */
  async reset(): Promise<void> {
    this.pause();
    await this.#begin({ ...this.#state.value, steps: 0 });
  }

  /** Makes steps until there are so many in all, in few frames; but all those of a story, whose sentences count them. */
  async #goThere(run: number): Promise<void> {
    const steps = this.#heading.value;
    if (steps === undefined) return;
    const { every, story } = this.#state.value;
    const stride = story === '' ? every * Math.ceil(Math.min(steps / WAY, MOST_STRIDE) / every) : every;
    while (run === this.#run && this.#heading.value !== undefined && this.#step < steps) {
      if (!(await this.#advance(run, Math.min(steps - this.#step, stride)))) break;
    }
    if (run !== this.#run) return;
    this.#heading.value = undefined;
    await this.#catchUp(run);
    this.#address.write();
  }

  /** The network and the data between two frames: as of the last one shown. Nothing if another run has begun meanwhile. */
  async snapshot(): Promise<Snapshot | undefined> {
    let snapshot: Snapshot | undefined;
    await this.#ask(this.#run, async () => {
      snapshot = await this.#engine.call('snapshot');
    });
    return snapshot;
  }

  /** A file of the network or the data as of the last frame, or of the whole run. @throws Error with a message for the visitor */
  written(form: Form | 'run'): Promise<Uint8Array<ArrayBuffer>> {
    return this.#between(() =>
      form === 'run'
        ? this.#engine.call('savedRun', this.shown.value, this.#shown.history.points.value)
        : this.#engine.call('written', form),
    );
  }

  /** Goes on with the run of a file where it was. @throws Error with a message for the visitor; the run before stays */
  async restore(file: File): Promise<void> {
    const named = await readFile(file);
    this.pause();
    await this.#between(async () => {
      const { state, history, frame, own } = await this.#engine.call('restore', named);
      const plane = await this.#engine.call('plane');
      this.#run++;
      batch(() => {
        this.#state.value = state;
        this.#message.value = undefined;
        this.#heading.value = undefined;
        if (own) this.#own.know(own.file, own.about, state.column);
        this.#shown.begin(state, frame, plane, history);
        this.#stale = true;
      });
    });
    this.#address.write();
    await this.#catchUp(this.#run);
    void this.#loop(this.#run);
  }

  /** Leaves the run so far in the charts. */
  keep(name: string): void {
    const history = this.#shown.history.points.value;
    const state = { ...this.shown.value, steps: this.#step };
    if (history.length > 0) this.#kept.value = [...this.#kept.value, { name, state, history }];
  }

  /** Takes kept runs out of the charts: one, or all. */
  drop(kept?: Kept): void {
    this.#kept.value = kept ? this.#kept.value.filter((one) => one !== kept) : [];
  }

  async #begin(state: State, message?: string): Promise<void> {
    const run = ++this.#run;
    this.#goal = Infinity;
    batch(() => {
      this.#state.value = state;
      this.#message.value = message;
      this.#heading.value = state.steps > 0 ? state.steps : undefined;
    });
    // Numbers of the run before stand for as long as nobody would mind, unless there will be no others.
    const old = this.#shown.frame.peek();
    const clear = (): void => {
      if (run === this.#run && this.#shown.frame.peek() === old) this.#shown.clear();
    };
    const patience = setTimeout(() => {
      this.#breakOff(run);
      clear();
    }, PATIENCE);
    await this.#ask(run, async () => {
      const frame = await this.#engine.call('begin', state);
      const plane = await this.#engine.call('plane');
      if (run !== this.#run) return;
      this.#shown.begin(state, frame, plane, []);
      this.#stale = true;
      await this.#draw(run);
    });
    clearTimeout(patience);
    clear();
    if (run !== this.#run) return;
    if (this.#shown.frame.peek()) await this.#goThere(run);
    else this.#heading.value = undefined;
    void this.#loop(run);
  }

  /** Ends the Worker if it is busy for a run that another has taken the place of. */
  #breakOff(run: number): void {
    if (run !== this.#run || this.#asking === undefined || this.#asking === run) return;
    this.#engine.close('another run began before that was done');
    this.#own.tellAnew();
  }

  /** Goes on as long as the run is this one and plays; whoever asks for that again meanwhile is served by the loop there is. The URL has where it ended. */
  async #loop(run: number): Promise<void> {
    if (run !== this.#run || run === this.#looping || this.#heading.value !== undefined) return;
    this.#looping = run;
    while (run === this.#run && this.#playing.value) {
      const rest = this.#goal - this.#step;
      if (!(await this.#advance(run, Math.min(this.#state.value.every, rest > 0 ? rest : Infinity)))) break;
      if (this.#step === this.#goal && run === this.#run) this.pause();
      this.#address.writeAtPace();
      await nextPaint();
    }
    if (run !== this.#run) return;
    this.#looping = undefined;
    this.#address.write();
    await this.#catchUp(run);
  }

  /** Whether the run can go on. */
  async #advance(run: number, steps: number): Promise<boolean> {
    let goesOn = false;
    await this.#ask(run, async () => {
      const { stopped, ...frame } = await this.#engine.call('advance', steps);
      if (run !== this.#run) return;
      goesOn = stopped === undefined;
      batch(() => {
        this.#show(frame);
        if (!stopped) return;
        this.pause();
        this.#message.value = `Stopped at step ${stopped.step}: ${stopped.reason}.`;
      });
      if (performance.now() - this.#drawnAt > PICTURE_PACE) await this.#draw(run);
    });
    return goesOn;
  }

  async #draw(run: number): Promise<void> {
    if (!this.#pictured) return;
    const [regions, outputs] = await Promise.all([
      this.#engine.call('regions', REGIONS),
      this.#engine.call('outputs'),
    ]);
    if (run !== this.#run) return;
    this.#drawnAt = performance.now();
    this.#stale = false;
    this.#shown.draw(regions, outputs);
  }

  /** Draws the moment that is shown, if that is not in the picture yet. */
  async #catchUp(run: number): Promise<void> {
    await this.#ask(run, async () => {
      if (this.#stale) await this.#draw(run);
    });
  }

  /** A question between two frames, whatever the run. */
  #between<Result>(question: () => Promise<Result>): Promise<Result> {
    const answer = this.#asked.then(question);
    this.#asked = answer.then(
      () => undefined,
      () => undefined,
    );
    return answer;
  }

  /** One question after another; an error becomes the message, unless another run has begun. */
  async #ask(run: number, question: () => Promise<void>): Promise<void> {
    await this.#between(async () => {
      if (run !== this.#run) return;
      this.#asking = run;
      try {
        await question();
      } catch (error) {
        if (run !== this.#run) return;
        batch(() => {
          this.pause();
          this.#message.value = (error as Error).message.replace(/^options\./, '');
        });
      } finally {
        this.#asking = undefined;
      }
    });
  }

  #show(frame: Frame): void {
    this.#shown.show(frame);
    this.#stale = true;
  }

  get #step(): number {
    return this.#shown.frame.value?.step ?? 0;
  }

  /** The state with the step that the run has got to, or is going to. */
  #current(): State {
    this.#state.value = { ...this.#state.value, steps: this.#heading.value ?? this.#step };
    return this.#state.value;
  }
}
