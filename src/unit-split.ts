/**
 * The split H = G + E for one hidden layer (split.ts). E falls apart into one small block for each hidden unit (assembly/curvature/units.ts), so
 * λ_1(E) is known, and known exactly where all Ritz vectors are split off; G has few large eigenvalues. Their products take none with the network:
 * G Uᵀ = Uᵀ Θ + q rᵀ − E Uᵀ.
 */
import { perform, type Steps } from './core/job.js';
import { units } from './core/units.js';
import { scaledMoments, type SpectralMoments } from './deflation.js';
import { type Krylov, type RitzPairs } from './krylov.js';
import { chooseRoute, momentSteps, routeCosts } from './moments.js';
import { type CheckedNetwork, partOf } from './network.js';
import { amongRitz, dot, type Look, partBound, type Split, timesForm } from './split.js';

/** Products of the process before the first trial, and at least between two, which take the spectra of the units. */
const FROM = 8;
const EVERY = 4;

/** Whether the curvature is H = G + E, E falls apart into hidden units, and their blocks take no more work than the moments of G. */
export function unitsPay(network: CheckedNetwork, samples: number): boolean {
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

export function unitSplit(): Split {
  let moments: SpectralMoments | undefined;
  const split = {
    products: 0,
    next: FROM,
    due: ({ order, last }: Look) => order >= split.next || (last && order >= FROM),
    ahead: () => 0,
    *complement(krylov: Krylov, ritz: RitzPairs, uncertain: number) {
      const tried = krylov.columns.length;
      split.next = tried + EVERY;
      moments ??= yield* gaussNewtonMoments(krylov);
      const { network, data, scale, rows } = krylov;
      const part = partOf(network, 'residual');
      const found = yield* perform(units, { network: part, data, scale, rows, split: tried });
      const among = gaussNewtonAmong(ritz, found.products, found.squares);
      const rest = (off: readonly number[]): number => (off.length === tried ? found.beyond : found.largest);
      return partBound({ moments, ...among, rest }, uncertain);
    },
  };
  return split;
}

/** The moments of G: as much work as those of H. */
function* gaussNewtonMoments({ network, data, scale }: Krylov): Steps<SpectralMoments> {
  const part = partOf(network, 'gaussNewton');
  const { loss } = yield* momentSteps(part, data, chooseRoute(part, data.samples));
  return scaledMoments(network.parameters, loss, scale);
}

/** U G Uᵀ and the diagonal of U G² Uᵀ, from those of E among the rows of the process. */
function gaussNewtonAmong(
  ritz: RitzPairs,
  products: Float64Array,
  squares: Float64Array,
): { inner: Float64Array[]; own: Float64Array; sizes: Float64Array } {
  const { values, links, vectors } = ritz;
  const order = values.length;
  const vector = (k: number): Float64Array => vectors.subarray(k * order, (k + 1) * order);
  const inner = amongRitz(ritz, products);
  const sizes = new Float64Array(order);
  const own = Float64Array.from(values, (value, i) => {
    const image = timesForm(products, vector(i));
    // q E u, where there is a q.
    const ahead = image.length > order ? image[order] : 0;
    const square = dot(timesForm(squares, vector(i)), vector(i));
    sizes[i] = Math.abs(value) + Math.abs(links[i]) + Math.sqrt(Math.max(0, square));
    return value ** 2 + links[i] ** 2 - 2 * (value * inner[i][i] + links[i] * ahead) + square;
  });
  inner.forEach((row, i) => {
    for (let j = 0; j < row.length; j++) row[j] = (i === j ? values[i] : 0) - row[j];
  });
  return { inner, own, sizes };
}
