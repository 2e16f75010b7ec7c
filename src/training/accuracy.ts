import { shareOfRight } from '../core/accuracy.js';
import { type Hessbound } from '../load.js';
import { checkDataset, checkNetwork, type Dataset, type Network } from '../network.js';

/** The share of right answers (core/accuracy.ts); undefined for squared error. */
export function accuracy(hb: Hessbound, network: Network, data: Dataset): number | undefined {
  const checked = checkNetwork(network);
  const { targets } = checkDataset(checked, data);
  return shareOfRight(checked, hb.logits(network, data.inputs).data, targets);
}
