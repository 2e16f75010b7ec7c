/**
 * All that a training needs to go on as if it had never stopped, but for the network's shape, the data and the options: plain data, and a
 * JSON form from which it comes back to the bit.
 */
import { type CheckedNetwork } from '../network.js';
import { checkInteger, checkNumber, checkNumbers, checkObject, checkOneOf, describe } from '../validate.js';

export interface TrainingState {
  version: 1;
  /** Shapes, activations and loss of the network it is of. */
  network: string;
  /** The optimizer it is of; SAM's is that of its base. */
  optimizer: 'sgd' | 'adam';
  /** From which the order of the samples comes. */
  seed: number;
  /** Steps made. */
  step: number;
  /** θ: P entries, in public order. */
  parameters: Float64Array;
  /** The velocity of sgd; the means of the gradient and of its squares of adam: P entries each, in public order. */
  vectors: Float64Array[];
  /** β₁ᵗ and β₂ᵗ of adam; nothing of sgd. */
  powers: number[];
}

/** How many vectors and powers each optimizer keeps. */
const KEPT = { sgd: { vectors: 1, powers: 0 }, adam: { vectors: 2, powers: 2 } } as const;

/** Before the first step. */
export function firstState(
  network: CheckedNetwork,
  parameters: Float64Array,
  optimizer: TrainingState['optimizer'],
  seed: number,
): TrainingState {
  const { vectors, powers } = KEPT[optimizer];
  return {
    version: 1,
    network: fingerprint(network),
    optimizer,
    seed,
    step: 0,
    parameters,
    vectors: Array.from({ length: vectors }, () => new Float64Array(network.parameters)),
    powers: Array.from({ length: powers }, () => 1),
  };
}

/** A state ready for JSON.stringify: every number survives to the bit, −0 as the string "-0". */
export function trainingStateToJson(state: TrainingState): Record<string, unknown> {
  return { ...state, parameters: toJson(state.parameters), vectors: state.vectors.map(toJson) };
}

/** The inverse of trainingStateToJson. @throws TypeError or RangeError naming the field that is wrong */
export function trainingStateFromJson(value: unknown): TrainingState {
  const state = checkObject('state', value);
  const vectors: unknown = state['vectors'];
  return checkForm('state', {
    ...state,
    parameters: fromJson(state['parameters']),
    vectors: Array.isArray(vectors) ? vectors.map(fromJson) : vectors,
  });
}

/** A state of this network and this optimizer. */
export function checkState(
  name: string,
  value: unknown,
  network: CheckedNetwork,
  optimizer: TrainingState['optimizer'],
): TrainingState {
  const state = checkForm(name, value);
  const own = fingerprint(network);
  if (state.network !== own) {
    throw new RangeError(`${name}: expected the state of a network (${own}); got that of (${state.network})`);
  }
  if (state.optimizer !== optimizer) {
    throw new RangeError(`${name}: expected the state of '${optimizer}'; got that of '${state.optimizer}'`);
  }
  const P = network.parameters;
  for (const [i, x] of [state.parameters, ...state.vectors].entries()) {
    if (x.length === P) continue;
    const field = i === 0 ? 'parameters' : `vectors[${i - 1}]`;
    throw new RangeError(`${name}.${field}: expected ${P} numbers, one for each parameter; got ${x.length}`);
  }
  return state;
}

function checkForm(name: string, value: unknown): TrainingState {
  const state = checkObject(name, value);
  if (state['version'] !== 1) {
    throw new RangeError(
      `${name}.version: expected 1, as train() gives it; got ${describe(state['version'])}`,
    );
  }
  const { network, vectors, powers } = state;
  if (typeof network !== 'string') {
    throw new TypeError(`${name}.network: expected a string, as train() gives it; got ${describe(network)}`);
  }
  const optimizer = checkOneOf(`${name}.optimizer`, state['optimizer'], ['sgd', 'adam']);
  const kept = KEPT[optimizer];
  if (!Array.isArray(vectors)) {
    throw new TypeError(`${name}.vectors: expected an array of arrays; got ${describe(vectors)}`);
  }
  if (vectors.length !== kept.vectors) {
    throw new RangeError(
      `${name}.vectors: expected ${kept.vectors} of ${optimizer}; got ${describe(vectors)}`,
    );
  }
  const factors = Array.from(checkNumbers(`${name}.powers`, powers, kept.powers), (power, i) =>
    checkNumber(`${name}.powers[${i}]`, power, 0, 1),
  );
  return {
    version: 1,
    network,
    optimizer,
    seed: checkInteger(`${name}.seed`, state['seed'], 0, Number.MAX_SAFE_INTEGER),
    step: checkInteger(`${name}.step`, state['step'], 0, Number.MAX_SAFE_INTEGER),
    parameters: checkNumbers(`${name}.parameters`, state['parameters']),
    vectors: vectors.map((x, i) => checkNumbers(`${name}.vectors[${i}]`, x)),
    powers: factors,
  };
}

/** Such as '4-8-3, tanh identity, softmax-cross-entropy', with what layers have no bias. */
export function fingerprint({ layers, inputs, loss }: CheckedNetwork): string {
  const widths = [inputs, ...layers.map(({ outputs }) => outputs)].join('-');
  const kinds = layers.map(({ activation, bias }) => (bias ? activation : `${activation} without bias`));
  return `${widths}, ${kinds.join(' / ')}, ${loss}`;
}

function toJson(x: Float64Array): (number | '-0')[] {
  return Array.from(x, (value) => (Object.is(value, -0) ? '-0' : value));
}

function fromJson(value: unknown): unknown {
  return Array.isArray(value) ? value.map((entry: unknown) => (entry === '-0' ? -0 : entry)) : value;
}
