/** What each operator makes of its inputs, for those that a multilayer perceptron may have. The others are refused by name. */
import { knownReasonAgainst, reasonAgainst } from '../unsupported.js';
import { gemm, isBias, matMul, withBias } from './affine.js';
import {
  applied,
  constant,
  type Expression,
  type FunctionName,
  gelu,
  isSame,
  product,
  scale,
  sum,
  valueOf,
  X,
} from './expression.js';
import {
  concatenatedSizes,
  flatten,
  gather,
  passed,
  reshape,
  shapeOf,
  squeeze,
  transpose,
  unsqueeze,
} from './shapes.js';
import { holds, isExact, isFloat, numbersOf, typeNamed } from './tensor.js';
import { type Constant, type Operation, scalarOf, type Signal, type Value } from './values.js';
import { ATTRIBUTE, type GraphNode } from './messages.js';
import { type NumberType } from '../numbers.js';

interface Operator {
  /** Those known; a file with others means something else. */
  attributes?: readonly string[];
  apply: (op: Operation) => Value;
}

const CHAIN = 'only chains of fully connected layers are covered';
/** From here on softplus is its argument to 2·10⁻⁹. PyTorch's changes to the argument there. */
const SOFTPLUS_THRESHOLD = 20;

/** Of the standard domain. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  Gemm: { attributes: ['alpha', 'beta', 'transA', 'transB'], apply: gemm },
  MatMul: { apply: matMul },
  Add: { apply: add },
  Sub: { apply: (op) => combined(op, (a, b) => sum(a, scale(-1, b))) },
  Mul: { apply: (op) => combined(op, product) },
  Div: { apply: divide },
  Neg: { apply: (op) => pointwise(op, (u) => scale(-1, u)) },
  Pow: { apply: power },
  Sqrt: { apply: squareRoot },
  Tanh: { apply: named('tanh') },
  Sigmoid: { apply: named('sigmoid') },
  Softplus: { apply: named('softplus') },
  Sin: { apply: named('sin') },
  Atan: { apply: named('arctan') },
  Erf: { apply: named('erf') },
  // Not in the standard; tf2onnx writes it into its domain.
  Erfc: { apply: named('erfc') },
  Gelu: { attributes: ['approximate'], apply: geluOperator },
  Swish: {
    attributes: ['alpha'],
    apply: (op) => pointwise(op, (u) => product(u, applied('sigmoid', scale(op.float('alpha', 1), u)))),
  },
  Greater: { apply: greater },
  Where: { apply: where },
  Softmax: { attributes: ['axis'], apply: softmax },
  LogSoftmax: { attributes: ['axis'], apply: softmax },
  Identity: { apply: (op) => op.input(0) },
  Dropout: { attributes: ['ratio', 'seed'], apply: dropout },
  Cast: {
    attributes: ['to', 'saturate', 'round_mode'],
    apply: (op) => cast(op, typeNamed(op.integer('to', 0))),
  },
  // PyTorch writes it for softplus in half precision.
  CastLike: { attributes: ['saturate', 'round_mode'], apply: castLike },
  Flatten: { attributes: ['axis'], apply: flatten },
  Reshape: { attributes: ['allowzero'], apply: reshape },
  Squeeze: { attributes: ['axes'], apply: squeeze },
  Unsqueeze: { attributes: ['axes'], apply: unsqueeze },
  Transpose: { attributes: ['perm'], apply: transpose },
  Shape: { attributes: ['start', 'end'], apply: shapeOf },
  Gather: { attributes: ['axis'], apply: gather },
  Concat: { attributes: ['axis'], apply: concatenate },
  Constant: {
    attributes: ['value', 'value_float', 'value_floats', 'value_int', 'value_ints'],
    apply: constantOperator,
  },
};

/** Of ai.onnx.ml, which skl2onnx writes. */
const ML_OPERATORS: Readonly<Record<string, Operator>> = {
  ZipMap: { attributes: ['classlabels_int64s', 'classlabels_strings'], apply: passed },
  Scaler: { attributes: ['offset', 'scale'], apply: standardized },
};

