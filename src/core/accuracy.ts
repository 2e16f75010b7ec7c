import { type CheckedNetwork } from '../network.js';

/**
 * The share of right answers: by the largest output for softmax, by the sides of ½ of outputs' probabilities and targets for sigmoid, output by
 * output; undefined for squared error. predictions and targets: N × K.
 */
export function shareOfRight(
  { loss, outputs }: CheckedNetwork,
  predictions: Float64Array,
  targets: Float64Array,
): number | undefined {
  if (loss === 'squared-error') return undefined;
  let right = 0;
  if (loss === 'sigmoid-cross-entropy') {
    for (let i = 0; i < targets.length; i++) if (predictions[i] > 0 === targets[i] > 0.5) right++;
    return right / targets.length;
  }
  for (let start = 0; start < targets.length; start += outputs) {
    if (largestIndex(predictions, start, outputs) === largestIndex(targets, start, outputs)) right++;
  }
  return right / (targets.length / outputs);
}

/** The first of equals. */
function largestIndex(x: Float64Array, start: number, length: number): number {
  let at = start;
  for (let i = start + 1; i < start + length; i++) if (x[i] > x[at]) at = i;
  return at - start;
}
