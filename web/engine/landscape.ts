/**
 * The loss around the parameters θ, in the plane of the two directions of largest curvature:
 *
 *     (a, b) ↦ L(θ + a v₁ + b v₂),   H v = λ v, ‖v‖ = 1,   and its quadratic model L + Σ (sᵢ aᵢ + ½ λᵢ aᵢ²), sᵢ = gᵀvᵢ.
 *
 * The model has no mixed term: v₁ᵀ H v₂ = 0. One step of gradient descent goes by −η sᵢ along vᵢ, and on the model that is 1 − η λᵢ times as far from its
 * lowest point as before. Every loss is computed at its parameters; only the model is a model.
 */
import { type Dataset, type Hessbound, type Network } from '../../src/index.js';
import { EXACT_PARAMETERS } from '../state.js';

export interface Landscape {
  /** The loss at θ. */
  loss: number;
  /** The plane is looked at from −reach to reach, in both directions, in units of the parameters. */
  reach: number;
  /** From the largest curvature down. */
  slices: [Slice, Slice];
  /** size × size losses: of row r and column c at a = place(c), b = place(r), with place(k) = reach (2 k/(size − 1) − 1). */
  size: number;
  losses: Float64Array;
}

/** The loss along one direction. */
export interface Slice {
  /** λ = vᵀ H v. */
  curvature: number;
  /** gᵀ v. */
  slope: number;
  places: Float64Array;
  losses: Float64Array;
  /** Where one step of gradient descent goes along this direction, −η gᵀv, and the loss there. */
  landing: { place: number; loss: number };
}

/** Points across the plane, by the multiplications of one loss: a plane takes 0.1 to 2 seconds. Odd, so that θ is one of them. */
const SIZES = [
  { size: 31, upTo: 1e6 },
  { size: 21, upTo: 4e6 },
  { size: 15, upTo: Infinity },
];
/** Points of a slice for one of the plane. */
const FINER = 2;

/** @param zoom how far to look, 1 by itself */
export function landscapeOf(
  hb: Hessbound,
  network: Network,
  data: Dataset,
  { learningRate, zoom }: { learningRate: number; zoom: number },
): Landscape {
  const theta = flat(network);
  const gradient = hb.gradient(network, data);
  const directions = sharpest(hb, network, data).map(({ curvature, vector }) => ({
    ...{ curvature, vector },
    slope: dot(gradient, vector),
  }));
  const lossAt = (...places: number[]): number => {
    const moved = theta.slice();
    places.forEach((place, k) => {
      const { vector } = directions[k];
      for (let i = 0; i < moved.length; i++) moved[i] += place * vector[i];
    });
    return hb.loss(withParameters(network, moved), data);
  };
  const loss = lossAt();
  const reach = reachOf(loss, directions, learningRate, zoom);
  const { size } = SIZES.find(({ upTo }) => data.inputs.rows * theta.length <= upTo)!;

  const along = placesOf(FINER * (size - 1) + 1, reach);
  const slices = directions.map(({ curvature, slope }, k): Slice => {
    const at = (place: number): number => (k === 0 ? lossAt(place) : lossAt(0, place));
    const place = -learningRate * slope;
    return { curvature, slope, places: along, losses: along.map(at), landing: { place, loss: at(place) } };
  });
  const places = placesOf(size, reach);
  const losses = new Float64Array(size * size);
  places.forEach((b, r) => places.forEach((a, c) => (losses[r * size + c] = lossAt(a, b))));
  return { loss, reach, slices: slices as [Slice, Slice], size, losses };
}

/** The two largest eigenvalues and their unit vectors, each with its largest entry positive: the sign is nobody's choice. */
export function sharpest(
  hb: Hessbound,
  network: Network,
  data: Dataset,
): { curvature: number; vector: Float64Array }[] {
  const P = flat(network).length;
  // Of the matrix where it is small: a Lanczos process finds one vector of equal eigenvalues, which linear models have.
  const { values, rows } =
    P <= EXACT_PARAMETERS ? largestOf(hb, network, data) : foundOf(hb, network, data, P);
  return rows.map((row, k) => {
    const most = row.reduce((largest, x) => (Math.abs(x) > Math.abs(largest) ? x : largest), 0);
    return { curvature: values[k], vector: most < 0 ? row.map((x) => -x) : row };
  });
}

function largestOf(
  hb: Hessbound,
  network: Network,
  data: Dataset,
): { values: number[]; rows: Float64Array[] } {
  const hessian = hb.hessian(network, data);
  const { values, vectors } = hb.eigh(hessian, { vectors: true, select: { largest: 2 } });
  return {
    values: Array.from(values).reverse(),
    rows: rowsOf(vectors!.data, hessian.rows).reverse(),
  };
}

function foundOf(
  hb: Hessbound,
  network: Network,
  data: Dataset,
  P: number,
): { values: number[]; rows: Float64Array[] } {
  const { values, vectors } = hb.topEigenvalues(network, data, { k: 2 });
  return { values: Array.from(values), rows: rowsOf(vectors.data, P) };
}

function rowsOf(data: Float64Array, length: number): Float64Array[] {
  return [data.slice(0, length), data.slice(length)];
}

/**
 * So far that curvature shows: at √(2 L/λ₁) the model has risen by the loss itself; and as far as the next step goes. Of few digits, so that the picture keeps
 * its scale from step to step.
 */
function reachOf(
  loss: number,
  directions: readonly { curvature: number; slope: number }[],
  learningRate: number,
  zoom: number,
): number {
  const rise = Math.sqrt((2 * loss) / directions[0].curvature);
  const steps = directions.map(({ slope }) => 1.2 * learningRate * Math.abs(slope));
  const natural = Math.max(...[rise, ...steps].filter((x) => Number.isFinite(x)), 0);
  return zoom * (natural > 0 ? rounded(natural) : 1);
}

/** The next of 1, 1.5, 2, 3, 5, 7 · 10ᵏ. */
function rounded(x: number): number {
  const exponent = x.toExponential().split('e')[1];
  const next = [1, 1.5, 2, 3, 5, 7].map((digits) => Number(`${digits}e${exponent}`)).find((y) => y >= x);
  return next ?? Number(`1e${Number(exponent) + 1}`);
}

function placesOf(count: number, reach: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => reach * ((2 * k) / (count - 1) - 1));
}

/** All parameters in the public order: layer by layer, weights, then bias. */
function flat({ layers }: Network): Float64Array {
  const parts = layers.flatMap(({ weights, bias = [] }) => [weights.data, Float64Array.from(bias)]);
  const result = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function withParameters(network: Network, theta: Float64Array): Network {
  let at = 0;
  const next = (count: number): Float64Array => theta.subarray(at, (at += count));
  const layers = network.layers.map((layer) => ({
    ...layer,
    weights: { ...layer.weights, data: next(layer.weights.data.length) },
    ...(layer.bias && { bias: next(layer.bias.length) }),
  }));
  return { ...network, layers };
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
