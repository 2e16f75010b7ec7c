/** The main job: how sharp is this loss surface? A guaranteed bracket on the largest Hessian eigenvalue, and why. */
import { hasAPriori } from './a-priori.js';
import { type Interval, shifted, wolkowiczStyan } from './bounds.js';
import { type Certificate, type CertificateChoices, certificateSteps } from './certificate.js';
import { perform, type Steps, within } from './core/job.js';
import * as kinds from './core/kinds.js';
import { gaussNewtonSteps } from './gauss-newton.js';
import { type Ingredients, ingredientSteps } from './ingredients.js';
import { checkProcess } from './krylov.js';
import { layerBlockSteps } from './layer-blocks.js';
import {
  checkAssembly,
  chooseRoute,
  type LossMoments,
  type Moments,
  momentSteps,
  routeCosts,
} from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { checkProvable, PROVEN_BOUNDS, type ProvenBoundName, provenSteps } from './proven.js';
import { checkOneOf, checkOptions, describe } from './validate.js';

/** The bounds that can be asked for by name. */
export const BOUNDS = ['wolkowiczStyan', 'layerBlocks', 'gaussNewton', 'deflated', 'aPriori'] as const;
export type BoundName = (typeof BOUNDS)[number];

/** The names of SharpnessOptions. */
export const SHARPNESS_OPTIONS = [
  'exact',
  'bounds',
  'ends',
  'ingredients',
  'tolerance',
  'maxProducts',
  'seed',
  'certified',
] as const;

/** 'auto' computes the exact spectrum up to this many parameters: well under a second. */
export const AUTO_EXACT_PARAMETERS = 500;

export interface SharpnessOptions {
  /** Also compute every eigenvalue of the assembled Hessian; 'auto': only where that takes well under a second. */
  exact?: boolean | 'auto';
  /** Which bounds: default ['wolkowiczStyan']; 'all' for every one that applies. */
  bounds?: 'all' | BoundName[];
  /**
   * Asks for the certificate ('deflated' among the bounds does, too): Hessian–vector products until upper − lower ≤ tolerance ·
   * max(|lower|, |upper|), or maxProducts. Default: 1e-6.
   */
  tolerance?: number;
  /** Default: 40. One product takes O(N P); each keeps P numbers. */
  maxProducts?: number;
  /** Of the vector that the products begin with. Default: 0. */
  seed?: number;
  /** Which ends of the spectrum the certificate has to close. Bounds are given for both in any case. Default: 'largest'. */
  ends?: 'largest' | 'both';
  /** Whether to compute the ingredients: default true. κ₂ takes N²d/2 products, much on very many samples. */
  ingredients?: boolean;
  /**
   * Bounds proven from end to end, in interval arithmetic: assuming no more than IEEE 754 double precision, they hold for the exact Hessian at
   * exactly these parameters and data. Of the bounds 'wolkowiczStyan', 'layerBlocks' and 'deflated'. Slower: N²/2 pairs of samples in plain
   * TypeScript. Default: false.
   */
  certified?: boolean;
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
  /** Where certified was asked for: then every bound, and the certificate, is proven; `moments` are the midpoints of what was proven of them. */
  certified?: true;
}

export interface SharpnessChoices {
  exact: boolean;
  bounds: BoundName[];
  ingredients: boolean;
  certificate: CertificateChoices;
  proven: boolean;
}

export function* sharpnessSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  { exact, bounds: names, ingredients: wanted, certificate: choices, proven: proves }: SharpnessChoices,
): Steps<Sharpness> {
  const dissected = wanted || names.includes('aPriori');
  const route = chooseRoute(network, data.samples);
  const products = names.includes('deflated') ? choices.maxProducts : 0;
  const ends = progressEnds(network, data.samples, dissected, products, exact);
  const proven = proves
    ? yield* within(0, ends.moments, provenSteps(network, data, names as ProvenBoundName[], choices))
    : undefined;
  const { moments, loss } = proven ?? (yield* within(0, ends.moments, momentSteps(network, data, route)));
  const ingredients = dissected
    ? yield* within(ends.moments, ends.ingredients, ingredientSteps(network, data))
    : undefined;

  const certified =
    products > 0 && !proven
      ? yield* within(ends.ingredients, ends.certificate, certificateSteps(network, data, loss, choices))
      : undefined;

  function* upperBound(steps: Steps<number>): Steps<EigenvalueBounds> {
    const upper = yield* within(ends.certificate, ends.certificate, steps);
    return { largest: { upper: shifted({ lower: upper, upper }, network.weightDecay).upper } };
  }
  function* boundOf(name: BoundName): Steps<EigenvalueBounds> {
    switch (name) {
      case 'wolkowiczStyan':
        return bothEnds(loss, network);
      case 'layerBlocks':
        return yield* upperBound(layerBlockSteps(loss));
      case 'gaussNewton':
        return yield* upperBound(gaussNewtonSteps(network, data, loss, { ...choices, ends: 'largest' }));
      case 'deflated':
        return { largest: certified!.largest, smallest: certified!.smallest };
      case 'aPriori':
        return { largest: { upper: ingredients!.aPriori!.upper } };
    }
  }
  const bounds: Sharpness['bounds'] = {};
  let [lower, upper] = [-Infinity, Infinity];
  for (const name of names) {
    const bound = proven ? proven.bounds[name as ProvenBoundName]! : yield* boundOf(name);
    bounds[name] = bound;
    lower = Math.max(lower, bound.largest.lower ?? -Infinity);
    upper = Math.min(upper, bound.largest.upper);
  }
  const spectrum = exact
    ? yield* within(ends.certificate, 1, perform(kinds.spectrum, { network, data }))
    : undefined;
  // Where no bound asked for says anything: |λ_1| ≤ ‖H‖_F.
  const norm = loss.frobeniusNorm.upper;
  const whole = shifted({ lower: -norm, upper: norm }, network.weightDecay);
  return {
    upper: upper === Infinity ? whole.upper : upper,
    lower: lower === -Infinity ? whole.lower : lower,
    bounds,
    ...((proven ?? certified)?.certificate && { certificate: (proven ?? certified)!.certificate! }),
    ...(spectrum && { exact: extremes(spectrum.values) }),
    moments,
    ...(wanted && { ingredients: ingredients! }),
    ...(proven && { certified: true as const }),
  };
}

