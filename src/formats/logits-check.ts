/**
 * Whether a network is the one that a file was written from: its logits on some samples against those that the original gave. Weights stored the
 * other way or another activation change logits by more than rounding does, which for an original in single precision is about
 *
 *   tolerance = C · √n · 2⁻²⁴ · s,     s = max over samples and outputs of Σ_j |w_j a_j| + |b|  in the last layer,
 *
 * n the sum of the layers' inputs: errors of sums of n products, each rounded, add up like a random walk (Higham, Accuracy and Stability of
 * Numerical Algorithms, §2.8), and C = 16 leaves room for the way in which errors of earlier layers grow in later ones.
 *
 * Tools often show probabilities; these are compared after the softmax or sigmoid that was taken into the loss. (exp is not the same to the last
 * bit in every engine: so are such differences, which are judged in their first digits.)
 */
import { type Matrix } from '../matrix.js';
import { type Loss, type Network } from '../network.js';
import { checkMatrix } from '../validate.js';
import { FormatError } from './files.js';

export interface LogitsCheck {
  /** What was expected were found to be. */
  as: 'logits' | 'probabilities';
  /** How many samples were compared: the first ones. */
  samples: number;
  /** The largest difference, and the sample and output that have it. */
  difference: number;
  row: number;
  col: number;
  tolerance: number;
}

/** What computes N × K logits: hb.logits, or a pool's. */
export type LogitsOf = (network: Network, inputs: Matrix) => Matrix | Promise<Matrix>;

export interface Samples {
  /** N × d. */
  inputs: Matrix;
  /** n × K for the first n ≤ N samples: the original's logits, or its probabilities. */
  expected: Matrix;
  /** What `expected` was read from, for messages. */
  file?: string;
  /** Largest difference allowed, relative to s; for originals in half precision, say. Default: C √n 2⁻²⁴. */
  tolerance?: number;
}

const C = 16;

/**
 * Compares a network's logits on samples with those of the original.
 *
 * @throws FormatError if they differ by more than rounding explains, or their shapes do not fit
 */
export async function checkLogits(
  network: Network,
  samples: Samples,
  logitsOf: LogitsOf,
): Promise<LogitsCheck> {
  const check = await compareLogits(network, samples, logitsOf);
  const { as, difference, row, col, tolerance } = check;
  if (difference <= tolerance) return check;
  throw new FormatError(
    samples.file ?? 'logits',
    `expected the network's ${as} within ${short(tolerance)}, as rounding explains; they differ by ${short(difference)} ` +
      `at sample ${row}, output ${col}: is the activation, the layout or the order of the layers another?`,
  );
}

/** The same, and the caller judges. */
export async function compareLogits(
  network: Network,
  { inputs, expected, file = 'logits', tolerance }: Samples,
  logitsOf: LogitsOf,
): Promise<LogitsCheck> {
  const x = checkMatrix('inputs', inputs);
  const y = checkMatrix(file, expected);
  const outputs = network.layers.at(-1)!.weights.rows;
  // Tools give both probabilities of two classes where one output decides.
  const isPair = outputs === 1 && y.cols === 2 && isDistribution(y);
  if (y.rows > x.rows || (y.cols !== outputs && !isPair)) {
    throw new FormatError(
      file,
      `expected logits of at most ${x.rows} samples for ${outputs} outputs; got ${y.rows} × ${y.cols}`,
    );
  }
  const first = { rows: y.rows, cols: x.cols, data: x.data.slice(0, y.rows * x.cols) };
  const logits = await logitsOf(network, first);
  const relative = tolerance ?? C * Math.sqrt(terms(network)) * 2 ** -24;
  const scale = await scaleOf(network, first, logitsOf);
  const plain = isPair ? undefined : farthest(logits, y);
  const allowed = relative * scale;
  if (plain && plain.difference <= allowed) {
    return { as: 'logits', samples: y.rows, ...plain, tolerance: allowed };
  }
  const probabilities = isPair ? secondColumn(y) : y;
  const squashed = squash(logits, network.loss);
  if (
    squashed &&
    probabilities.data.every((p) => p >= 0 && p <= 1) &&
    (outputs === 1 || looksSquashed(y, network.loss))
  ) {
    // Neither function is steeper than 1/2 (the softmax in the largest norm), so errors do not grow; 1 has errors of its own.
    const tolerated = relative * Math.max(1, scale);
    return {
      as: 'probabilities',
      samples: y.rows,
      ...farthest(squashed, probabilities),
      tolerance: tolerated,
    };
  }
  return { as: 'logits', samples: y.rows, ...plain!, tolerance: allowed };
}

function looksSquashed(y: Matrix, loss: Loss): boolean {
  return loss !== 'softmax-cross-entropy' || isDistribution(y);
}

/** Rows within [0, 1] that add to 1, single precision's rounding aside. */
function isDistribution({ rows, cols, data }: Matrix): boolean {
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    if (row.some((p) => p < 0 || p > 1)) return false;
    if (Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) > 1e-5 * cols) return false;
  }
  return true;
}

function secondColumn({ rows, cols, data }: Matrix): Matrix {
  return { rows, cols: 1, data: Float64Array.from({ length: rows }, (_, i) => data[i * cols + 1]) };
}

function squash({ rows, cols, data }: Matrix, loss: Loss): Matrix | undefined {
  if (loss === 'squared-error') return undefined;
  const result = { rows, cols, data: new Float64Array(data.length) };
  if (loss === 'sigmoid-cross-entropy') {
    result.data.set(data.map((z) => 1 / (1 + Math.exp(-z))));
    return result;
  }
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    const top = row.reduce((most, z) => Math.max(most, z), -Infinity);
    const powers = row.map((z) => Math.exp(z - top));
    const sum = powers.reduce((total, p) => total + p, 0);
    result.data.set(
      powers.map((p) => p / sum),
      i * cols,
    );
  }
  return result;
}

function farthest(a: Matrix, b: Matrix): { difference: number; row: number; col: number } {
  let [difference, at] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const d = Math.abs(a.data[i] - b.data[i]);
    if (!(d <= difference)) [difference, at] = [d, i];
    if (Number.isNaN(d)) break;
  }
  return { difference, row: Math.floor(at / a.cols), col: at % a.cols };
}

function terms({ layers }: Network): number {
  return layers.reduce((sum, { weights }) => sum + weights.cols, 0);
}

/** s: how large what is added up in the last layer is, of which logits may be a small difference. */
async function scaleOf(network: Network, inputs: Matrix, logitsOf: LogitsOf): Promise<number> {
  const { weights, bias } = network.layers.at(-1)!;
  const before = network.layers.slice(0, -1);
  const hidden =
    before.length === 0 ? inputs : await logitsOf({ layers: before, loss: 'squared-error' }, inputs);
  let scale = 0;
  for (let i = 0; i < hidden.rows; i++) {
    for (let k = 0; k < weights.rows; k++) {
      let sum = Math.abs(bias?.[k] ?? 0);
      for (let j = 0; j < weights.cols; j++) {
        sum += Math.abs(weights.data[k * weights.cols + j] * hidden.data[i * hidden.cols + j]);
      }
      scale = Math.max(scale, sum);
    }
  }
  return scale;
}

function short(x: number): string {
  return x.toPrecision(2);
}