const DOMAINS: Readonly<Record<string, Readonly<Record<string, Operator>>>> = {
  '': OPERATORS,
  'ai.onnx.ml': ML_OPERATORS,
};

/** The first node that cannot be analysed for a reason of its own, LSTM say, rather than one of those that only prepare what it needs. */
export function firstRefused(nodes: readonly GraphNode[]): GraphNode | undefined {
  return nodes.find((node) => !operatorOf(node) && knownReasonAgainst(node.op) !== undefined);
}

/** @throws FormatError for operators that cannot be analysed, with the reason */
export function apply(op: Operation): Value {
  const { node, context } = op;
  const operator = operatorOf(node);
  if (!operator) {
    if (Object.hasOwn(DOMAINS, node.domain))
      return op.fail(`it cannot be analysed: ${reasonAgainst(node.op)}`);
    return op.fail(`expected a standard operator; got one of the domain ${node.domain}`);
  }
  const { attributes = [], apply: applyIt } = operator;
  for (const name of node.attributes.keys()) {
    if (!attributes.includes(name)) {
      op.fail(
        `expected attributes out of ${attributes.join(', ') || 'none'}; got ${name} (operator set ${context.opset})`,
      );
    }
  }
  return applyIt(op);
}

function operatorOf({ domain, op }: GraphNode): Operator | undefined {
  const table = Object.hasOwn(DOMAINS, domain) ? DOMAINS[domain] : {};
  return Object.hasOwn(table, op) ? table[op] : undefined;
}

function named(name: FunctionName | 'erfc'): Operator['apply'] {
  return (op) => pointwise(op, (u) => applied(name, u));
}

function geluOperator(op: Operation): Value {
  const approximate = op.text('approximate', 'none');
  if (approximate !== 'none' && approximate !== 'tanh')
    op.fail(`expected approximate to be none or tanh; got ${approximate}`);
  return pointwise(op, (u) => gelu(u, approximate === 'tanh'));
}

function pointwise(op: Operation, f: (u: Expression) => Expression): Value {
  const value = op.input(0);
  if (value.kind === 'constant') return folded(op, value, scalarOf(value) && f(scalarOf(value)!));
  const signal = op.signal(0);
  return op.with(signal, f(signal.expression));
}

/** Two operands: functions of one layer's outputs, or one such and a number. */
function combined(op: Operation, f: (a: Expression, b: Expression) => Expression): Value {
  const [a, b] = [op.input(0), op.input(1)];
  if (a.kind === 'constant' && b.kind === 'constant') {
    const [p, q] = [scalarOf(a), scalarOf(b)];
    return folded(op, a.dims.length > b.dims.length ? a : b, p && q && f(p, q));
  }
  const signal = op.signal(a.kind === 'signal' ? 0 : 1);
  const other = a.kind === 'signal' ? b : a;
  if (other.kind === 'constant') {
    const number = scalarOf(other);
    const rank = signal.shape.features.length + (signal.shape.batch === 'none' ? 0 : 1);
    if (number && other.dims.length <= rank) {
      return op.with(signal, a === signal ? f(signal.expression, number) : f(number, signal.expression));
    }
    if (!signal.from) return standardized(op);
    return op.fail(`expected the same number for every feature; got ${other.numbers.length}`);
  }
  const second = op.signal(1);
  if (second.from !== signal.from) {
    op.fail(
      op.node.op === 'Add' || op.node.op === 'Sub'
        ? `it adds what different layers give (a residual connection); ${CHAIN}`
        : `it multiplies what different layers give (a gate); ${CHAIN}`,
    );
  }
  if (second.shape.features.length !== signal.shape.features.length) {
    op.fail('expected operands of one shape; got two shapes, of which one would be repeated');
  }
  return op.with(signal, f(signal.expression, second.expression));
}

