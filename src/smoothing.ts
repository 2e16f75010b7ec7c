/**
 * Weighted nodes as a density on a grid. Each node θ is smoothed by the cubic B-spline with knots h apart, the density of a sum of four
 * uniform variables, close to the normal density of the same standard deviation h/√3 and 0 beyond 2h:
 *
 *     f(x) = Σ w B((x − θ)/h) / h,    B(t) = 2/3 − t² + |t|³/2 up to |t| = 1, (2 − |t|)³/6 up to 2
 *
 * In place of the usual Gaussian: it takes sums and products alone, which every engine rounds alike, as no engine's exp is another's; the
 * grid can hold all of it; and its shifts by whole steps sum up polynomials of degree 3 exactly (I. Schoenberg, Quart. Appl. Math. 4 (1946)
 * 45), so that with h a whole number of grid steps the sums over the grid are integrals, to rounding:
 *
 *     step Σ f = Σ w,   step Σ x f = Σ w θ,   step Σ x² f = Σ w (θ² + h²/3)
 */

/** x_j = start + j step. */
export interface Grid {
  start: number;
  step: number;
  points: number;
  /** Steps from one knot of the spline to the next: h = knot · step. */
  knot: number;
}

/** Fewer could not hold the spline and leave something for the spectrum. */
export const FEWEST_POINTS = 16;
/** Steps the grid has to spare, so that no rounding moves a spline over its end. */
const SPARE = 2;
/** Of the largest |node|: the points of a finer grid would round to each other. */
const FINEST = 2 ** -40;
/** 1/step stays in range. */
const LEAST_STEP = 2 ** -1000;

/** A grid around [low, high] for splines of that standard deviation, or the least that so many points resolve. */
export function gridAround(low: number, high: number, points: number, deviation: number): Grid {
  const extent = high - low;
  const h = Math.sqrt(3) * deviation;
  const intervals = points - 1 - SPARE;
  const least = Math.max(FINEST * Math.max(Math.abs(low), Math.abs(high)), LEAST_STEP);
  let knot = Math.floor(h / ((extent + 4 * h) / intervals));
  let step = h / knot;
  if (!(knot >= 1 && step >= least)) {
    knot = 1;
    step = Math.max(least, extent / (intervals - 4));
  }
  return { start: low / 2 + high / 2 - (step * (points - 1)) / 2, step, points, knot };
}

export function deviationOf({ step, knot }: Grid): number {
  return (knot * step) / Math.sqrt(3);
}

export function pointsOf({ start, step, points }: Grid): Float64Array {
  return Float64Array.from({ length: points }, (_, j) => start + j * step);
}

/** f at the points of a grid around the nodes. */
export function smoothed(nodes: Float64Array, weights: Float64Array, grid: Grid): Float64Array {
  const { start, step, points, knot } = grid;
  const f = new Float64Array(points);
  nodes.forEach((node, k) => {
    const at = (node - start) / step;
    const height = weights[k] / (knot * step);
    const last = Math.floor(at + 2 * knot);
    for (let j = Math.ceil(at - 2 * knot); j <= last; j++) f[j] += height * spline((j - at) / knot);
  });
  return f;
}

function spline(t: number): number {
  const size = Math.abs(t);
  const rest = 2 - size;
  return size < 1 ? 2 / 3 - size * size * (1 - size / 2) : (rest * rest * rest) / 6;
}
