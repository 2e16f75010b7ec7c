/**
 * The picture of the data is a plane through the space of inputs,
 *
 *     x(a, b) = o + a u + b v        o, u, v: d numbers; u and v orthonormal
 *
 * and each sample stands at the a and b of the nearest point. Of two inputs it is these themselves: o = 0, and every sample lies on it. Of more, o is their
 * mean, and u and v are the two directions in which they vary most: the first eigenvectors of the covariance C = (1/N) Xᵀ X, X the centred inputs
 * (N × d), each with its largest entry positive (K. Pearson, On lines and planes of closest fit, 1901). If N < d they are Xᵀ w of the
 * eigenvectors w of X Xᵀ, scaled to length 1. What the network says of the plane is what another network with two inputs says of (a, b): its first layer has
 * the weights W (u v) and the bias W o + b, so that drawing costs the same for any d.
 */
import { type Hessbound, type Matrix, matrix, type Network } from '../../src/index.js';
import { type Samples } from './samples.js';

/** Samples as points of a plane, within a square. */
export interface Plane {
  /** Whether it is that of two inputs, the line of one with the samples in their order up it, or that of the two principal components. */
  kind: 'inputs' | 'line' | 'components';
  /** a and b of each sample. */
  points: Float64Array;
  /** The class of each; of values these. */
  labels: number[];
  /** The names of the classes; none: the targets are values. */
  classes: string[];
  /** A value is this many `scale` above `mean` in the units of its file. */
  units: { mean: number; scale: number };
  left: number;
  right: number;
  bottom: number;
  top: number;
  /** What goes to the right and what upward. */
  axes: [string, string];
  /** Of the variance of the inputs, the share along the plane. */
  share: number;
  /** 8 × 8 pixels from 0 to 1 of each sample that is a picture. */
  pixels?: Float64Array;
}

/** o, u and v. */
export interface Directions {
  origin: Float64Array;
  across: Float64Array;
  up: Float64Array;
}

/** How much room is left around the samples, in half widths of them. */
const ROOM = 1.1;

export function planeOf(hb: Hessbound, samples: Samples): { plane: Plane; directions: Directions } {
  const { data, labels, names, features, units, pixels } = samples;
  const { rows, cols } = data.inputs;
  const kind = cols === 1 ? 'line' : cols === 2 && features.length === 2 ? 'inputs' : 'components';
  const { share, ...directions } =
    kind === 'components' ? principal(hb, data.inputs) : { ...firstTwo(cols), share: 1 };
  const points = project(data.inputs, directions);
  if (kind === 'line') for (let i = 0; i < rows; i++) points[2 * i + 1] = (2 * (i + 0.5)) / rows - 1;
  const plane: Plane = {
    ...{ kind, points, labels, classes: names, units, share },
    ...squareAround(points),
    axes:
      kind === 'components'
        ? ['first principal component', 'second']
        : [features[0], kind === 'line' ? 'sample' : features[1]],
    ...(pixels && { pixels: pixels.data }),
  };
  return { plane, directions };
}

/** The network's outputs at size × size points of the plane, rows from the top: size × size × K. */
export function outputsOver(
  hb: Hessbound,
  network: Network,
  { left, right, bottom, top }: Plane,
  directions: Directions,
  size: number,
): Float64Array {
  const points = matrix(size * size, 2);
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      points.data[2 * (r * size + c)] = left + ((right - left) * (c + 0.5)) / size;
      points.data[2 * (r * size + c) + 1] = top + ((bottom - top) * (r + 0.5)) / size;
    }
  }
  return hb.logits(onPlane(network, directions), points).data;
}

/** Of two inputs, a and b. */
function onPlane(network: Network, { origin, across, up }: Directions): Network {
  const [first, ...rest] = network.layers;
  const { rows, cols, data } = first.weights;
  const weights = matrix(rows, 2);
  const bias = Float64Array.from({ length: rows }, (_, h) => first.bias?.[h] ?? 0);
  for (let h = 0; h < rows; h++) {
    for (let j = 0; j < cols; j++) {
      const w = data[h * cols + j];
      weights.data[2 * h] += w * across[j];
      weights.data[2 * h + 1] += w * up[j];
      bias[h] += w * origin[j];
    }
  }
  return { ...network, layers: [{ ...first, weights, bias }, ...rest] };
}

function firstTwo(d: number): Directions {
  const [origin, across, up] = Array.from({ length: 3 }, () => new Float64Array(d));
  across[0] = 1;
  // Of one input there is no second.
  if (d > 1) up[1] = 1;
  return { origin, across, up };
}

function principal(hb: Hessbound, inputs: Matrix): Directions & { share: number } {
  const { rows, cols, data } = inputs;
  const origin = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) origin[i % cols] += data[i] / rows;
  const centred = { rows, cols, data: data.map((x, i) => x - origin[i % cols]) };
  const columns = transposed(centred);
  const { values, vectors } = hb.eigh(hb.gram(rows < cols ? centred : columns), { vectors: true });
  const order = values.length;
  const direction = (k: number): Float64Array => {
    const vector = vectors!.data.slice((order - k) * order, (order - k + 1) * order);
    return oriented(rows < cols ? combined(centred, vector) : vector);
  };
  const total = values.reduce((sum, value) => sum + value, 0);
  const share = total > 0 ? (values[order - 1] + values[order - 2]) / total : 1;
  return { origin, across: direction(1), up: direction(2), share };
}

/** Its largest entry, the first of equals, becomes positive. */
function oriented(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return largest < 0 ? vector.map((x) => -x) : vector;
}

/** Xᵀ w, of length 1 unless it is 0. */
function combined({ rows, cols, data }: Matrix, weights: Float64Array): Float64Array {
  const sum = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) sum[j] += weights[i] * data[i * cols + j];
  }
  const length = Math.sqrt(sum.reduce((total, x) => total + x * x, 0));
  return length > 0 ? sum.map((x) => x / length) : sum;
}

function transposed({ rows, cols, data }: Matrix): Matrix {
  const result = matrix(cols, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) result.data[j * rows + i] = data[i * cols + j];
  }
  return result;
}

function project({ rows, cols, data }: Matrix, { origin, across, up }: Directions): Float64Array {
  const points = new Float64Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const x = data[i * cols + j] - origin[j];
      points[2 * i] += x * across[j];
      points[2 * i + 1] += x * up[j];
    }
  }
  return points;
}

function squareAround(points: Float64Array): Pick<Plane, 'left' | 'right' | 'bottom' | 'top'> {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  points.forEach((x, i) => {
    low[i % 2] = Math.min(low[i % 2], x);
    high[i % 2] = Math.max(high[i % 2], x);
  });
  const [x, y] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  const reach = (ROOM * Math.max(high[0] - low[0], high[1] - low[1])) / 2 || 1;
  return { left: x - reach, right: x + reach, bottom: y - reach, top: y + reach };
}