/** A number that was computed of numbers. */
function folded(op: Operation, { dims, type, name }: Constant, expression: Expression | undefined): Constant {
  const value = expression && valueOf(expression);
  if (value === undefined) {
    return op.fail(
      'it computes with constants: save the model with constants folded (do_constant_folding, onnxsim)',
    );
  }
  if (!isFloat(type)) op.fail(`expected floating point numbers; got ${type}`);
  return { kind: 'constant', name, dims, type, numbers: Float64Array.of(value) };
}

function add(op: Operation): Value {
  const [a, b] = [op.input(0), op.input(1)];
  const [signal, other] = a.kind === 'signal' ? [a, b] : [b, a];
  if (signal.kind === 'signal' && !signal.end && other.kind === 'constant' && signal.from) {
    if (isBias(signal, other)) return withBias(op, signal, other);
    if (isSame(signal.expression, X) && other.numbers.length > 1) {
      op.fail(
        signal.from.bias
          ? `layer ${signal.from.name} has a bias already`
          : `expected a bias of ${signal.shape.features.at(-1) ?? '?'} numbers for layer ${signal.from.name}; got ${other.numbers.length}`,
      );
    }
  }
  return combined(op, sum);
}

function divide(op: Operation): Value {
  const divisor = op.input(1);
  if (divisor.kind === 'signal') op.fail('it divides by what is computed; expected a number');
  return combined(op, (a, b) => scale(1 / (valueOf(b) ?? NaN), a));
}

/** u^n for n = 1, 2, 3, 4. */
function power(op: Operation): Value {
  const exponent = scalarOf(op.constant(1, 'the exponent'));
  const n = exponent && valueOf(exponent);
  if (n === undefined || ![1, 2, 3, 4].includes(n))
    op.fail(`expected an exponent out of 1, 2, 3, 4; got ${n ?? 'several'}`);
  return pointwise(op, (u) => {
    let result = u;
    for (let i = 1; i < n; i++) result = product(result, u);
    return result;
  });
}

function squareRoot(op: Operation): Value {
  const number = scalarOf(op.constant(0, 'what the root is taken of'));
  return folded(op, op.constant(0, ''), number && constant(Math.sqrt(valueOf(number)!)));
}

/** softplus as PyTorch has it, Where(x > 20, x, Softplus(x)). */
function greater(op: Operation): Value {
  const threshold = scalarOf(op.constant(1, 'what is compared with'));
  const value = threshold && valueOf(threshold);
  if (value === undefined) op.fail('expected one number to compare with; got several');
  return { kind: 'comparison', signal: op.signal(0), threshold: value };
}

function where(op: Operation): Value {
  const condition = op.input(0);
  if (condition.kind !== 'comparison') op.fail(`it cannot be analysed: ${reasonAgainst('threshold')}`);
  const { signal, threshold } = condition;
  const [above, below] = [op.signal(1), op.signal(2)];
  const isSoftplus =
    above.from === signal.from &&
    below.from === signal.from &&
    above.shape.features.length === signal.shape.features.length &&
    below.shape.features.length === signal.shape.features.length &&
    isSame(signal.expression, above.expression) &&
    isSame(below.expression, applied('softplus', above.expression)) &&
    threshold >= SOFTPLUS_THRESHOLD;
  if (!isSoftplus) op.fail(`it cannot be analysed: ${reasonAgainst('threshold')}`);
  op.note(
    `softplus is taken as it is everywhere; the file's changes to its argument above ${threshold}, 2e-9 away`,
  );
  return below;
}

function softmax(op: Operation): Value {
  const signal = op.signal(0);
  const { batch, features } = signal.shape;
  const rank = features.length + (batch === 'none' ? 0 : 1);
  const axis = op.integer('axis', op.context.opset < 13 ? 1 : -1);
  if (features.length !== 1 || (axis < 0 ? axis + rank : axis) !== rank - 1) {
    op.fail(`expected the classes along the last of ${rank} axes; got axis = ${axis}`);
  }
  if (op.node.op === 'LogSoftmax')
    op.note('the logarithm of the softmax at the end is part of the loss, too');
  return { ...signal, end: 'softmax' };
}

