/** Layers that hold equal numbers, and may be one layer that is used twice. */
import { type DescribedLayer } from './description.js';

/** Parameters that two layers share count once in the tool that trained them, and twice here. */
export function tied(layers: readonly DescribedLayer[]): string[] {
  const notes: string[] = [];
  for (const [l, { name, weights: a }] of layers.entries()) {
    const twin = layers.slice(0, l).find(({ weights: b }) => {
      // Zeros are no sign of sharing.
      return a.data.length === b.data.length && a.data[0] !== 0 && a.data.every((x, i) => x === b.data[i]);
    });
    if (twin)
      notes.push(
        `layers ${twin.name} and ${name} hold the same numbers: each counts as parameters of its own`,
      );
  }
  return notes;
}
