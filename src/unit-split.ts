/**
 * The split H = G + E for one hidden layer (split.ts). E falls apart into one small block for each hidden unit (assembly/curvature/units.ts), so
 * λ_1(E) is known, and known exactly where all Ritz vectors are split off; G has few large eigenvalues. Their products take none with the network:
 * G Uᵀ = Uᵀ Θ + q rᵀ − E Uᵀ.
 */
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { units } from './core/units.js';
import { restBound, scaledMoments, type SpectralMoments } from './deflation.js';
import { beginKrylov, extend, type Krylov, type RitzPairs, uncertainty } from './krylov.js';
import { chooseRoute, momentSteps, routeCosts } from './moments.js';
import { type CheckedNetwork, partOf } from './network.js';
import { amongRitz, dot, type Look, partBound, type Split, timesForm } from './split.js';

/** Products of the process before the first trial, and at least between two, which take the spectra of the units. */
const FROM = 8;
const EVERY = 2;
/** Products of G's own process for each trial but the first. */
const GAUSS_NEWTON_STEPS = 4;
const GAUSS_NEWTON_SEED = 1;

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
  let ofG: Krylov | undefined;
  /** Whether the complement was below λ_1 when it was last tried: then it takes no more products with G. */
  let enough = false;
  const split = {
    products: 0,
    next: FROM,
    due: ({ order, last }: Look) => order >= split.next || (last && order >= FROM),
    ahead: () => (moments && !enough ? gaussNewtonSteps(ofG) : 0),
    *complement(krylov: Krylov, ritz: RitzPairs, uncertain: number) {
      const tried = krylov.columns.length;
      split.next = tried + EVERY;
      const { network, data, scale, rows } = krylov;
      if (moments && !enough) {
        ofG ??= beginKrylov(partOf(network, 'gaussNewton'), data, scale, GAUSS_NEWTON_SEED);
        const steps = gaussNewtonSteps(ofG);
        if (steps > 0) yield* extend(ofG, steps);
        split.products = ofG.columns.length;
      }
      moments ??= yield* gaussNewtonMoments(krylov);
      const known = ofG && (yield* gaussNewtonBound(ofG, moments));
      const part = partOf(network, 'residual');
      const payload = {
        network: part,
        data,
        scale,
        rows,
        split: tried,
        ...(known && { added: known.added }),
      };
      const found = yield* perform(units, payload);
      const among = gaussNewtonAmong(ritz, found.products, found.squares);
      const rest = (off: readonly number[]): number => (off.length === tried ? found.beyond : found.largest);
      const byMoments = partBound({ moments, ...among, rest }, uncertain);
      const byProcess = known ? known.remainder + found.beyondAdded + uncertain : Infinity;
      enough = Math.min(byProcess, byMoments([...ritz.values.keys()])) < ritz.values[tried - 1];
      return (off: readonly number[]) =>
        off.length === tried ? Math.min(byMoments(off), byProcess) : byMoments(off);
    },
  };
  return split;
}

/** None once the process has met all of G. */
function gaussNewtonSteps(ofG: Krylov | undefined): number {
  return ofG ? Math.min(GAUSS_NEWTON_STEPS, ofG.network.parameters - ofG.columns.length) : GAUSS_NEWTON_STEPS;
}

/**
 * G from above, by a process of its own: with T and β of k products, V its rows and q the next, G is at most c I + [V q]ᵀ A [V q],
 * A = [[T − c, β e_k], [β e_kᵀ, 0]], where c bounds λ_1 of G on the complement of V; and A is at most its positive part.
 */
export function* gaussNewtonBound(
  ofG: Krylov,
  moments: SpectralMoments,
): Steps<{ remainder: number; added: { rows: Float64Array; weights: Float64Array } }> {
  const { network, rows, columns, couplings } = ofG;
  const P = network.parameters;
  const k = columns.length;
  const uncertain = uncertainty(ofG, moments.frobeniusNorm);
  const count = Math.min(k + 1, rows.length / P);
  const last = couplings[k - 1];
  let [sum, squares] = [0, 2 * last * last];
  columns.forEach((column, j) => {
    sum += column[j];
    column.forEach((x, i) => (squares += (i === j ? 1 : 2) * x * x));
  });
  const rest = k < moments.order ? restBound(moments, k, sum, squares, uncertain) : 0;
  const remainder = Math.max(0, rest) + uncertain;
  const a = new Float64Array(count * count);
  columns.forEach((column, j) => {
    column.forEach((x, i) => (a[j * count + i] = a[i * count + j] = x - (i === j ? remainder : 0)));
  });
  if (count > k) a[k * count + k - 1] = a[(k - 1) * count + k] = last;
  const { values, vectors } = yield* perform(kinds.eigh, { a, order: count, wanted: { vectors: true } });
  const kept = Array.from(values.keys()).filter((i) => values[i] > 0);
  const added = new Float64Array(kept.length * P);
  kept.forEach((i, r) => {
    for (let j = 0; j < count; j++) {
      const weight = vectors![i * count + j];
      for (let p = 0; p < P; p++) added[r * P + p] += weight * rows[j * P + p];
    }
  });
  return { remainder: remainder + uncertain, added: { rows: added, weights: values.filter((x) => x > 0) } };
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
