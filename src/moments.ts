/**
 * Trace and Frobenius norm of the Hessian: which route to take, what rounding may have done, and the public form.
 */
import { type Interval } from './bounds.js';
import { chooseForms, hessianEntries, plainForms, termsPerPair, termsPerSample } from './core/forms.js';
import { MAX_DOUBLES, type Core } from './core/instance.js';
import { runHere, type Steps } from './core/job.js';
import { finite } from './core/model.js';
import { type MomentSums, momentSumSteps, type Route } from './core/moments.js';
import { type Matrix } from './matrix.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { checkOneOf, checkOptions } from './validate.js';

/** Exact trace and Frobenius norm of the Hessian, whole and by blocks, weight decay included. */
export interface Moments {
  /** P, the order of the Hessian. */
  parameters: number;
  trace: number;
  frobeniusNorm: number;
  /** The route taken: pairs of samples, or the assembled matrix. */
  method: Route;
  /** The diagonal blocks, one a layer. */
  layers: { parameters: number; trace: number; frobeniusNorm: number }[];
  /** L × L: Frobenius norm of the block of layers l and k; symmetric. */
  crossNorms: Matrix;
}

export interface MomentsOptions {
  /** 'auto' takes the route with fewer floating-point operations (see routeCosts). */
  method?: 'auto' | Route;
}

/** Moments of the loss Hessian without weight decay, with what rounding leaves uncertain. */
export interface LossMoments {
  trace: Interval;
  frobeniusNorm: Interval;
  /** The diagonal blocks. */
  layers: { parameters: number; trace: Interval; frobeniusNorm: Interval }[];
  /** L × L: upper bounds on the norms of the blocks off the diagonal; symmetric, 0 on it. */
  crossNorms: Float64Array;
}

export interface MomentResults {
  moments: Moments;
  loss: LossMoments;
  sums: MomentSums;
}

export function* momentSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  route: Route,
  blockBytes?: number,
): Steps<MomentResults> {
  checkWidths(network);
  const sums = yield* momentSumSteps(network, data, route, blockBytes);
  return { moments: publish(network, sums), loss: enclose(network, data.samples, sums), sums };
}

export function computeMoments(
  core: Core,
  network: CheckedNetwork,
  data: CheckedDataset,
  options?: unknown,
): MomentResults {
  return runHere(core, momentSteps(network, data, checkRoute(network, data.samples, options)));
}

/** The route that the options of moments() ask for. */
export function checkRoute(network: CheckedNetwork, samples: number, options: unknown): Route {
  const { method } = checkOptions('options', options, ['method']);
  const choice =
    method === undefined ? 'auto' : checkOneOf('options.method', method, ['auto', 'gram', 'hessian']);
  if (choice === 'hessian') checkAssembly(network, "moments with method: 'gram'");
  return choice === 'auto' ? chooseRoute(network, samples) : choice;
}

/**
 * Floating-point operations of both routes, leading terms: two for each multiply–add of N²/2 pairs of samples and of N samples
 * (core/forms.ts); and of the products of N terms that assembly/curvature/hessian.ts takes, with 24 for each entry of the matrix,
 * which is cleared, added to and mirrored at the speed of memory (measured).
 */
export function routeCosts(network: CheckedNetwork, samples: number): Record<Route, number> {
  const forms = chooseForms(network, samples);
  return {
    gram: samples * (samples * termsPerPair(network, forms) + 2 * termsPerSample(network, forms)),
    hessian:
      2 * samples * (hessianEntries(network) + 2 * termsPerSample(network, plainForms(network))) +
      24 * network.parameters ** 2,
  };
}

/** Refuses layers so wide that one sample's curvature in two of them exceeds what a typed array holds. */
function checkWidths({ layers }: CheckedNetwork): void {
  const widest = layers.reduce((most, { outputs }) => Math.max(most, outputs), 0);
  if (widest * widest > MAX_DOUBLES) {
    throw new RangeError(
      `network: expected layers of at most ${Math.floor(Math.sqrt(MAX_DOUBLES))} units for the moments of its Hessian; got ${widest}`,
    );
  }
}

/** Refuses to assemble a Hessian that is too large, before anything is allocated. */
export function checkAssembly(network: CheckedNetwork, instead: string): void {
  const P = network.parameters;
  if (P * P > MAX_DOUBLES) {
    throw new RangeError(
      `network: expected at most ${Math.floor(Math.sqrt(MAX_DOUBLES))} parameters for the assembled Hessian; got ${P}, ` +
        `whose Hessian takes ${((P * P * 8) / 2 ** 30).toFixed(1)} GiB. Use ${instead} instead`,
    );
  }
}

export function chooseRoute(network: CheckedNetwork, samples: number): Route {
  const costs = routeCosts(network, samples);
  const fits = network.parameters * network.parameters <= MAX_DOUBLES;
  return fits && costs.hessian < costs.gram ? 'hessian' : 'gram';
}

/**
 * What the true moments can be, given the computed ones. Two things err. The factors of each sample: by at most the bounds of
 * assembly/network/rounding.ts, together E_lk for a block, √n_l E_ll for its trace. And the sums over samples, with γ = c ε and
 * c the number of roundings on the longest path: the trace by γ Σ|terms|; each F^{lk} from pairs by γ (Σ_i β_i^{lk})², of which
 * what is summed over samples comes in batches of 8 or more; the assembled block by γ Σ_i β_i^{lk} in norm. First order in ε.
 */
