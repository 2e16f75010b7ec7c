/**
 * The three ingredients of the bound, one at a time: the norms of the parameters, the widths of the hidden layers, and how much alike the samples are.
 * With the last two the network says of every sample what it said before.
 */
import { chooseRoute, routeCosts } from '../../src/moments.js';
import {
  type Dataset,
  type Hessbound,
  type Layer,
  matrix,
  type Network,
  type Sharpness,
  type SharpnessOptions,
} from '../../src/index.js';
import { checkNetwork, type CheckedNetwork } from '../../src/network.js';
import { type Fact } from '../../src/report/facts.js';
import { reasons } from '../../src/report/reasons.js';
import { type Variation } from '../ingredients.js';
import { similar } from './samples.js';
import { EXACT_PARAMETERS } from '../state.js';

export interface Problem {
  network: Network;
  data: Dataset;
}

export interface Measurement {
  parameters: number;
  /** Wolkowicz and Styan's. */
  bound: number;
  /** lower ≤ λ_max ≤ upper, guaranteed. */
  lower: number;
  upper: number;
  /** λ_max, to a millionth of it: from a bracket that closed, else from the exact spectrum, up to EXACT_PARAMETERS. */
  truth?: number;
  trace: number;
  frobeniusNorm: number;
  /** ‖θ‖. */
  parameterNorm: number;
  /** d, n_1, …, K. */
  widths: number[];
  /** Of different samples' inputs. */
  meanSquaredCosine?: number;
}

/** A problem that nobody would wait for. */
export interface TooMuch {
  parameters: number;
  tooMuch: true;
}

export interface Reasons {
  parameters: number;
  /** λ_max² / ‖H‖_F². */
  share: number;
  /** Wolkowicz and Styan's bound by ‖H‖_F: hardly above 1, and close to it where there are many parameters. */
  reach: number;
  /** That bound by λ_max, if that is positive. */
  ratio?: number;
  /** Whether λ_max is known. If not, share is the least and ratio the most that it can be. */
  known: boolean;
  /** λ_min, or a number that it is not above, if it is of a larger size than λ_max: squares do not tell. */
  opposite?: number;
  /** Of the exact spectrum, up to EXACT_PARAMETERS: how many eigenvalues carry nine tenths of ‖H‖_F², and how many are negative. */
  spectrum?: { most: number; negative: number };
  /** The report's. */
  facts: Fact[];
}

/** Beyond that many products a bracket is left open. */
const PRODUCTS = 100;
const TOLERANCE = 1e-6;
/** Operations: two or three seconds. 2-128-128-1 on 200 samples takes 7e9. */
const MOST_WORK = 1.2e10;

export function measure(hb: Hessbound, problem: Problem, variation: Variation): Measurement | TooMuch {
  const { network, data } = vary(problem, variation);
  const checked = checkNetwork(network);
  const { parameters } = checked;
  if (work(checked, data.inputs.rows) > MOST_WORK) return { parameters, tooMuch: true };
  const found = hb.sharpness(network, data, OPTIONS);
  const { bounds, lower, upper, moments } = found;
  const { trace, frobeniusNorm } = moments;
  const { parameterNorm, widths, orthogonality } = found.ingredients!;
  const { meanSquaredCosine } = orthogonality;
  const truth = truthOf(hb, { network, data }, found);
  return {
    parameters,
    bound: bounds.wolkowiczStyan!.largest.upper,
    ...{ lower, upper, trace, frobeniusNorm, parameterNorm, widths },
    ...(truth !== undefined && { truth }),
    ...(meanSquaredCosine !== undefined && { meanSquaredCosine }),
  };
}

export function explain(hb: Hessbound, problem: Problem, variation: Variation): Reasons | TooMuch {
  const { network, data } = vary(problem, variation);
  const checked = checkNetwork(network);
  const { parameters } = checked;
  if (EXPLANATION * work(checked, data.inputs.rows) > MOST_WORK) return { parameters, tooMuch: true };
  const exact = parameters <= EXACT_PARAMETERS;
  const found = hb.sharpness(network, data, { ...OPTIONS, explain: true, exact });
  const { bounds, certificate, moments } = found;
  const { largest, smallest } = found.exact ?? {
    largest: found.lower,
    smallest: bounds.deflated!.smallest!.upper,
  };
  const bound = bounds.wolkowiczStyan!.largest.upper;
  const { frobeniusNorm } = moments;
  const share = frobeniusNorm === 0 ? 0 : largest / frobeniusNorm;
  return {
    parameters,
    share: share * share,
    reach: frobeniusNorm === 0 ? 0 : bound / frobeniusNorm,
    ...(largest > 0 && { ratio: bound / largest }),
    known: exact || certificate!.converged,
    ...(smallest < -Math.max(0, largest) && { opposite: smallest }),
    ...(found.exact && { spectrum: carried(found.exact.values, frobeniusNorm) }),
    facts: reasons(found),
  };
}

