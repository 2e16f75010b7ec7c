/** Which split of the curvature a certificate may try (split.ts). */
import { type LossMoments } from './moments.js';
import { type CheckedNetwork } from './network.js';
import { type Split } from './split.js';
import { squaresPay, squareSplit } from './square-split.js';
import { unitRoute, unitSplit } from './unit-split.js';

export function splitOf(
  network: CheckedNetwork,
  samples: number,
  loss: LossMoments,
  maxProducts: number,
): Split {
  const units = unitRoute(network, samples);
  if (units) return unitSplit(units);
  if (squaresPay(network, samples)) return squareSplit(network.parameters, loss, maxProducts);
  return NONE;
}

const NONE: Split = {
  products: 0,
  next: Infinity,
  due: () => false,
  ahead: () => 0,
  complement: () => {
    throw new Error('hessbound: there is no split to try');
  },
};
