/**
 * From a bag of named tensors to layers: which tensors are a layer's weights and bias, how its weights are stored, and in which order the
 * layers come (arrange.ts). What names do not tell, shapes have to; where they do not either, a hint is asked for. Nothing is guessed in silence.
 *
 *   PyTorch             0.weight, fc1.weight, net.0.linear.weight with .bias         outputs × inputs
 *   Keras, JAX (Flax)   dense/kernel, Dense_0.kernel with bias                       inputs × outputs
 *   scikit-learn        coefs_0 with intercepts_0                                    inputs × outputs
 *   by hand             W1, w_1, weights_0, fc1/w with b1, b_1, biases_0, fc1/b      as biases and neighbours allow
 */
import { arrange, type Arranged, type Group } from './arrange.js';
import { type DescribedLayer, type NetworkDescription, type NetworkHints } from './description.js';
import { FormatError } from './files.js';
import { type NamedTensor, transposed } from './tensors.js';
import { tied } from './tied.js';
import { reasonAgainstTensor } from './unsupported.js';

/** More are no network that could be analysed, and time stays bounded. */
const MOST_TENSORS = 2000;

/**
 * The layers that the tensors make, their activations unknown.
 *
 * @throws FormatError naming the tensor that belongs to no fully connected layer, or what has to be given as a hint
 */
export function describeStateDict(
  file: string,
  format: string,
  tensors: readonly NamedTensor[],
  hints: NetworkHints,
): NetworkDescription {
  if (tensors.length > MOST_TENSORS) {
    throw new FormatError(file, `expected at most ${MOST_TENSORS} tensors; got ${tensors.length}`);
  }
  const { groups, notes } = grouped(file, tensors);
  const { order, notes: inferred } = arrange(file, groups, hints);
  const layers = order.map(layerOf);
  return { file, format, architecture: 'weights', layers, notes: [...inferred, ...notes, ...tied(layers)] };
}

/** Weights with their biases, by the part of their names that they have in common. */
function grouped(file: string, tensors: readonly NamedTensor[]): { groups: Group[]; notes: string[] } {
  const notes: string[] = [];
  const weights = new Map<string, Group>();
  const biases = new Map<string, NamedTensor>();
  for (const tensor of tensors) {
    const { name, shape, type } = tensor;
    if (name.endsWith('num_batches_tracked')) {
      notes.push(`${name} is left out: it is a counter`);
      continue;
    }
    const reason = reasonAgainstTensor(name, shape);
    const role = roleOf(name);
    if (reason !== undefined || !role) throw new FormatError(file, `tensor ${name}: ${reason ?? STRANGE}`);
    const { key, isBias } = role;
    if (type === 'bool') throw new FormatError(file, `tensor ${name}: expected numbers; got truth values`);
    const before = isBias ? biases.get(key) : weights.get(key)?.weights;
    if (before)
      throw new FormatError(file, `tensor ${name}: expected one for each layer; ${before.name} is another`);
    if (isBias) biases.set(key, tensor);
    else weights.set(key, { name: role.layer, weights: tensor, ...(role.layout && { layout: role.layout }) });
  }
  for (const [key, bias] of biases) {
    const group = weights.get(key);
    if (!group)
      throw new FormatError(
        file,
        `tensor ${bias.name}: expected the weights it is the bias of; there are none`,
      );
    // By hand, a bias is often a row or a column.
    if (bias.shape.filter((n) => n !== 1).length > 1) {
      throw new FormatError(
        file,
        `tensor ${bias.name}: expected a bias, one number an output; got ${bias.shape.join(' × ')}`,
      );
    }
    group.bias = bias;
  }
  if (weights.size === 0)
    throw new FormatError(file, 'expected the weights of a fully connected layer; got none');
  return { groups: [...weights.values()], notes };
}

const STRANGE =
  'it is neither weights nor bias of a fully connected layer; leave it out if the outputs do not depend on it';

interface Role {
  /** The same for weights and bias of one layer. */
  key: string;
  /** As users call it. */
  layer: string;
  isBias: boolean;
  layout?: 'out-in' | 'in-out';
}

const WORD = '(weights?|w|kernel|coefs?|bias(?:es)?|b|intercepts?)';
const NUMBERED = new RegExp(`^()${WORD}[_-]?(\\d*)$`, 'i');
const STEMMED = new RegExp(`^(.+)[_-]${WORD}()$`, 'i');

/** What a name says: path and word (net.0.weight), word and number (W1, coefs_0), or stem and word (fc1_w). */
function roleOf(name: string): Role | undefined {
  const plain = name.replace(/^(?:module\.|_orig_mod\.)+/, '').replace(/:0$/, '');
  const [, path = '', leaf] = /^(?:([^]*)[./])?([^./]*)$/.exec(plain)!;
  const parts = NUMBERED.exec(leaf) ?? STEMMED.exec(leaf);
  if (!parts) return undefined;
  const [, stem, word, number] = parts;
  const key = [path, stem, number].filter((part) => part !== '').join('.');
  const layer = number === '' && key !== '' ? key : plain;
  if (/^[bi]/i.test(word)) return { key, layer, isBias: true };
  if (/^[kc]/i.test(word)) return { key, layer, isBias: false, layout: 'in-out' };
  return { key, layer, isBias: false, ...(leaf === 'weight' && { layout: 'out-in' }) };
}

function layerOf({ group: { name, weights, bias }, layout, inputs, outputs }: Arranged): DescribedLayer {
  const numbers = weights.numbers();
  return {
    name,
    weights: {
      rows: outputs,
      cols: inputs,
      data: layout === 'out-in' ? numbers : transposed(numbers, inputs, outputs),
    },
    ...(bias && { bias: bias.numbers() }),
  };
}
