/**
 * Fully connected layers, y = W x + b for every sample (a row of x):
 *
 *   Gemm      y = α x B + β C, B inputs × outputs, or outputs × inputs with transB = 1
 *   MatMul    y = x B, followed by Add of the bias or by none
 */
import { type Matrix } from '../../matrix.js';
import { isFloat } from './tensor.js';
import { isSame, activationOf, written, X } from './expression.js';
import { type Affine, type Constant, type Operation, shapeText, type Signal } from './values.js';
import { ACTIVATIONS } from '../../network.js';

const CHAIN = 'only chains of fully connected layers are covered';

export function gemm(op: Operation): Signal {
  checkSides(op);
  if (op.integer('transA', 0) !== 0) op.fail(`with transA = 1 samples are columns; expected them to be rows`);
  const transposed = op.integer('transB', 0) !== 0;
  const [alpha, beta] = [op.float('alpha', 1), op.float('beta', 1)];
  const signal = op.signal(0);
  const weights = op.constant(1, 'the weights');
  const layer = affine(op, signal, scaled(op, weights, alpha, 'alpha'), transposed);
  op.note(
    transposed
      ? 'Gemm with transB = 1: weights are outputs × inputs'
      : 'Gemm with transB = 0: weights are inputs × outputs, and are transposed',
  );
  const bias = op.inputs[2];
  if (bias === undefined) return layer;
  if (bias.kind !== 'constant') {
    return op.fail(`it adds what is computed elsewhere (a residual connection); ${CHAIN}`);
  }
  if (beta === 0) {
    op.note(`layer ${op.plainName}: beta = 0, so it has no bias`);
    return layer;
  }
  return withBias(op, layer, scaled(op, bias, beta, 'beta'));
}

export function matMul(op: Operation): Signal {
  checkSides(op);
  op.note('MatMul: weights are inputs × outputs, and are transposed');
  return affine(op, op.signal(0), op.constant(1, 'the weights'), false);
}

/** Whether adding the numbers to the signal gives its layer a bias. */
export function isBias({ from, expression, shape }: Signal, { numbers }: Constant): boolean {
  return (
    from !== undefined &&
    from.bias === undefined &&
    isSame(expression, X) &&
    numbers.length === shape.features.at(-1)
  );
}

/** The layer that the signal is of, with the numbers as its bias. */
export function withBias(op: Operation, signal: Signal, { name, numbers, dims }: Constant): Signal {
  const outputs = signal.shape.features.at(-1)!;
  if (numbers.length === 1 && outputs !== 1) {
    op.fail(
      `expected a bias of ${outputs} numbers; got one that all outputs share, which would count as ${outputs} parameters`,
    );
  }
  const rank = signal.shape.features.length + (signal.shape.batch === 'none' ? 0 : 1);
  const isRow = dims.length <= rank && (dims.at(-1) ?? 1) === outputs && numbers.length === outputs;
  if (!isRow)
    op.fail(`expected a bias of ${outputs} numbers, the same for every sample; got ${shapeText(dims)}`);
  return { ...signal, from: { ...signal.from!, bias: numbers, tensors: [...signal.from!.tensors, name] } };
}

/** The activation of the layer a signal is of; its name in the file is ours once it is recognized. */
export function closed(op: Pick<Operation, 'fail'>, { from, expression }: Signal): Affine['before'] {
  if (!from) {
    if (isSame(expression, X)) return undefined;
    return op.fail(
      `the inputs are changed to ${written(expression).slice(0, 200)} before the first layer: expected that to be done to the data, and the model saved without`,
    );
  }
  const activation = activationOf(expression, from.tolerance);
  if (activation) return { layer: from, activation };
  return op.fail(
    `expected one of ${ACTIVATIONS.join(', ')} after layer ${from.name}; got ${written(expression).slice(0, 200)}`,
  );
}

function checkSides(op: Operation): void {
  const [left, right] = [op.input(0), op.input(1)];
  if (left.kind === 'signal' && right.kind === 'signal') {
    op.fail(`it multiplies two things that are computed, as attention does; ${CHAIN}`);
  }
  if (left.kind === 'constant')
    op.fail('the weights are on the left, so samples are columns; expected them to be rows');
}

function affine(op: Operation, signal: Signal, weights: Constant, transposed: boolean): Signal {
  const { features, batch } = signal.shape;
  if (!isFloat(weights.type))
    op.fail(`expected weights of floating point numbers; got ${weights.type} (quantized?)`);
  if (weights.dims.length !== 2)
    op.fail(`expected weights of two dimensions; got ${shapeText(weights.dims)}`);
  const [inputs, outputs] = transposed ? [weights.dims[1], weights.dims[0]] : weights.dims;
  if (features.length !== 1) {
    op.fail(
      `expected one row of features a sample; got ${shapeText(features)}: only fully connected layers are covered`,
    );
  }
  if (features[0] !== undefined && features[0] !== inputs) {
    op.fail(`expected weights for ${features[0]} inputs; got ${inputs} × ${outputs} (inputs × outputs)`);
  }
  const layer: Affine = {
    name: op.plainName,
    weights: transposed
      ? { rows: outputs, cols: inputs, data: weights.numbers }
      : transpose(weights.numbers, inputs, outputs),
    tensors: [weights.name],
    before: closed(op, signal),
    // Written-out activations have up to four constants rounded to the type of the weights.
    tolerance: { f16: 2 ** -9, bf16: 2 ** -6 }[weights.type as string] ?? 2 ** -21,
  };
  return {
    kind: 'signal',
    from: layer,
    expression: X,
    shape: { batch, features: [outputs] },
    type: weights.type,
  };
}

/** Times a factor, which has to be exact; the parameters are then those multiples. */
function scaled(op: Operation, tensor: Constant, factor: number, what: string): Constant {
  if (factor === 1) return tensor;
  const numbers = tensor.numbers.map((x) => factor * x);
  // The factor is a float, so its product with a float is a double; with a double only if it is a power of two that does not underflow.
  const exact = tensor.numbers.every(
    (x, i) => x === Math.fround(x) || (isPowerOfTwo(factor) && numbers[i] / factor === x),
  );
  if (!exact || !Number.isFinite(factor))
    op.fail(`expected ${what} = 1, or one that multiplies exactly; got ${factor}`);
  op.note(
    `layer ${op.plainName}: ${what} = ${factor} is multiplied into its ${what === 'alpha' ? 'weights' : 'bias'}: the parameters are these multiples`,
  );
  return { ...tensor, numbers };
}

function isPowerOfTwo(factor: number): boolean {
  let m = Math.abs(factor);
  while (m > 1 && m < Infinity) m /= 2;
  while (m < 1 && m > 0) m *= 2;
  return m === 1;
}

function transpose(numbers: Float64Array, rows: number, cols: number): Matrix {
  const data = new Float64Array(numbers.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[j * rows + i] = numbers[i * cols + j];
  return { rows: cols, cols: rows, data };
}
