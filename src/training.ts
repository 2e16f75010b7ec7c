/**
 * A plain full-batch trainer on top of the gradient. Only + − × ÷ and √ beside the core, so the same seed gives the same bits
 * on every engine.
 */
import { parameterVector } from './core/model.js';
import { type Hessbound } from './load.js';
import { checkDataset, checkNetwork, type CheckedNetwork, type Dataset, type Network } from './network.js';
import { checkInteger, checkNumber, checkOneOf, checkOptions } from './validate.js';

export { initialize, type NetworkShape } from './initialization.js';

export interface TrainingOptions {
  steps: number;
  learningRate: number;
  /** 'adam' (β₁ = 0.9, β₂ = 0.999, ε = 1e-8) if absent, or 'sgd' (momentum 0.9). */
  optimizer?: 'adam' | 'sgd';
  /** Called with the loss before the first step, as step 0, and after each. */
  onStep?: (info: { step: number; steps: number; loss: number }) => void;
  signal?: AbortSignal;
}

export interface Trained {
  network: Network;
  /** The loss before the first step and after each: steps + 1 values. */
  losses: Float64Array;
}

/** Often enough for Ctrl-C and the next frame of a page, seldom enough to cost nothing. */
const YIELD_MILLISECONDS = 10;

/**
 * Trains a copy of the network, letting other tasks run every few milliseconds.
 *
 * @throws RangeError when the loss stops being finite
 * @throws signal.reason when the signal aborts, before the next step
 */
export async function train(
  hb: Hessbound,
  network: Network,
  data: Dataset,
  options: TrainingOptions,
): Promise<Trained> {
  const { steps, learningRate, optimizer, onStep, signal } = checkTrainingOptions(options);
  const checked = checkNetwork(network);
  const theta = parameterVector(checked);
  const model = withParameters(checked, theta);
  const update = (optimizer === 'adam' ? adam : momentum)(theta, learningRate);
  const losses: number[] = [];
  let yielded = performance.now();
  for (let step = 0; step <= steps; step++) {
    signal?.throwIfAborted();
    try {
      if (step > 0) update(hb.gradient(model, data));
      losses.push(hb.loss(model, data));
    } catch (cause) {
      // The arguments passed the library's checks in step 0, so what they refuse now is what training made of them.
      if (step === 0 || !(cause instanceof RangeError)) throw cause;
      throw new RangeError(
        `train: the loss is no longer finite after step ${step}; try a learning rate below ${learningRate}`,
        { cause },
      );
    }
    onStep?.({ step, steps, loss: losses[step] });
    if (performance.now() - yielded > YIELD_MILLISECONDS) {
      await new Promise((resolve) => setTimeout(resolve));
      yielded = performance.now();
    }
  }
  return { network: withParameters(checked, theta.slice()), losses: Float64Array.from(losses) };
}

/** The share of right answers: by the largest output for softmax, by sign for sigmoid; undefined for squared error. */
export function accuracy(hb: Hessbound, network: Network, data: Dataset): number | undefined {
  const checked = checkNetwork(network);
  const { loss, outputs } = checked;
  if (loss === 'squared-error') return undefined;
  const { samples, targets } = checkDataset(checked, data);
  const logits = hb.logits(network, data.inputs).data;
  if (loss === 'sigmoid-cross-entropy') {
    return logits.filter((z, i) => z > 0 === targets[i] > 0.5).length / logits.length;
  }
  let right = 0;
  for (let start = 0; start < logits.length; start += outputs) {
    if (largestIndex(logits, start, outputs) === largestIndex(targets, start, outputs)) right++;
  }
  return right / samples;
}

/** D. P. Kingma and J. Ba, Adam (2015). */
function adam(theta: Float64Array, learningRate: number): (gradient: Float64Array) => void {
  const mean = new Float64Array(theta.length);
  const square = new Float64Array(theta.length);
  let meanDecay = 1;
  let squareDecay = 1;
  return (gradient) => {
    meanDecay *= 0.9;
    squareDecay *= 0.999;
    for (let p = 0; p < theta.length; p++) {
      const g = gradient[p];
      mean[p] = 0.9 * mean[p] + 0.1 * g;
      square[p] = 0.999 * square[p] + 0.001 * g * g;
      theta[p] -=
        (learningRate * (mean[p] / (1 - meanDecay))) / (Math.sqrt(square[p] / (1 - squareDecay)) + 1e-8);
    }
  };
}

function momentum(theta: Float64Array, learningRate: number): (gradient: Float64Array) => void {
  const velocity = new Float64Array(theta.length);
  return (gradient) => {
    for (let p = 0; p < theta.length; p++) {
      velocity[p] = 0.9 * velocity[p] + gradient[p];
      theta[p] -= learningRate * velocity[p];
    }
  };
}

/** The network with the parameters in theta, as views of it, in public order. */
function withParameters({ layers, loss, weightDecay }: CheckedNetwork, theta: Float64Array): Network {
  let offset = 0;
  const take = (length: number): Float64Array => theta.subarray(offset, (offset += length));
  return {
    layers: layers.map(({ inputs, outputs, bias, activation }) => ({
      weights: { rows: outputs, cols: inputs, data: take(outputs * inputs) },
      ...(bias && { bias: take(outputs) }),
      activation,
    })),
    loss,
    weightDecay,
  };
}

function largestIndex(x: Float64Array, start: number, length: number): number {
  let at = start;
  for (let i = start + 1; i < start + length; i++) if (x[i] > x[at]) at = i;
  return at - start;
}

function checkTrainingOptions(value: unknown): TrainingOptions & { optimizer: 'adam' | 'sgd' } {
  const known = ['steps', 'learningRate', 'optimizer', 'onStep', 'signal'];
  const options = checkOptions('options', value, known);
  return {
    ...(value as TrainingOptions),
    steps: checkInteger('options.steps', options['steps'], 0, 1e9),
    learningRate: checkNumber('options.learningRate', options['learningRate'], 0),
    optimizer: checkOneOf('options.optimizer', options['optimizer'] ?? 'adam', ['adam', 'sgd']),
  };
}
