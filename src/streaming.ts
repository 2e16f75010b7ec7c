/**
 * Sharpness of a data set that comes in batches, in the memory of one. The Hessian of the whole mean loss is the mean of the
 * batches' Hessians, H = Σ w_b H_b with Σ w_b = 1, and λ_1 is convex (a maximum of linear functions: Weyl 1912), so
 *
 *   tr H / P ≤ λ_1(H) ≤ Σ w_b λ_1(H_b) ≤ Σ w_b WS(H_b),    λ_P(H) ≥ Σ w_b WS_P(H_b),    ‖H‖_F ≤ Σ w_b ‖H_b‖_F
 *
 * with WS the bounds of Wolkowicz and Styan (bounds.ts). The trace is linear, so the lower bound is that of the whole. This is
 * looser than sharpness() of all data at once: inequalities are summed, the more so the more the batches differ.
 *
 * Rounding. A sum Σ W_b x_b and its division by Σ W_b take a compensated sum, so a handful of roundings: each is widened by
 * 16 ε Σ W_b |x_b| / Σ W_b.
 */
import { shifted, type Interval, wolkowiczStyan } from './bounds.js';
import { finite } from './core/model.js';
import { CompensatedSums, compensatedSum } from './core/sums.js';
import { type MomentResults, shiftedNorm } from './moments.js';
import { type CheckedDataset, checkDataset, type CheckedNetwork, type Dataset } from './network.js';
import { checkInteger, checkNumbers, checkOptions, describe } from './validate.js';
import { checkCallOptions, type CallOptions, CALL_OPTIONS } from './call-options.js';

const EPSILON = Number.EPSILON;

export interface BatchOptions extends CallOptions {
  /** How many samples the batches hold together: onProgress needs it. */
  samples?: number;
}

export interface BatchSharpness {
  /** lower ≤ λ_1 ≤ upper, guaranteed, for the Hessian of the mean loss over the samples of all batches. */
  upper: number;
  lower: number;
  /** Encloses λ_P. */
  smallest: Interval;
  /** The upper bound is a mean over batches. */
  batchAveraged: true;
  /** How many there were, and how many samples they held. */
  batches: number;
  samples: number;
  trace: number;
  /** ‖H‖_F ≤ upper. */
  frobeniusNorm: { upper: number };
}

/** The moments of one batch, wherever they are computed. */
export type ComputeMoments = (
  data: CheckedDataset,
  signal: AbortSignal | undefined,
) => MomentResults | Promise<MomentResults>;

/** Bounds from batches, of which one at a time is asked for and held. */
export async function averageBatches(
  network: CheckedNetwork,
  batches: unknown,
  options: unknown,
  compute: ComputeMoments,
): Promise<BatchSharpness> {
  const { signal, onProgress, samples: expected = Infinity } = checkBatchOptions(options);
  const average = new Average(network);
  let reached = 0;
  const reach = (fraction: number): void => {
    if (fraction > reached) onProgress?.((reached = fraction));
  };
  await forEach(iteratorOf(batches), signal, async (batch, index) => {
    try {
      const data = checkDataset(network, batch);
      const weight = batchWeight(batch as Dataset, data.samples);
      average.add(await compute(data, signal), data.samples, weight);
    } catch (error) {
      throw signal?.aborted ? error : inBatch(index, error);
    }
    reach(Math.min(1, average.samples / expected));
  });
  if (average.batches === 0) throw new RangeError('batches: expected at least one data set; got none');
  reach(1);
  return average.read();
}

/** What is averaged over the batches: bounds without weight decay, which is added at the end. */
const NAMES = ['upper', 'least', 'traceLower', 'traceUpper', 'trace', 'norm'] as const;
type Name = (typeof NAMES)[number];

class Average {
  batches = 0;
  samples = 0;
  readonly #network: CheckedNetwork;
  readonly #sums = new CompensatedSums(NAMES.length);
  readonly #sizes = new CompensatedSums(NAMES.length);
  readonly #weights = new CompensatedSums(1);

  constructor(network: CheckedNetwork) {
    this.#network = network;
  }

