/**
 * Trace and Frobenius norm of the Hessian by pairs of samples (the formulas are in assembly/curvature/moments.ts), on tiles of
 * Gram matrices by the product of gemm.ts. S is symmetric: its inner products run over a triangle, off-diagonal entries × √2.
 */
import { type Dataset, type Network } from '../network.js';
import { addProduct, rowMajor } from './gemm.js';
import { computeFactors, type Factors, runTape, type Tape } from './network.js';

/** Samples on a side of a tile: large enough to make up for packing, small enough for the caches. */
const TILE = 96;
const STRIP = 12;

interface Tile {
  i: number;
  rows: number;
  j: number;
  columns: number;
}

export function moments(network: Network, data: Dataset): { trace: number; frobeniusNorm: number } {
  const tape = runTape(network, data);
  const factors = computeFactors(tape);
  const triangles = tape.layers.map(({ outputs }, l) => triangle(factors.mixed[l][l], outputs, tape.samples));
  let squares = 0;
  for (let i = 0; i < tape.samples; i += TILE) {
    for (let j = 0; j <= i; j += TILE) {
      const rows = Math.min(TILE, tape.samples - i);
      const columns = Math.min(TILE, tape.samples - j);
      squares += (i === j ? 1 : 2) * tileSum(tape, factors, triangles, { i, rows, j, columns });
    }
  }
  return { trace: trace(tape, factors), frobeniusNorm: Math.sqrt(squares) };
}

function tileSum(tape: Tape, factors: Factors, triangles: Float64Array[], tile: Tile): number {
  const { layers } = tape;
  const kernels = layers.map(({ input, width }) => gramTile(input, input, width, tile));
  const deltas = layers.map(({ delta, outputs }) => gramTile(delta, delta, outputs, tile));
  let sum = 0;
  layers.forEach(({ outputs: n }, l) => {
    const own = gramTile(triangles[l], triangles[l], (n * (n + 1)) / 2, tile);
    const kernel = kernels[l];
    for (let x = 0; x < own.length; x++) sum += kernel[x] * kernel[x] * own[x];
    for (let k = l + 1; k < layers.length; k++) {
      const m = factors.mixed[l][k];
      const t = factors.transfer[l][k];
      const mixed = gramTile(m, m, n * layers[k].outputs, tile);
      const transfer = gramTile(t, t, t.length / tape.samples, tile);
      const cross = crossTile(tape, factors, l, k, tile);
      for (let x = 0; x < mixed.length; x++) {
        // Twice: the block (k, l) is the mirror image.
        sum += 2 * kernel[x] * (mixed[x] * kernels[k][x] + deltas[k][x] * transfer[x] + cross[x]);
      }
    }
  });
  return sum;
}

/** c_ij + c_ji. */
function crossTile(tape: Tape, factors: Factors, l: number, k: number, tile: Tile): Float64Array {
  const { i, rows, j, columns } = tile;
  const side = k === l + 1 ? neighbours : distant;
  const out = side(tape, factors, l, k, tile);
  const mirrored = side(tape, factors, l, k, { i: j, rows: columns, j: i, columns: rows });
  for (let r = 0; r < rows; r++) {
    for (let s = 0; s < columns; s++) out[r * columns + s] += mirrored[s * rows + r];
  }
  return out;
}

/** c_ij = (M_i ∘ a_i) · (φ'_j ⊗ δ_j). */
function neighbours({ layers }: Tape, { mixed }: Factors, l: number, k: number, tile: Tile): Float64Array {
  const { outputs: n, slope } = layers[l];
  const { outputs: m, width, input, delta } = layers[k];
  const x = new Float64Array(tile.rows * n * m);
  const y = new Float64Array(tile.columns * n * m);
  const from = mixed[l][k];
  for (let r = 0, at = 0, read = tile.i * n * m; r < tile.rows; r++) {
    for (let a = 0; a < n; a++) {
      const factor = input[(tile.i + r) * width + a];
      for (let c = 0; c < m; c++) x[at++] = factor * from[read++];
    }
  }
  for (let s = 0, at = 0; s < tile.columns; s++) {
    for (let a = 0; a < n; a++) {
      const factor = slope[(tile.j + s) * n + a];
      for (let c = 0; c < m; c++) y[at++] = factor * delta[(tile.j + s) * m + c];
    }
  }
  return gramTile(x, y, n * m, { ...tile, i: 0, j: 0 });
}

/** c_ij = (M_i δ_j) · (T_j a_i): both vectors for every pair, for so many i at once that they stay in the cache. */
function distant(tape: Tape, factors: Factors, l: number, k: number, tile: Tile): Float64Array {
  const { i, rows, j, columns } = tile;
  const n = tape.layers[l].outputs;
  const { inputs: p, outputs: m, width, input, delta } = tape.layers[k];
  const out = new Float64Array(rows * columns);
  for (let first = 0; first < rows; first += STRIP) {
    const strip = Math.min(STRIP, rows - first);
    const left = new Float64Array(columns * strip * n);
    const right = new Float64Array(strip * columns * n);
    const mixed = rowMajor(factors.mixed[l][k], m, (i + first) * n * m);
    const transfer = rowMajor(factors.transfer[l][k], p, j * n * p);
    addProduct(columns, strip * n, m, rowMajor(delta, m, j * m), mixed, left);
    addProduct(strip, columns * n, p, rowMajor(input, width, (i + first) * width), transfer, right);
    for (let r = 0; r < strip; r++) {
      for (let s = 0; s < columns; s++) {
        const x = (s * strip + r) * n;
        const y = (r * columns + s) * n;
        let sum = 0;
        for (let a = 0; a < n; a++) sum += left[x + a] * right[y + a];
        out[(first + r) * columns + s] = sum;
      }
    }
  }
  return out;
}

function gramTile(
  x: Float64Array,
  y: Float64Array,
  length: number,
  { i, rows, j, columns }: Tile,
): Float64Array {
  const out = new Float64Array(rows * columns);
  addProduct(rows, columns, length, rowMajor(x, length, i * length), rowMajor(y, length, j * length), out);
  return out;
}

function triangle(s: Float64Array, n: number, samples: number): Float64Array {
  const out = new Float64Array((samples * n * (n + 1)) / 2);
  for (let i = 0, at = 0; i < samples; i++) {
    for (let a = 0; a < n; a++) {
      const row = (i * n + a) * n;
      for (let b = 0; b < a; b++) out[at++] = Math.SQRT2 * s[row + b];
      out[at++] = s[row + a];
    }
  }
  return out;
}

function trace({ samples, layers }: Tape, { mixed }: Factors): number {
  let sum = 0;
  layers.forEach(({ outputs: n, width, input }, l) => {
    for (let i = 0; i < samples; i++) {
      let curvature = 0;
      let square = 0;
      for (let a = 0; a < n; a++) curvature += mixed[l][l][i * n * n + a * (n + 1)];
      for (let b = 0; b < width; b++) square += input[i * width + b] ** 2;
      sum += curvature * square;
    }
  });
  return sum;
}
