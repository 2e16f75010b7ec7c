/** The main job: how sharp is this loss surface? A guaranteed bracket on the largest Hessian eigenvalue, and why. */
import { type Interval, shifted, wolkowiczStyan } from './bounds.js';
import { type Certificate, type CertificateChoices, certificateSteps } from './certificate.js';
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { type Explanation, explanationSteps } from './explanation.js';
import { gaussNewtonSteps } from './gauss-newton.js';
import { type Ingredients, ingredientSteps } from './ingredients.js';
import { checkProcess } from './krylov.js';
import { layerBlockSteps } from './layer-blocks.js';
import { checkAssembly, chooseRoute, type Moments, momentSteps, routeCosts } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { QUARTIC_PARAMETERS, quarticSteps } from './quartic.js';
import { stretches } from './stretches.js';
import { checkOneOf, checkOptions, describe } from './validate.js';

/** The bounds that can be asked for by name. */
export const BOUNDS = [
  'wolkowiczStyan',
  'layerBlocks',
  'gaussNewton',
  'quartic',
  'deflated',
  'aPriori',
] as const;
export type BoundName = (typeof BOUNDS)[number];

/** The names of SharpnessOptions. */
export const SHARPNESS_OPTIONS = [
  'exact',
  'bounds',
  'ends',
  'ingredients',
  'explain',
  'tolerance',
  'maxProducts',
  'seed',
] as const;

/** 'auto' computes the exact spectrum up to this many parameters: well under a second. */
export const AUTO_EXACT_PARAMETERS = 500;

export interface SharpnessOptions {
  /** Also compute every eigenvalue of the assembled Hessian; 'auto': only where that takes well under a second. */
  exact?: boolean | 'auto';
  /** Which bounds: default ['wolkowiczStyan']; 'all' for every one. */
  bounds?: 'all' | BoundName[];
  /**
   * Asks for the certificate ('deflated' among the bounds does, too): Hessian–vector products until upper − lower ≤ tolerance ·
   * max(|lower|, |upper|), or maxProducts. Default: 1e-6.
   */
  tolerance?: number;
  /** Default: 200. One product takes O(N P); each keeps P numbers. */
  maxProducts?: number;
  /** Of the vector that the products begin with. Default: 0. */
  seed?: number;
  /** Which ends of the spectrum the certificate has to close. Bounds are given for both in any case. Default: 'largest'. */
  ends?: 'largest' | 'both';
  /** Whether to compute the ingredients: default true. κ₂ takes N²d/2 products, much on very many samples. */
  ingredients?: boolean;
  /** Whether to say what the bound is made of: default false. Takes some eight times as long as the moments by pairs of samples. */
  explain?: boolean;
}

/** Guaranteed bounds on an end of the spectrum: λ_1 and, where known, λ_P. */
export interface EigenvalueBounds {
  largest: { lower?: number; upper: number };
  smallest?: Interval;
}

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
}

export interface SharpnessChoices {
  exact: boolean;
  bounds: BoundName[];
  ingredients: boolean;
  explain: boolean;
  certificate: CertificateChoices;
}

export function* sharpnessSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  choices: SharpnessChoices,
): Steps<Sharpness> {
  const stage = stretches(costsOf(network, data.samples, choices));
  const given = yield* stage('moments', momentSteps(network, data, chooseRoute(network, data.samples)));
  const { moments, loss } = given;
  const ingredients = needsIngredients(choices)
    ? yield* stage('ingredients', ingredientSteps(network, data))
    : undefined;
  let certificate: Certificate | undefined;

  function* boundOf(name: BoundName): Steps<EigenvalueBounds> {
    switch (name) {
      case 'wolkowiczStyan':
        return decayed(wolkowiczStyan({ ...loss, order: network.parameters }));
      case 'layerBlocks':
        return onlyUpper(yield* stage(name, layerBlockSteps(loss)));
      case 'gaussNewton':
        return onlyUpper(yield* stage(name, gaussNewtonSteps(network, data, loss, choices.certificate)));
      case 'quartic':
        return decayed(yield* stage(name, quarticSteps(network, data, loss)));
      case 'deflated': {
        const certified = yield* stage(name, certificateSteps(network, data, loss, choices.certificate));
        certificate = certified.certificate;
        return { largest: certified.largest, smallest: certified.smallest };
      }
      case 'aPriori':
        return { largest: { upper: ingredients!.aPriori.upper } };
    }
  }
  function decayed({ largest, smallest }: Record<'largest' | 'smallest', Interval>): EigenvalueBounds {
    const { weightDecay } = network;
    return { largest: shifted(largest, weightDecay), smallest: shifted(smallest, weightDecay) };
  }
  function onlyUpper(upper: number): EigenvalueBounds {
    return { largest: { upper: shifted({ lower: upper, upper }, network.weightDecay).upper } };
  }
  const bounds: Sharpness['bounds'] = {};
  let [lower, upper] = [-Infinity, Infinity];
  for (const name of choices.bounds) {
    const bound = yield* boundOf(name);
    bounds[name] = bound;
    lower = Math.max(lower, bound.largest.lower ?? -Infinity);
    upper = Math.min(upper, bound.largest.upper);
  }
  const explanation = choices.explain
    ? yield* stage('explanation', explanationSteps(network, data, given))
    : undefined;
  const spectrum = choices.exact
    ? yield* stage('exact', perform(kinds.spectrum, { network, data }))
    : undefined;
  // Where no bound asked for says anything: |λ_1| ≤ ‖H‖_F.
  const norm = loss.frobeniusNorm.upper;
  const whole = shifted({ lower: -norm, upper: norm }, network.weightDecay);
  return {
    upper: upper === Infinity ? whole.upper : upper,
    lower: lower === -Infinity ? whole.lower : lower,
    bounds,
    ...(certificate && { certificate }),
    ...(spectrum && { exact: extremes(spectrum.values) }),
    moments,
    ...(choices.ingredients && { ingredients: ingredients! }),
    ...(explanation && { explanation }),
  };
}

