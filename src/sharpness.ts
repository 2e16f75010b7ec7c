/** The main job: how sharp is this loss surface? A guaranteed bracket on the largest Hessian eigenvalue, and why. */
import { type EigenvalueBounds, type Interval, shifted, wolkowiczStyan } from './bounds.js';
import { type Certificate, certificateSteps } from './certificate.js';
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { type Explanation, explanationSteps } from './explanation.js';
import { gaussNewtonSteps } from './gauss-newton.js';
import { type Ingredients, ingredientSteps } from './ingredients.js';
import { layerBlockSteps } from './layer-blocks.js';
import { chooseRoute, type LossMoments, type Moments, momentSteps, routeCosts } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { type ProvenBoundName, provenSteps } from './proven.js';
import { quarticSteps } from './quartic.js';
import { type BoundName, type SharpnessChoices } from './sharpness-options.js';
import { stretches } from './stretches.js';

export interface Sharpness {
  /** lower ≤ λ_1 ≤ upper, guaranteed: the best of the bounds asked for. */
  upper: number;
  lower: number;
  bounds: Partial<Record<BoundName, EigenvalueBounds>>;
  /** How the bound 'deflated' came about. */
  certificate?: Certificate;
  /** The exact spectrum, for comparison; it never enters the bracket. Values ascending. */
  exact?: { largest: number; smallest: number; values: Float64Array };
  moments: Moments;
  ingredients?: Ingredients;
  explanation?: Explanation;
  /** Where certified was asked for: then every bound, and the certificate, is proven; `moments` are the midpoints of what was proven of them. */
  certified?: true;
}

export function* sharpnessSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  choices: SharpnessChoices,
): Steps<Sharpness> {
  const stage = stretches(stageCosts(network, data.samples, choices));
  const found: Bounded = choices.certified
    ? yield* stage(
        'moments',
        provenSteps(network, data, choices.bounds as ProvenBoundName[], choices.certificate),
      )
    : yield* boundSteps(network, data, choices, stage);
  const { moments, loss, bounds, certificate } = found;
  const ingredients = choices.ingredients
    ? (found.ingredients ?? (yield* stage('ingredients', ingredientSteps(network, data))))
    : undefined;
  const explanation = choices.explain
    ? yield* stage('explanation', explanationSteps(network, data))
    : undefined;
  const spectrum = choices.exact
    ? yield* stage('exact', perform(kinds.spectrum, { network, data }))
    : undefined;
  return {
    ...bestOf(bounds, loss, network),
    bounds,
    ...(certificate && { certificate }),
    ...(spectrum && { exact: extremes(spectrum.values) }),
    moments,
    ...(ingredients && { ingredients }),
    ...(explanation && { explanation }),
    ...(choices.certified && { certified: true }),
  };
}

interface Bounded {
  moments: Moments;
  loss: LossMoments;
  bounds: Sharpness['bounds'];
  certificate?: Certificate;
  /** Where a bound took them. */
  ingredients?: Ingredients;
}

/** Those asked for, with rounding allowed for to first order. */
function* boundSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  { bounds: names, certificate: choices }: SharpnessChoices,
  stage: ReturnType<typeof stretches<Stage>>,
): Steps<Bounded> {
  const route = chooseRoute(network, data.samples);
  const { moments, loss } = yield* stage('moments', momentSteps(network, data, route));
  const result: Bounded = { moments, loss, bounds: {} };
  for (const name of names) result.bounds[name] = yield* boundOf(name);
  return result;

  function* boundOf(name: BoundName): Steps<EigenvalueBounds> {
    switch (name) {
      case 'wolkowiczStyan':
        return decayed(wolkowiczStyan({ ...loss, order: network.parameters }));
      case 'layerBlocks':
        return onlyUpper(yield* stage(name, layerBlockSteps(loss)));
      case 'gaussNewton':
        return onlyUpper(yield* stage(name, gaussNewtonSteps(network, data, loss, choices)));
      case 'quartic':
        return decayed(yield* stage(name, quarticSteps(network, data, loss)));
      case 'deflated': {
        const certified = yield* stage(name, certificateSteps(network, data, loss, choices));
        result.certificate = certified.certificate;
        return { largest: certified.largest, smallest: certified.smallest };
      }
      case 'aPriori':
        result.ingredients = yield* stage('ingredients', ingredientSteps(network, data));
        return { largest: { upper: result.ingredients.aPriori.upper } };
    }
  }
  function decayed({ largest, smallest }: Record<'largest' | 'smallest', Interval>): EigenvalueBounds {
    const { weightDecay } = network;
    return { largest: shifted(largest, weightDecay), smallest: shifted(smallest, weightDecay) };
  }
  function onlyUpper(upper: number): EigenvalueBounds {
    return { largest: { upper: shifted({ lower: upper, upper }, network.weightDecay).upper } };
  }
}

/** Where no bound says anything: |λ_1| ≤ ‖H‖_F. */
function bestOf(
  bounds: Sharpness['bounds'],
  { frobeniusNorm }: LossMoments,
  { weightDecay }: CheckedNetwork,
): Interval {
  const ends = Object.values(bounds).map(({ largest }) => largest);
  const lowers = ends.flatMap(({ lower }) => (lower === undefined ? [] : [lower]));
  const norm = frobeniusNorm.upper;
  const whole = shifted({ lower: -norm, upper: norm }, weightDecay);
  return {
    lower: lowers.length > 0 ? Math.max(...lowers) : whole.lower,
    upper: ends.length > 0 ? Math.min(...ends.map(({ upper }) => upper)) : whole.upper,
  };
}

function extremes(values: Float64Array): NonNullable<Sharpness['exact']> {
  return { largest: values.at(-1)!, smallest: values[0], values };
}

export type Stage =
  'moments' | Exclude<BoundName, 'wolkowiczStyan' | 'aPriori'> | 'ingredients' | 'explanation' | 'exact';

/** The operations that each stage takes, as far as they are known ahead. */
export function stageCosts(
  network: CheckedNetwork,
  samples: number,
  choices: SharpnessChoices,
): Record<Stage, number> {
  const P = network.parameters;
  const costs = routeCosts(network, samples);
  const moments = costs[chooseRoute(network, samples)];
  const { maxProducts } = choices.certificate;
  // Eight products with the weights, one way or the other, and the vectors before them.
  const process = maxProducts * P * (16 * samples + 2 * maxProducts);
  const asked = (name: BoundName, cost: number): number => (choices.bounds.includes(name) ? cost : 0);
  return {
    moments: choices.certified ? 10 * costs.gram + process : moments,
    layerBlocks: 0,
    gaussNewton: asked('gaussNewton', 2 * (moments + process)),
    quartic: asked('quartic', costs.hessian + P ** 3),
    deflated: choices.certified ? 0 : asked('deflated', process),
    ingredients:
      choices.ingredients || choices.bounds.includes('aPriori') ? samples * samples * network.inputs : 0,
    explanation: choices.explain ? 2 * costs.gram + 6 * moments : 0,
    // The reduction to tridiagonal form, half of it at less than the speed of a product.
    exact: choices.exact ? costs.hessian + 1.6 * P ** 3 : 0,
  };
}
