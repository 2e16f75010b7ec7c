/**
 * Which samples each step takes. An epoch takes every sample once, in an order that is a function of the seed and the epoch's number
 * alone, so that a step's samples do not depend on how the way to it was cut.
 */
import { type TrainingPayload } from '../core/training.js';
import { permutation, uniform } from '../random.js';

export interface Batches {
  /** Steps whose samples may be listed at once. */
  most: number;
  /** The samples of so many steps, from step `first` on. */
  list: (first: number, steps: number) => TrainingPayload['batches'];
}

/** Indices in a list: a megabyte. */
const LISTED = 2 ** 18;

export function batchesOf(
  samples: number,
  { batch, seed }: { batch: number | undefined; seed: number },
): Batches {
  if (batch === undefined) return { most: Infinity, list: () => undefined };
  const perEpoch = Math.ceil(samples / batch);
  const list = (first: number, steps: number): TrainingPayload['batches'] => {
    const lengths = new Int32Array(steps);
    const listed = new Int32Array(steps * batch);
    let filled = 0;
    let order: Int32Array | undefined;
    for (let s = 0; s < steps; s++) {
      const place = (first + s) % perEpoch;
      if (!order || place === 0)
        order = permutation(samples, uniform(seed, Math.floor((first + s) / perEpoch)));
      const chosen = order.subarray(place * batch, (place + 1) * batch);
      listed.set(chosen, filled);
      lengths[s] = chosen.length;
      filled += chosen.length;
    }
    return { lengths, samples: listed.slice(0, filled) };
  };
  return { most: Math.max(1, Math.floor(LISTED / batch)), list };
}
