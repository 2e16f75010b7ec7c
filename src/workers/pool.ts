/** The methods of Hessbound as promises, computed by workers. */
/// <reference lib="esnext.disposable" preserve="true" />
import { type BoundGradient } from '../bound-gradient.js';
import { compile } from '../core/instance.js';
import { perform } from '../core/job.js';
import * as kinds from '../core/kinds.js';
import { type Eigh, type EighOptions, type EighResiduals } from '../eigen.js';
import { type Matrix } from '../matrix.js';
import * as methods from '../methods.js';
import { chooseRoute, type Moments, momentSteps, type MomentsOptions } from '../moments.js';
import { checkNetwork, type Dataset, type Network } from '../network.js';
import { type Part } from '../parts.js';
import { type ShardOptions } from '../shard.js';
import { type Sharpness } from '../sharpness.js';
import { type SharpnessOptions } from '../sharpness-options.js';
import { type DensityOptions, type SpectralDensity } from '../spectral-density.js';
import { averageBatches, type BatchOptions, type BatchSharpness } from '../streaming.js';
import { type TopEigenvalues, type TopOptions } from '../top-eigenvalues.js';
import { type TrainingOptions } from '../training/options.js';
import { type Trained } from '../training/train.js';
import { checkOptions } from '../validate.js';
import { copy } from '../copy.js';
import { Dispatcher } from './dispatcher.js';
import { hardwareThreads, threadStarter, type WorkerLike } from './thread.js';
import { checkCallOptions, type CallOptions, CALL_OPTIONS } from '../call-options.js';

/** How long the first answer of a worker may take. */
const START_MILLISECONDS = 30_000;

/**
 * Workers that compute what Hessbound computes, off the calling thread, with the same bits whatever their number. Every method
 * takes, beside its own options, a signal that aborts it at once and a listener for its progress.
 *
 * Arguments are checked and copied before a method returns, and wrong ones reject with the errors of Hessbound. Moments from
 * pairs of samples, their gradient, the orthogonality of the samples, the probes of a spectral density and the pairs of a proof are shared
 * among the workers; other work takes one worker, and several calls run side by side.
 */
export class Pool {
  readonly #dispatcher: Dispatcher;

  /** @internal */
  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  static {
    // Absent on older engines, where a class member of that name would be called 'undefined'.
    const dispose = Symbol.asyncDispose as symbol | undefined;
    if (dispose) {
      Object.defineProperty(this.prototype, dispose, {
        value(this: Pool): Promise<void> {
          return this.close();
        },
      });
    }
  }

  /** Most workers at a time. They start when they are first needed. */
  get workers(): number {
    return this.#dispatcher.workers;
  }

  /** See Hessbound. */
  gram(x: Matrix, options?: CallOptions): Promise<Matrix> {
    return this.#run(methods.gram, [x], options);
  }

  /** See Hessbound. */
  frobeniusNorm(x: Matrix, options?: CallOptions): Promise<number> {
    return this.#run(methods.frobeniusNorm, [x], options);
  }

  /** See Hessbound. */
  eigh(a: Matrix, options?: EighOptions & CallOptions): Promise<Eigh> {
    return this.#run(methods.eigh, [a], options);
  }

  /** See Hessbound. */
  eighResiduals(
    a: Matrix,
    result: { values: ArrayLike<number>; vectors?: Matrix },
    options?: CallOptions,
  ): Promise<EighResiduals> {
    return this.#run(methods.eighResiduals, [a, result], options);
  }

  /** See Hessbound. */
  logits(network: Network, inputs: Matrix, options?: CallOptions): Promise<Matrix> {
    return this.#run(methods.logits, [network, inputs], options);
  }

  /** See Hessbound. */
  loss(network: Network, data: Dataset, options?: CallOptions): Promise<number> {
    return this.#run(methods.loss, [network, data], options);
  }

  /** See Hessbound. */
  gradient(network: Network, data: Dataset, options?: CallOptions): Promise<Float64Array> {
    return this.#run(methods.gradient, [network, data], options);
  }

  /** See Hessbound. */
  hessian(network: Network, data: Dataset, options?: CallOptions): Promise<Matrix> {
    return this.#run(methods.hessian, [network, data], options);
  }