function bothEnds(loss: LossMoments, { parameters, weightDecay }: CheckedNetwork): EigenvalueBounds {
  const { largest, smallest } = wolkowiczStyan({ ...loss, order: parameters });
  return { largest: shifted(largest, weightDecay), smallest: shifted(smallest, weightDecay) };
}

function extremes(values: Float64Array): NonNullable<Sharpness['exact']> {
  return { largest: values.at(-1)!, smallest: values[0], values };
}

/** Where in the whole progress moments, ingredients and certificate end, by the operations that each part takes. */
function progressEnds(
  network: CheckedNetwork,
  samples: number,
  ingredients: boolean,
  products: number,
  exact: boolean,
): { moments: number; ingredients: number; certificate: number } {
  const costs = routeCosts(network, samples);
  const parts = [
    costs[chooseRoute(network, samples)],
    ingredients ? samples * samples * network.inputs : 0,
    // Eight products with the weights, one way or the other, and the vectors before them.
    products * network.parameters * (16 * samples + 2 * products),
    // The reduction to tridiagonal form, half of it at less than the speed of a product.
    exact ? costs.hessian + 1.6 * network.parameters ** 3 : 0,
  ];
  const all = parts.reduce((sum, part) => sum + part, 0);
  const upTo = (count: number): number =>
    parts.slice(count).every((part) => part === 0)
      ? 1
      : parts.slice(0, count).reduce((sum, part) => sum + part, 0) / all;
  return { moments: upTo(1), ingredients: upTo(2), certificate: upTo(3) };
}

export function checkSharpnessOptions(
  network: CheckedNetwork,
  samples: number,
  value: unknown,
): SharpnessChoices {
  const options = checkOptions('options', value, SHARPNESS_OPTIONS);
  const { ends = 'largest' } = options;
  const proven = checkBoolean('options.certified', options['certified'], false);
  if (proven) checkProvable(network, samples);
  const bounds = proven ? checkProven(network, options['bounds']) : checkBounds(network, options['bounds']);
  if (options['tolerance'] !== undefined && !bounds.includes('deflated')) bounds.push('deflated');
  return {
    exact: checkExact(network, options['exact']),
    bounds,
    ingredients: checkBoolean('options.ingredients', options['ingredients'], true),
    certificate: {
      ...checkProcess(options, { tolerance: 1e-6, maxProducts: 40 }),
      ends: checkOneOf('options.ends', ends, ['largest', 'both']),
    },
    proven,
  };
}

function checkProven(network: CheckedNetwork, value: unknown): BoundName[] {
  if (value === 'all') return [...PROVEN_BOUNDS];
  const names = checkBounds(network, value);
  const known: readonly BoundName[] = PROVEN_BOUNDS;
  const other = names.find((name) => !known.includes(name));
  if (other === undefined) return names;
  throw new RangeError(
    `options.bounds: expected bounds that have a proof in interval arithmetic (${PROVEN_BOUNDS.join(', ')}) with certified: true; got '${other}'`,
  );
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
  if (value === 'all') return BOUNDS.filter((name) => name !== 'aPriori' || hasAPriori(network));
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(
      `options.bounds: expected 'all' or a non-empty array of bound names (${BOUNDS.join(', ')}); got ${describe(value)}`,
    );
  }
  // Array.from: map would skip holes.
  const names = Array.from(value as unknown[], (name, i) => checkOneOf(`options.bounds[${i}]`, name, BOUNDS));
  if (names.includes('aPriori') && !hasAPriori(network)) {
    throw new RangeError(
      "options.bounds: expected bounds that apply; got 'aPriori', which needs exactly one hidden layer and no activation " +
        'on the output layer',
    );
  }
  return names;
}

function checkBoolean(name: string, value: unknown, absent: boolean): boolean {
  if (value === undefined) return absent;
  if (typeof value !== 'boolean')
    throw new TypeError(`${name}: expected true or false; got ${describe(value)}`);
  return value;
}
