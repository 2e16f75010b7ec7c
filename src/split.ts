/**
 * The complement of deflation (deflation.ts) by parts of the curvature. At random initialization the bulk of H is too heavy for two moments; but
 * it is the bulk of one part R = H − A, of which more is known. With U the Ritz vectors split off and U⊥ an orthonormal basis of the
 * rest, by Weyl
 *
 *   λ_1(C) ≤ λ_1(U⊥ A U⊥ᵀ) + λ_1(U⊥ R U⊥ᵀ),
 *
 * the first by Wolkowicz and Styan: tr A − tr(U A Uᵀ) and ‖A‖_F² − 2 ‖A Uᵀ‖_F² + ‖U A Uᵀ‖_F² are the moments of U⊥ A U⊥ᵀ. One hidden layer: A is the
 * Gauss–Newton part (unit-split.ts). More: A is H without its transfer terms (square-split.ts).
 */
import { type Steps } from './core/job.js';
import { type ComplementBound, restBound, type SpectralMoments } from './deflation.js';
import { type Krylov, type RitzPairs } from './krylov.js';

export interface Split {
  /** Products with A that were taken. */
  readonly products: number;
  /** Products of the process at which the next trial is worth while. */
  readonly next: number;
  /** Whether it is, there or beyond. */
  due(look: Look): boolean;
  /** Products with A that a trial would take after so many of the process. */
  ahead(order: number): number;
  complement(krylov: Krylov, ritz: RitzPairs, uncertain: number): Steps<ComplementBound>;
}

/** Where a certificate stands that has not closed yet. */
export interface Look {
  /** Products of the process, and whether there will be no more. */
  order: number;
  last: boolean;
  /** A guess at how many more the process would take to close the bracket alone. */
  expected: number;
}

/** What is known of A and R when Ritz vectors are split off, by their indices. */
export interface PartOfSplit {
  /** Moments of A. */
  moments: SpectralMoments;
  /** U A Uᵀ of all Ritz vectors, row by row, and the diagonal of U A² Uᵀ. */
  inner: readonly Float64Array[];
  own: ArrayLike<number>;
  /** Where A u is what is left of other products: their size. A may be small beside them, and rounding is not. */
  sizes?: ArrayLike<number>;
  /** A bound on λ_1(U⊥ R U⊥ᵀ). */
  rest: (split: readonly number[]) => number;
}

export function partBound(
  { moments, inner, own, sizes, rest }: PartOfSplit,
  uncertain: number,
): ComplementBound {
  const roundings = Number.EPSILON * (64 + moments.order / 256 + 8 * inner.length);
  return (split) => {
    let [trace, product, within] = [0, 0, 0];
    const lost = { sum: 0, squares: 0 };
    for (const i of split) {
      const size = sizes?.[i] ?? 0;
      lost.sum += roundings * size;
      lost.squares += 4 * roundings * size * size;
      trace += inner[i][i];
      product += own[i];
      for (const j of split) within += inner[i][j] ** 2;
    }
    const ofA = restBound(moments, split.length, trace, 2 * product - within, uncertain, lost);
    // What rounding did to the factors of R is among what it did to those of H.
    return ofA + rest(split) + uncertain;
  };
}

/** A symmetric form of the rows of the process (count × count, row-major) among Ritz vectors: all of V A Vᵀ. */
export function amongRitz({ values, vectors }: RitzPairs, form: Float64Array): Float64Array[] {
  const order = values.length;
  const vector = (k: number): Float64Array => vectors.subarray(k * order, (k + 1) * order);
  return Array.from(values, (_, i) => {
    const image = timesForm(form, vector(i));
    return Float64Array.from(values, (_, j) => dot(image, vector(j)));
  });
}

/** A x for a symmetric A whose leading part meets x. */
export function timesForm(a: Float64Array, x: Float64Array): Float64Array {
  const count = Math.sqrt(a.length);
  return Float64Array.from({ length: count }, (_, i) => dot(a.subarray(i * count, (i + 1) * count), x));
}

/** Over the entries of the shorter, y. */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += x[i] * y[i];
  return sum;
}
