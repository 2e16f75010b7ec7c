/** What a regularizer adds to a step: the gradient of λ times a bound on λ_max, or of λ ‖H‖_F, on the samples of the step. */
import { boundGradientSteps, normGradientSteps } from '../bound-gradient.js';
import { perform, type Steps } from '../core/job.js';
import * as kinds from '../core/kinds.js';
import { type TrainingPayload } from '../core/training.js';
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Regularizer } from './options.js';

export type Regularization = Pick<TrainingPayload, 'penalty' | 'descent'>;

export const UNREGULARIZED: Regularization = { penalty: undefined, descent: undefined };

export function* regularizationSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  { kind, strength, normalized }: Required<Regularizer>,
): Steps<Regularization> {
  if (strength === 0) return UNREGULARIZED;
  const gradient =
    kind === 'hsr'
      ? (yield* boundGradientSteps(network, data)).gradient
      : yield* normGradientSteps(network, data);
  if (!normalized) return { ...UNREGULARIZED, penalty: gradient.map((x) => strength * x) };
  const size = yield* perform(kinds.frobeniusNorm, gradient);
  return size === 0
    ? UNREGULARIZED
    : { ...UNREGULARIZED, descent: gradient.map((x) => strength * (x / size)) };
}

/** The samples of one step as a data set, weighted as the step weighs them. */
export function batchOf(
  { inputs: d, outputs: K }: CheckedNetwork,
  data: CheckedDataset,
  batches: TrainingPayload['batches'],
): CheckedDataset {
  if (!batches) return data;
  const { samples } = batches;
  const count = samples.length;
  const gather = (x: Float64Array, length: number): Float64Array => {
    const rows = new Float64Array(count * length);
    samples.forEach((i, at) => rows.set(x.subarray(i * length, (i + 1) * length), at * length));
    return rows;
  };
  const share = data.samples / count;
  return {
    samples: count,
    inputs: gather(data.inputs, d),
    targets: gather(data.targets, K),
    coefficients: gather(data.coefficients, 1).map((c) => share * c),
  };
}
