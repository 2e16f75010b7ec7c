/**
 * What the page of one's own model knows: the files, what was said of them, what was read in them, the analysis and its report. Everything is read and
 * computed by a Worker, which is ended where its answer is no longer wanted.
 */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { Engine } from './engine/engine.js';
import { type Answers, type Fault, type Field } from './engine/own/answers.js';
import { type Given, type Reading, type Wanted } from './engine/own/reading.js';
import { type Report } from './engine/own/report.js';
import { type Part, type Role } from './engine/own/roles.js';

export interface Item extends Part {
  file: File;
}

/** How far the analysis got. */
export interface Running {
  stage: string;
  fraction: number;
  /** Seconds left of the stage, once that can be told. */
  left?: number;
}

export const DEFAULTS: Wanted = { tolerance: 1e-6, exact: 'auto', allBounds: false, explain: true };

/** What is said of a model, and what of data: forgotten when another takes its place. */
const OF_MODEL: readonly Field[] = ['activation', 'activations', 'loss', 'layout', 'layers', 'weightDecay'];

/** In the order in which the page has them. */
export const ROLES = ['model', 'data', 'logits'] as const satisfies Role[];

/** The time left is not worth saying before so much of a stage is done, nor if it is less than that. */
const TELLING = { fraction: 0.03, seconds: 1 };

export class Study {
  readonly #items = signal<readonly Item[]>([]);
  readonly #answers = signal<Answers>({});
  readonly #wanted = signal<Wanted>(DEFAULTS);
  readonly #reading = signal<Reading | undefined>(undefined);
  readonly #isReading = signal(false);
  readonly #running = signal<Running | undefined>(undefined);
  readonly #report = signal<Report | undefined>(undefined);
  /** What the report is of. */
  readonly #reported = signal('');
  readonly #message = signal('');
  #engine: Engine | undefined;
  /** Calls of the Worker that are under way. */
  #calls = 0;
  /** Of which it is not known yet what they are: whatever is done meanwhile, none is lost. */
  #arriving: (readonly File[])[] = [];
  /** Counts changes, so that answers to what was before are told apart. */
  #change = 0;

  get items(): ReadonlySignal<readonly Item[]> {
    return this.#items;
  }
  get answers(): ReadonlySignal<Answers> {
    return this.#answers;
  }
  get wanted(): ReadonlySignal<Wanted> {
    return this.#wanted;
  }
  get reading(): ReadonlySignal<Reading | undefined> {
    return this.#reading;
  }
  /** Whether files are being read. */
  get isReading(): ReadonlySignal<boolean> {
    return this.#isReading;
  }
  get running(): ReadonlySignal<Running | undefined> {
    return this.#running;
  }
  get report(): ReadonlySignal<Report | undefined> {
    return this.#report;
  }
  /** Whether the report is of other files or choices than those that are chosen now. */
  readonly isStale: ReadonlySignal<boolean> = computed(
    () => this.#report.value !== undefined && this.#reported.value !== this.#chosen(),
  );
  /** What went wrong, or what has just been done; for the visitor to read. */
  get message(): ReadonlySignal<string> {
    return this.#message;
  }
  /** The fields of the form that would help. */
  readonly asked: ReadonlySignal<ReadonlySet<Field>> = computed(
    () => new Set(this.#reading.value?.faults.flatMap(({ asks }) => asks)),
  );

  /** Takes files in: each is found out to be a model, data or logits, and takes the place of what was there. */
  async add(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.#arriving.push(files);
    await this.#place();
  }

  /** What came first goes first. */
  async #place(): Promise<void> {
    const [files] = this.#arriving;
    const names = new Set(files.map(({ name }) => name));
    const before = this.#items.value.filter(({ file }) => !names.has(file.name));
    const change = this.#begin();
    const parts = await this.#ask(change, (engine) =>
      engine.call('rolesOf', [...before.map(({ file }) => file), ...files]),
    );
    // Whatever came between goes on with them.
    if (change !== this.#change) return;
    this.#arriving.shift();
    if (!parts) {
      this.#isReading.value = false;
      return;
    }
    const old = before.map((item, i) => ({ ...item, kind: parts[i].kind }));
    const added = files.map((file, i) => ({ file, ...parts[before.length + i] }));
    await this.#set([...old.filter((item) => !replaced(item, old, added)), ...added]);
  }

  async remove(item: Item): Promise<void> {
    await this.#set(this.#items.value.filter((one) => one !== item));
  }

  /** Where it was not found out rightly. */
  async use(item: Item, role: Role): Promise<void> {
    await this.#set(this.#items.value.map((one) => (one === item ? { ...item, role } : one)));
  }