  add({ moments, loss }: MomentResults, samples: number, weight: number): void {
    const { largest, smallest } = wolkowiczStyan({ ...loss, order: this.#network.parameters });
    const values: Record<Name, number> = {
      upper: largest.upper,
      least: smallest.lower,
      traceLower: loss.trace.lower,
      traceUpper: loss.trace.upper,
      trace: moments.trace,
      norm: loss.frobeniusNorm.upper,
    };
    const terms = Float64Array.from(NAMES, (name) => weight * values[name]);
    this.#sums.add(terms);
    this.#sizes.add(terms.map(Math.abs));
    this.#weights.add(Float64Array.of(weight));
    this.batches++;
    this.samples += samples;
  }

  read(): BatchSharpness {
    const { parameters, weightDecay } = this.#network;
    const mean = (name: Name, direction: -1 | 0 | 1): number => {
      const at = NAMES.indexOf(name);
      const [weights] = this.#weights.totals();
      const allowance = (16 * EPSILON * this.#sizes.totals()[at]) / weights;
      return finite(this.#sums.totals()[at] / weights + direction * allowance, 'batches: their average');
    };
    const perParameter = (trace: number, direction: -1 | 1): number =>
      trace / parameters + direction * EPSILON * Math.abs(trace / parameters);
    const trace = { lower: mean('traceLower', -1), upper: mean('traceUpper', 1) };
    const largest = { lower: perParameter(trace.lower, -1), upper: mean('upper', 1) };
    const smallest = { lower: mean('least', -1), upper: perParameter(trace.upper, 1) };
    return {
      ...shifted(largest, weightDecay),
      smallest: shifted(smallest, weightDecay),
      batchAveraged: true,
      batches: this.batches,
      samples: this.samples,
      trace: mean('trace', 0),
      frobeniusNorm: { upper: normBound(mean('norm', 1), trace.upper, parameters, weightDecay) },
    };
  }
}

/** ‖H + ωI‖_F ≤ this, from upper bounds of ‖H‖_F and tr H. Relative to ‖H‖_F + ω√P, its square errs by a few ε. */
function normBound(norm: number, trace: number, order: number, omega: number): number {
  const size = norm + omega * Math.sqrt(order);
  if (omega === 0) return norm;
  const ratio = shiftedNorm(norm, trace, order, omega) / size;
  return size * Math.sqrt(ratio * ratio + 16 * EPSILON);
}

/** Before normalization: what the batch counts for in the mean over all. */
function batchWeight({ weights }: Dataset, samples: number): number {
  if (weights === undefined) return samples;
  return finite(compensatedSum(checkNumbers('data.weights', weights)), 'data.weights: their sum');
}

type AnyIterator = AsyncIterator<unknown, unknown> | Iterator<unknown, unknown>;

/** Like `for await`, but an abort need not wait for the next item. */
async function forEach(
  iterator: AnyIterator,
  signal: AbortSignal | undefined,
  body: (item: unknown, index: number) => Promise<void>,
): Promise<void> {
  let asking = false;
  try {
    for (let index = 0; ; index++) {
      asking = true;
      const step = await unlessAborted(signal, () => iterator.next());
      if (typeof step !== 'object' || (step as unknown) === null) {
        throw new TypeError(
          `batches: expected an iterator whose next() gives objects; got ${describe(step)}`,
        );
      }
      asking = false;
      if (step.done) return;
      await body(step.value, index);
    }
  } catch (error) {
    // An iterator that failed has closed itself; one that is waiting may never answer, nor one that is told to close.
    if (!asking || signal?.aborted) void close(iterator);
    throw error;
  }
}

/** What `ask` gives, or the abort's reason at once. A promise of its own each time: on one for all, every batch would stay. */
function unlessAborted<T>(signal: AbortSignal | undefined, ask: () => T | PromiseLike<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => {
      // An abort's reason may be anything, as with fetch.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(signal!.reason);
    };
    signal?.addEventListener('abort', abort);
    Promise.resolve(ask())
      .finally(() => signal?.removeEventListener('abort', abort))
      .then(resolve, reject);
  });
}

async function close(iterator: AnyIterator): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The error that led here is the one to report.
  }
}

function iteratorOf(batches: unknown): AnyIterator {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(batches) as Partial<
    AsyncIterable<unknown, unknown> & Iterable<unknown, unknown>
  >;
  const open = (later ?? now) as ((this: unknown) => AnyIterator) | undefined;
  if (typeof open !== 'function' || typeof batches === 'string') {
    throw new TypeError(
      `batches: expected an iterable or async iterable of data sets; got ${describe(batches)}`,
    );
  }
  const iterator: unknown = open.call(batches);
  if (typeof (iterator as Partial<AnyIterator> | null)?.next !== 'function') {
    throw new TypeError(
      `batches: expected an iterable that gives an iterator; got ${describe(iterator)} from it`,
    );
  }
  return iterator as AnyIterator;
}

/** An error of the same class that names the batch, where the batch is to blame. */
function inBatch(index: number, cause: unknown): unknown {
  if (!(cause instanceof TypeError || cause instanceof RangeError)) return cause;
  const Class = cause instanceof TypeError ? TypeError : RangeError;
  return new Class(`batches[${index}]: ${cause.message}`, { cause });
}

function checkBatchOptions(value: unknown): BatchOptions {
  const { signal, onProgress, samples } = checkOptions('options', value, ['samples', ...CALL_OPTIONS]);
  const watch = checkCallOptions(signal, onProgress);
  if (samples !== undefined) {
    return { ...watch, samples: checkInteger('options.samples', samples, 1, Number.MAX_SAFE_INTEGER) };
  }
  if (watch.onProgress) {
    throw new TypeError(
      'options.samples: expected the number of samples in all batches, of which onProgress is told the fraction; got undefined',
    );
  }
  return watch;
}
