/**
 * Operation counts: multiplications and additions of the mathematics as stated, leading terms, one for every contender. A
 * program that finds a way around some of them shows a higher rate.
 */
import { type Problem } from './problems.js';

/** One triangle of X Xᵀ. */
export function gram(n: number, k: number): number {
  return n * (n + 1) * k;
}

/**
 * For each of N (N + 1) / 2 pairs the inner products of assembly/curvature/moments.ts, 2 a term: of inputs and errors of every
 * layer, of S (one triangle), and for layers l < k of M, of T, and the two c.
 */
export function moments({ widths, samples }: Problem): number {
  const L = widths.length - 1;
  let terms = 0;
  for (let l = 0; l < L; l++) {
    const n = widths[l + 1];
    terms += widths[l] + 1 + n + (n * (n + 1)) / 2;
    for (let k = l + 1; k < L; k++) {
      const p = widths[k];
      const m = widths[k + 1];
      terms += k === l + 1 ? n + 3 * n * m : n * m + n * p + 2 * n * (m + p);
    }
  }
  return samples * (samples + 1) * terms;
}

/** One triangle of a sum of N matrices. */
export function hessian({ samples, parameters: P }: Problem): number {
  return samples * P * (P + 1);
}

/** Products of N rows with weights: three with those of every layer, five more with those above the first (hvp.ts). */
export function hessianVectorProduct({ widths, samples, parameters }: Problem): number {
  const above = parameters - widths[1] * (widths[0] + 1);
  return 2 * samples * (3 * parameters + 5 * above);
}

/** Golub and Van Loan's counts for tridiagonalization and symmetric QR. */
export function eigh(n: number, vectors: boolean): number {
  return (vectors ? 9 : 4 / 3) * n ** 3;
}
