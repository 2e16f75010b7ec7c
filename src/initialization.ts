/** Untrained networks. */
import { type Activation, checkNetwork, type Loss, type Network } from './network.js';
import { normal, uniform } from './random.js';
import { checkInteger, checkNumbers, checkObject, checkOneOf } from './validate.js';

/**
 * How weights are drawn: uniform in ±√(3v) or normal with variance v, where v is for a layer with n_in inputs and n_out outputs
 *
 *   glorot (or xavier)   2 / (n_in + n_out)   X. Glorot and Y. Bengio, AISTATS 2010
 *   he (or kaiming)      2 / n_in             K. He, X. Zhang, S. Ren and J. Sun, ICCV 2015
 *   lecun                1 / n_in             Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, Efficient BackProp, 1998
 */
export const INITIALIZERS = [
  'glorot-uniform',
  'glorot-normal',
  'xavier-uniform',
  'xavier-normal',
  'he-uniform',
  'he-normal',
  'kaiming-uniform',
  'kaiming-normal',
  'lecun-uniform',
  'lecun-normal',
] as const;
export type Initializer = (typeof INITIALIZERS)[number];

export interface NetworkShape {
  /** d, n_1, …, K. */
  widths: readonly number[];
  /** Of the hidden layers. */
  activation: Activation;
  loss: Loss;
  seed: number;
  /** Of the output layer: 'identity' if absent. */
  outputActivation?: Activation;
  /** 'glorot-uniform' if absent. Normal ones are not truncated, as in PyTorch. */
  initializer?: Initializer;
}

/**
 * An untrained network with biases of 0, from a seed in the same bits on every engine.
 *
 * @throws TypeError or RangeError naming what is wrong with the shape
 */
export function initialize(shape: NetworkShape): Network {
  const { widths, activation, loss, seed, outputActivation, initializer } = checkObject(
    'shape',
    shape,
  ) as unknown as NetworkShape;
  const sizes = Array.from(checkNumbers('widths', widths));
  if (sizes.length < 2) throw new RangeError(`widths: expected at least two; got ${sizes.length}`);
  sizes.forEach((width, i) => checkInteger(`widths[${i}]`, width, 1, 2 ** 31 - 1));
  const name = checkOneOf('initializer', initializer ?? 'glorot-uniform', INITIALIZERS);
  const next = uniform(seed);
  const draw = name.endsWith('normal') ? normal(next) : () => 2 * next() - 1;
  const layers = sizes.slice(1).map((rows, l) => {
    const cols = sizes[l];
    const [over, under] = varianceOf(name, cols, rows);
    const size = Math.sqrt(name.endsWith('normal') ? over / under : (3 * over) / under);
    const data = Float64Array.from({ length: rows * cols }, () => draw() * size);
    const last = l === sizes.length - 2;
    return {
      weights: { rows, cols, data },
      bias: new Float64Array(rows),
      activation: last ? (outputActivation ?? 'identity') : activation,
    };
  });
  const network: Network = { layers, loss };
  checkNetwork(network);
  return network;
}

/** Numerator and denominator. */
function varianceOf(name: Initializer, inputs: number, outputs: number): [number, number] {
  if (name.startsWith('lecun')) return [1, inputs];
  return [2, name.startsWith('he') || name.startsWith('kaiming') ? inputs : inputs + outputs];
}
