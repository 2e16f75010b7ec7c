/** The largest eigenvalue of what is left of a matrix on the complement of some rows, from the matrix' own eigenvalues. */
import { eighInPlace } from './eigh.js';
import { type Core } from './instance.js';
import { type Pointer } from './kernels.js';

/** Eigenvalues of a matrix that is 0 beside them, what its eigenvectors have along some rows (values.length × total), and the rows' own inner products. */
export interface Spectrum {
  values: Float64Array;
  among: Pointer;
  total: number;
  rows: Float64Array;
}

/** Halvings of the interval from 0 to what is known: to a millionth. */
const HALVINGS = 20;
const VANISHING = 2 ** -960;

/**
 * An upper bound on λ_1 of E + Σ a w wᵀ on the complement of rows U: the rows at `places` are U, and then the w, with weights a > 0. For any x, with
 * R = (E − x)⁻¹, the matrix [[E − x, W, U], [Wᵀ, −1/a, 0], [Uᵀ, 0, 0]] has as many positive eigenvalues as E − x and −([W U]ᵀ R [W U] + diag(1/a, 0))
 * together, and as E + Σ a w wᵀ − x on the complement and as there are U (Haynsworth, twice); so those of the latter above x can be counted.
 * most: at least the number sought.
 */
export function largestBeyond(
  core: Core,
  { values, among, total, rows }: Spectrum,
  places: readonly number[],
  weights: readonly number[],
  most: number,
): number {
  const { kernels } = core;
  const n = values.length;
  const order = places.length;
  const split = order - weights.length;
  const none = (x: number): boolean =>
    core.frame(() => {
      const weighted = core.allocate(n * total);
      const s = core.allocate(total * total);
      const view = core.view(weighted, n * total);
      view.set(core.view(among, n * total));
      // 1/(μ − x), and −1/x on all that the units leave out, where E is 0: that is −I/x and 1/(μ − x) + 1/x on the rest.
      // size: of the terms that R is summed from, which may cancel.
      let size = order / x;
      values.forEach((value, p) => {
        const weight = 1 / (value - x) + 1 / x;
        for (let r = p * total; r < (p + 1) * total; r++) {
          size += Math.abs(weight) * view[r] * view[r];
          view[r] *= weight;
        }
      });
      kernels.multiplyByTransposed(total, total, n, among, weighted, s);
      const all = core.view(s, total * total);
      const part = new Float64Array(order * order);
      places.forEach((row, i) => {
        places.forEach((col, j) => {
          part[i * order + j] = all[row * total + col] - rows[row * total + col] / x;
        });
        if (i >= split) part[i * (order + 1)] += 1 / weights[i - split];
      });
      const inertia = eighInPlace(core, core.write(part), order, { vectors: false }).values;
      // Where rounding leaves a sign open, it is taken for the worse.
      const largest = Math.max(Math.abs(inertia[0]), Math.abs(inertia[order - 1]));
      const doubt = Math.max(1e-10 * largest, Number.EPSILON * (n + 64) * size);
      const negative = inertia.filter((value) => value < doubt).length;
      const above = values.reduce((sum, value) => sum + (value >= x ? 1 : 0), 0);
      return above + negative - split <= 0;
    });
  // Where 1/x would leave the range there is nothing to gain.
  if (most < VANISHING) return most;
  let [low, high] = [0, most];
  for (let step = 0; step < HALVINGS && high > 0; step++) {
    const middle = (low + high) / 2;
    if (values.includes(middle) || !none(middle)) low = middle;
    else high = middle;
  }
  return high;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
