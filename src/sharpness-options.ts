/** What sharpness() can be asked for, and how that is checked. */
import { type CertificateChoices } from './certificate.js';
import { checkProcess } from './krylov.js';
import { checkAssembly } from './moments.js';
import { type CheckedNetwork } from './network.js';
import { checkProvable, PROVEN_BOUNDS } from './proven.js';
import { QUARTIC_PARAMETERS } from './quartic.js';
import { checkNumber, checkOneOf, checkOptions, describe } from './validate.js';

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
  'certified',
  'tolerance',
  'maxProducts',
  'threshold',
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
  /**
   * Lets the certificate stop, converged, as soon as the bracket decides whether λ_max is above this number. Not heeded with certified: true.
   */
  threshold?: number;
  /** Of the vector that the products begin with. Default: 0. */
  seed?: number;
  /** Which ends of the spectrum the certificate has to close. Bounds are given for both in any case. Default: 'largest'. */
  ends?: 'largest' | 'both';
  /** Whether to compute the ingredients: default true. κ₂ takes N²d/2 products, much on very many samples. */
  ingredients?: boolean;
  /** Whether to say what the bound is made of: default false. Takes some five to twenty times as long as the moments. */
  explain?: boolean;
  /**
   * Bounds proven from end to end, in interval arithmetic: assuming no more than IEEE 754 double precision, they hold for the exact Hessian at
   * exactly these parameters and data. Of the bounds 'wolkowiczStyan', 'layerBlocks' and 'deflated'. Slower: N²/2 pairs of samples in plain
   * TypeScript. Default: false.
   */
  certified?: boolean;
}

export interface SharpnessChoices {
  exact: boolean;
  bounds: BoundName[];
  ingredients: boolean;
  explain: boolean;
  certified: boolean;
  certificate: CertificateChoices;
}

export function checkSharpnessOptions(
  network: CheckedNetwork,
  samples: number,
  value: unknown,
): SharpnessChoices {
  const options = checkOptions('options', value, SHARPNESS_OPTIONS);
  const { ends = 'largest' } = options;
  const certified = checkBoolean('options.certified', options['certified'], false);
  if (certified) checkProvable(network, samples);
  const bounds = certified
    ? checkProven(network, options['bounds'])
    : checkBounds(network, options['bounds']);
  if (options['tolerance'] !== undefined && !bounds.includes('deflated')) bounds.push('deflated');
  return {
    exact: checkExact(network, options['exact']),
    // In the order in which progress counts them.
    bounds: BOUNDS.filter((name) => bounds.includes(name)),
    ingredients: checkBoolean('options.ingredients', options['ingredients'], true),
    explain: checkBoolean('options.explain', options['explain'], false),
    certified,
    certificate: {
      ...checkProcess(options, { tolerance: 1e-6, maxProducts: 200 }),
      ends: checkOneOf('options.ends', ends, ['largest', 'both']),
      threshold:
        options['threshold'] === undefined
          ? undefined
          : checkNumber('options.threshold', options['threshold'], -Number.MAX_VALUE),
    },
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
