/**
 * H̃ on the span of given vectors, the rows of U: nearly orthonormal and nearly eigenvectors, but nothing is taken for granted. What a proof needs to know
 * of them, rounding included.
 */
import { inflation, normUp } from './balls.js';
import { innerProducts, pathOf, TILE } from './gram.js';
import { gamma, TINY, UNIT } from './interval.js';
import { productPath, timesRows } from './products.js';
import { type Rows } from './rows.js';

/** k vectors u_i; y_i = fl(H̃ u_i), θ_i a number, r_i = fl(y_i − θ_i u_i). */
export interface Compression {
  theta: Float64Array;
  /** At least ‖u_i‖ and ‖r_i‖. */
  norms: Float64Array;
  residuals: Float64Array;
  /** At least ‖H̃ u_i − θ_i u_i − r_i‖. */
  slacks: Float64Array;
  /** k × k: at least |u_i · u_j − δ_ij|, and |u_i · r_j|. */
  defects: Float64Array;
  overlaps: Float64Array;
}

/** beta: at least ‖B‖_F of the rows' B_lk (rows.ts). u: k rows of P entries, packed order. */
export function compress(
  rows: Rows,
  beta: number,
  u: Float64Array,
  report: (fraction: number) => void,
): Compression {
  const P = rows.network.parameters;
  const k = u.length / P;
  const zeros = (n: number): Float64Array => new Float64Array(n);
  const [theta, norms, residuals, slacks] = [zeros(k), zeros(k), zeros(k), zeros(k)];
  const r = new Float64Array(u.length);
  // Sums over rows are off by γ Σ_i β_i ‖u‖; what underflows, by far less than 1e-290 ‖u‖.
  const ofProduct = gamma(productPath(rows)) * beta * inflation(4) + 1e-290;
  for (let i = 0; i < k; i++) {
    const ui = u.subarray(i * P, (i + 1) * P);
    const ri = r.subarray(i * P, (i + 1) * P);
    ri.set(timesRows(rows, ui));
    theta[i] = dot(ui, ri) / dot(ui, ui);
    for (let p = 0; p < P; p++) ri[p] -= theta[i] * ui[p];
    norms[i] = normUp(ui);
    residuals[i] = normUp(ri);
    slacks[i] =
      (ofProduct * norms[i] + UNIT * (1.01 * Math.abs(theta[i]) * norms[i] + residuals[i])) * inflation(8) +
      P * TINY;
    report((i + 1) / k);
  }
  return {
    theta,
    norms,
    residuals,
    slacks,
    defects: products(u, u, k, P, norms, norms, 1),
    overlaps: products(u, r, k, P, norms, residuals, 0),
  };
}

/** At least |x_i · y_j − diagonal δ_ij|. */
function products(
  x: Float64Array,
  y: Float64Array,
  k: number,
  P: number,
  normsX: Float64Array,
  normsY: Float64Array,
  diagonal: number,
): Float64Array {
  const out = new Float64Array(k * k);
  const tile = new Float64Array(TILE * TILE);
  const error = gamma(pathOf(P));
  for (let i = 0; i < k; i += TILE) {
    for (let j = 0; j < k; j += TILE) {
      const [ni, nj] = [Math.min(TILE, k - i), Math.min(TILE, k - j)];
      innerProducts(P, x, i, ni, y, j, nj, tile);
      for (let a = i; a < i + ni; a++) {
        for (let b = j; b < j + nj; b++) {
          const product = tile[(a - i) * TILE + b - j];
          const distance = Math.abs(product - (a === b ? diagonal : 0));
          out[a * k + b] = (distance + error * normsX[a] * normsY[b]) * inflation(4) + P * TINY;
        }
      }
    }
  }
  return out;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let p = 0; p < x.length; p++) sum += x[p] * y[p];
  return sum;
}
