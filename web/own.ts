/** The visitor's own data: the Workers know them, the tab keeps them, and a link to a run on them waits until its file is there. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Engine } from './engine/engine.js';
import { type OwnData } from './engine/own-data.js';
import { type OwnFile } from './engine/protocol.js';
import { keepFile, keptFile, readFile } from './own-file.js';
import { fitting, lossesOf, type State } from './state.js';

export class Own {
  readonly #about = signal<OwnData | undefined>(undefined);
  readonly #engine: Engine;
  #others: Engine[] = [];
  #file: OwnFile | undefined;
  #column = 0;
  #wanted: State | undefined;

  /** @param engine reads them */
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get about(): ReadonlySignal<OwnData | undefined> {
    return this.#about;
  }

  /** Another Worker that is to know them. */
  tell(engine: Engine): void {
    this.#others.push(engine);
    if (this.#file) void engine.call('own', this.#file, this.#column);
  }

  /** The Worker that reads them is another, which has to be told. */
  tellAnew(): void {
    if (this.#file) this.#engine.call('own', this.#file, this.#column).catch(() => undefined);
  }

  /** The state of a run on a new file: what fits the state before, or that of the link which waits for it. @throws Error with a message for the visitor */
  async take(file: File, before: State): Promise<State> {
    const named = await readFile(file);
    const wanted = this.#wanted?.file === named.name ? this.#wanted : undefined;
    return this.#read(named, wanted?.column ?? 0, before, wanted);
  }

  /** The same with another column of targets. @throws as take */
  async takeColumn(column: number, before: State): Promise<State> {
    return this.#file ? this.#read(this.#file, column, before) : before;
  }

  /** The state of a link, if its file is here. */
  async find(link: State): Promise<State | undefined> {
    const file = this.#file?.name === link.file ? this.#file : keptFile(link.file);
    try {
      if (file) return await this.#read(file, link.column, link, link);
    } catch {
      // What was kept is not what it was: as if there were none.
    }
    this.#wanted = link;
    return undefined;
  }

  /** What the engine has read by another way: from the file of a run. */
  know(file: OwnFile, about: OwnData, column: number): void {
    for (const other of this.#others) void other.call('own', file, column);
    [this.#file, this.#column, this.#wanted] = [file, column, undefined];
    keepFile(file);
    this.#about.value = about;
  }

  async #read(file: OwnFile, column: number, before: State, wanted?: State): Promise<State> {
    const about = await this.#engine.call('own', file, column);
    this.know(file, about, column);
    const chosen = { data: 'own', file: file.name, column, classes: about.classes.length } as const;
    const state = wanted ? { ...wanted, ...chosen } : { ...before, ...fitting(before, chosen), steps: 0 };
    const losses = lossesOf('own', state.classes);
    return losses.includes(state.loss) ? state : { ...state, loss: losses[0] };
  }
}
