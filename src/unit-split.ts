/**
 * The split H = G + E for one hidden layer (split.ts). E falls apart into one small block for each hidden unit (assembly/curvature/units.ts), so
 * λ_1(E) is known, and known exactly where all Ritz vectors are split off; G has few large eigenvalues. Their products take none with the network:
 * G Uᵀ = Uᵀ Θ + q rᵀ − E Uᵀ. Where the blocks are too large to assemble, E is bounded by a process on each (unit-process.ts).
 */
import { shiftedForm } from './core/bounded-units.js';
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { units } from './core/units.js';
import { restBound, scaledMoments, type SpectralMoments } from './deflation.js';
import {
  beginKrylov,
  combineRows,
  extend,
  type Krylov,
  processMoments,
  type RitzPairs,
  uncertainty,
} from './krylov.js';
import { chooseRoute, momentSteps, routeCosts } from './moments.js';
import { type CheckedNetwork, partOf } from './network.js';
import { amongRitz, dot, type Look, partBound, type Split, timesForm } from './split.js';
import { beginUnits, boundUnits, extendUnits, productsLeft, type UnitProcess } from './unit-process.js';

/** Products of the process before the first trial, and at least between two. */
const FROM = 8;
const EVERY = 2;
/** Products of G's own process for each trial but the first. */
const GAUSS_NEWTON_STEPS = 4;
const GAUSS_NEWTON_SEED = 1;
/** Products of the units' processes for the first trial, and for another. */
const UNIT_PRODUCTS = 8;
const UNIT_STEPS = 4;
/** The part of λ_1 that what is left over of E and G may be. */
const NEGLIGIBLE = 1 / 64;
/** How much more work spectra are worth: they take no products, and tell all of E. */
const SPECTRA_WORTH = 4;

/** How E's units are known: from their spectra, or bounded by processes. */
export type UnitRoute = 'spectra' | 'processes';

/**
 * Which of them, where the curvature is H = G + E, E falls apart into hidden units, and one takes no more work than four times the moments:
 * floating-point operations of one assembly of the blocks with their spectra, and of the pairs of samples and the products that processes take.
 */
export function unitRoute(network: CheckedNetwork, samples: number): UnitRoute | undefined {
  const { layers, parameters, outputs } = network;
  const whole = network.partCode === 0;
  if (!whole || layers.length !== 2 || layers[1].activation !== 'identity') return undefined;
  const width = layers[0].inputs + 1;
  const units = layers[0].outputs;
  const spectra = units * (2 * samples * width ** 2 + 5 * (width + outputs) ** 3);
  const processes = samples ** 2 * (width + outputs + 2 * units) + 6 * samples * parameters * UNIT_PRODUCTS;
  const most = 4 * routeCosts(network, samples)[chooseRoute(network, samples)];
  if (spectra <= Math.min(most, SPECTRA_WORTH * processes)) return 'spectra';
  return processes <= most ? 'processes' : undefined;
}

export function unitSplit(route: UnitRoute): Split {
  return route === 'spectra' ? spectraSplit() : processSplit();
}

/** By the spectra of the units, which each trial takes again: none of them is kept. */
function spectraSplit(): Split {
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

/**
 * By processes of E's units and of G, which are kept from trial to trial. A trial goes on with that of the two of which more is left over, unless
 * what is left over of both is small beside λ_1: then it is the process of H that has to go on.
 */
function processSplit(): Split {
  let known: { moments: SpectralMoments; ofG: Krylov; ofE: UnitProcess } | undefined;
  let next: 'both' | 'G' | 'E' | 'none' = 'both';
  const stepsOfG = (): number => (next === 'both' || next === 'G' ? gaussNewtonSteps(known?.ofG) : 0);
  const stepsOfE = (): number => {
    if (next === 'both') return UNIT_PRODUCTS;
    return next === 'E' ? productsLeft(known!.ofE, UNIT_STEPS) : 0;
  };
  const split = {
    products: 0,
    next: FROM,
    due: ({ order, last }: Look) => order >= split.next || (last && order >= FROM),
    ahead: () => stepsOfG() + stepsOfE(),
    *complement(krylov: Krylov, ritz: RitzPairs, uncertain: number) {
      const { network, data, scale, rows, columns } = krylov;
      const tried = columns.length;
      split.next = tried + EVERY;
      known ??= {
        moments: yield* gaussNewtonMoments(krylov),
        ofG: beginKrylov(partOf(network, 'gaussNewton'), data, scale, GAUSS_NEWTON_SEED),
        ofE: yield* beginUnits(network, data, scale),
      };
      const { moments, ofG, ofE } = known;
      const [g, e] = [stepsOfG(), stepsOfE()];
      if (g > 0) yield* extend(ofG, g);
      if (e > 0) yield* extendUnits(ofE, e);
      split.products = ofG.columns.length + ofE.found.columns.length;
      const { remainder, added } = yield* gaussNewtonBound(ofG, moments);
      const off = rows.subarray(0, tried * network.parameters);
      const { beyondAdded } = yield* boundUnits(ofE, { rows: off, added });
      const bound = remainder + beyondAdded + 2 * uncertain;
      const largest = ritz.values[tried - 1];
      if (bound < largest || remainder + ofE.ceiling < NEGLIGIBLE * largest) next = 'none';
      else next = remainder > ofE.ceiling ? 'G' : 'E';
      return (split: readonly number[]) => (split.length === tried ? bound : Infinity);
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
  const { sum, squares } = processMoments(columns, last);
  const rest = k < moments.order ? restBound(moments, k, sum, squares, uncertain) : 0;
  const remainder = Math.max(0, rest) + uncertain;
  const a = shiftedForm(columns, last, remainder, count);
  const { values, vectors } = yield* perform(kinds.eigh, { a, order: count, wanted: { vectors: true } });
  const kept = Array.from(values.keys()).filter((i) => values[i] > 0);
  const coefficients = kept.map((i) => vectors!.subarray(i * count, (i + 1) * count));
  const added = { rows: combineRows(rows, P, coefficients), weights: values.filter((x) => x > 0) };
  return { remainder: remainder + uncertain, added };
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
