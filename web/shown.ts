/** What the page shows of a run, and of which. */
import { batch, signal } from '@preact/signals';
import { type Plane } from './engine/plane.js';
import { type Frame } from './engine/session.js';
import { History, type Point } from './history.js';
import { DEFAULTS, type State } from './state.js';

export class Shown {
  /** The choices with which the frame's run began. */
  readonly began = signal<State>(DEFAULTS);
  readonly frame = signal<Frame | undefined>(undefined);
  readonly history = new History();
  readonly plane = signal<Plane | undefined>(undefined);
  readonly regions = signal<Float64Array | undefined>(undefined);
  readonly outputs = signal<Float64Array | undefined>(undefined);

  /** Of a run: with nothing before it, or with what its file has. */
  begin(state: State, frame: Frame, plane: Plane, history: readonly Point[]): void {
    batch(() => {
      this.clear();
      this.began.value = state;
      this.history.begin(history);
      this.plane.value = plane;
      this.show(frame);
    });
  }

  show(frame: Frame): void {
    this.frame.value = frame;
    this.history.add(frame);
  }

  draw(regions: Float64Array, outputs: Float64Array): void {
    batch(() => {
      this.regions.value = regions;
      this.outputs.value = outputs;
    });
  }

  /** Nothing is known of a new run yet: the numbers of another would pass for its own. */
  clear(): void {
    batch(() => {
      for (const one of [this.frame, this.plane, this.regions, this.outputs]) one.value = undefined;
      this.history.begin([]);
    });
  }
}
