/**
 * ONNX: multilayer perceptrons as PyTorch, Keras, tf2onnx, skl2onnx and others export them. The graph is evaluated once from its input to
 * its output, every tensor standing for a function of what the layer before it gives (values.ts); where the next layer takes it, that function
 * has to be one of the library's activations (expression.ts). Nothing is recognized by the names that tools give.
 */
import { type DescribedLayer, type NetworkDescription } from '../description.js';
import { FormatError, type NamedFile } from '../files.js';
import { isOnnx } from '../magic.js';
import { closed } from './affine.js';
import { X } from './expression.js';
import { listed, type Program, programOf } from './graph.js';
import { apply, firstRefused } from './operators.js';
import { isFloat, numbersOf, typeNamed } from './tensor.js';
import {
  type Affine,
  type Context,
  Operation,
  type Shape,
  shapeText,
  type Signal,
  type Value,
} from './values.js';
import { functionKey, type Model, readModel, type ValueInfo } from './messages.js';

/** Of an .onnx file, and of the .onnx.data beside it if its weights are there. */
export function describeOnnx(files: readonly NamedFile[]): NetworkDescription {
  const named = files.find(({ name }) => name.toLowerCase().endsWith('.onnx'));
  const { name: file, bytes } = named ?? files.find((given) => isOnnx(given.bytes)) ?? files[0];
  const model = readModel(file, bytes);
  const opset = model.opsets.get('') ?? 0;
  if (opset < 7)
    throw new FormatError(file, `opset_import: expected operator set 7 or later; got ${opset || 'none'}`);
  const program = programOf(file, model.graph);
  const notes = new Set<string>();
  const context: Context = { file, opset, note: (text) => notes.add(text), spend: budget(file, files) };
  const output = evaluate(program, model, context, files);
  const layers = layersOf(context, program, output);
  return {
    file,
    format: 'ONNX',
    architecture: 'model',
    layers,
    ...(isNamed(program.classes, layers) && { classes: program.classes }),
    notes: [...notes, ...program.notes],
  };
}

/** A name for each output, or two for one logit. */
function isNamed(classes: string[] | undefined, layers: readonly DescribedLayer[]): classes is string[] {
  const outputs = layers.at(-1)!.weights.rows;
  return classes?.length === outputs || (outputs === 1 && classes?.length === 2);
}

/** Half precision, read, cast, transposed and scaled makes two numbers a byte. */
function budget(file: string, files: readonly NamedFile[]): Context['spend'] {
  const most = 4 * files.reduce((sum, { bytes }) => sum + bytes.length, 0) + 2 ** 20;
  let spent = 0;
  return (numbers) => {
    spent += numbers;
    if (spent > most) {
      throw new FormatError(
        file,
        `graph: expected at most ${most} numbers, copies included, for files of this size; got more`,
      );
    }
  };
}

/** What the output stands for. */
function evaluate(
  { nodes, initializers, input, output }: Program,
  { functions }: Model,
  context: Context,
  beside: readonly NamedFile[],
): Value | undefined {
  const { file } = context;
  const values = new Map<string, Value>([[input.name, inputSignal(context, input)]]);
  const valueOf = (name: string): Value | undefined => {
    if (name === '') return undefined;
    const known = values.get(name);
    if (known) return known;
    const tensor = initializers.get(name);
    if (!tensor) return undefined;
    const numbers = numbersOf({ file, place: `initializer ${name}` }, tensor, beside);
    context.spend(numbers.numbers.length);
    const value: Value = { kind: 'constant', name, ...numbers };
    values.set(name, value);
    return value;
  };
  const refused = firstRefused(nodes);
  if (refused) apply(new Operation(refused, [], context));
  for (const node of nodes) {
    const missing = node.inputs.find((name) => name !== '' && !values.has(name) && !initializers.has(name));
    const op = new Operation(node, node.inputs.map(valueOf), context);
    if (missing !== undefined) op.fail(`expected ${missing} to be given or computed; it is neither`);
    if (functions.has(functionKey(node.domain, node.op))) {
      op.fail(
        'expected a standard operator; got a function of the file (onnx.inliner.inline_local_functions replaces them)',
      );
    }
    values.set(node.outputs[0] ?? op.fail('expected an output; got none'), apply(op));
  }
  return values.get(output);
}

function inputSignal({ file, note }: Context, input: ValueInfo): Signal {
  const place = `input ${input.name}`;
  const type = typeNamed(input.type);
  if (input.kind !== 'tensor' || !type) {
    throw new FormatError(file, `${place}: expected a tensor of numbers; got another type (${input.type})`);
  }
  return { kind: 'signal', from: undefined, expression: X, shape: inputShape(), type };

  function inputShape(): Shape {
    const dims = input.shape;
    if (!dims) {
      note(`the file does not say the shape of ${place}: samples × features is taken`);
      return { batch: undefined, features: [undefined] };
    }
    if (dims.length === 0)
      throw new FormatError(file, `${place}: expected samples × features; got a single number`);
    if (dims.length === 1) return { batch: 'none', features: dims };
    return { batch: dims[0], features: dims.slice(1) };
  }
}

/** From the output back to the input. */
function layersOf({ file, note }: Context, { output }: Program, value: Value | undefined): DescribedLayer[] {
  const fail = (problem: string): never => {
    throw new FormatError(file, `output ${output}: ${problem}`);
  };
  if (value?.kind !== 'signal') return fail("expected what depends on the network's input; it does not");
  const { shape, type, end } = value;
  if (!isFloat(type)) fail(`expected floating point numbers; got ${type}`);
  if (shape.features.length > 1) {
    fail(`expected samples × outputs; got ${shapeText(shape.features)} a sample`);
  }
  const last = closed({ fail }, value) ?? fail('expected a fully connected layer before it; got none');
  if (end === 'softmax' && last.activation !== 'identity') {
    fail(`expected logits before the softmax; got ${last.activation} of them`);
  }
  const layers: DescribedLayer[] = [];
  const users = new Map<string, string[]>();
  let step: Affine['before'] = end === 'softmax' ? { ...last, activation: 'softmax' } : last;
  while (step) {
    const { layer, activation }: NonNullable<Affine['before']> = step;
    const { name, weights, bias, tensors } = layer;
    layers.push({ name, weights, ...(bias && { bias }), ...(activation !== 'identity' && { activation }) });
    for (const tensor of tensors) users.set(tensor, [name, ...(users.get(tensor) ?? [])]);
    step = layer.before;
  }
  // Exporters merge tensors that are equal, biases of zeros for one; whether a network shares its weights is not known from its file.
  for (const [tensor, names] of users) {
    if (names.length > 1) {
      note(`layers ${listed(names)} all use ${tensor}, and count as having parameters of their own`);
    }
  }
  return layers.reverse();
}
