/**
 * How the eigenvalues of the Hessian are spread, estimated: stochastic Lanczos quadrature. For random v with E v vᵀ = I/P
 *
 *     (1/P) Σ f(λ_i) = tr f(H) / P = E vᵀ f(H) v,    vᵀ f(H) v ≈ Σ_k w_k f(θ_k)
 *
 * with the Gauss rule of v (core/quadrature.ts), averaged over independent v (S. Ubaru, J. Chen and Y. Saad, SIAM J. Matrix Anal. Appl. 38
 * (2017) 1075; B. Ghorbani, S. Krishnan and Y. Xiao, arXiv 1901.10159). A sampled estimate: no bound may ever take anything from here.
 *
 * The entries of v are ±1/√P. vᵀ A v then has variance 2 (‖A‖_F² − Σ a_ii²)/P², and (‖A‖_F² − (tr A)²/P) · 2/(P (P + 2)) for v uniform
 * on the sphere: as Σ a_ii² ≥ (tr A)²/P, signs are worse by at most the factor 1 + 2/P, and better wherever curvature differs between
 * parameters. A parameter without curvature, like the weight of a pixel that is always 0, they even count without error.
 */
import { type Control, controlsOf, factorsOf } from './control-variates.js';
import { MAX_DOUBLES } from './core/instance.js';
import { perform, type Steps, within } from './core/job.js';
import { finite } from './core/model.js';
import { type GaussRule, quadrature } from './core/quadrature.js';
import { MOST_PRODUCTS } from './krylov.js';
import { checkWidths, chooseRoute, hasMoments, type Moments, momentSteps, routeCosts } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { uniform } from './random.js';
import { deviationOf, FEWEST_POINTS, type Grid, gridAround, pointsOf, smoothed } from './smoothing.js';
import { checkInteger, checkNumber, checkOptions, describe } from './validate.js';

export const DENSITY_OPTIONS = ['probes', 'steps', 'seed', 'points', 'bandwidth', 'moments'] as const;

export interface DensityOptions {
  /** Random directions, up to 1,000: default 10. The noise falls with the square root of their number. */
  probes?: number;
  /** Products for each, from 2 to 1,000: default 50. What resolution falls with. Each takes O(N P), and keeps P numbers. */
  steps?: number;
  /** Of the directions: default 0. The first ones are those of a call with fewer. */
  seed?: number;
  /** Of the grid, from 16 to 10,000: default 1,024. */
  points?: number;
  /** Standard deviation of the smoothing, in units of λ: default the extent of the nodes / steps; at least what the grid resolves. */
  bandwidth?: number;
  /**
   * Whether to compute the exact trace and Frobenius norm, by which the estimate is corrected; 'auto' (if absent): where that takes no
   * more operations than the products.
   */
  moments?: boolean | 'auto';
}

export interface SpectralDensity {
  /** Ascending, evenly spaced, around all nodes. */
  grid: Float64Array;
  /** The share of the P eigenvalues by unit of λ, smoothed, at each point of the grid. Its sum times the grid's step is 1. */
  density: Float64Array;
  /** Of each density: the spread between the probes / √probes. NaN for a single probe, which cannot tell. */
  standardError: Float64Array;
  /** Standard deviation of the smoothing, in units of λ. */
  bandwidth: number;
  /** The same unsmoothed: the nodes of all rules, ascending, and their shares, which sum to 1. */
  nodes: Float64Array;
  weights: Float64Array;
  /**
   * Whether density and weights are corrected to have the exact trace and Frobenius norm. Not if these were not computed, nor if a
   * weight would be negative.
   */
  corrected: boolean;
  /** The Gauss rule of each probe, never corrected: nodes ascending, up to `steps` of them, and weights that sum to 1. */
  rules: GaussRule[];
  /** tr H and ‖H‖_F from the rules, and exactly, if computed. */
  trace: Estimate;
  frobeniusNorm: Estimate;
  /** Matrix-free multiplications by H. */
  products: number;
}

export interface Estimate {
  estimate: number;
  /** NaN for a single probe. */
  standardError: number;
  exact?: number;
}

export interface DensityChoices {
  probes: number;
  steps: number;
  seed: number;
  points: number;
  bandwidth: number | undefined;
  moments: boolean;
}

/** A tenth of a millisecond each at the least. */
const MOST_IN_ALL = 100_000;
const MOST_PROBES = 1000;
const MOST_POINTS = 10_000;
/** Nodes that differ by less than this share of the largest are one, for the bandwidth. */
const ONE = 2 ** -20;

