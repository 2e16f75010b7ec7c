/**
 * The matrix H̃ of the midpoints of all samples' factors, and how far H can be from it. The midpoints are doubles, so H̃ is known exactly; and with the radii of a
 * sample's factors its part of H, in block (l,k), is within
 *
 *   e = |rã^l| |M|⁺ |ã^k|⁺ + |ã^l| |rM| |ã^k|⁺ + |ã^l| |M| |rã^k| + |rã^l| |δ|⁺ |T|⁺ + |ã^l| |rδ| |T|⁺ + |ã^l| |δ| |rT|      (x⁺ = |x| + |rx|)
 *
 * of that of H̃, in Frobenius norm: ‖H − H̃‖_F ≤ E, E_lk = Σ_i e_i. What is left to do is done for H̃. Rounding in sums over it is relative to B_lk = Σ_i β_i,
 * β = |ã^l| (|M| |ã^k| + |δ| |T|): by Cauchy and Schwarz the absolute values of all terms of H̃'s part in a block add up to no more.
 *
 * All is scaled by a power of two that brings the larger of B and E near 1, so that underflow loses nothing that counts.
 */
import { type Interval } from '../bounds.js';
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Balls, inflation, normUp } from './balls.js';
import { type SampleFactors, packedWeights, sampleFactors } from './factors.js';
import { pathOf } from './gram.js';
import { add, divide, exponentOf, gamma, scaleByPower, TINY, UNIT } from './interval.js';

/** Of 2^exponent H̃: the factors' midpoints, sample by sample in rows. */
export interface Rows {
  network: CheckedNetwork;
  /** Those with a weight. */
  samples: number;
  exponent: number;
  inputs: Float64Array[];
  delta: Float64Array[];
  /** S^l: its diagonal, and what is below it. */
  diagonal: Float64Array[];
  below: Float64Array[];
  /** [l][k], l < k. */
  mixed: Float64Array[][];
  transfer: Float64Array[][];
  sums: BlockSums;
}

/** L × L, entries l ≤ k: upper bounds. And the traces of the diagonal blocks. */
export interface BlockSums {
  betas: Float64Array;
  errors: Float64Array;
  traces: Interval[];
}

/** Entries of the rows of one sample. */
export function rowEntries({ layers }: CheckedNetwork): number {
  let entries = 0;
  layers.forEach(({ inputs, outputs }, l) => {
    entries += inputs + 1 + outputs + (outputs * (outputs + 1)) / 2;
    for (let k = l + 1; k < layers.length; k++) {
      entries += outputs * (layers[k].outputs + (k === l + 1 ? 1 : layers[k].inputs));
    }
  });
  return entries;
}

export function curvatureRows(network: CheckedNetwork, data: CheckedDataset): Rows {
  const chosen: number[] = [];
  for (let i = 0; i < data.samples; i++) if (data.coefficients[i] !== 0) chosen.push(i);
  const rows = emptyRows(network, chosen.length);
  const traces = network.layers.map(() => ({ terms: new Float64Array(chosen.length), error: 0 }));
  const weights = packedWeights(network);
  const shares = exactShares(data.coefficients, chosen);
  chosen.forEach((i, row) => {
    const factors = sampleFactors(network, weights, data, i, shares[row]);
    addSums(rows, factors);
    addTraces(traces, factors, row);
    keep(rows, factors, row);
  });
  rows.sums.traces = traces.map(({ terms, error }) => sumOf(terms, error));
  rescale(rows);
  return rows;
}

/**
 * c_i / Σ c exactly, for coefficients that are weights over their sum, both rounded: each c_i is off by at most 3 u relatively but for a factor that is common to all.
 */
function exactShares(coefficients: Float64Array, chosen: number[]): Interval[] {
  const near = (c: number): Interval => ({ lower: c - 4 * UNIT * c - TINY, upper: c + 4 * UNIT * c + TINY });
  const terms = Float64Array.from(chosen, (i) => coefficients[i]);
  const reach = chosen.length * TINY + 4.1 * UNIT;
  const { lower, upper } = sumOf(terms, 0);
  const sum = add({ lower, upper }, { lower: -reach * upper, upper: reach * upper });
  return chosen.map((i) => divide(near(coefficients[i]), sum));
}

/** Σ terms, each off by its share of error. */
function sumOf(terms: Float64Array, error: number): Interval {
  let [sum, correction, size] = [0, 0, 0];
  for (const term of terms) {
    const next = sum + term;
    correction += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
    size += Math.abs(term);
  }
  // The corrections are exact, and each at most u Σ|terms|; their sum is off by γ_n n u Σ|terms|, below u/8 of it up to 2²⁴ terms.
  const all = sum + correction;
  const reach = (error + 2 * UNIT * size * inflation(terms.length)) * inflation(4) + TINY;
  return {
    lower: all - reach * inflation(2) - UNIT * Math.abs(all),
    upper: all + reach * inflation(2) + UNIT * Math.abs(all),
  };
}

function addSums(
  { network, sums: { betas, errors } }: Rows,
  { inputs, delta, mixed, transfer }: SampleFactors,
): void {
  const depth = network.layers.length;
  for (let l = 0; l < depth; l++) {
    for (let k = l; k < depth; k++) {
      const { beta, error } = blockSizes(
        inputs[l],
        inputs[k],
        mixed[l][k],
        k > l ? { delta: delta[k], transfer: transfer[l][k] } : undefined,
      );
      const at = l * depth + k;
      betas[at] = (betas[at] + beta) * inflation(0);
      errors[at] = (errors[at] + error) * inflation(0);
    }
  }
}

