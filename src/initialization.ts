import { type Activation, checkNetwork, type Loss, type Network } from './network.js';
import { uniform } from './random.js';
import { checkInteger, checkNumbers } from './validate.js';

export interface NetworkShape {
  /** d, n_1, …, K. */
  widths: readonly number[];
  /** Of the hidden layers. */
  activation: Activation;
  loss: Loss;
  seed: number;
  /** Of the output layer: 'identity' if absent. */
  outputActivation?: Activation;
}

/**
 * An untrained network: weights uniform in ±√(6 / (inputs + outputs)), biases 0 (X. Glorot and Y. Bengio, Understanding the
 * difficulty of training deep feedforward neural networks, 2010).
 */
export function initialize({ widths, activation, loss, seed, outputActivation }: NetworkShape): Network {
  const sizes = Array.from(checkNumbers('widths', widths));
  if (sizes.length < 2) throw new RangeError(`widths: expected at least two; got ${sizes.length}`);
  sizes.forEach((width, i) => checkInteger(`widths[${i}]`, width, 1, 2 ** 31 - 1));
  const next = uniform(seed);
  const layers = sizes.slice(1).map((rows, l) => {
    const cols = sizes[l];
    const limit = Math.sqrt(6 / (rows + cols));
    const data = Float64Array.from({ length: rows * cols }, () => (2 * next() - 1) * limit);
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