export function* spectralDensitySteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  { probes, steps, seed, points, bandwidth, moments }: DensityChoices,
): Steps<SpectralDensity> {
  const costs = densityCosts(network, data.samples, probes, steps);
  const end = moments ? costs.products / (costs.products + costs.moments) : 1;
  const payload = { network, data, steps, seeds: seedsOf(probes, seed) };
  const rules = (yield* within(0, end, perform(quadrature, payload))).map(({ nodes, weights }) => ({
    nodes: nodes.map((node) => node + network.weightDecay),
    weights,
  }));
  const route = chooseRoute(network, data.samples);
  const exact = moments ? (yield* within(end, 1, momentSteps(network, data, route))).moments : undefined;

  const low = rules.reduce((least, { nodes }) => Math.min(least, nodes[0]), Infinity);
  const high = rules.reduce((most, { nodes }) => Math.max(most, nodes.at(-1)!), -Infinity);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const extent = finite(high - low, 'network: the extent of its spectrum');
  const deviation = bandwidth ?? (extent > ONE * size ? extent : size || 1) / steps;
  const grid = gridAround(low, high, points, deviation);
  const { controls, factors } = correction(rules, size || 1, exact);
  const { mean, standardError } = densityOf(rules, factors, controls, grid);
  return {
    grid: pointsOf(grid),
    density: mean,
    standardError,
    bandwidth: deviationOf(grid),
    ...pooled(rules, factors),
    corrected: controls.length > 0,
    rules,
    ...estimates(rules, network.parameters, size || 1, exact),
    products: rules.reduce((sum, { nodes }) => sum + nodes.length, 0),
  };
}

/** One for each probe, far apart. */
function seedsOf(probes: number, seed: number): number[] {
  const next = uniform(seed);
  return Array.from({ length: probes }, () => next() * 2 ** 53);
}

/** None where nothing exact is known, or where it would make a weight negative. */
function correction(
  rules: GaussRule[],
  unit: number,
  exact: Moments | undefined,
): { controls: Control[]; factors: Float64Array[] } {
  const none = { controls: [], factors: factorsOf(rules, []) };
  if (!exact) return none;
  const root = exact.frobeniusNorm / Math.sqrt(exact.parameters) / unit;
  const controls = controlsOf(rules, unit, exact.trace / exact.parameters / unit, root * root);
  const factors = factorsOf(rules, controls);
  return factors.every((q) => q.every((x) => x >= 0)) ? { controls, factors } : none;
}

/**
 * The mean of the corrected rules, none of which is negative anywhere. Its error is the spread of the probes' densities, each without
 * what its own means of the controls explain.
 */
function densityOf(rules: GaussRule[], factors: Float64Array[], controls: Control[], grid: Grid): Average {
  const smooth = (weightsOf: (k: number) => Float64Array): (() => Float64Array)[] =>
    rules.map(
      ({ nodes }, k) =>
        () =>
          smoothed(nodes, weightsOf(k), grid),
    );
  const corrected = average(smooth((k) => times(rules[k].weights, factors[k])));
  if (controls.length === 0) return corrected;
  const slopes = controls.map(
    (control) => average(smooth((k) => times(rules[k].weights, control.slopes[k]))).mean,
  );
  const { standardError } = average(
    smooth((k) => rules[k].weights).map((density, k) => () => {
      const result = density();
      controls.forEach(({ means }, i) => slopes[i].forEach((x, j) => (result[j] -= means[k] * x)));
      return result;
    }),
  );
  return { mean: corrected.mean, standardError };
}

/** All nodes in order, each with its share of the average. */
function pooled(rules: GaussRule[], factors: Float64Array[]): { nodes: Float64Array; weights: Float64Array } {
  const all = rules.flatMap(({ nodes, weights }, k) => {
    const shares = times(weights, factors[k]);
    return Array.from(nodes, (node, i) => ({ node, share: shares[i] / rules.length }));
  });
  all.sort((a, b) => a.node - b.node);
  return {
    nodes: Float64Array.from(all, ({ node }) => node),
    weights: Float64Array.from(all, ({ share }) => share),
  };
}

function times(x: Float64Array, y: Float64Array): Float64Array {
  return x.map((value, i) => value * y[i]);
}