  /** See Hessbound. */
  hessianVectorProduct(
    network: Network,
    data: Dataset,
    v: ArrayLike<number>,
    options?: CallOptions,
  ): Promise<Float64Array> {
    return this.#run(methods.hessianVectorProduct, [network, data, v], options);
  }

  /** See Hessbound. */
  moments(network: Network, data: Dataset, options?: MomentsOptions & CallOptions): Promise<Moments> {
    return this.#run(methods.moments, [network, data], options);
  }

  /** See Hessbound. */
  boundGradient(network: Network, data: Dataset, options?: CallOptions): Promise<BoundGradient> {
    return this.#run(methods.boundGradient, [network, data], options);
  }

  /** See Hessbound. */
  topEigenvalues(
    network: Network,
    data: Dataset,
    options?: TopOptions & CallOptions,
  ): Promise<TopEigenvalues> {
    return this.#run(methods.topEigenvalues, [network, data], options);
  }

  /** See Hessbound. The probes are shared among the workers. */
  spectralDensity(
    network: Network,
    data: Dataset,
    options?: DensityOptions & CallOptions,
  ): Promise<SpectralDensity> {
    return this.#run(methods.spectralDensity, [network, data], options);
  }

  /** See Hessbound. */
  sharpness(network: Network, data: Dataset, options?: SharpnessOptions & CallOptions): Promise<Sharpness> {
    return this.#run(methods.sharpness, [network, data], options);
  }

  /** See Hessbound. The share is shared among the workers in turn. */
  shard(network: Network, data: Dataset, options: ShardOptions & CallOptions): Promise<Part> {
    return this.#run(methods.shard, [network, data], options);
  }

  /** See Hessbound. The steps take one worker; onStep is called here, while it waits, and what it throws rejects the call. */
  train(network: Network, data: Dataset, options: TrainingOptions & CallOptions): Promise<Trained> {
    return this.#run(methods.train, [network, data], options);
  }

  /** See Hessbound. The network, and each batch when it comes, are copied. */
  async sharpnessOfBatches(
    network: Network,
    batches: AsyncIterable<Dataset> | Iterable<Dataset>,
    options?: BatchOptions,
  ): Promise<BatchSharpness> {
    const net = copy(checkNetwork(network));
    return averageBatches(net, batches, options, (data, signal) =>
      this.#dispatcher.perform(momentSteps(net, copy(data), chooseRoute(net, data.samples)), { signal }),
    );
  }

  /** Ends all workers, and resolves when they are gone. Pending calls reject, and later ones. Closing twice is fine. */
  close(): Promise<void> {
    return this.#dispatcher.close();
  }

  /** close(), for `await using`, where the platform has it. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  async #run<Checked, Result>(
    method: methods.Method<Checked, Result>,
    args: readonly unknown[],
    options: unknown,
  ): Promise<Result> {
    const { signal, onProgress, ...own } = checkOptions('options', options, [
      ...method.options,
      ...CALL_OPTIONS,
    ]);
    const watch = checkCallOptions(signal, onProgress);
    watch.signal?.throwIfAborted();
    const checked = copy(method.check(args, own));
    return this.#dispatcher.perform(method.steps(checked), watch);
  }
}

/** The pool behind createPool(), once a first worker has shown that it can compute. */
export async function startPool(
  workers: number | undefined,
  createWorker: (() => WorkerLike) | undefined,
): Promise<Pool> {
  const [module, startThread] = await Promise.all([compile(), threadStarter(createWorker)]);
  const dispatcher = new Dispatcher(module, startThread, workers ?? (await hardwareThreads()));
  // A page or script that is no worker of ours may load without an error, and never answer.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(unanswered()), START_MILLISECONDS);
  try {
    await dispatcher.perform(perform(kinds.frobeniusNorm, Float64Array.of(0)), { signal: patience.signal });
  } catch (error) {
    await dispatcher.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return new Pool(dispatcher);
}

function unanswered(): Error {
  return new Error(
    `hessbound: a worker could not be started: no answer within ${START_MILLISECONDS / 1000} s ` +
      '(does createWorker run the script hessbound/worker?)',
  );
}
