/**
 * The complement of deflation (deflation.ts) by the Gauss–Newton split H = G + E, for one hidden layer. At random initialization the bulk of
 * H is that of E, too heavy for two moments; but E falls apart into one small block for each hidden unit (assembly/curvature/units.ts),
 * so λ_1(E) is known, and G has few large eigenvalues. With U the Ritz vectors split off and U⊥ an orthonormal basis of the rest, by Weyl
 *
 *   λ_1(C) ≤ λ_1(U⊥ G U⊥ᵀ) + λ_1(U⊥ E U⊥ᵀ),
 *
 * the second known exactly where all Ritz vectors are split off, and at most λ_1(E) elsewhere; the first by Wolkowicz and Styan: tr G − tr(U G Uᵀ) and ‖G‖_F² − 2 ‖G Uᵀ‖_F² + ‖U G Uᵀ‖_F² are the moments of U⊥ G U⊥ᵀ, and
 * G Uᵀ = Uᵀ Θ + q rᵀ − E Uᵀ takes no product with the network.
 */
import { perform, type Steps } from './core/job.js';
import { units, type UnitsResult } from './core/units.js';
import { type ComplementBound, restBound, scaledMoments, type SpectralMoments } from './deflation.js';
import { type Krylov, type RitzPairs } from './krylov.js';
import { chooseRoute, momentSteps, routeCosts } from './moments.js';
import { type CheckedNetwork, partOf } from './network.js';

/** Whether the curvature is H = G + E, E falls apart into hidden units, and their blocks take no more work than the moments of G. */
export function splitPays(network: CheckedNetwork, samples: number): boolean {
  const { layers } = network;
  const whole = network.partCode === 0;
  if (!whole || layers.length !== 2 || layers[1].activation !== 'identity') return false;
  const width = layers[0].inputs + 1;
  const order = width + network.outputs;
  const costs = routeCosts(network, samples);
  return (
    layers[0].outputs * (2 * samples * width ** 2 + 5 * order ** 3) <=
    4 * costs[chooseRoute(network, samples)]
  );
}

/** The moments of G: as much work as those of H. */
export function* gaussNewtonMoments({ network, data, scale }: Krylov): Steps<SpectralMoments> {
  const part = partOf(network, 'gaussNewton');
  const { loss } = yield* momentSteps(part, data, chooseRoute(part, data.samples));
  return scaledMoments(network.parameters, loss, scale);
}

/** λ_1 of E, whole and beyond all Ritz vectors, from its blocks; and E among the vectors of the process. */
export function* residualSteps({ network, data, scale, rows, columns }: Krylov): Steps<UnitsResult> {
  const split = columns.length;
  return yield* perform(units, { network: partOf(network, 'residual'), data, scale, rows, split });
}

export function splitBound(
  { values, links, vectors }: RitzPairs,
  { largest, beyond, products, squares }: UnitsResult,
  moments: SpectralMoments,
  uncertain: number,
): ComplementBound {
  const order = values.length;
  const count = Math.sqrt(products.length);
  const vector = (k: number): Float64Array => vectors.subarray(k * order, (k + 1) * order);
  // U E Uᵀ, the diagonal of U E² Uᵀ, and q E Uᵀ.
  const images = Array.from(values, (_, i) => timesForm(products, count, vector(i)));
  const inner = images.map((image) => Float64Array.from(values, (_, j) => dot(image, vector(j))));
  const own = Array.from(values, (_, i) => dot(timesForm(squares, count, vector(i)), vector(i)));
  const ahead = images.map((image) => (count > order ? image[order] : 0));
  // ‖G y‖ is what is left of H y and E y: where G is small beside them, rounding is not.
  const roundings = Number.EPSILON * (64 + moments.order / 256 + 8 * order);
  return (split) => {
    let [trace, product, within] = [0, 0, 0];
    const lost = { sum: 0, squares: 0 };
    for (const i of split) {
      const size = Math.abs(values[i]) + Math.abs(links[i]) + Math.sqrt(Math.max(0, own[i]));
      lost.sum += roundings * size;
      lost.squares += 4 * roundings * size * size;
      trace += values[i] - inner[i][i];
      product +=
        values[i] ** 2 + links[i] ** 2 - 2 * (values[i] * inner[i][i] + links[i] * ahead[i]) + own[i];
      for (const j of split) within += ((i === j ? values[i] : 0) - inner[i][j]) ** 2;
    }
    const ofG = restBound(moments, split.length, trace, 2 * product - within, uncertain, lost);
    // What rounding did to the factors of E is among what it did to those of H.
    return ofG + (split.length === order ? beyond : largest) + uncertain;
  };
}

/** A x for a symmetric A of order count whose leading part meets x. */
function timesForm(a: Float64Array, count: number, x: Float64Array): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => dot(a.subarray(i * count, (i + 1) * count), x));
}

/** Over the entries of the shorter, y. */
function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += x[i] * y[i];
  return sum;
}
