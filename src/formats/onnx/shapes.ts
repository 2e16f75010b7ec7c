/**
 * Operators that only rearrange. A signal is a row of features for every sample, so what is allowed is what keeps each sample's numbers in
 * their order: flattening axes after the first, and adding or removing axes of size 1. Shapes that exporters compute (the number of samples
 * taken from the input, as PyTorch's x.view(x.size(0), -1) does) are followed.
 */
import { countOf } from './tensor.js';
import {
  type Constant,
  type Operation,
  type Shape,
  shapeText,
  type Signal,
  type Sizes,
  type Value,
} from './values.js';

export function flatten(op: Operation): Signal {
  const signal = passed(op);
  const axis = op.integer('axis', 1);
  const rank = signal.shape.features.length + 1;
  if (signal.shape.batch === 'none' || (axis !== 1 && axis !== 1 - rank)) {
    op.fail(`expected it to flatten the axes after the first (axis = 1); got axis = ${axis}`);
  }
  return flattened(op, signal);
}

export function reshape(op: Operation): Value {
  const value = op.input(0);
  const zeroIsKept = op.integer('allowzero', 0) === 0;
  if (value.kind === 'constant') {
    return { ...value, dims: constantShape(op, value, op.integerInput(1, 'the shape'), zeroIsKept) };
  }
  const signal = passed(op);
  const given = op.input(1);
  const wanted = given.kind === 'sizes' ? given.sizes : op.integerInput(1, 'the shape');
  const { batch, features } = signal.shape;
  const before = batch === 'none' ? features : [batch ?? 'samples', ...features];
  const sizes = wanted.map((size, i) => (size === 0 && zeroIsKept ? (before[i] ?? -1) : size));
  const isSame = sizes.length === before.length && sizes.every((size, i) => size === before[i]);
  if (isSame) return signal;
  const count = product(features);
  const [first, ...rest] = sizes;
  // One of the sizes may be -1, what is left. The first has to be the number of samples.
  const keepsSamples =
    batch !== 'none' &&
    sizes.filter((size) => size === -1).length <= 1 &&
    (first === (batch ?? 'samples') || (first === -1 && product(rest) === count && count !== undefined));
  const isRow = rest.length === 1 && (rest[0] === -1 || rest[0] === count);
  const isOneEach = rest.length === 0 && count === 1;
  if (!keepsSamples || !(isRow || isOneEach)) {
    op.fail(
      `expected samples × ${count ?? 'features'}; got ${sizes.join(' × ')} for ${before.map((size) => size ?? '?').join(' × ')}`,
    );
  }
  if (isRow) return flattened(op, signal);
  return { ...signal, shape: { batch, features: [] } };
}

export function squeeze(op: Operation): Value {
  const value = op.input(0);
  const axes = axesOf(op);
  if (value.kind === 'constant') {
    const { dims } = value;
    const gone = axes?.map((axis) => (axis < 0 ? axis + dims.length : axis));
    if (gone?.some((axis) => dims[axis] !== 1)) op.fail(`expected axes of size 1; got ${shapeText(dims)}`);
    return { ...value, dims: dims.filter((size, i) => (gone ? !gone.includes(i) : size !== 1)) };
  }
  if (value.kind === 'sizes' && value.sizes.length === 1) return { ...value, scalar: true };
  const signal = passed(op);
  const { batch, features } = signal.shape;
  const rank = features.length + 1;
  const gone = axes?.map((axis) => (axis < 0 ? axis + rank : axis) - 1);
  if (!gone || batch === 'none' || gone.some((i) => features[i] !== 1)) {
    op.fail('expected it to remove axes of size 1 after the first, and to name them');
  }
  return { ...signal, shape: { batch, features: features.filter((_, i) => !gone.includes(i)) } };
}

export function unsqueeze(op: Operation): Value {
  const value = op.input(0);
  const axes = axesOf(op) ?? op.fail('expected axes; got none');
  if (value.kind === 'sizes' && value.scalar && axes.length === 1) return { ...value, scalar: false };
  if (value.kind === 'constant') return { ...value, dims: insertOnes(op, value.dims, axes, 0) };
  const signal = passed(op);
  const { batch, features } = signal.shape;
  if (batch === 'none') op.fail('expected samples × features; got the features of one sample');
  return { ...signal, shape: { batch, features: insertOnes(op, features, axes, 1) } };
}