/** tr H = P E Σ w θ and ‖H‖_F² = P E Σ w θ². The error of the norm is that of its square, to first order. */
function estimates(
  rules: GaussRule[],
  order: number,
  unit: number,
  exact: Moments | undefined,
): { trace: Estimate; frobeniusNorm: Estimate } {
  const { mean, standardError } = average(
    rules.map(({ nodes, weights }) => () => {
      const sums = new Float64Array(2);
      nodes.forEach((node, k) => {
        const x = node / unit;
        sums[0] += weights[k] * x;
        sums[1] += weights[k] * x * x;
      });
      return sums;
    }),
  );
  const root = Math.sqrt(mean[1]);
  const estimate = (value: number, error: number, true_: number | undefined): Estimate => ({
    estimate: finite(value, 'network: the moments of its Hessian'),
    standardError: error,
    ...(true_ !== undefined && { exact: true_ }),
  });
  return {
    trace: estimate(order * mean[0] * unit, order * standardError[0] * unit, exact?.trace),
    frobeniusNorm: estimate(
      Math.sqrt(order) * root * unit,
      (Math.sqrt(order) * standardError[1] * unit) / (2 * root || 1),
      exact?.frobeniusNorm,
    ),
  };
}

interface Average {
  mean: Float64Array;
  standardError: Float64Array;
}

/** Entry by entry, and the standard error of it; one sample at a time in memory (B. Welford, Technometrics 4 (1962) 419). */
function average(samples: (() => Float64Array)[]): Average {
  const mean = samples[0]();
  const squares = new Float64Array(mean.length);
  for (let k = 1; k < samples.length; k++) {
    samples[k]().forEach((x, j) => {
      const gap = x - mean[j];
      mean[j] += gap / (k + 1);
      squares[j] += gap * (x - mean[j]);
    });
  }
  const n = samples.length;
  return { mean, standardError: squares.map((sum) => Math.sqrt(sum / (n * (n - 1)))) };
}

/** As in sharpness: eight products with the weights, one way or the other, and the vectors before them. */
export function densityCosts(
  network: CheckedNetwork,
  samples: number,
  probes: number,
  steps: number,
): { products: number; moments: number } {
  return {
    products: probes * steps * network.parameters * (16 * samples + 4 * steps),
    moments: routeCosts(network, samples)[chooseRoute(network, samples)],
  };
}

export function checkDensityOptions(
  network: CheckedNetwork,
  samples: number,
  value: unknown,
): DensityChoices {
  const options = checkOptions('options', value, DENSITY_OPTIONS);
  const { probes = 10, steps = 50, seed = 0, points = 1024, bandwidth, moments } = options;
  const checked = {
    probes: checkInteger('options.probes', probes, 1, MOST_PROBES),
    // One node would say nothing of the squares.
    steps: checkInteger('options.steps', steps, 2, MOST_PRODUCTS),
    seed: checkInteger('options.seed', seed, 0, Number.MAX_SAFE_INTEGER),
    points: checkInteger('options.points', points, FEWEST_POINTS, MOST_POINTS),
    bandwidth: bandwidth === undefined ? undefined : checkNumber('options.bandwidth', bandwidth, 0, 1e300),
  };
  checkSize(network.parameters, checked);
  return { ...checked, moments: checkMoments(network, samples, checked, moments) };
}

/** Refuses what takes too long, or does not fit into memory, before anything is allocated. */
function checkSize(parameters: number, { probes, steps }: { probes: number; steps: number }): void {
  if (probes * steps > MOST_IN_ALL) {
    throw new RangeError(
      `options: expected at most ${MOST_IN_ALL} products in all; got probes · steps = ${probes} · ${steps} = ${probes * steps}`,
    );
  }
  const rows = Math.min(steps, parameters) + 1;
  if (rows * parameters > MAX_DOUBLES) {
    throw new RangeError(
      `options.steps: expected at most ${Math.floor(MAX_DOUBLES / parameters) - 1} for a network of ${parameters} parameters ` +
        `(each keeps as many numbers in memory); got ${steps}`,
    );
  }
}

function checkMoments(
  network: CheckedNetwork,
  samples: number,
  { probes, steps }: { probes: number; steps: number },
  value: unknown,
): boolean {
  if (value === undefined || value === 'auto') {
    const costs = densityCosts(network, samples, probes, steps);
    return costs.moments <= costs.products && hasMoments(network);
  }
  if (typeof value !== 'boolean') {
    throw new TypeError(`options.moments: expected true, false or 'auto'; got ${describe(value)}`);
  }
  if (value) checkWidths(network);
  return value;
}