export function vary({ network, data }: Problem, { norms, widen, alike }: Variation): Problem {
  const scaled = withLayers(network, (layer) => times(layer, norms));
  return turned({ network: widened(scaled, widen), data }, alike);
}

const OPTIONS: SharpnessOptions = {
  bounds: ['wolkowiczStyan', 'deflated'],
  tolerance: TOLERANCE,
  maxProducts: PRODUCTS,
};
/** The moments again and again: as src/explanation.ts says. */
const EXPLANATION = 4;

function truthOf(hb: Hessbound, { network, data }: Problem, found: Sharpness): number | undefined {
  if (found.certificate!.converged) return found.lower;
  if (found.moments.parameters > EXACT_PARAMETERS) return undefined;
  return hb.sharpness(network, data, { exact: true, ingredients: false }).exact!.largest;
}

/** Operations, about: of the moments, of the factors of each sample (64 for each entry of S, measured), of thirty products, of κ₂. */
function work(network: CheckedNetwork, samples: number): number {
  const { parameters, layers, inputs } = network;
  const squares = layers.reduce((sum, { outputs }) => sum + outputs * outputs, 0);
  return (
    routeCosts(network, samples)[chooseRoute(network, samples)] +
    64 * samples * squares +
    30 * 16 * samples * parameters +
    samples * samples * inputs
  );
}

/** From those of the largest size. */
function carried(values: Float64Array, norm: number): Required<Reasons>['spectrum'] {
  const squares = values.map((value) => (value / norm) * (value / norm)).sort();
  let [sum, most] = [0, 0];
  while (sum < 0.9 && most < squares.length) sum += squares[squares.length - ++most];
  const rounding = values.length * Number.EPSILON * norm;
  return { most, negative: values.filter((value) => value < -rounding).length };
}

function withLayers(network: Network, change: (layer: Layer, l: number) => Layer): Network {
  return { ...network, layers: network.layers.map(change) };
}

function times(layer: Layer, factor: number): Layer {
  if (factor === 1) return layer;
  const { weights, bias } = layer;
  return {
    ...layer,
    weights: { ...weights, data: weights.data.map((x) => factor * x) },
    ...(bias && { bias: Float64Array.from(bias, (x) => factor * x) }),
  };
}

/**
 * Each hidden unit becomes m that share its outgoing weights, W_ab / m for each copy of b (T. Chen, I. Goodfellow and J. Shlens, Net2Net, ICLR
 * 2016): every pre-activation is what it was.
 */
function widened(network: Network, m: number): Network {
  if (m === 1) return network;
  const last = network.layers.length - 1;
  return withLayers(network, ({ weights: { rows, cols, data }, bias, ...rest }, l) => {
    const [down, across] = [l < last ? m : 1, l > 0 ? m : 1];
    const weights = matrix(down * rows, across * cols);
    for (let a = 0; a < weights.rows; a++) {
      for (let b = 0; b < weights.cols; b++)
        weights.data[a * weights.cols + b] = data[(a % rows) * cols + (b % cols)] / across;
    }
    return {
      ...rest,
      weights,
      ...(bias && { bias: Float64Array.from({ length: down * rows }, (_, a) => bias[a % rows]) }),
    };
  });
}

/**
 * Samples of the same lengths whose cosines go towards 1 or 0 (samples.ts): for the inputs that are new the first layer's weights are 0, and the others
 * make up for what the old inputs lose, W / √(1 − t²). The Hessian depends on the first layer's weights by the pre-activations alone, and these
 * stay: what changes is the Gram matrix of the inputs.
 */
function turned({ network, data }: Problem, t: number): Problem {
  if (t === 0) return { network, data };
  const inputs = similar(data.inputs, t);
  const kept = Math.sqrt(1 - t * t);
  const changed = withLayers(network, (layer, l) => {
    if (l > 0) return layer;
    const { rows, cols, data: old } = layer.weights;
    const weights = matrix(rows, inputs.cols);
    for (let a = 0; a < rows; a++) {
      for (let b = 0; b < cols; b++) weights.data[a * inputs.cols + b] = old[a * cols + b] / kept;
    }
    return { ...layer, weights };
  });
  return { network: changed, data: { ...data, inputs } };
}
