/**
 * The curvature factors of one sample (assembly/network/factors.ts states the formulas), each entry enclosed: the exact ones for the exact sample and
 * parameters lie in these balls.
 *
 *   H^{lk}_(a,b),(c,d) = ã^l_b ( M^{lk}_ac ã^k_d + [l<k] δ^k_c T^{lk}_ad ),   M^{ll} = S^l
 *
 * Layers are numbered from 0; ã^l of w_l entries is what layer l is given, a 1 for its bias at the end.
 */
import { type Interval } from '../bounds.js';
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Enclosed, encloseActivation } from './activation.js';
import {
  addAt,
  at,
  type Balls,
  balls,
  type Exact,
  normalize,
  put,
  scale,
  scaleColumns,
  timesExact,
  transposed,
} from './balls.js';
import { lossDerivatives } from './loss.js';

export interface SampleFactors {
  /** ã^l. */
  inputs: Balls[];
  delta: Balls[];
  /** [l][k], l ≤ k: (M^{lk})ᵀ, n_k × n_l. */
  mixed: Balls[][];
  /** [l][k], l < k: T^{lk}, n_l × n_{k−1}; for k = l + 1 its diagonal. */
  transfer: Balls[][];
}

/**
 * [W b] of every layer, row-major. Where a softmax sees the last layer as it is, less its first row: the same taken from all logits changes
 * nothing, for S 1 = 0 and 1ᵀ δ = 0, and what the rows have in common would cancel only up to rounding.
 */
export function packedWeights({ layers, loss }: CheckedNetwork): Exact[] {
  const packed = layers.map(({ inputs, outputs, weights, bias }) => {
    const width = inputs + (bias ? 1 : 0);
    const data = new Float64Array(outputs * width);
    for (let a = 0; a < outputs; a++) {
      data.set(weights.subarray(a * inputs, (a + 1) * inputs), a * width);
      if (bias) data[a * width + inputs] = bias[a];
    }
    return { data, down: width, along: 1 };
  });
  if (loss === 'softmax-cross-entropy' && layers.at(-1)!.activation === 'identity') {
    const { data, down } = packed.at(-1)!;
    const first = data.slice(0, down);
    for (let p = 0; p < data.length; p++) data[p] -= first[p % down];
  }
  return packed;
}

/** Multiply–adds that the factors of a sample take, midpoints and radii. */
export function termsOfSample({ layers }: Pick<CheckedNetwork, 'layers'>): number {
  let terms = 0;
  for (let l = 0; l + 1 < layers.length; l++) {
    const n = layers[l].outputs;
    const step = n * layers[l + 1].outputs;
    terms += 2 * step * n;
    for (let k = l + 1; k < layers.length; k++) {
      terms += 2 * step * layers[k].outputs;
      if (k > l + 1) terms += 2 * n * layers[k - 1].inputs * layers[k - 1].outputs;
    }
  }
  return terms;
}

