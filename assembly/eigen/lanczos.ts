/**
 * One step of the Lanczos process with full reorthogonalization: a product made orthogonal to all vectors before it, by classical
 * Gram–Schmidt done twice, which is enough (B. Parlett, The Symmetric Eigenvalue Problem, §6.9; L. Giraud, J. Langou, M. Rozložník and J. van den
 * Eshof, Numer. Math. 101 (2005) 87).
 */
import { frobeniusNorm } from '../dense/norm';
import { addRows, multiplyVector } from '../dense/matvec';
import { at, put } from '../dense/rows';

/**
 * w ← w − Qᵀ c with c = Q w, for count orthonormal rows Q of n entries; c is left in coefficients. spare: count. Returns ‖w‖ as it is
 * then. n and count are at least 1.
 */
export function orthogonalize(
  count: i32,
  n: i32,
  q: usize,
  w: usize,
  coefficients: usize,
  spare: usize,
): f64 {
  for (let i = 0; i < count; i++) put(coefficients, i, 0.0);
  for (let pass = 0; pass < 2; pass++) {
    multiplyVector(count, n, q, n, w, spare);
    for (let i = 0; i < count; i++) {
      put(coefficients, i, at(coefficients, i) + at(spare, i));
      put(spare, i, -at(spare, i));
    }
    addRows(count, n, q, n, spare, w);
  }
  return frobeniusNorm(n, w);
}
