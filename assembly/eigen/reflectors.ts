/**
 * Back-transformation: the vectors of A = Q T Qᵀ from those of T, Q = H_{n−1} … H_1 left in a and tau by reducePanel (LAPACK's dormtr).
 *
 * A run of reflectors is applied at once, in the compact WY form (R. Schreiber and C. Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989)
 * 53): H_f … H_l = I − Vᵀ S V with the reflectors v as rows of V and S upper triangular,
 *   S_jj = τ_j,   S_ij = −τ_j Σ_{i ≤ k < j} S_ik (v_k · v_j) for i < j.
 * So X (I − Vᵀ S V) = X + (X Vᵀ) (−S V) takes two products of matrices.
 */
import { ACROSS, ALONG, multiply } from '../dense/gemm';
import { maxAbs } from '../dense/norm';
import { at, put, rowOf } from '../dense/rows';

/** Reflectors in a run: 32 takes 2 % more, 24 takes 10 % more time at n = 1024. */
export const RUN: i32 = 48;

const inner: usize = memory.data(48 * 48 * 8, 16);
const minusS: usize = memory.data(48 * 48 * 8, 16);

/** Scratch doubles for count rows. */
export function reflectorsScratch(n: i32, count: i32): f64 {
  return <f64>RUN * (<f64>n + <f64>count);
}

/**
 * Rows x (count × n) ← x H_first … H_last, first ≥ 1, a run of at most RUN. Runs come in the order of their reflectors. Clears what
 * lies right of those reflectors in a.
 */
export function applyReflectors(
  n: i32,
  a: usize,
  tau: usize,
  first: i32,
  last: i32,
  count: i32,
  x: usize,
  scratch: usize,
): void {
  const run = last - first + 1;
  const v = rowOf(a, first, n);
  const scales = tau + ((<usize>first) << 3);
  if (maxAbs(run, scales) == 0.0) return;
  for (let r = 0; r + 1 < run; r++) {
    memory.fill(rowOf(v, r, n) + ((<usize>(first + r)) << 3), 0, (<usize>(run - 1 - r)) << 3);
  }
  multiply(run, run, last, v, n, ALONG, v, n, ALONG, inner, RUN, false);
  compactForm(run, scales);
  const products = scratch;
  const weighted = rowOf(scratch, RUN, count);
  multiply(run, count, last, v, n, ALONG, x, n, ALONG, products, count, false);
  multiply(run, last, run, minusS, RUN, ALONG, v, n, ACROSS, weighted, n, false);
  multiply(count, last, run, products, count, ACROSS, weighted, n, ACROSS, x, n, true);
}

/** −S from the inner products of the reflectors; where τ_j = 0, its row and column are 0 too. */
function compactForm(run: i32, tau: usize): void {
  for (let j = 0; j < run; j++) {
    const t = at(tau, j);
    for (let i = 0; i < run; i++) {
      let sum = i == j ? 1.0 : 0.0;
      for (let k = i; k < j; k++) sum += at(rowOf(minusS, i, RUN), k) * at(rowOf(inner, k, RUN), j);
      put(rowOf(minusS, i, RUN), j, -t * sum);
    }
  }
}