function enclose(network: CheckedNetwork, samples: number, sums: MomentSums): LossMoments {
  const { route, scale } = sums;
  const depth = network.layers.length;
  const widths = network.layers.map((layer) => Math.max(layer.inputs, layer.outputs));
  const path = 64 + widths.reduce((most, width) => Math.max(most, width), 0);
  const longest = widths.reduce((most, width) => Math.max(most, width * width), 0);

  const normOf = (squares: number, beta: number, factorError: number): Interval => {
    const norm = Math.sqrt(Math.max(0, squares));
    let [lower, upper] = [0, 0];
    if (route === 'gram') {
      const error = Number.EPSILON * (path + longest + samples / 8) * square(beta);
      [lower, upper] = [Math.sqrt(Math.max(0, norm * norm - error)), Math.sqrt(norm * norm + error)];
    } else {
      const error = Number.EPSILON * ((path + samples) * beta + network.parameters * norm);
      [lower, upper] = [norm - error, norm + error];
    }
    return { lower: Math.max(0, lower - factorError) / scale, upper: (upper + factorError) / scale };
  };
  const block = (l: number, k: number): Interval => {
    const at = l * depth + k;
    return normOf(sums.squares[at], sums.betas[at], sums.errors[at]);
  };
  const traceError = (l: number): number =>
    Number.EPSILON * (path + samples) * sums.traceSizes[l] +
    Math.sqrt(network.layers[l].outputs) * sums.errors[l * (depth + 1)];
  const traceOf = (trace: number, error: number): Interval => ({
    lower: (trace - error) / scale,
    upper: (trace + error) / scale,
  });

  const crossNorms = new Float64Array(depth * depth);
  for (let l = 0; l < depth; l++) {
    for (let k = l + 1; k < depth; k++) {
      crossNorms[l * depth + k] = crossNorms[k * depth + l] = block(l, k).upper;
    }
  }
  const traceErrors = Float64Array.from(network.layers, (_, l) => traceError(l));
  return {
    trace: traceOf(total(sums.traces), total(traceErrors)),
    frobeniusNorm: normOf(
      blockTotal(network, sums.squares),
      blockNorm(network, sums.betas),
      blockNorm(network, sums.errors),
    ),
    layers: network.layers.map((layer, l) => ({
      parameters: layer.weights.length + (layer.bias?.length ?? 0),
      trace: traceOf(sums.traces[l], traceErrors[l]),
      frobeniusNorm: block(l, l),
    })),
    crossNorms,
  };
}

/** The public form: weight decay added, H + ωI. */
function publish(network: CheckedNetwork, sums: MomentSums): Moments {
  const depth = network.layers.length;
  const omega = network.weightDecay;
  const normOf = (squares: number): number => Math.sqrt(Math.max(0, squares)) / sums.scale;
  const crossNorms: Matrix = { rows: depth, cols: depth, data: new Float64Array(depth * depth) };
  for (let l = 0; l < depth; l++) {
    for (let k = l + 1; k < depth; k++) {
      const norm = normOf(sums.squares[l * depth + k]);
      crossNorms.data[l * depth + k] = norm;
      crossNorms.data[k * depth + l] = norm;
    }
  }
  const part = (parameters: number, trace: number, squares: number): Moments['layers'][number] => ({
    parameters,
    trace: finite(trace / sums.scale + omega * parameters, 'network: the trace of its Hessian'),
    frobeniusNorm: finite(
      shiftedNorm(normOf(squares), trace / sums.scale, parameters, omega),
      'network: the norm of its Hessian',
    ),
  });
  const layers = network.layers.map((layer, l) => {
    const parameters = layer.weights.length + (layer.bias?.length ?? 0);
    const block = part(parameters, sums.traces[l], sums.squares[l * depth + l]);
    crossNorms.data[l * depth + l] = block.frobeniusNorm;
    return block;
  });
  const whole = part(network.parameters, total(sums.traces), blockTotal(network, sums.squares));
  return { ...whole, method: sums.route, layers, crossNorms };
}

/** Σ over all blocks of a symmetric matrix of blocks, of which those with l ≤ k are given. */
export function blockTotal(network: CheckedNetwork, blocks: Float64Array): number {
  const depth = network.layers.length;
  let sum = 0;
  for (let l = 0; l < depth; l++) {
    for (let k = l; k < depth; k++) sum += (k === l ? 1 : 2) * blocks[l * depth + k];
  }
  return sum;
}

/** √Σ x² over all blocks, in units of the largest: rounding may have done far more than what is left of the curvature. */
function blockNorm(network: CheckedNetwork, blocks: Float64Array): number {
  const unit = blocks.reduce((most, x) => Math.max(most, x), 0);
  if (unit === 0) return 0;
  return (
    unit *
    Math.sqrt(
      blockTotal(
        network,
        blocks.map((x) => square(x / unit)),
      ),
    )
  );
}

function square(x: number): number {
  return x * x;
}

/** ‖H + ωI‖_F = √(‖H‖_F² + 2ω tr H + ω²P), in units that keep the squares in range. */
export function shiftedNorm(norm: number, trace: number, order: number, omega: number): number {
  const unit = Math.max(norm, omega);
  if (omega === 0 || unit === 0) return norm;
  const n = norm / unit;
  const w = omega / unit;
  return unit * Math.sqrt(Math.max(0, n * n + 2 * w * (trace / unit) + w * w * order));
}

export function total(terms: Float64Array): number {
  let sum = 0;
  for (const term of terms) sum += term;
  return sum;
}