function needsIngredients({ ingredients, bounds }: SharpnessChoices): boolean {
  return ingredients || bounds.includes('aPriori');
}

function extremes(values: Float64Array): NonNullable<Sharpness['exact']> {
  return { largest: values.at(-1)!, smallest: values[0], values };
}

/** The operations that each stage takes, as far as they are known ahead. */
function costsOf(
  network: CheckedNetwork,
  samples: number,
  choices: SharpnessChoices,
): Record<
  'moments' | 'ingredients' | Exclude<BoundName, 'wolkowiczStyan'> | 'explanation' | 'exact',
  number
> {
  const P = network.parameters;
  const costs = routeCosts(network, samples);
  const moments = costs[chooseRoute(network, samples)];
  const { maxProducts } = choices.certificate;
  // Eight products with the weights, one way or the other, and the vectors before them.
  const process = maxProducts * P * (16 * samples + 2 * maxProducts);
  const asked = (name: BoundName, cost: number): number => (choices.bounds.includes(name) ? cost : 0);
  return {
    moments,
    ingredients: needsIngredients(choices) ? samples * samples * network.inputs : 0,
    layerBlocks: 0,
    gaussNewton: asked('gaussNewton', 2 * (moments + process)),
    quartic: asked('quartic', costs.hessian + P ** 3),
    deflated: asked('deflated', process),
    aPriori: 0,
    explanation: choices.explain ? 2 * costs.gram + 6 * moments : 0,
    // The reduction to tridiagonal form, half of it at less than the speed of a product.
    exact: choices.exact ? costs.hessian + 1.6 * P ** 3 : 0,
  };
}

export function checkSharpnessOptions(network: CheckedNetwork, value: unknown): SharpnessChoices {
  const options = checkOptions('options', value, SHARPNESS_OPTIONS);
  const { ends = 'largest' } = options;
  const bounds = checkBounds(network, options['bounds']);
  if (options['tolerance'] !== undefined && !bounds.includes('deflated')) bounds.push('deflated');
  return {
    exact: checkExact(network, options['exact']),
    // In the order in which progress counts them.
    bounds: BOUNDS.filter((name) => bounds.includes(name)),
    ingredients: checkBoolean('options.ingredients', options['ingredients'], true),
    explain: checkBoolean('options.explain', options['explain'], false),
    certificate: {
      ...checkProcess(options, { tolerance: 1e-6, maxProducts: 200 }),
      ends: checkOneOf('options.ends', ends, ['largest', 'both']),
    },
  };
}

function checkExact(network: CheckedNetwork, value: unknown): boolean {
  if (value === 'auto') return network.parameters <= AUTO_EXACT_PARAMETERS;
  if (value !== undefined && typeof value !== 'boolean') {
    throw new TypeError(`options.exact: expected true, false or 'auto'; got ${describe(value)}`);
  }
  if (value) checkAssembly(network, 'the bounds (exact: false)');
  return value ?? false;
}

function checkBounds(network: CheckedNetwork, value: unknown): BoundName[] {
  if (value === undefined) return ['wolkowiczStyan'];
  if (value === 'all') return BOUNDS.filter((name) => whyNot(network, name) === undefined);
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(
      `options.bounds: expected 'all' or a non-empty array of bound names (${BOUNDS.join(', ')}); got ${describe(value)}`,
    );
  }
  // Array.from: map would skip holes.
  const names = Array.from(value as unknown[], (name, i) => checkOneOf(`options.bounds[${i}]`, name, BOUNDS));
  for (const name of names) {
    const reason = whyNot(network, name);
    if (reason !== undefined) {
      throw new RangeError(`options.bounds: expected bounds that apply; got '${name}', which ${reason}`);
    }
  }
  return names;
}

/** Why a bound does not apply to a network, if so. */
function whyNot(network: CheckedNetwork, name: BoundName): string | undefined {
  if (name === 'quartic' && network.parameters > QUARTIC_PARAMETERS) {
    return (
      `squares the assembled Hessian, P³ operations: at most ${QUARTIC_PARAMETERS} parameters, and the network has ` +
      `${network.parameters}. 'deflated' has no such limit`
    );
  }
  return undefined;
}

function checkBoolean(name: string, value: unknown, absent: boolean): boolean {
  if (value === undefined) return absent;
  if (typeof value !== 'boolean')
    throw new TypeError(`${name}: expected true or false; got ${describe(value)}`);
  return value;
}