export function sampleFactors(
  network: CheckedNetwork,
  weights: Exact[],
  data: CheckedDataset,
  i: number,
  coefficient: Interval,
): SampleFactors {
  const { layers } = network;
  const last = layers.length - 1;
  const inputs: Balls[] = [];
  const [slopes, bends]: [Balls[], Balls[]] = [[], []];
  let values = exactly(data.inputs.subarray(i * network.inputs, (i + 1) * network.inputs));
  layers.forEach((layer, l) => {
    inputs.push(layer.bias ? withOne(values) : values);
    const { data: w, down: width } = weights[l];
    const z = timesExact(inputs[l], 1, width, { data: w, down: 1, along: width }, layer.outputs);
    const enclosed = Array.from({ length: layer.outputs }, (_, a) =>
      encloseActivation(layer.activation, at(z, a)),
    );
    const gather = (name: keyof Enclosed): Balls => {
      const all = balls(layer.outputs);
      enclosed.forEach((each, a) => put(all, a, each[name]));
      return all;
    };
    values = gather('value');
    slopes.push(gather('slope'));
    bends.push(gather('bend'));
  });

  const K = network.outputs;
  const y = data.targets.subarray(i * K, (i + 1) * K);
  const { gradient, curvature } = lossDerivatives(network, values, y, coefficient);
  const delta: Balls[] = [];
  const mixed: Balls[][] = layers.map(() => []);
  const transfer: Balls[][] = layers.map(() => []);
  scaleColumns(curvature, slopes[last]);
  // Symmetric, so that what scales columns scales rows.
  const output = transposed(curvature, K, K);
  scaleColumns(output, slopes[last]);
  mixed[last][last] = withDiagonal(output, K, bends[last], gradient);
  delta[last] = gradient;
  scaleColumns(gradient, slopes[last]);

  for (let l = last - 1; l >= 0; l--) {
    const n = layers[l].outputs;
    const m = layers[l + 1].outputs;
    const back = weights[l + 1];
    const g = timesExact(delta[l + 1], 1, m, back, n);
    for (let k = l + 1; k <= last; k++) {
      mixed[l][k] = timesExact(mixed[l + 1][k], layers[k].outputs, m, back, n);
      scaleColumns(mixed[l][k], slopes[l]);
      transfer[l][k] =
        k === l + 1 ? slopes[l] : transferTo(network, weights, slopes, transfer[l][k - 1], l, k);
    }
    const s = timesExact(transposed(mixed[l][l + 1], m, n), n, m, back, n);
    scaleColumns(s, slopes[l]);
    mixed[l][l] = withDiagonal(s, n, bends[l], g);
    delta[l] = g;
    scaleColumns(g, slopes[l]);
  }
  return takeOutScales({ inputs, delta, mixed, transfer });
}

/** T^{lk} = T^{l,k−1} (W^{k−1})ᵀ D^{k−1}. */
function transferTo(
  { layers }: CheckedNetwork,
  weights: Exact[],
  slopes: Balls[],
  before: Balls,
  l: number,
  k: number,
): Balls {
  const { inputs, outputs } = layers[k - 1];
  const { data, down: width } = weights[k - 1];
  const rows = layers[l].outputs;
  const from = k === l + 2 ? diagonal(before) : before;
  const out = timesExact(from, rows, inputs, { data, down: 1, along: width }, outputs);
  scaleColumns(out, slopes[k - 1]);
  return out;
}

/** The symmetric part of s, from its lower triangle, + diag(φ'' ∘ g). */
function withDiagonal(s: Balls, n: number, bend: Balls, g: Balls): Balls {
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      s.mid[b * n + a] = s.mid[a * n + b];
      s.rad[b * n + a] = s.rad[a * n + b];
    }
  }
  const curved = { mid: bend.mid.slice(), rad: bend.rad.slice() };
  scaleColumns(curved, g);
  addAt(s, 0, n + 1, curved);
  return s;
}

/**
 * Brings ã and δ to a size near 1, by powers of two that M and T take over: no square of theirs leaves the range then. The matrices
 * H^{lk} stay the same.
 */
function takeOutScales(factors: SampleFactors): SampleFactors {
  const { inputs, delta, mixed, transfer } = factors;
  // The slopes are shared by what they multiplied; each is scaled once.
  const eInputs = inputs.map(normalize);
  const eDelta = delta.map(normalize);
  mixed.forEach((row, l) => {
    row.forEach((m, k) => scale(m, eInputs[l] + eInputs[k]));
  });
  transfer.forEach((row, l) => {
    row.forEach((t, k) => scale(t, eInputs[l] + eDelta[k]));
  });
  return factors;
}

function exactly(x: Float64Array): Balls {
  return { mid: x.slice(), rad: new Float64Array(x.length) };
}

function withOne({ mid, rad }: Balls): Balls {
  const out = balls(mid.length + 1);
  out.mid.set(mid);
  out.rad.set(rad);
  out.mid[mid.length] = 1;
  return out;
}

function diagonal({ mid, rad }: Balls): Balls {
  const n = mid.length;
  const out = balls(n * n);
  for (let a = 0; a < n; a++) {
    out.mid[a * (n + 1)] = mid[a];
    out.rad[a * (n + 1)] = rad[a];
  }
  return out;
}