/** Of constants alone, but for permutations that change nothing. */
export function transpose(op: Operation): Value {
  const value = op.input(0);
  const permutation = op.integers('perm');
  if (value.kind === 'constant') {
    const { dims, numbers } = value;
    const isReversed = !permutation || permutation.every((axis, i) => axis === dims.length - 1 - i);
    if (permutation?.every((axis, i) => axis === i) && permutation.length === dims.length) return value;
    if (dims.length !== 2 || !isReversed || (permutation && permutation.length !== 2)) {
      op.fail(`expected a matrix to be transposed; got ${shapeText(dims)}`);
    }
    const [rows, cols] = dims;
    const swapped = Float64Array.from(numbers, (_, k) => numbers[(k % rows) * cols + Math.floor(k / rows)]);
    return { ...value, dims: [cols, rows], numbers: swapped };
  }
  const rank =
    value.kind === 'signal' ? value.shape.features.length + (value.shape.batch === 'none' ? 0 : 1) : 0;
  if (permutation?.length === rank && permutation.every((axis, i) => axis === i)) return value;
  return op.fail('it transposes what is computed; expected samples × features all the way');
}

/** The shape of a signal, to compute with. */
export function shapeOf(op: Operation): Value {
  if (op.node.attributes.size > 0) op.fail('expected the whole shape; got a part of it');
  const { batch, features } = op.signal(0).shape;
  const known = features.map((size) => size ?? op.fail('expected the sizes of the input to be known'));
  return { kind: 'sizes', sizes: batch === 'none' ? known : [batch ?? 'samples', ...known], scalar: false };
}

export function gather(op: Operation): Value {
  const value = op.input(0);
  if (value.kind !== 'sizes' || op.integer('axis', 0) !== 0) {
    return op.fail('it picks entries; only fully connected layers are covered');
  }
  const { numbers, dims } = op.constant(1, 'the indices');
  const sizes = Array.from(numbers, (i) => {
    return (
      value.sizes[i < 0 ? i + value.sizes.length : i] ?? op.fail(`expected an index into the shape; got ${i}`)
    );
  });
  return { kind: 'sizes', sizes, scalar: dims.length === 0 };
}

/** Of shapes; of signals, operators.ts. */
export function concatenatedSizes(op: Operation): Sizes | undefined {
  const parts = op.inputs.map((value) => {
    if (value?.kind === 'sizes' && !value.scalar) return value.sizes;
    return value?.kind === 'constant' && value.dims.length === 1 && value.type === 'i64'
      ? Array.from(value.numbers)
      : undefined;
  });
  if (parts.length === 0 || parts.some((part) => part === undefined)) return undefined;
  return { kind: 'sizes', sizes: parts.flatMap((part) => part!).slice(0, 16), scalar: false };
}

/** The signal, whether or not a softmax ends it. */
export function passed(op: Operation): Signal {
  const value = op.input(0);
  return value.kind === 'signal' ? value : op.fail("expected what depends on the network's input");
}

function flattened(op: Operation, signal: Signal): Signal {
  const { batch, features } = signal.shape;
  if (features.length > 1) {
    op.note(`the inputs of ${shapeText(features)} are flattened, the last index fastest`);
  }
  const shape: Shape = { batch, features: features.length === 1 ? features : [product(features)] };
  return { ...signal, shape };
}

function product(sizes: readonly (number | string | undefined)[]): number | undefined {
  let count = 1;
  for (const size of sizes) {
    if (typeof size !== 'number') return undefined;
    count *= size;
  }
  return count;
}

function constantShape(
  op: Operation,
  { dims, numbers }: Constant,
  wanted: readonly number[],
  zeroIsKept: boolean,
): number[] {
  const sizes = wanted.map((size, i) => (size === 0 && zeroIsKept ? (dims[i] ?? 0) : size));
  const rest = sizes.reduce((count, size) => (size === -1 ? count : count * size), 1);
  const shape = sizes.map((size) => (size === -1 ? numbers.length / rest : size));
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || product(shape) !== numbers.length) {
    op.fail(`expected a shape of ${numbers.length} numbers; got ${wanted.join(' × ')}`);
  }
  countOf({ file: op.context.file, place: op.name }, shape);
  return shape;
}

/** Squeeze and Unsqueeze have their axes as an attribute until operator set 12, as an input from 13 on. */
function axesOf(op: Operation): number[] | undefined {
  if (op.context.opset < 13) return op.integers('axes');
  return op.inputs[1] ? op.integerInput(1, 'the axes') : undefined;
}

/** `offset` axes come before those of dims. */
function insertOnes<T>(
  op: Operation,
  dims: readonly T[],
  axes: readonly number[],
  offset: number,
): (T | 1)[] {
  const rank = dims.length + axes.length + offset;
  const places = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  if (places.some((place) => !(place >= offset && place < rank)) || new Set(places).size !== places.length) {
    op.fail(`expected axes of size 1 to be added after the first; got ${axes.join(', ')}`);
  }
  const left = [...dims];
  return Array.from({ length: rank - offset }, (_, i) => (places.includes(i + offset) ? 1 : left.shift()!));
}