function dropout(op: Operation): Value {
  op.note('dropout is left out, as it is once a network is trained');
  return passed(op);
}

function castLike(op: Operation): Value {
  const like = op.input(1);
  if (like.kind !== 'signal' && like.kind !== 'constant') op.fail('expected a tensor of the type to cast to');
  return cast(op, like.type);
}

function cast(op: Operation, to: NumberType | undefined): Value {
  const value = op.input(0);
  if (value.kind === 'sizes') return value;
  if (value.kind === 'constant') {
    if (to && isFloat(to) && isFloat(value.type) && !holds(to, value.type)) {
      op.context.spend(value.numbers.length);
      const numbers = to === 'f32' ? value.numbers.map(Math.fround) : value.numbers;
      if (!numbers.every((x) => isExact(to, x)))
        op.fail(`expected constants in the type they are used in; got ${value.type} cast to ${to}`);
      return { ...value, type: to, numbers };
    }
    return to && isFloat(to)
      ? { ...value, type: to }
      : op.fail(`expected a floating point type; got ${to ?? 'another'}`);
  }
  const signal = passed(op);
  if (!to || !isFloat(to))
    op.fail(`it rounds what is computed to ${to ?? 'another type'}, which has no derivative`);
  if (!isFloat(signal.type)) op.note(`the inputs, of type ${signal.type}, are taken as the numbers they are`);
  else if (!holds(to, signal.type))
    op.note(`${op.name}: rounding to ${to} is left out, everything is computed in f64`);
  return { ...signal, type: to };
}

/** Shapes; and the columns 1 − p and p of a binary classifier, which are one logit. */
function concatenate(op: Operation): Value {
  const sizes = concatenatedSizes(op);
  if (sizes) return sizes;
  const [a, b] = op.inputs;
  const p = applied('sigmoid', X);
  const isPair =
    op.inputs.length === 2 &&
    a?.kind === 'signal' &&
    b?.kind === 'signal' &&
    a.from === b.from &&
    [a, b].every(({ shape, end }) => !end && shape.features.length === 1 && shape.features[0] === 1) &&
    isSame(a.expression, sum(constant(1), scale(-1, p))) &&
    isSame(b.expression, p) &&
    [1, -1].includes(op.integer('axis', 0));
  if (!isPair) return op.fail(`it puts together what is computed; ${CHAIN}`);
  op.note(
    'the columns 1 − p and p at the end are those of one logit: the network has one output, the log-odds of the second class',
  );
  return { ...b, end: 'pair' } satisfies Signal;
}

function standardized(op: Operation): never {
  return op.fail(
    'it shifts or scales the features of the inputs: as a part of the first layer that would change the parameters in which curvature is ' +
      'taken; standardize the data instead, and save the model without',
  );
}

function constantOperator(op: Operation): Value {
  const attributes = [...op.node.attributes];
  if (attributes.length !== 1) op.fail(`expected one value; got ${attributes.length}`);
  const [name, { tensor, float, floats, integer, integers }] = attributes[0];
  const [kind, type, numbers] = (
    {
      value_float: [ATTRIBUTE.float, 'f32', [float]],
      value_floats: [ATTRIBUTE.floats, 'f32', floats],
      value_int: [ATTRIBUTE.integer, 'i64', [integer]],
      value_ints: [ATTRIBUTE.integers, 'i64', integers],
    } as const
  )[name] ?? [ATTRIBUTE.tensor, 'f32', []];
  op.attribute(name, kind);
  const base = { kind: 'constant', name: op.plainName } as const;
  if (name === 'value') {
    if (!tensor) return op.fail('expected a tensor; got none');
    return { ...base, ...numbersOf({ file: op.context.file, place: op.name }, tensor, []) };
  }
  const isList = name.endsWith('s');
  return { ...base, type, dims: isList ? [numbers.length] : [], numbers: Float64Array.from(numbers) };
}