/** β and e of one sample in a block, from ã^l, ã^k, M and, off the diagonal, δ^k and T. */
export function blockSizes(
  first: Balls,
  second: Balls,
  mixed: Balls,
  beside?: { delta: Balls; transfer: Balls },
): { beta: number; error: number } {
  const size = ({ mid, rad }: Balls): [number, number, number] => {
    const [norm, radius] = [normUp(mid), normUp(rad)];
    return [norm, radius, norm + radius];
  };
  const [a, da] = size(first);
  const [h, dh, hPlus] = size(second);
  const [m, dm, mPlus] = size(mixed);
  let beta = m * h;
  let error = da * mPlus * hPlus + a * (dm * hPlus + m * dh);
  if (beside) {
    const [e, de, ePlus] = size(beside.delta);
    const [t, dt, tPlus] = size(beside.transfer);
    beta += e * t;
    error += da * ePlus * tPlus + a * (de * tPlus + e * dt);
  }
  return { beta: a * beta * inflation(24) + 64 * TINY, error: error * inflation(24) + 64 * TINY };
}

/** tr H^ll = Σ_i tr S_i ‖ã_i‖². */
function addTraces(
  traces: { terms: Float64Array; error: number }[],
  { inputs, mixed }: SampleFactors,
  row: number,
): void {
  traces.forEach((trace, l) => {
    const s = mixed[l][l].mid;
    const n = Math.sqrt(s.length);
    let [sum, size, squares] = [0, 0, 0];
    for (let a = 0; a < n; a++) {
      sum += s[a * (n + 1)];
      size += Math.abs(s[a * (n + 1)]);
    }
    for (const x of inputs[l].mid) squares += x * x;
    trace.terms[row] = sum * squares;
    trace.error +=
      gamma(n + inputs[l].mid.length + 4) * size * squares * inflation(n + inputs[l].mid.length + 8) +
      64 * TINY;
    trace.error *= inflation(0);
  });
}

/** What meets only zeros stays 0: it has no part in B, and would leave the range when B is scaled. */
function keep(rows: Rows, { inputs, delta, mixed, transfer }: SampleFactors, row: number): void {
  const { layers } = rows.network;
  const place = (to: Float64Array, from: Float64Array): void => to.set(from, row * from.length);
  const live = ({ mid }: Balls): boolean => mid.some((x) => x !== 0);
  layers.forEach(({ outputs: n }, l) => {
    place(rows.delta[l], delta[l].mid);
    if (!live(inputs[l])) return;
    place(rows.inputs[l], inputs[l].mid);
    const s = mixed[l][l].mid;
    for (let a = 0, p = (row * n * (n - 1)) / 2; a < n; a++) {
      rows.diagonal[l][row * n + a] = s[a * (n + 1)];
      for (let b = 0; b < a; b++) rows.below[l][p++] = s[a * n + b];
    }
    for (let k = l + 1; k < layers.length; k++) {
      if (live(inputs[k])) place(rows.mixed[l][k], mixed[l][k].mid);
      if (live(delta[k])) place(rows.transfer[l][k], transfer[l][k].mid);
    }
  });
}

/** More than 8 TINY for each of at most 2²⁷ numbers in rows times 2²⁸ parameters: what scaling may lose below the normal range. */
const LOST = 1e-300;

/** Brings the larger of B and E into [1, 2). */
function rescale(rows: Rows): void {
  const { sums } = rows;
  const most = [...sums.betas, ...sums.errors].reduce((x, y) => Math.max(x, y), 0);
  if (most === 0 || !Number.isFinite(most)) return;
  const e = -exponentOf(most);
  rows.exponent = e;
  const scaled = (x: number): number => scaleByPower(x, e);
  for (const arrays of [rows.diagonal, rows.below, rows.mixed.flat(), rows.transfer.flat()]) {
    for (const x of arrays) for (let i = 0; i < x.length; i++) x[i] = scaled(x[i]);
  }
  for (const x of [sums.betas, sums.errors])
    for (let i = 0; i < x.length; i++) x[i] = scaled(x[i]) * inflation(0) + LOST;
  sums.traces = sums.traces.map((x) => ({ lower: scaled(x.lower) - LOST, upper: scaled(x.upper) + LOST }));
}

/** Bound on the relative error of sums over rows: the longest path of roundings, by the lengths of rows. */
export function longestPath({ layers }: CheckedNetwork): number {
  const width = layers.reduce((most, { inputs, outputs }) => Math.max(most, inputs + 1, outputs), 0);
  const row = layers.reduce((most, { outputs }) => Math.max(most, pathOf(outputs * width)), 0);
  return 2 * pathOf(width) + row + (layers.length > 2 ? 3 * width : 0);
}

function emptyRows(network: CheckedNetwork, samples: number): Rows {
  const { layers } = network;
  const depth = layers.length;
  const array = (n: number): Float64Array => new Float64Array(samples * n);
  const pairs = (length: (l: number, k: number) => number): Float64Array[][] =>
    layers.map((_, l) => layers.map((_, k) => (k > l ? array(length(l, k)) : new Float64Array(0))));
  return {
    network,
    samples,
    exponent: 0,
    inputs: layers.map(({ inputs, bias }) => array(inputs + (bias ? 1 : 0))),
    delta: layers.map(({ outputs }) => array(outputs)),
    diagonal: layers.map(({ outputs }) => array(outputs)),
    below: layers.map(({ outputs }) => array((outputs * (outputs - 1)) / 2)),
    mixed: pairs((l, k) => layers[l].outputs * layers[k].outputs),
    transfer: pairs((l, k) => layers[l].outputs * (k === l + 1 ? 1 : layers[k].inputs)),
    sums: { betas: new Float64Array(depth * depth), errors: new Float64Array(depth * depth), traces: [] },
  };
}
