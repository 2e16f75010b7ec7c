/**
 * Deflated Wolkowicz–Styan (src/deflation.ts) from vectors that are only nearly orthonormal Ritz vectors.
 *
 * Let U have the k vectors as rows, G = U Uᵀ, ‖G − I‖ ≤ η ≤ 1/2. Q = G^(−1/2) U is orthonormal, and ‖Q − U‖ ≤ ‖G^(−1/2) − I‖ ‖U‖ ≤ 1.25 η. With W = H Uᵀ − Uᵀ Θ,
 * whose column i is r_i but for a slack g_i (compression.ts),
 *
 *   H Qᵀ = Qᵀ Θ + F,   F = W + H (Q − U)ᵀ − (Q − U)ᵀ Θ:   |F_i| ≤ ρ_i = |r_i| + |g_i| + κ,   κ = 1.25 η (‖H‖ + max |θ|)
 *   ‖Q F‖_F ≤ τ = ‖U Rᵀ‖_F + 1.25 |g|_F + 1.25 η |W|_F + √k κ
 *
 * In a basis that begins with Q, H = [[Θ + Q F, Bᵀ], [B, C]] with |B_i| ≤ ρ_i, so λ_1(H) is at most λ_1 of the arrowhead matrix of θ_i + τ, ρ_i and any
 * c ≥ λ_1(C) (spectrum.ts), and at least max θ_i − τ. On the complement of the first i − 1 vectors the same holds of what is left of the arrowhead, so by Courant and Fischer
 * that bounds λ_i. And
 *
 *   tr C = tr H − Σ θ_i − tr Q F,   ‖C‖_F² = ‖H‖_F² − Σ θ_i² − 2 tr Θ Q F − 2 ‖F‖_F² + ‖Q F‖_F².
 */
import { type Interval } from '../bounds.js';
import { type Deflation } from '../deflation.js';
import { type Compression } from './compression.js';
import { inflation } from './balls.js';
import { above, add, below, point, subtract } from './interval.js';
import { arrowheadBound, largestEigenvalue, rootUp, type SquareMoments, sumOfSquaresUp } from './spectrum.js';

/** The best over all numbers of vectors split off, those of largest |θ| first. Its residual is at least the norm of F. */
export function deflateProven(compression: Compression, moments: SquareMoments): Deflation {
  const { theta } = compression;
  const bySize = Array.from(theta.keys()).sort((i, j) => Math.abs(theta[j]) - Math.abs(theta[i]) || i - j);
  const { lower, upper } = largestEigenvalue(moments);
  let best: Deflation = { lower, upper, deflated: 0, residual: 0, complement: upper, enclosures: [] };
  let lowest = lower;
  for (let k = 1; k <= bySize.length && k <= moments.order; k++) {
    const next = split(compression, bySize.slice(0, k), moments);
    if (!next) break;
    lowest = Math.max(lowest, next.lower);
    if (next.upper < best.upper) best = next;
  }
  return { ...best, lower: lowest };
}

/** Nothing, where the vectors are not nearly orthonormal. */
function split(
  all: Compression,
  chosen: number[],
  { order, trace, squares }: SquareMoments,
): Deflation | undefined {
  const k = chosen.length;
  const count = all.theta.length;
  const of = (x: Float64Array): number[] => chosen.map((i) => x[i]);
  const block = (x: Float64Array): number => norm(chosen.flatMap((i) => chosen.map((j) => x[i * count + j])));
  const eta = block(all.defects);
  if (!(eta <= 0.5)) return undefined;
  const theta = of(all.theta);
  const [residuals, slacks] = [of(all.residuals), of(all.slacks)];
  const size = rootUp(squares.upper);
  const largest = theta.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // Sums of products of a few numbers ≥ 0, each rounded up by more than they round.
  const up = (x: number): number => x * inflation(16 + k);
  const root = Math.sqrt(k);
  const kappa = up(1.25 * eta * (size + largest));
  const slack = norm(slacks);
  const whole = up(norm(residuals) + slack);
  const tau = up(block(all.overlaps) + 1.25 * slack + 1.25 * eta * whole + root * kappa);
  const rho = residuals.map((r, i) => up(r + slacks[i] + kappa));

  const complement = k === order ? -Infinity : largestEigenvalue({ order: order - k, ...restOf(k) }).upper;
  function restOf(n: number): { trace: Interval; squares: Interval } {
    const turned = up(root * tau);
    let rest = add(trace, { lower: -turned, upper: turned });
    for (const x of theta) rest = subtract(rest, point(x));
    // ‖F‖_F from below: the norms of the r_i were rounded up by far less than 1e-7 of them.
    const least = Math.max(0, below(below(norm(residuals) * (1 - 1e-7) - slack) - up(Math.sqrt(n) * kappa)));
    let most = above(squares.upper + up(2 * norm(theta) * tau + tau * tau));
    for (const x of theta) most = above(most - below(x * x));
    most = above(most - below(2 * least * least));
    return { trace: rest, squares: { lower: 0, upper: Math.max(0, most) } };
  }

  const descending = chosen.map((_, i) => i).sort((i, j) => theta[j] - theta[i]);
  const from = (first: number): number => {
    const left = descending.slice(first);
    return arrowheadBound(
      left.map((i) => above(theta[i] + tau)),
      left.map((i) => rho[i]),
      complement,
    );
  };
  const known = descending.filter((i) => below(theta[i] - tau) > complement);
  const upper = from(0);
  return {
    lower: below(theta[descending[0]] - tau),
    upper,
    deflated: k,
    residual: norm(rho),
    complement,
    enclosures: known.map((i, at) => ({ lower: below(theta[i] - tau), upper: at === 0 ? upper : from(at) })),
  };
}

/** At least |x|. */
function norm(x: readonly number[]): number {
  return rootUp(sumOfSquaresUp(x));
}