  async answer(field: Field, value: string | undefined): Promise<void> {
    const answers = { ...this.#answers.value, [field]: value };
    if (value === undefined || value.trim() === '') Reflect.deleteProperty(answers, field);
    this.#answers.value = answers;
    await this.#read();
  }

  async want(changes: Partial<Wanted>): Promise<void> {
    this.#wanted.value = { ...this.#wanted.value, ...changes };
    await this.#read();
  }

  async analyze(): Promise<void> {
    const change = this.#begin(false);
    const chosen = this.#chosen();
    batch(() => {
      this.#running.value = { stage: 'reading', fraction: 0 };
      this.#report.value = undefined;
    });
    const clock = new Clock();
    const report = await this.#ask(change, (engine) =>
      engine.watch(
        'reportOf',
        ({ stage, fraction }) => {
          if (change === this.#change) this.#running.value = clock.tell(stage, fraction);
        },
        this.#given(),
        this.#wanted.value,
      ),
    );
    if (change !== this.#change) return;
    batch(() => {
      this.#running.value = undefined;
      if (!report) return;
      [this.#report.value, this.#reported.value] = [report, chosen];
      this.#message.value = 'The report is ready.';
    });
  }

  /** Ends the analysis at once. */
  cancel(): void {
    this.#begin(false);
    this.#message.value = 'Cancelled. Your files and choices are kept.';
  }

  /** A small network of three irises, and its data. */
  async example(): Promise<void> {
    const { exampleFiles } = await import('./example.js');
    batch(() => {
      this.#items.value = [];
      this.#arriving = [];
      this.#answers.value = {};
      this.#report.value = undefined;
      this.#wanted.value = DEFAULTS;
    });
    await this.add(exampleFiles());
    if (this.#reading.value?.plan) await this.analyze();
  }

  async #set(items: readonly Item[]): Promise<void> {
    const changed = (role: Role): boolean => filesOf(items, role) !== filesOf(this.#items.value, role);
    const forgotten = new Set<Field>();
    for (const field of Object.keys(this.#answers.value) as Field[]) {
      if (changed(OF_MODEL.includes(field) ? 'model' : 'data')) forgotten.add(field);
    }
    const kept = Object.entries(this.#answers.value).filter(([field]) => !forgotten.has(field as Field));
    batch(() => {
      this.#items.value = items;
      this.#answers.value = Object.fromEntries(kept);
    });
    await this.#read();
  }

  async #read(): Promise<void> {
    if (this.#arriving.length > 0) {
      await this.#place();
      return;
    }
    const change = this.#begin();
    const given = this.#given();
    if (given.files.length === 0) {
      batch(() => {
        this.#isReading.value = false;
        this.#reading.value = undefined;
      });
      return;
    }
    const reading = await this.#ask(change, (engine) => engine.call('readGiven', given, this.#wanted.value));
    if (change !== this.#change) return;
    batch(() => {
      this.#isReading.value = false;
      this.#reading.value = reading;
    });
  }

  /** All that decides about the numbers of a report. */
  #chosen(): string {
    const files = ROLES.map((role) => filesOf(this.#items.value, role));
    return JSON.stringify([files, this.#answers.value, this.#wanted.value]);
  }

  #given(): Given {
    return { files: [...this.#items.value], answers: this.#answers.value };
  }

  /** Something else is wanted from now on: a Worker that is busy is ended. */
  #begin(isReading = true): number {
    if (this.#calls > 0) {
      this.#engine?.close();
      this.#engine = undefined;
      this.#calls = 0;
    }
    batch(() => {
      this.#message.value = '';
      this.#running.value = undefined;
      this.#isReading.value = isReading;
    });
    return ++this.#change;
  }

  /** An error becomes the message, unless something else is wanted by now. */
  async #ask<T>(change: number, question: (engine: Engine) => Promise<T>): Promise<T | undefined> {
    this.#engine ??= new Engine();
    this.#calls++;
    try {
      return await question(this.#engine);
    } catch (error) {
      if (change === this.#change) this.#message.value = (error as Error).message;
      return undefined;
    } finally {
      if (change === this.#change) this.#calls--;
    }
  }
}

/** What files leave open, rather than have wrong. */
const OPEN: readonly Field[] = ['activation', 'loss', 'layout', 'layers', 'header'];

/** Whether an answer is all that is missing. */
export function isQuestion({ asks }: Fault): boolean {
  return asks.some((field) => OPEN.includes(field));
}

/** Whether an old file makes room for what was added. Shards that wait for their model stay, and so do the arrays of a pair. */
function replaced(item: Item, old: readonly Item[], added: readonly Item[]): boolean {
  if (!added.some(({ role, kind }) => role === item.role && kind !== 'beside')) return false;
  const hasWhole = (items: readonly Item[]): boolean =>
    items.some(({ role, kind }) => role === item.role && kind === 'whole');
  if (item.kind === 'whole') return true;
  if (item.kind === 'array') return hasWhole(added);
  return hasWhole(old);
}

function filesOf(items: readonly Item[], wanted: Role): string {
  return items
    .filter(({ role }) => role === wanted)
    .map(({ file: { name, size, lastModified } }) => `${name}/${size}/${lastModified}`)
    .join();
}

/** How long the rest of a stage will take, from how long it took so far. */
class Clock {
  #stage = '';
  #since = 0;

  tell(stage: string, fraction: number): Running {
    const now = performance.now();
    if (stage !== this.#stage) [this.#stage, this.#since] = [stage, now];
    const left = (((now - this.#since) / 1000) * (1 - fraction)) / fraction;
    const isTelling = fraction > TELLING.fraction && left > TELLING.seconds;
    return { stage, fraction, ...(isTelling && { left }) };
  }
}
