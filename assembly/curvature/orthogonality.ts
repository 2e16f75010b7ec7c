/**
 * The degree of orthogonality among the samples, from one Gram matrix that is never stored.
 *
 *   κ₂ = Σ_ij p_i p_j |K_ij|,   κ₄ = Σ_ij p_i p_j K_ij²,   K_ij = ã_i·ã_j on the inputs of the first layer
 *   mean squared cosine = mean over i ≠ j of (x_i·x_j / ‖x_i‖ ‖x_j‖)², on the inputs as given
 *
 * p are the samples' weights in the mean. Rows are scaled to unit length first, so that inputs of any size are safe; a row
 * of zeros has cosine 0 with every other.
 */
import { ALONG, multiply } from '../dense/gemm';
import { frobeniusNorm } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';
import { TILE } from './tile';

/** Scales the n rows of x (n × d) to unit length in place; norms: their lengths. */
export function normalizeRows(n: i32, d: i32, x: usize, norms: usize): void {
  for (let i = 0; i < n; i++) {
    const row = rowOf(x, i, d);
    const length = frobeniusNorm(d, row);
    put(norms, i, length);
    if (length == 0.0) continue;
    for (let b = 0; b < d; b++) put(row, b, at(row, b) / length);
  }
}

/** Scratch doubles of orthogonalityTile. */
export function orthogonalityScratch(): f64 {
  return <f64>(TILE * TILE);
}

/**
 * One tile of pairs: sums[0 … 2] = Σ p_i p_j |K_ij|, Σ p_i p_j K_ij², Σ_{i≠j} cos². Unit rows x, their norms, weights p;
 * a tile with i ≠ j counts for its mirror image too; ni, nj ≤ TILE; bias 1 if the first layer has one, else 0.
 */
export function orthogonalityTile(
  d: i32,
  bias: i32,
  x: usize,
  norms: usize,
  p: usize,
  i: i32,
  ni: i32,
  j: i32,
  nj: i32,
  scratch: usize,
  sums: usize,
): void {
  multiply(ni, nj, d, rowOf(x, i, d), d, ALONG, rowOf(x, j, d), d, ALONG, scratch, nj, false);
  let absolute = 0.0;
  let squared = 0.0;
  let cosines = 0.0;
  for (let r = 0; r < ni; r++) {
    for (let s = 0; s < nj; s++) {
      const cosine = at(scratch, r * nj + s);
      const kernel = Math.abs(cosine * at(norms, i + r) * at(norms, j + s) + <f64>bias);
      const weight = at(p, i + r) * at(p, j + s);
      absolute += weight * kernel;
      squared += weight * kernel * kernel;
      // Above 1 only by rounding, which is coarse where a row's length is subnormal.
      if (i + r != j + s) cosines += Math.min(1.0, cosine * cosine);
    }
  }
  const multiplicity = i == j ? 1.0 : 2.0;
  put(sums, 0, multiplicity * absolute);
  put(sums, 1, multiplicity * squared);
  put(sums, 2, multiplicity * cosines);
}
