/**
 * What a file of weights says beside them, under names of our own: activation (of the hidden layers) or activations (of all, separated by
 * commas), loss, weight_decay, classes. In safetensors they are strings in __metadata__, classes a JSON array; in .npz they are arrays.
 */
import { LOSSES } from '../network.js';
import { describe } from '../validate.js';
import { type NetworkDescription } from './description.js';
import { FormatError } from './files.js';
import { parseJsonText } from './json-text.js';

export const STATED = ['activation', 'activations', 'loss', 'weight_decay', 'classes'] as const;

/** Weights, with what is stated of the rest. Other names are the user's own, and tools write some (format: pt). */
export function withStated(
  weights: NetworkDescription,
  metadata: ReadonlyMap<string, string>,
): NetworkDescription {
  const { file } = weights;
  const [activation, activations, loss, decay, classes] = STATED.map((name) => metadata.get(name));
  if (activation !== undefined && activations !== undefined) {
    throw new FormatError(file, 'expected activation or activations; got both');
  }
  const description = { ...weights };
  if (activations !== undefined) setActivations(description, activations.split(','));
  if (activation !== undefined) {
    const { layers } = description;
    setActivations(description, [...layers.slice(1).map(() => activation), 'identity']);
    description.notes = [...description.notes, LOGITS];
  }
  if (loss !== undefined) description.loss = lossNamed(file, loss);
  if (decay !== undefined) description.weightDecay = decayOf(file, decay);
  if (classes !== undefined) description.classes = classesOf(description, classes);
  return description;
}

/** Said wherever it is taken for granted. */
const LOGITS = 'the last layer is taken to give logits: nothing follows it';

function setActivations(description: NetworkDescription, names: readonly string[]): void {
  const { file, layers } = description;
  if (names.length !== layers.length) {
    throw new FormatError(
      file,
      `activations: expected ${layers.length} names, one for each layer; got ${names.length}`,
    );
  }
  description.layers = layers.map((layer, l) => ({ ...layer, activation: names[l].trim() }));
  description.architecture = 'literal';
}

function lossNamed(file: string, name: string): (typeof LOSSES)[number] {
  const known = LOSSES.find((loss) => loss === name);
  if (known) return known;
  throw new FormatError(file, `loss: expected one of ${LOSSES.join(', ')}; got ${describe(name)}`);
}

function decayOf(file: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 0 && value < Infinity) return value;
  throw new FormatError(file, `weight_decay: expected a number ≥ 0; got ${describe(text)}`);
}

function classesOf({ file, layers }: NetworkDescription, text: string): string[] {
  const value = parseJsonText(file, text, 'classes');
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string' || typeof name === 'number')) {
    throw new FormatError(file, `classes: expected a JSON array of names; got ${describe(value)}`);
  }
  const outputs = layers.at(-1)!.weights.rows;
  if (value.length !== outputs && !(outputs === 1 && value.length === 2)) {
    throw new FormatError(
      file,
      `classes: expected ${outputs} names, as many as there are outputs; got ${value.length}`,
    );
  }
  return value.map(String);
}
