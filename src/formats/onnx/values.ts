/** What the tensors of a graph stand for while it is read, and how one node sees its inputs and attributes. */
import { type Matrix } from '../../matrix.js';
import { FormatError } from '../files.js';
import { type NumberType } from '../numbers.js';
import { constant, type Expression, isTooLarge } from './expression.js';
import { nameOf } from './graph.js';
import { type NumbersOfTensor } from './tensor.js';
import { ATTRIBUTE, type Attribute, type GraphNode } from './messages.js';

export type Value = Constant | Signal | Sizes | Comparison;

/** Numbers that the file holds. */
export interface Constant extends NumbersOfTensor {
  kind: 'constant';
  name: string;
}

/** What depends on the network's input: a function, number by number, of the input or of what a layer's weights and bias make. */
export interface Signal {
  kind: 'signal';
  /** The layer it starts from; undefined: the network's input. */
  from: Affine | undefined;
  expression: Expression;
  shape: Shape;
  type: NumberType;
  /** Nothing may follow but reshapings: a softmax, or the two columns 1 − p and p that scikit-learn's binary classifiers have. */
  end?: 'softmax' | 'pair';
}

/** W a + b of a signal before. */
export interface Affine {
  name: string;
  weights: Matrix;
  bias?: Float64Array;
  /** What the file calls the tensors these are from. */
  tensors: readonly string[];
  /** The layer whose outputs it takes and what is applied to them; undefined: the network's input. */
  before: { layer: Affine; activation: string } | undefined;
  /** To how much the constants of activations are known, relative: they have the type of the weights. */
  tolerance: number;
}

/** The sizes of a signal's axes after the first, which numbers the samples unless the input is one sample. */
export interface Shape {
  /** 'none': there is no such axis; undefined: any number of samples. */
  batch: number | undefined | 'none';
  features: (number | undefined)[];
}

/** The shape of a signal as numbers to compute with; 'samples' is the number of samples. */
export interface Sizes {
  kind: 'sizes';
  sizes: (number | 'samples')[];
  scalar: boolean;
}

/** signal > threshold. */
export interface Comparison {
  kind: 'comparison';
  signal: Signal;
  threshold: number;
}

/** What every operator may ask and tell. */
export interface Context {
  file: string;
  opset: number;
  note: (text: string) => void;
}

/** One node, its inputs evaluated. */
export class Operation {
  readonly node: GraphNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly context: Context;

  constructor(node: GraphNode, inputs: readonly (Value | undefined)[], context: Context) {
    this.node = node;
    this.inputs = inputs;
    this.context = context;
  }

  get name(): string {
    return nameOf(this.node);
  }

  /** What layers are called: the node's name. */
  get plainName(): string {
    return this.node.name || this.node.outputs[0];
  }

  fail(problem: string): never {
    throw new FormatError(this.context.file, `${this.name}: ${problem}`);
  }

  note(text: string): void {
    this.context.note(text);
  }

  input(i: number): Value {
    return this.inputs[i] ?? this.fail(`expected at least ${i + 1} inputs; got ${this.inputs.length}`);
  }

  signal(i: number): Signal {
    const value = this.input(i);
    if (value.kind !== 'signal')
      return this.fail(`expected input ${i} to depend on the network's input; it does not`);
    if (value.end)
      this.fail(`expected nothing after the ${value.end === 'softmax' ? 'softmax' : 'probabilities'}`);
    return value;
  }

  constant(i: number, what: string): Constant {
    const value = this.input(i);
    return value.kind === 'constant' ? value : this.fail(`expected ${what} to be constant; it is computed`);
  }

  /** Whole numbers, as shapes and axes are. */
  integerInput(i: number, what: string): number[] {
    const { numbers, dims } = this.constant(i, what);
    if (dims.length > 1 || numbers.length > 16)
      this.fail(`expected ${what} to be a short list; got ${numbers.length}`);
    return Array.from(numbers);
  }

  integer(name: string, otherwise: number): number {
    return this.attribute(name, ATTRIBUTE.integer)?.integer ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.attribute(name, ATTRIBUTE.float)?.float ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return this.attribute(name, ATTRIBUTE.text)?.text ?? otherwise;
  }

  integers(name: string): number[] | undefined {
    return this.attribute(name, ATTRIBUTE.integers)?.integers;
  }

  attribute(name: string, type: number): Attribute | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute && attribute.type !== type) {
      this.fail(`expected attribute ${name} of type ${type}; got type ${attribute.type}`);
    }
    return attribute;
  }

  /** A signal with another expression in the same variable. */
  with(signal: Signal, expression: Expression): Signal {
    if (isTooLarge(expression)) this.fail('expected an activation; got an expression larger than any');
    return { ...signal, expression };
  }
}

/** A single number, as an expression without x; undefined for more numbers than one. */
export function scalarOf({ numbers }: Constant): Expression | undefined {
  return numbers.length === 1 ? constant(numbers[0]) : undefined;
}

/** '28 × 28', with ? for what is not known. */
export function shapeText(features: readonly (number | undefined)[]): string {
  return features.map((size) => size ?? '?').join(' × ');
}
