/**
 * From what a file tells to a Network: the activations under our names, the softmax or sigmoid at the end as part of the loss, every
 * shape checked, and a sentence for everything that was inferred.
 */
import { type Activation, checkNetwork, type Layer, type Loss, type Network } from '../network.js';
import {
  type DescribedLayer,
  type NetworkDescription,
  type NetworkHints,
  type ReadNetwork,
} from './description.js';
import { FormatError } from './files.js';
import { activationNamed, reasonAgainst } from './unsupported.js';

/** @throws FormatError naming the file and the layer */
export function finishNetwork(description: NetworkDescription, hints: NetworkHints = {}): ReadNetwork {
  const { file, format, layers, classes } = description;
  checkShapes(file, layers);
  const inferred = [...description.notes];
  const names = activationNames(description, hints, inferred);
  const { loss, output } = ending(description, hints, names, inferred);
  const network: Network = {
    layers: layers.map((layer, l): Layer => {
      const last = l === layers.length - 1;
      return {
        weights: layer.weights,
        ...(layer.bias && { bias: layer.bias }),
        activation: last ? output : smooth(file, layer.name, names[l]),
      };
    }),
    loss,
  };
  const weightDecay = hints.weightDecay ?? description.weightDecay;
  if (weightDecay !== undefined) network.weightDecay = weightDecay;
  checkInFile(file, network);
  return { network, format, inferred, ...(classes && { classes }) };
}

/** The loss that hints, the file or the end of the network say; the targets may say it otherwise. @throws FormatError as finishNetwork */
export function statedLoss(description: NetworkDescription, hints: NetworkHints = {}): Loss | undefined {
  checkShapes(description.file, description.layers);
  return lossBefore(description, hints, activationNames(description, hints, []).at(-1)!);
}

/** What the library refuses (too many parameters, a negative weight decay) is the file's fault here. */
function checkInFile(file: string, network: Network): void {
  try {
    checkNetwork(network);
  } catch (error) {
    throw new FormatError(file, (error as Error).message);
  }
}

/** The names of what follows each layer, as file or hints have them. */
function activationNames(
  { file, layers, architecture, format }: NetworkDescription,
  { activation, activations }: NetworkHints,
  inferred: string[],
): string[] {
  const last = layers.length - 1;
  if (architecture !== 'weights') {
    if (activation !== undefined || activations !== undefined) {
      throw new FormatError(
        file,
        `expected no activations to be given: the file says which follow its layers (${layers.map((layer) => layer.activation ?? 'none').join(', ')})`,
      );
    }
    return layers.map((layer) => layer.activation ?? 'identity');
  }
  if (activations !== undefined) {
    if (activations.length !== layers.length) {
      throw new FormatError(
        file,
        `expected ${layers.length} activations, one for each layer; got ${activations.length}`,
      );
    }
    return [...activations];
  }
  if (activation === undefined && last > 0) {
    throw new FormatError(
      file,
      `expected the activation of the hidden layers to be given: ${format} holds weights alone (on the command line, --activation tanh)`,
    );
  }
  inferred.push('the last layer is taken to give logits: nothing follows it');
  return layers.map((_, l) => (l === last ? 'identity' : activation!));
}

function lossBefore(
  { loss, architecture }: NetworkDescription,
  hints: NetworkHints,
  end: string,
): Loss | undefined {
  const known = hints.loss ?? loss;
  if (known !== undefined) return known;
  if (end.toLowerCase() === 'softmax') return 'softmax-cross-entropy';
  return activationNamed(end) === 'sigmoid' && architecture !== 'literal'
    ? 'sigmoid-cross-entropy'
    : undefined;
}

/** A softmax or sigmoid at the end belongs to the loss, unless the loss is of another kind. */
function ending(
  description: NetworkDescription,
  hints: NetworkHints,
  names: readonly string[],
  inferred: string[],
): { loss: Loss; output: Activation } {
  const { file, layers } = description;
  const { name, weights } = layers.at(-1)!;
  const end = names.at(-1)!;
  const known = lossBefore(description, hints, end);
  if (end.toLowerCase() === 'softmax') {
    if (weights.rows === 1) {
      throw new FormatError(
        file,
        `layer ${name}: expected a softmax of several outputs; of one it is always 1`,
      );
    }
    if (known !== 'softmax-cross-entropy') {
      throw new FormatError(
        file,
        `layer ${name}: expected softmax-cross-entropy after a softmax; got ${known}`,
      );
    }
    inferred.push(
      'the softmax at the end is part of the loss: the outputs are the logits before it, the loss is softmax-cross-entropy',
    );
    return { loss: 'softmax-cross-entropy', output: 'identity' };
  }
  const output = smooth(file, name, end);
  const literal = description.architecture === 'literal';
  if (output === 'sigmoid' && !literal && known === 'sigmoid-cross-entropy') {
    inferred.push(
      'the sigmoid at the end is part of the loss: the outputs are the logits before it, the loss is sigmoid-cross-entropy',
    );
    return { loss: 'sigmoid-cross-entropy', output: 'identity' };
  }
  if (output === 'sigmoid' && literal && known === 'sigmoid-cross-entropy') {
    inferred.push(
      'the sigmoid at the end is a layer of the network, and the loss applies another to its outputs, as the file states it: after a sigmoid that belongs to the loss, state identity',
    );
  }
  if (known === undefined) {
    throw new FormatError(
      file,
      'expected the loss to be given: the file does not say which the network was trained with (on the command line, --loss softmax-cross-entropy)',
    );
  }
  return { loss: known, output };
}

function smooth(file: string, layer: string, name: string): Activation {
  const activation = activationNamed(name);
  if (activation) return activation;
  throw new FormatError(file, `layer ${layer}: ${name} cannot be analysed: ${reasonAgainst(name)}`);
}

function checkShapes(file: string, layers: readonly DescribedLayer[]): void {
  if (layers.length === 0)
    throw new FormatError(file, 'expected at least one fully connected layer; got none');
  let before: DescribedLayer | undefined;
  for (const layer of layers) {
    const { name, weights, bias } = layer;
    const shape = `${weights.rows} × ${weights.cols} (outputs × inputs)`;
    if (weights.rows === 0 || weights.cols === 0)
      throw new FormatError(file, `layer ${name}: expected weights; got ${shape}`);
    if (before && before.weights.rows !== weights.cols) {
      throw new FormatError(
        file,
        `layer ${name}: expected ${before.weights.rows} inputs, the outputs of layer ${before.name}; got weights of ${shape}`,
      );
    }
    if (bias && bias.length !== weights.rows) {
      throw new FormatError(
        file,
        `layer ${name}: expected a bias of ${weights.rows} numbers; got ${bias.length}, beside weights of ${shape}`,
      );
    }
    for (const [what, numbers] of [
      ['weights', weights.data],
      ['bias', bias ?? new Float64Array()],
    ] as const) {
      const bad = numbers.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0)
        throw new FormatError(
          file,
          `layer ${name}: expected finite ${what}; got ${numbers[bad]} at entry ${bad}`,
        );
    }
    before = layer;
  }
}
