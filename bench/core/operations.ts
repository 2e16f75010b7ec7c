/**
 * Operation counts: multiplications and additions, leading terms, of the matrix products that hessbound takes for a task; its rate
 * and its share of the peak are of work really done. Contenders may take more.
 */
import { chooseForms, hessianEntries } from '../../src/core/forms.js';
import { type Problem } from '../../src/compare/problems.js';

/** One triangle of X Xᵀ. */
export function gram(n: number, k: number): number {
  return n * (n + 1) * k;
}

/**
 * For each of N (N + 1) / 2 pairs of samples inner products of the rows of assembly/curvature/pairs.ts, in the forms chosen; and what
 * is summed over samples instead.
 */
export function moments({ widths, samples }: Problem): number {
  const layers = shapes(widths);
  const forms = chooseForms({ layers }, samples);
  let terms = 0;
  let single = 0;
  layers.forEach(({ inputs, outputs: n }, l) => {
    const { factored, linear } = forms[l];
    terms += inputs + 1 + (l > 0 ? n : 0);
    if (!factored) terms += (n * (n + 1)) / 2;
    layers.slice(l + 1).forEach(({ inputs: p, outputs: m }, distance) => {
      if (distance > 0) {
        terms += n * m + n * p + 2 * n * (m + p);
        return;
      }
      terms += n + (factored ? ((m * (m + 1)) / 2 + 2) * n : n * m);
      if (linear) single += 2 * (inputs + 1) * n * m;
      else terms += 2 * n * m;
    });
  });
  return samples * (samples + 1) * terms + 2 * samples * single;
}

/** The products over N samples of assembly/curvature/hessian.ts. */
export function hessian({ widths, samples }: Problem): number {
  return 2 * samples * hessianEntries({ layers: shapes(widths) });
}

function shapes(widths: readonly number[]): { inputs: number; outputs: number; bias: true }[] {
  return widths.slice(1).map((outputs, l) => ({ inputs: widths[l], outputs, bias: true }));
}

/** Products of N rows with weights: three with those of every layer, five more with those above the first (hvp.ts). */
export function hessianVectorProduct({ widths, samples, parameters }: Problem): number {
  const above = parameters - widths[1] * (widths[0] + 1);
  return 2 * samples * (3 * parameters + 5 * above);
}

/** Reduction; with vectors, the merges of divide and conquer, which take less where they deflate, and back-transformation. */
export function eigh(n: number, vectors: boolean): number {
  return (vectors ? 4 / 3 + 4 / 3 + 2 : 4 / 3) * n ** 3;
}
