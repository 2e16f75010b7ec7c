/**
 * Trace and Frobenius norm of the Hessian: which route to take, what rounding may have done, and the public form.
 */
import { type Interval } from './bounds.js';
import { MAX_DOUBLES, type Core } from './core/instance.js';
import { momentSums, type MomentSums, type Route } from './core/moments.js';
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
}

export interface MomentResults {
  moments: Moments;
  loss: LossMoments;
}

export const MOMENTS_OPTIONS = ['method'];

export function computeMoments(
  core: Core,
  network: CheckedNetwork,
  data: CheckedDataset,
  options?: unknown,
): MomentResults {
  const { method } = checkOptions('options', options, MOMENTS_OPTIONS);
  const choice =
    method === undefined ? 'auto' : checkOneOf('options.method', method, ['auto', 'gram', 'hessian']);
  if (choice === 'hessian') checkAssembly(network, "moments with method: 'gram'");
  const route = choice === 'auto' ? chooseRoute(network, data.samples) : choice;
  const sums = momentSums(core, network, data, route);
  return { moments: publish(network, sums), loss: enclose(network, data.samples, sums) };
}

/**
 * Floating-point operations of both routes, leading terms. Pairs: for each of N²/2 pairs of samples an inner product (2 flops
 * a term) of every row of assembly/curvature/moments.ts. Assembly: N P² for the lower triangle, and N more for each row of
 * operands formed. Both first compute the same factors. Measured, the two run at like speed (bench/RESULTS.md).
 */
export function routeCosts(network: CheckedNetwork, samples: number): Record<Route, number> {
  const widths = network.layers.map((layer) => layer.inputs + (layer.bias ? 1 : 0));
  const outputs = network.layers.map((layer) => layer.outputs);
  let terms = 0;
  let operands = 0;
  for (let l = 0; l < outputs.length; l++) {
    const n = outputs[l];
    terms += widths[l] + n;
    for (let k = l; k < outputs.length; k++) {
      const m = outputs[k];
      const p = network.layers[k].inputs;
      terms += n * m;
      if (k === l + 1) terms += n + 2 * n * m;
      if (k > l + 1) terms += n * p + 2 * n * (m + p);
      operands += n * m * widths[k];
    }
  }
  return {
    gram: samples * samples * terms,
    hessian: samples * network.parameters * network.parameters + 2 * samples * operands,
  };
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

function chooseRoute(network: CheckedNetwork, samples: number): Route {
  const costs = routeCosts(network, samples);
  const fits = network.parameters * network.parameters <= MAX_DOUBLES;
  return fits && costs.hessian < costs.gram ? 'hessian' : 'gram';
}

/**
 * What the true moments can be, given the computed ones. With γ = c ε and c the number of roundings on the longest path:
 * the trace errs by at most γ Σ|terms|; each F^{lk} from pairs by at most γ (Σ_i β_i^{lk})²; the assembled matrix by
 * ‖ΔH‖_F ≤ γ (Σ_lk (Σ_i β_i^{lk})²)^½. First order in ε, with products of factors counted by their norms.
 */
function enclose(network: CheckedNetwork, samples: number, sums: MomentSums): LossMoments {
  const depth = network.layers.length;
  const chain = network.layers.reduce((sum, layer) => sum + 2 * layer.outputs + layer.inputs + 8, 64);
  const trace = total(sums.traces);
  const traceError = Number.EPSILON * (chain + samples) * total(sums.traceSizes);
  let squares = 0;
  let betaSquares = 0;
  let longest = 0;
  for (let l = 0; l < depth; l++) {
    for (let k = l; k < depth; k++) {
      const twice = k === l ? 1 : 2;
      const at = blockIndex(sums, depth, l, k);
      squares += twice * sums.squares[at];
      betaSquares += twice * sums.betas[l * depth + k] * sums.betas[l * depth + k];
      const { inputs, outputs } = network.layers[k];
      longest = Math.max(longest, network.layers[l].outputs * Math.max(inputs, outputs));
    }
  }
  const norm = Math.sqrt(Math.max(0, squares));
  let frobeniusNorm: Interval;
  if (sums.route === 'gram') {
    const error = Number.EPSILON * (chain + longest) * betaSquares;
    frobeniusNorm = {
      lower: Math.sqrt(Math.max(0, squares - error)),
      upper: Math.sqrt(Math.max(0, squares) + error),
    };
  } else {
    const error = Number.EPSILON * ((chain + samples) * Math.sqrt(betaSquares) + network.parameters * norm);
    frobeniusNorm = { lower: Math.max(0, norm - error), upper: norm + error };
  }
  const unscale = ({ lower, upper }: Interval): Interval => ({
    lower: lower / sums.scale,
    upper: upper / sums.scale,
  });
  return {
    trace: unscale({ lower: trace - traceError, upper: trace + traceError }),
    frobeniusNorm: unscale(frobeniusNorm),
  };
}

/** The public form: weight decay added, H + ωI. */
function publish(network: CheckedNetwork, sums: MomentSums): Moments {
  const depth = network.layers.length;
  const omega = network.weightDecay;
  const crossNorms: Matrix = { rows: depth, cols: depth, data: new Float64Array(depth * depth) };
  const layers = network.layers.map((layer, l) => {
    const parameters = layer.weights.length + (layer.bias?.length ?? 0);
    const trace = sums.traces[l] / sums.scale;
    const norm = Math.sqrt(Math.max(0, sums.squares[l * depth + l])) / sums.scale;
    return {
      parameters,
      trace: trace + omega * parameters,
      frobeniusNorm: shiftedNorm(norm, trace, parameters, omega),
    };
  });
  let squares = 0;
  for (let l = 0; l < depth; l++) {
    squares += sums.squares[l * depth + l];
    crossNorms.data[l * depth + l] = layers[l].frobeniusNorm;
    for (let k = l + 1; k < depth; k++) {
      const square = Math.max(0, sums.squares[blockIndex(sums, depth, l, k)]);
      squares += 2 * square;
      const norm = Math.sqrt(square) / sums.scale;
      crossNorms.data[l * depth + k] = norm;
      crossNorms.data[k * depth + l] = norm;
    }
  }
  const trace = total(sums.traces) / sums.scale;
  const norm = Math.sqrt(Math.max(0, squares)) / sums.scale;
  return {
    parameters: network.parameters,
    trace: trace + omega * network.parameters,
    frobeniusNorm: shiftedNorm(norm, trace, network.parameters, omega),
    method: sums.route,
    layers,
    crossNorms,
  };
}

/** ‖H + ωI‖_F = √(‖H‖_F² + 2ω tr H + ω²P), in units that keep the squares in range. */
function shiftedNorm(norm: number, trace: number, order: number, omega: number): number {
  const unit = Math.max(norm, omega);
  if (omega === 0 || unit === 0) return norm;
  const n = norm / unit;
  const w = omega / unit;
  return unit * Math.sqrt(Math.max(0, n * n + 2 * w * (trace / unit) + w * w * order));
}

/** Pairs fill the upper triangle of blocks, the assembled matrix the lower one. */
function blockIndex(sums: MomentSums, depth: number, l: number, k: number): number {
  return sums.route === 'gram' ? l * depth + k : k * depth + l;
}

function total(terms: Float64Array): number {
  let sum = 0;
  for (const term of terms) sum += term;
  return sum;
}
