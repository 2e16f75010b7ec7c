/**
 * Deflated Wolkowicz–Styan: from bounds on all eigenvalues to enclosures of the outermost, by a few products. Pure scalar mathematics.
 *
 * Let the rows of U (k × P) be orthonormal, U H Uᵀ = Θ diagonal, and H Uᵀ = Uᵀ Θ + q rᵀ with q of norm 1 orthogonal to them: Ritz vectors of
 * a Lanczos process, r_i the last entries of T's eigenvectors times its last coupling. In an orthonormal basis that begins with U and q,
 *
 *   H ~ [[Θ, r e₁ᵀ], [e₁ rᵀ, C]],   tr C = tr H − Σ θ_i,   ‖C‖_F² = ‖H‖_F² − Σ θ_i² − 2 ‖r‖²,
 *
 * with C of order P − k. If c ≥ λ_1(C), then C ⪯ c I, so H is at most [[Θ, r], [rᵀ, c]] ⊕ c I in the order of symmetric matrices, and by
 * Weyl's monotonicity each eigenvalue of H is at most its like there; by Cauchy's interlacing it is at least that of Θ:
 *
 *   θ_i ≤ λ_i(H) ≤ the i-th largest of the eigenvalues of the arrowhead matrix and c repeated.
 *
 * c comes from the moments of C by Wolkowicz and Styan, or from any other bound. Once c < θ_1 the enclosure is of width ‖r‖² / (θ_1 − c).
 */
import { type Interval, largestAtMost } from './bounds.js';
import { negate } from './interval/interval.js';

const EPSILON = Number.EPSILON;

/** Ritz values of a Lanczos process, ascending, and the r of their vectors. */
export interface Ritz {
  values: Float64Array;
  links: Float64Array;
}

export interface SpectralMoments {
  order: number;
  trace: Interval;
  frobeniusNorm: Interval;
}

/** Those of scale · H, for a power of two. */
export function scaledMoments(
  order: number,
  { trace, frobeniusNorm }: Omit<SpectralMoments, 'order'>,
  scale: number,
): SpectralMoments {
  const times = ({ lower, upper }: Interval): Interval => ({ lower: scale * lower, upper: scale * upper });
  return { order, trace: times(trace), frobeniusNorm: times(frobeniusNorm) };
}

export interface Deflation {
  /** Encloses λ_1. */
  lower: number;
  upper: number;
  /** How many Ritz vectors were split off: those of largest |θ|. */
  deflated: number;
  /** ‖r‖ of those. */
  residual: number;
  /** c: at most `deflated` eigenvalues lie above it. −∞ where nothing is left. */
  complement: number;
  /** Of the eigenvalues that are known to lie above the complement, from the largest. */
  enclosures: Interval[];
}

/** Other upper bounds on λ_1 of the complement of the given Ritz vectors (indices into values). */
export type ComplementBound = (split: readonly number[]) => number;

/**
 * The least upper bound on λ_1 over all numbers of Ritz vectors split off. uncertain: what the matrix that made the Ritz pairs can differ
 * from H by, in norm.
 */
export function deflate(
  ritz: Ritz,
  moments: SpectralMoments,
  uncertain: number,
  otherwise: ComplementBound = () => Infinity,
): Deflation {
  const { values, links } = ritz;
  const order = bySize(values);
  let best: { count: number; upper: number; complement: number } | undefined;
  for (let count = 0; count <= order.length; count++) {
    const split = order.slice(0, count);
    const complement = Math.min(
      complementBound(split, ritz, moments, uncertain),
      moments.order === count ? -Infinity : otherwise(split),
    );
    const [upper] = arrowhead(split, ritz, complement, 1);
    if (best === undefined || upper < best.upper) best = { count, upper, complement };
  }
  const { count, complement } = best!;
  const split = order.slice(0, count);
  // Those Ritz values that lie above the complement; and one enclosure at least.
  const above = split.filter((i) => values[i] - uncertain > complement + uncertain).length;
  const uppers = arrowhead(split, ritz, complement, Math.max(1, above));
  const descending = [...values].reverse();
  const enclosures = uppers.map((upper, i) => ({
    lower: descending[i] - uncertain,
    upper: upper + uncertain,
  }));
  return {
    lower: values.length === 0 ? -Infinity : descending[0] - uncertain,
    upper: uppers[0] + uncertain,
    deflated: count,
    residual: norm(split.map((i) => links[i])),
    complement: complement + uncertain,
    enclosures: enclosures.slice(0, above),
  };
}

/** Indices of values, from the largest in size; of equal ones the later first. */
export function bySize(values: Float64Array): number[] {
  return Array.from(values.keys()).sort((i, j) => Math.abs(values[j]) - Math.abs(values[i]) || j - i);
}

