/**
 * Bounds on the eigenvalues of a symmetric matrix from its trace and Frobenius norm alone: pure scalar mathematics.
 *
 * H. Wolkowicz and G. P. H. Styan, Bounds for eigenvalues using traces, Linear Algebra Appl. 29 (1980) 471–506. With
 * μ = tr H / P and s² = ‖H‖_F² / P − μ², the mean and variance of the eigenvalues λ_1 ≥ … ≥ λ_P:
 *
 *   μ + s/√(P−1) ≤ λ_1 ≤ μ + s√(P−1)          μ − s√(P−1) ≤ λ_P ≤ μ − s/√(P−1)
 *   μ − s√((k−1)/(P−k+1)) ≤ λ_k ≤ μ + s√((P−k)/k)
 *   2s (P even) or 2sP/√(P²−1) (P odd) ≤ λ_1 − λ_P ≤ s√(2P)
 *
 * Rounding. s² cancels when H is close to μI, so it is enclosed: its computed value lies within 16 ε ‖H‖_F²/P of the true
 * one (the two terms are at most ‖H‖_F²/P each, come out of four rounded operations on inputs that may carry an ulp or two
 * of their own), and upper bounds use the upper end, lower bounds the lower. Because s ≤ ‖H‖_F/√P, that widens s√(P−1) by at
 * least 8 ε ‖H‖_F·√((P−1)/P), which also covers the rounding of the last sum. μ is widened by 2 ε |μ|. (Moments below 1e-290 are outside this analysis:
 * near the subnormal numbers rounding is no longer relative.)
 */
import { checkInteger, checkNumber, checkObject } from './validate.js';

/** lower ≤ the true value ≤ upper. */
export interface Interval {
  lower: number;
  upper: number;
}

/** Guaranteed bounds on an end of the spectrum: λ_1 and, where known, λ_P. */
export interface EigenvalueBounds {
  largest: { lower?: number; upper: number };
  smallest?: Interval;
}

export interface WolkowiczStyanBounds {
  /** Encloses λ_1, the largest eigenvalue. */
  largest: Interval;
  /** Encloses λ_P, the smallest. */
  smallest: Interval;
  /** Encloses λ_k, the k-th largest, 1 ≤ k ≤ P. */
  kth: (k: number) => Interval;
  /** Encloses λ_1 − λ_P. */
  spread: Interval;
}

const EPSILON = Number.EPSILON;

/**
 * Encloses the eigenvalues of every symmetric matrix of the given order, trace and Frobenius norm. Trace and norm are
 * numbers, taken as right to an ulp or two, or intervals known to hold them.
 *
 * @throws RangeError if no symmetric matrix has this trace and norm: |tr H| ≤ √P ‖H‖_F always
 */
export function wolkowiczStyan(moments: {
  trace: number | Interval;
  frobeniusNorm: number | Interval;
  order: number;
}): WolkowiczStyanBounds {
  const given = checkObject('moments', moments);
  const P = checkInteger('order', given['order'], 1, Number.MAX_SAFE_INTEGER);
  const trace = checkInterval('trace', given['trace'], -Infinity);
  const norm = checkInterval('frobeniusNorm', given['frobeniusNorm'], 0);
  if (P === 1 && norm.lower > largestOf(trace) * (1 + 1e-9)) {
    throw new RangeError(
      `frobeniusNorm: expected |trace| = ${largestOf(trace)}, as for every matrix of order 1; got ${norm.lower}`,
    );
  }
  const leastTrace = trace.lower > 0 ? trace.lower : trace.upper < 0 ? -trace.upper : 0;
  if (leastTrace > Math.sqrt(P) * norm.upper * (1 + 1e-9)) {
    throw new RangeError(
      `trace: expected |trace| ≤ √order · frobeniusNorm = ${Math.sqrt(P) * norm.upper}, as for every symmetric matrix; ` +
        `got ${leastTrace}`,
    );
  }
  // P = 1 divides by 1; elsewhere the division and the last sum may each be off by half an ulp of what they give.
  const mean =
    P === 1
      ? trace
      : {
          lower: trace.lower / P - 2 * EPSILON * Math.abs(trace.lower / P),
          upper: trace.upper / P + 2 * EPSILON * Math.abs(trace.upper / P),
        };
  const deviation = P === 1 ? { lower: 0, upper: 0 } : standardDeviation(P, trace, norm);

  const above = (factor: number): number => mean.upper + deviation.upper * factor;
  const below = (factor: number): number => mean.lower - deviation.upper * factor;
  const kth = (index: number): Interval => {
    const k = checkInteger('k', index, 1, P);
    if (P === 1) return { ...mean };
    return {
      lower:
        k === 1 ? mean.lower + deviation.lower / Math.sqrt(P - 1) : below(Math.sqrt((k - 1) / (P - k + 1))),
      upper: k === P ? mean.upper - deviation.lower / Math.sqrt(P - 1) : above(Math.sqrt((P - k) / k)),
    };
  };
  return {
    largest: kth(1),
    smallest: kth(P),
    kth,
    spread: {
      lower:
        P === 1 ? 0 : P % 2 === 0 ? 2 * deviation.lower : (2 * deviation.lower * P) / Math.sqrt(P * P - 1),
      upper: deviation.upper * Math.sqrt(2 * P),
    },
  };
}

/**
 * An upper bound on λ_1 of every symmetric matrix of order P ≥ 1 with trace and norm in these intervals, as wolkowiczStyan gives, but for
 * intervals that are wider than what the other one allows.
 */
export function largestAtMost(P: number, trace: Interval, norm: Interval): number {
  if (P === 1) return Math.min(trace.upper, norm.upper);
  const { upper } = standardDeviation(P, trace, norm);
  return trace.upper / P + 2 * EPSILON * Math.abs(trace.upper / P) + upper * Math.sqrt(P - 1);
}

/** Bounds on the eigenvalues of H + ωI from bounds on those of H: each shifts by exactly ω. Rounded outward. */
export function shifted({ lower, upper }: Interval, omega: number): Interval {
  if (omega === 0) return { lower, upper };
  return {
    lower: lower + omega - EPSILON * Math.abs(lower + omega),
    upper: upper + omega + EPSILON * Math.abs(upper + omega),
  };
}

/** Encloses s, in units of ‖H‖_F so that no square overflows. */
function standardDeviation(P: number, trace: Interval, norm: Interval): Interval {
  if (norm.upper === 0) return { lower: 0, upper: 0 };
  const size = norm.upper;
  const least = trace.lower > 0 ? trace.lower : trace.upper < 0 ? -trace.upper : 0;
  const most = largestOf(trace);
  const variance = (n: number, t: number): number => (n * n) / P - (t / P) * (t / P);
  const allowance = (16 * EPSILON) / P;
  return {
    lower: size * Math.sqrt(Math.max(0, variance(norm.lower / size, most / size) - allowance)),
    upper: size * Math.sqrt(Math.max(0, variance(1, least / size)) + allowance),
  };
}

function largestOf({ lower, upper }: Interval): number {
  return Math.max(Math.abs(lower), Math.abs(upper));
}

function checkInterval(name: string, value: unknown, low: number): Interval {
  if (typeof value !== 'object' || value === null) {
    const x = checkNumber(name, value, low);
    return { lower: x, upper: x };
  }
  const { lower, upper } = value as Record<string, unknown>;
  const least = checkNumber(`${name}.lower`, lower, low);
  return { lower: least, upper: checkNumber(`${name}.upper`, upper, least) };
}
