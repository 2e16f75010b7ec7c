/** One part of an analysis that is done on several machines: its shares of the sums over pairs of samples that sharpness is known to take. */
import { type Job, type Steps } from './core/job.js';
import { Digests } from './digests.js';
import { ingredientSteps } from './ingredients.js';
import { chooseRoute, momentSteps, routeCosts } from './moments.js';
import { type CheckedDataset, type CheckedNetwork, partOf } from './network.js';
import { makePart, type Part } from './parts.js';
import { type ProvenBoundName, provenSteps } from './proven.js';
import { type SharpnessChoices, type SharpnessOptions } from './sharpness-options.js';
import { isShareable, type Kept, type Share, shareOf } from './shares.js';
import { unitRoute } from './unit-split.js';

/** Which part; and of what is asked of sharpness, what decides which sums it takes. */
export interface ShardOptions extends Pick<
  SharpnessOptions,
  'bounds' | 'ingredients' | 'explain' | 'certified'
> {
  /** From 1 to count. */
  index: number;
  count: number;
}

/** The names of ShardOptions. */
export const SHARD_OPTIONS = ['index', 'count', 'bounds', 'ingredients', 'explain', 'certified'] as const;

export function* shardSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  share: Share,
  choices: SharpnessChoices,
): Steps<Part> {
  const digests = new Digests();
  const shareable = beginnings(network, data, choices).filter(({ job }) => isShareable(job));
  const whole = shareable.reduce((sum, { cost }) => sum + cost, 0);
  const sums: Kept[] = [];
  let done = 0;
  for (const { job, cost } of shareable) {
    const [from, to] = [done / whole, (done + cost) / whole];
    sums.push((yield { ...shareOf(job, share, digests), from, to }) as Kept);
    done += cost;
  }
  return makePart(network, data, share, sums, digests);
}

/**
 * The jobs with which the stages of sharpness begin that begin with a sum over pairs, and the operations of each. Where moments come from the assembled Hessian, which has no
 * tasks, theirs is none that can be shared; what follows the first job, as at another scale, is known only when that is done.
 */
function beginnings(
  network: CheckedNetwork,
  data: CheckedDataset,
  { bounds, ingredients, explain, certified, certificate }: SharpnessChoices,
): { job: Job; cost: number }[] {
  const { samples } = data;
  const { gram } = routeCosts(network, samples);
  const residual = explain || (bounds.includes('gaussNewton') && !unitRoute(network, samples));
  const momentsOf = (part: CheckedNetwork): Steps<unknown> =>
    momentSteps(part, data, chooseRoute(part, samples));
  const stages: [wanted: boolean, cost: number, () => Steps<unknown>][] = [
    [certified, 10 * gram, () => provenSteps(network, data, bounds as ProvenBoundName[], certificate)],
    [!certified || explain, gram, () => momentsOf(network)],
    [explain || bounds.includes('gaussNewton'), gram, () => momentsOf(partOf(network, 'gaussNewton'))],
    [residual, gram, () => momentsOf(partOf(network, 'residual'))],
    [
      ingredients || bounds.includes('aPriori'),
      samples * samples * network.inputs,
      () => ingredientSteps(network, data),
    ],
  ];
  return stages.flatMap(([wanted, cost, begin]) => {
    const first = wanted ? begin().next() : undefined;
    return first && !first.done ? [{ job: first.value, cost }] : [];
  });
}
