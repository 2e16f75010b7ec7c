/** What outputs say of samples: the class, and how sure. As src/core/accuracy.ts has it: by the largest output, the first of equals, or by the side of ½. */
import { type Loss } from '../../src/network.js';
import { type Plane } from '../engine/plane.js';

/** How outputs are read. */
export interface Reading {
  /** K. */
  outputs: number;
  loss: Loss;
  /** How many; 0: values. */
  classes: number;
}

export interface Answer {
  class: number;
  /** The share that it has in the network's eyes, from 0 to 1. */
  certainty: number;
}

/** The shares of the classes at outputs `at` to `at` + K − 1, into `shares`; their sum is 1. Outputs of squared error are shares as they are, cut off at 0 and 1. */
export function sharesOf(
  outputs: Float64Array,
  at: number,
  { outputs: K, loss }: Reading,
  shares: Float64Array,
): void {
  if (K === 1) {
    const z = outputs[at];
    const second = loss === 'squared-error' ? Math.min(1, Math.max(0, z)) : 1 / (1 + Math.exp(-z));
    shares[0] = 1 - second;
    shares[1] = second;
    return;
  }
  let most = -Infinity;
  for (let k = 0; k < K; k++) most = Math.max(most, outputs[at + k]);
  let sum = 0;
  for (let k = 0; k < K; k++) {
    const z = outputs[at + k];
    shares[k] = loss === 'squared-error' ? Math.max(0, z) : Math.exp(z - most);
    sum += shares[k];
  }
  for (let k = 0; k < K; k++) shares[k] = sum > 0 ? shares[k] / sum : 1 / K;
}

/** The class of sample i. */
export function classAt(outputs: Float64Array, i: number, { outputs: K, loss }: Reading): number {
  if (K === 1) return outputs[i] > (loss === 'squared-error' ? 0.5 : 0) ? 1 : 0;
  let best = i * K;
  for (let k = i * K + 1; k < (i + 1) * K; k++) if (outputs[k] > outputs[best]) best = k;
  return best - i * K;
}

export function answerOf(outputs: Float64Array, i: number, reading: Reading): Answer {
  const shares = new Float64Array(Math.max(2, reading.outputs));
  sharesOf(outputs, i * reading.outputs, reading, shares);
  const best = classAt(outputs, i, reading);
  return { class: best, certainty: shares[best] };
}

/** How many samples the network has right. */
export function countRight(outputs: Float64Array, { labels }: Plane, reading: Reading): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (classAt(outputs, i, reading) === labels[i]) right++;
  return right;
}
