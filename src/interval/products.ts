/**
 * H̃ u, from the same rows: with V^l the entries of u in layer l, packed as [W b],
 *
 *   q^l = V^l ã^l,   r^k = (V^k)ᵀ δ^k
 *   s^l = S^l q^l + Σ_{k>l} (M^{lk} q^k + T^{lk} r^k) + Σ_{j<l} (M^{jl})ᵀ q^j,   t^l = Σ_{j<l} (T^{jl})ᵀ q^j
 *   (H̃ u)^l = Σ_i s_i (ã_i^l)ᵀ + δ_i^l [t_i; 0]ᵀ
 *
 * Samples are summed in groups, and the groups then.
 */
import { type Rows } from './rows.js';

const GROUP = 64;

/** Roundings on the longest path from a term to its sum. */
export function productPath({ network: { layers }, samples }: Rows): number {
  const width = layers.reduce((most, { inputs, outputs }) => Math.max(most, inputs + 1, outputs), 0);
  return (1 + 2 * layers.length) * width + 2 * GROUP + Math.ceil(samples / GROUP) + 16;
}

/** u and the result in packed order: layer by layer, [W b] row-major. */
export function timesRows(rows: Rows, u: Float64Array): Float64Array {
  const { samples } = rows;
  const total = new Float64Array(u.length);
  const group = new Float64Array(u.length);
  for (let i = 0; i < samples; i++) {
    addSample(rows, i, u, group);
    if ((i + 1) % GROUP > 0 && i + 1 < samples) continue;
    for (let p = 0; p < total.length; p++) total[p] += group[p];
    group.fill(0);
  }
  return total;
}

function addSample(rows: Rows, i: number, u: Float64Array, out: Float64Array): void {
  const { network, samples, inputs, delta } = rows;
  const { layers } = network;
  const widths = inputs.map((x) => x.length / samples);
  const q = layers.map(({ outputs }) => new Float64Array(outputs));
  const r = layers.map((layer) => new Float64Array(layer.inputs));
  const s = layers.map(({ outputs }) => new Float64Array(outputs));
  const t = layers.map((layer) => new Float64Array(layer.inputs));
  let offset = 0;
  layers.forEach(({ inputs: d, outputs: n }, l) => {
    const w = widths[l];
    for (let a = 0; a < n; a++) {
      const row = offset + a * w;
      const error = delta[l][i * n + a];
      let sum = 0;
      for (let b = 0; b < w; b++) sum += u[row + b] * inputs[l][i * w + b];
      q[l][a] = sum;
      if (l > 0) for (let b = 0; b < d; b++) r[l][b] += u[row + b] * error;
    }
    offset += n * w;
  });
  layers.forEach((_, l) => {
    addCurvature(rows, i, l, q[l], s[l]);
    for (let k = l + 1; k < layers.length; k++) {
      addMixed(rows, i, l, k, q, s);
      addTransfer(rows, i, l, k, r[k], q[l], s[l], t[k]);
    }
  });
  offset = 0;
  layers.forEach(({ inputs: d, outputs: n }, l) => {
    const w = widths[l];
    for (let a = 0; a < n; a++) {
      const row = offset + a * w;
      const [factor, error] = [s[l][a], delta[l][i * n + a]];
      for (let b = 0; b < w; b++) out[row + b] += factor * inputs[l][i * w + b];
      if (l > 0) for (let b = 0; b < d; b++) out[row + b] += error * t[l][b];
    }
    offset += n * w;
  });
}

/** s ← s + S q. */
function addCurvature(
  { diagonal, below }: Rows,
  i: number,
  l: number,
  q: Float64Array,
  s: Float64Array,
): void {
  const n = q.length;
  for (let a = 0, p = (i * n * (n - 1)) / 2; a < n; a++) {
    let sum = diagonal[l][i * n + a] * q[a];
    for (let b = 0; b < a; b++, p++) {
      sum += below[l][p] * q[b];
      s[b] += below[l][p] * q[a];
    }
    s[a] += sum;
  }
}

/** s^l ← s^l + M^{lk} q^k,  s^k ← s^k + (M^{lk})ᵀ q^l. */
function addMixed(
  { mixed }: Rows,
  i: number,
  l: number,
  k: number,
  q: Float64Array[],
  s: Float64Array[],
): void {
  const [n, m] = [q[l].length, q[k].length];
  for (let c = 0, p = i * m * n; c < m; c++) {
    const factor = q[k][c];
    let sum = 0;
    for (let a = 0; a < n; a++, p++) {
      s[l][a] += mixed[l][k][p] * factor;
      sum += mixed[l][k][p] * q[l][a];
    }
    s[k][c] += sum;
  }
}

/** s^l ← s^l + T^{lk} r^k,  t^k ← t^k + (T^{lk})ᵀ q^l. */
function addTransfer(
  { transfer }: Rows,
  i: number,
  l: number,
  k: number,
  r: Float64Array,
  q: Float64Array,
  s: Float64Array,
  t: Float64Array,
): void {
  const [n, d] = [q.length, r.length];
  const T = transfer[l][k];
  for (let a = 0; a < n; a++) {
    if (k === l + 1) {
      s[a] += T[i * n + a] * r[a];
      t[a] += T[i * n + a] * q[a];
      continue;
    }
    let sum = 0;
    for (let b = 0, p = (i * n + a) * d; b < d; b++, p++) {
      sum += T[p] * r[b];
      t[b] += T[p] * q[a];
    }
    s[a] += sum;
  }
}
