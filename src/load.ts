/** The typed face of the core: load() it, then call its methods. */
import { type BoundGradient } from './bound-gradient.js';
import { type CallOptions, checkCallOptions } from './call-options.js';
import { copy } from './copy.js';
import { compile, compileSync, Core } from './core/instance.js';
import { runHere } from './core/job.js';
import { type Eigh, type EighOptions, type EighResiduals } from './eigen.js';
import { type Matrix } from './matrix.js';
import * as methods from './methods.js';
import { computeMoments, type Moments, type MomentsOptions } from './moments.js';
import { checkNetwork, type Dataset, type Network } from './network.js';
import { type Part } from './parts.js';
import { type ShardOptions } from './shard.js';
import { type Sharpness } from './sharpness.js';
import { type SharpnessOptions } from './sharpness-options.js';
import { type DensityOptions, type SpectralDensity } from './spectral-density.js';
import { type TopEigenvalues, type TopOptions } from './top-eigenvalues.js';
import { type BatchOptions, type BatchSharpness } from './streaming.js';
import { type TrainingOptions } from './training/options.js';
import { type Trained } from './training/train.js';
import { checkOptions } from './validate.js';

/**
 * Instantiates the core. Prefer this in browsers: compilation does not block.
 */
export async function load(): Promise<Hessbound> {
  return new Hessbound(new Core(await compile()));
}

/** Instantiates the core synchronously: about three milliseconds, the first call included (bench/RESULTS.md). */
export function loadSync(): Hessbound {
  return new Hessbound(new Core(compileSync()));
}

/**
 * One instance of the core. Methods are synchronous, but for streams of data. They copy their inputs, return fresh arrays that
 * the caller owns, and leave the instance as they found it, errors included. Every method that takes a network and data throws
 * TypeError or RangeError naming the argument, what was expected and what arrived.
 *
 * Parameters are ordered layer by layer, weights row-major, then bias (PyTorch's parameters_to_vector). P is their number, N
 * the number of samples, d and K the widths of input and output.
 */
export class Hessbound {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /** X Xᵀ, rows × rows: the inner products between the rows of x. */
  gram(x: Matrix): Matrix {
    return this.#run(methods.gram, [x]);
  }

  /** √Σ x_ij², without overflow or underflow on the way. */
  frobeniusNorm(x: Matrix): number {
    return this.#run(methods.frobeniusNorm, [x]);
  }

  /**
   * Eigenvalues, ascending, and on request eigenvectors of a symmetric matrix, or some of them: row k of vectors belongs to values[k].
   * Blocked Householder tridiagonalization; then root-free QL for values alone, divide and conquer with vectors (the plan of
   * LAPACK's dsyevd; docs/eigensolver.md). Normwise backward stable: every value is within c n ε ‖A‖ of a true one, so values far below
   * ε ‖A‖ have no correct digits. Uses the lower triangle. Memory: 3 n² doubles with vectors, n² without, beside a and the result.
   *
   * @throws RangeError unless a is square and symmetric to |a_ij − a_ji| ≤ 8 ε max|a|, or if it selects more values than there are
   * @throws Error naming the matrix' order and the eigenvalue, should one not converge within the cap on iterations
   */
  eigh(a: Matrix, options?: EighOptions): Eigh {
    return this.#run(methods.eigh, [a], options);
  }

  /**
   * How good a result of eigh is, or of any other solver: ratios in the manner of LAPACK's tests, which ask for less than 30; a few
   * are usual. All eigenvectors or some of them; uses the lower triangle of a.
   *
   * @throws TypeError if result has no vectors, RangeError if their shape does not fit a and the values
   */
  eighResiduals(a: Matrix, result: { values: ArrayLike<number>; vectors?: Matrix }): EighResiduals {
    return this.#run(methods.eighResiduals, [a, result]);
  }

  /** What the loss sees, N × K: the outputs of the last layer, after its activation if it has one. */
  logits(network: Network, inputs: Matrix): Matrix {
    return this.#run(methods.logits, [network, inputs]);
  }

  /** The mean loss over the samples, plus (ω/2)‖θ‖². */
  loss(network: Network, data: Dataset): number {
    return this.#run(methods.loss, [network, data]);
  }

  /** The gradient of the loss: P entries. */
  gradient(network: Network, data: Dataset): Float64Array {
    return this.#run(methods.gradient, [network, data]);
  }

  /**
   * The exact Hessian of the loss: P × P, symmetric to the bit.
   *
   * @throws RangeError if it is too large for memory, before anything is allocated
   */
  hessian(network: Network, data: Dataset): Matrix {
    return this.#run(methods.hessian, [network, data]);
  }

  /** H v without H: time O(N P), memory O(P + N Σ widths). v and the result have P entries. */
  hessianVectorProduct(network: Network, data: Dataset, v: ArrayLike<number>): Float64Array {
    return this.#run(methods.hessianVectorProduct, [network, data, v]);
  }

  /** Exact trace and Frobenius norm of the Hessian, whole, by layer and by pair of layers. */
  moments(network: Network, data: Dataset, options?: MomentsOptions): Moments {
    return this.#run(methods.moments, [network, data], options);
  }