/** Of −H. */
export function negatedPairs({ values, links }: Ritz): Ritz {
  return { values: values.map((x) => -x).reverse(), links: links.slice().reverse() };
}

export function negatedMoments({ order, trace, frobeniusNorm }: SpectralMoments): SpectralMoments {
  return { order, trace: negate(trace), frobeniusNorm };
}

/**
 * Wolkowicz and Styan's upper bound on λ_1(C). Its moments are differences: their rounding, and what the Ritz pairs owe to the uncertain
 * part u of the matrix, which can change each of k products H y by so much: Σ θ by k u, and Σ θ² + 2 ‖r‖² = 2 ‖H Uᵀ‖_F² − ‖U H Uᵀ‖_F² by
 * 6 √k u ‖H‖_F + 3 k u².
 */
function complementBound(
  split: readonly number[],
  { values, links }: Ritz,
  moments: SpectralMoments,
  uncertain: number,
): number {
  const k = split.length;
  if (k === moments.order) return -Infinity;
  let [sum, squares] = [0, 0];
  for (const i of split) {
    sum += values[i];
    squares += values[i] * values[i] + 2 * links[i] * links[i];
  }
  return restBound(moments, k, sum, squares, uncertain);
}

/**
 * The same from tr C = tr − sum and ‖C‖_F² = ‖·‖_F² − squares for k vectors split off, of any part of the curvature. lost: what rounding did
 * to sum and to squares, beyond their own size, where they are themselves differences.
 */
export function restBound(
  { order, trace, frobeniusNorm }: SpectralMoments,
  k: number,
  sum: number,
  squares: number,
  uncertain: number,
  lost = { sum: 0, squares: 0 },
): number {
  const norm = frobeniusNorm.upper;
  const rounding = 8 * EPSILON * (k + 2);
  const traceSlack = k * uncertain + rounding * (Math.sqrt(order) * norm + Math.abs(sum)) + lost.sum;
  const slack =
    uncertain * (6 * Math.sqrt(k) * norm + 3 * k * uncertain) +
    rounding * (norm * norm + Math.abs(squares)) +
    lost.squares;
  const rest = (end: number, sign: number): number =>
    Math.sqrt(Math.max(0, end * end - squares + sign * slack));
  return largestAtMost(
    order - k,
    { lower: trace.lower - sum - traceSlack, upper: trace.upper - sum + traceSlack },
    { lower: rest(frobeniusNorm.lower, -1), upper: rest(norm, 1) },
  );
}

/**
 * Upper bounds on the `wanted` largest eigenvalues of [[Θ, r], [rᵀ, c]], Θ and r those split off: the roots of
 * f(x) = x − c − Σ r_i² / (x − θ_i), which increases between its poles. Each is bracketed by poles and halved.
 */
function arrowhead(split: readonly number[], { values, links }: Ritz, c: number, wanted: number): number[] {
  const poles = split.filter((i) => links[i] !== 0).sort((i, j) => values[j] - values[i]);
  const fixed = split.filter((i) => links[i] === 0).map((i) => values[i]);
  if (c === -Infinity)
    return [...fixed, ...poles.map((i) => values[i])].sort((x, y) => y - x).slice(0, wanted);
  const reach = norm(poles.map((i) => links[i]));
  const f = (x: number): number => {
    let sum = x - c;
    for (const i of poles) sum -= (links[i] * links[i]) / (x - values[i]);
    return sum;
  };
  const roots: number[] = [];
  for (let k = 0; k <= poles.length && k < wanted; k++) {
    const low = k < poles.length ? values[poles[k]] : -Infinity;
    const high = k === 0 ? Math.max(c, poles.length > 0 ? low : c) + reach : values[poles[k - 1]];
    const root =
      poles.length === 0 ? c : upperEnd(f, low === -Infinity ? Math.min(c, high) - reach : low, high);
    // f' ≥ 1, so its rounding moves a zero by no more than itself.
    roots.push(root + EPSILON * (8 + 2 * poles.length) * (Math.abs(root) + Math.abs(c)));
  }
  return [...fixed, ...roots].sort((x, y) => y - x).slice(0, wanted);
}

/** The upper end of a bracket of the zero of an increasing f, halved until its ends are neighbours. */
function upperEnd(f: (x: number) => number, low: number, high: number): number {
  for (let step = 0; step < 200; step++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (f(middle) >= 0) high = middle;
    else low = middle;
  }
  return high;
}

function norm(x: readonly number[]): number {
  const unit = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (unit === 0) return 0;
  return unit * Math.sqrt(x.reduce((sum, value) => sum + (value / unit) * (value / unit), 0));
}
