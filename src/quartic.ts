/**
 * The bound from the first four moments of the spectrum (christoffel.ts), of the assembled Hessian (core/quartic.ts). What rounding did to that matrix moves
 * its eigenvalues by no more than its norm.
 */
import { type Interval, wolkowiczStyan } from './bounds.js';
import { fourMomentBounds } from './christoffel.js';
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { scaleOf } from './core/moments.js';
import { assemblyError, type LossMoments } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';

/** The most parameters: the square of the Hessian takes P³ operations, some four seconds at 4,000, and the Hessian 128 MB. */
export const QUARTIC_PARAMETERS = 4000;

/** Encloses λ_1 and λ_P, weight decay apart; nowhere worse than Wolkowicz and Styan's bounds. */
export function* quarticSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  loss: LossMoments,
): Steps<{ largest: Interval; smallest: Interval }> {
  const simple = wolkowiczStyan({ ...loss, order: network.parameters });
  const scale = scaleOf(loss.frobeniusNorm.upper);
  const found = yield* perform(kinds.quartic, { network, data, scale });
  const { center, unit, sums, errors, bySample } = found;
  const uncertain =
    assemblyError(network, data.samples, bySample) + (Number.EPSILON * Math.sqrt(sums[2])) / unit;
  const place = (x: number, outward: 1 | -1): number => {
    const value = center + x / unit;
    const slack = uncertain + 4 * Number.EPSILON * (Math.abs(center) + Math.abs(x / unit));
    return (value + outward * slack) / scale;
  };
  const placed = ({ lower, upper }: Interval, other: Interval): Interval => ({
    lower: Math.max(place(lower, -1), other.lower),
    upper: Math.min(place(upper, 1), other.upper),
  });
  const { largest, smallest } = fourMomentBounds({ sums, errors });
  return { largest: placed(largest, simple.largest), smallest: placed(smallest, simple.smallest) };
}