  /**
   * The Wolkowicz–Styan bound U = μ + √(P−1) s ≥ λ_1 on the largest eigenvalue of the Hessian and its gradient in the parameters, P
   * entries, in closed form: what to descend toward flat minima. μ = tr H / P and s² = ‖H‖_F² / P − μ²; time and memory are a few times
   * those of moments. Weight decay adds ω to the bound and nothing to the gradient. Where s² is within rounding of 0, all eigenvalues being
   * equal (always if P = 1), U has a corner and no gradient: then gradient is that of μ. Derived in docs/gradient.md.
   *
   * @throws RangeError if the gradient exceeds the range of double precision
   */
  boundGradient(network: Network, data: Dataset): BoundGradient {
    return this.#run(methods.boundGradient, [network, data]);
  }

  /**
   * The k largest or smallest eigenvalues of H and their vectors, without H: a Lanczos process with full reorthogonalization, seeded. Each
   * value has an eigenvalue within its residual; but that none was passed over, and that multiple ones are found more than once,
   * no such process can promise: sharpness with a tolerance does, for the largest.
   */
  topEigenvalues(network: Network, data: Dataset, options?: TopOptions): TopEigenvalues {
    return this.#run(methods.topEigenvalues, [network, data], options);
  }

  /**
   * How the eigenvalues of H are spread, without H: stochastic Lanczos quadrature with full reorthogonalization, seeded. An estimate,
   * with its standard error, and the only sampled one here: no bound takes anything from it. Memory: (steps + 2) P doubles, for each
   * worker of a pool. docs/spectral-density.md says how good it is.
   *
   * @throws RangeError if probes · steps is above 100,000, or steps · P too large for memory, before anything is allocated
   */
  spectralDensity(network: Network, data: Dataset, options?: DensityOptions): SpectralDensity {
    return this.#run(methods.spectralDensity, [network, data], options);
  }

  /** The main job: a guaranteed bracket on the largest eigenvalue of the Hessian, and what it is made of. */
  sharpness(network: Network, data: Dataset, options?: SharpnessOptions): Sharpness {
    return this.#run(methods.sharpness, [network, data], options);
  }

  /**
   * One of `count` parts of an analysis, to be computed on any machine: its share of the sums over pairs of samples that sharpness with these options takes.
   * sharpness(network, data, { parts }) with all of them gives the same bits as without. Plain data, a few megabytes at most as JSON, which keeps it to the bit;
   * SHA-256 of the network, the data and the library go with it, so that parts of anything else are refused. Of moments by the assembled
   * Hessian (see moments) nothing can be shared.
   *
   * @throws RangeError unless 1 ≤ index ≤ count ≤ 10,000
   */
  shard(network: Network, data: Dataset, options: ShardOptions): Part {
    return this.#run(methods.shard, [network, data], options);
  }

  /**
   * Bounds for data that comes in batches, in the memory of one: λ_1 ≤ Σ w_b U_b with U_b the upper bound on λ_1 of batch b and
   * w_b its share of the samples, or of their weights; λ_1 ≥ tr H / P. Wolkowicz–Styan, and the convexity of λ_1
   * (src/streaming.ts); the batches must together be the data that is meant. Other tasks run between the batches.
   *
   * @throws RangeError or TypeError that names the batch, for a bad one, and RangeError if there is none
   * @throws signal.reason when the signal aborts, before the next batch
   */
  async sharpnessOfBatches(
    network: Network,
    batches: AsyncIterable<Dataset> | Iterable<Dataset>,
    options?: BatchOptions,
  ): Promise<BatchSharpness> {
    const net = copy(checkNetwork(network));
    const { averageBatches } = await import('./streaming.js');
    return averageBatches(net, batches, options, async (data, signal) => {
      const own = copy(data);
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      return computeMoments(this.#core, net, own);
    });
  }

  /**
   * Trains a copy of the network: `steps` steps of gradient descent with momentum, Adam or SAM, on all samples or on mini-batches, on
   * request with the bound of sharpness or ‖H‖_F added to the loss (docs/training.md). Goes on from a saved state in the same bits as if it had
   * never stopped. Where the loss, the parameters or the optimizer's averages exceed 1e100 or are not finite it stops, says at which step and
   * why, and returns the last state before. The same options give the same bits on every engine.
   *
   * Blocks until it is done, but for calls of onStep; to train off the main thread, see Pool.
   *
   * @throws RangeError if the loss is not finite to begin with; TypeError or RangeError naming an option that is wrong
   * @throws signal.reason once the signal has aborted: only onStep can do that in the meantime
   */
  train(network: Network, data: Dataset, options: TrainingOptions & Pick<CallOptions, 'signal'>): Trained {
    const { signal, ...own } = checkOptions('options', options, [...methods.train.options, 'signal']);
    const watch = checkCallOptions(signal, undefined);
    return runHere(this.#core, methods.train.steps(methods.train.check([network, data], own)), watch.signal);
  }

  /** Bytes of WebAssembly memory: in use now (0 between calls), and held. */
  memory(): { used: number; held: number } {
    return { used: this.#core.allocatedBytes, held: this.#core.memoryBytes };
  }

  /** Frees the instance; later calls throw. Disposing twice is fine. */
  dispose(): void {
    this.#core.dispose();
  }

  #run<Checked, Result>(
    method: methods.Method<Checked, Result>,
    args: readonly unknown[],
    options?: unknown,
  ): Result {
    return runHere(this.#core, method.steps(method.check(args, options)));
  }
}
