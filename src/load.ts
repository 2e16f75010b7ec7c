/** The typed face of the core: load() it, then call its methods. */
import { compile, compileSync, Core } from './core/instance.js';
import * as dense from './core/dense.js';
import { eigh } from './core/eigh.js';
import { hessian } from './core/hessian.js';
import { predict } from './core/model.js';
import * as readings from './core/readings.js';
import { type Matrix } from './matrix.js';
import { checkAssembly, computeMoments, type Moments, type MomentsOptions } from './moments.js';
import { checkDataset, checkInputs, checkNetwork, type Dataset, type Network } from './network.js';
import { computeSharpness, type Sharpness, type SharpnessOptions } from './sharpness.js';
import { checkSymmetric } from './symmetric.js';
import { checkMatrix, checkNumbers, checkOptions, checkShape, describe } from './validate.js';

/**
 * Instantiates the core. Prefer this in browsers: compilation does not block.
 */
export async function load(): Promise<Hessbound> {
  return new Hessbound(new Core(await compile()));
}

/** Instantiates the core synchronously: about two milliseconds (bench/RESULTS.md). */
export function loadSync(): Hessbound {
  return new Hessbound(new Core(compileSync()));
}

/**
 * One instance of the core. Methods are synchronous, copy their inputs, return fresh arrays that the caller owns, and leave
 * the instance as they found it, errors included. Every method that takes a network and data throws TypeError or RangeError
 * naming the argument, what was expected and what arrived.
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
    const { rows, cols, data } = checkMatrix('x', x);
    checkShape('gram(x)', rows, rows);
    return { rows, cols: rows, data: dense.gram(this.#core, data, rows, cols) };
  }

  /** √Σ x_ij², without overflow or underflow on the way. */
  frobeniusNorm(x: Matrix): number {
    return dense.frobeniusNorm(this.#core, checkMatrix('x', x).data);
  }

  /**
   * Eigenvalues, ascending, and on request eigenvectors of a symmetric matrix: vectors.rows × vectors.cols = n × n, row k
   * belonging to values[k]. Householder tridiagonalization and implicit QL (LAPACK's dsytd2; EISPACK's imtql2), normwise
   * backward stable. Uses the lower triangle.
   *
   * @throws RangeError unless a is square and symmetric to |a_ij − a_ji| ≤ 8 ε max|a|
   * @throws Error if an eigenvalue does not converge within 30 n sweeps in all
   */
  eigh(a: Matrix, options?: { vectors?: boolean }): { values: Float64Array; vectors?: Matrix } {
    const { rows, data } = checkSymmetric('a', a);
    const { vectors: wanted = false } = checkOptions('options', options, ['vectors']);
    if (typeof wanted !== 'boolean') {
      throw new TypeError(`options.vectors: expected true or false; got ${describe(wanted)}`);
    }
    const { values, vectors } = eigh(this.#core, data, rows, wanted);
    return { values, ...(vectors && { vectors: { rows, cols: rows, data: vectors } }) };
  }

  /** What the loss sees, N × K: the outputs of the last layer, after its activation if it has one. */
  logits(network: Network, inputs: Matrix): Matrix {
    const net = checkNetwork(network);
    const { rows, data } = checkInputs('inputs', net, inputs);
    return { rows, cols: net.outputs, data: predict(this.#core, net, rows, data) };
  }

  /** The mean loss over the samples, plus (ω/2)‖θ‖². */
  loss(network: Network, data: Dataset): number {
    const net = checkNetwork(network);
    return readings.loss(this.#core, net, checkDataset(net, data));
  }

  /** The gradient of the loss: P entries. */
  gradient(network: Network, data: Dataset): Float64Array {
    const net = checkNetwork(network);
    return readings.gradient(this.#core, net, checkDataset(net, data));
  }

  /**
   * The exact Hessian of the loss: P × P, symmetric to the bit.
   *
   * @throws RangeError if it is too large for memory, before anything is allocated
   */
  hessian(network: Network, data: Dataset): Matrix {
    const net = checkNetwork(network);
    const checked = checkDataset(net, data);
    checkAssembly(net, 'hessianVectorProduct, moments or sharpness');
    return { rows: net.parameters, cols: net.parameters, data: hessian(this.#core, net, checked) };
  }

  /** H v without H: time O(N P), memory O(P + N Σ widths). v and the result have P entries. */
  hessianVectorProduct(network: Network, data: Dataset, v: ArrayLike<number>): Float64Array {
    const net = checkNetwork(network);
    const checked = checkDataset(net, data);
    const direction = checkNumbers('v', v, net.parameters);
    return readings.hessianVectorProduct(this.#core, net, checked, direction);
  }

  /** Exact trace and Frobenius norm of the Hessian, whole, by layer and by pair of layers. */
  moments(network: Network, data: Dataset, options?: MomentsOptions): Moments {
    const net = checkNetwork(network);
    return computeMoments(this.#core, net, checkDataset(net, data), options).moments;
  }

  /** The main job: a guaranteed bracket on the largest eigenvalue of the Hessian, and what it is made of. */
  sharpness(network: Network, data: Dataset, options?: SharpnessOptions): Sharpness {
    const net = checkNetwork(network);
    return computeSharpness(this.#core, net, checkDataset(net, data), options);
  }

  /** Bytes of WebAssembly memory: in use now (0 between calls), and held. */
  memory(): { used: number; held: number } {
    return { used: this.#core.allocatedBytes, held: this.#core.memoryBytes };
  }

  /** Frees the instance; later calls throw. Disposing twice is fine. */
  dispose(): void {
    this.#core.dispose();
  }
}
