/**
 * The certificate: a guaranteed bracket on λ_1 (and λ_P) that Hessian–vector products close. The exact trace and Frobenius norm say what a
 * Lanczos process has not seen yet: deflation.ts. All without weight decay, which shifts everything by ω.
 */
import { type Interval, largestAtMost } from './bounds.js';
import { perform, type Steps, within } from './core/job.js';
import * as kinds from './core/kinds.js';
import { lanczos } from './core/lanczos.js';
import { units, type UnitsResult } from './core/units.js';
import {
  type ComplementBound,
  deflate,
  type Deflation,
  type Ritz,
  type SpectralMoments,
} from './deflation.js';
import { chooseRoute, type LossMoments, momentSteps } from './moments.js';
import { type CheckedDataset, type CheckedNetwork, partOf } from './network.js';
import { uniform } from './random.js';

export interface CertificateChoices {
  /** Wanted: upper − lower ≤ tolerance · max(|lower|, |upper|), weight decay included. */
  tolerance: number;
  maxProducts: number;
  seed: number;
  ends: 'largest' | 'both';
}

export interface Certificate {
  /** Multiplications by H taken. */
  products: number;
  converged: boolean;
  largest: Deflation;
  smallest?: Deflation;
  /** The brackets on λ_1 on the way. */
  history: { products: number; lower: number; upper: number }[];
}

/** Products between two looks at the bracket: a look costs about one. */
const FIRST = 4;
const NEXT = 2;
/** Products before the Gauss–Newton split is tried: it takes the moments of G, and the spectra of the units. */
const SPLIT_FROM = 8;

export function* certificateSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  loss: LossMoments,
  { tolerance, maxProducts, seed, ends }: CertificateChoices,
): Steps<Certificate> {
  const P = network.parameters;
  const moments: SpectralMoments = { order: P, ...loss };
  const next = uniform(seed);
  const random = (): Float64Array => Float64Array.from({ length: P }, () => 2 * next() - 1);
  let rows = random();
  const columns: Float64Array[] = [];
  const couplings: number[] = [];
  let [dropped, defect] = [0, 0];
  const history: Certificate['history'] = [];
  const splits = network.layers.length === 2 && network.layers[1].activation === 'identity';
  let gaussNewton: LossMoments | undefined;
  for (;;) {
    const done = columns.length;
    const steps = Math.min(done === 0 ? FIRST : NEXT, maxProducts - done);
    const found = yield* within(
      done / maxProducts,
      (done + steps) / maxProducts,
      perform(lanczos, { network, data, rows, fresh: random(), steps }),
    );
    rows = done === 0 ? found.rows : concatenate(rows, found.rows);
    columns.push(...found.columns);
    couplings.push(...found.couplings);
    dropped += found.dropped;
    defect = Math.max(defect, found.defect);

    const ritz = yield* ritzSteps(columns, couplings);
    const uncertain = uncertainty(P, columns.length, loss.frobeniusNorm, dropped, defect);
    let largest = deflate(ritz, moments, uncertain);
    const smallest = ends === 'both' ? deflate(negated(ritz), negatedMoments(moments), uncertain) : undefined;
    const products = columns.length;
    if (splits && products >= SPLIT_FROM && !isClosed(largest, network.weightDecay, tolerance)) {
      gaussNewton ??= (yield* momentSteps(
        partOf(network, 'gaussNewton'),
        data,
        chooseRoute(network, data.samples),
      )).loss;
      const residual = yield* perform(units, { network: partOf(network, 'residual'), data, rows });
      const bySplit = deflate(
        ritz,
        moments,
        uncertain,
        splitBound(ritz, residual, { order: P, ...gaussNewton }),
      );
      if (bySplit.upper < largest.upper) largest = bySplit;
    }
    const { lower, upper } = largest;
    history.push({ products, lower, upper });
    const converged = [largest, smallest].every(
      (end, i) => end === undefined || isClosed(end, network.weightDecay * (i === 0 ? 1 : -1), tolerance),
    );
    if (converged || products >= Math.min(P, maxProducts)) {
      return { products, converged, largest, ...(smallest && { smallest }), history };
    }
  }
}

/** Eigenvalues of T, ascending, and the last entries of its eigenvectors times the last coupling. */
function* ritzSteps(
  columns: readonly Float64Array[],
  couplings: readonly number[],
): Steps<Ritz & { vectors: Float64Array }> {
  const order = columns.length;
  const a = new Float64Array(order * order);
  columns.forEach((column, j) =>
    column.forEach((x, i) => {
      a[j * order + i] = x;
    }),
  );
  const { values, vectors } = yield* perform(kinds.eigh, { a, order, wanted: { vectors: true } });
  const last = couplings[order - 1];
  return { values, links: values.map((_, k) => last * vectors![k * order + order - 1]), vectors: vectors! };
}

/**
 * λ_1 of the complement C of Ritz vectors U by H = G + E: at most that of U⊥ G U⊥ᵀ, whose moments are known, plus λ_1(E). With
 * G Uᵀ = Uᵀ Θ + q rᵀ − E Uᵀ all that takes is E among the Lanczos vectors.
 */
function splitBound(
  { values, links, vectors }: Ritz & { vectors: Float64Array },
  { largest, products, squares }: UnitsResult,
  moments: SpectralMoments,
): ComplementBound {
  const order = values.length;
  const count = Math.sqrt(products.length);
  const row = (k: number): Float64Array => vectors.subarray(k * order, (k + 1) * order);
  const form = (a: Float64Array, x: Float64Array, y: Float64Array): number => {
    let sum = 0;
    x.forEach((xi, i) => y.forEach((yj, j) => (sum += xi * a[i * count + j] * yj)));
    return sum;
  };
  const next = new Float64Array(order + 1);
  next[order] = 1;
  const inner = Array.from(values, (_, i) =>
    Float64Array.from(values, (_, j) => form(products, row(i), row(j))),
  );
  const own = Float64Array.from(values, (_, i) => form(squares, row(i), row(i)));
  const ahead = Float64Array.from(values, (_, i) => (count > order ? form(products, next, row(i)) : 0));
  return (split) => {
    let [trace, product, within] = [0, 0, 0];
    for (const i of split) {
      trace += values[i] - inner[i][i];
      product +=
        values[i] ** 2 + links[i] ** 2 - 2 * (values[i] * inner[i][i] + links[i] * ahead[i]) + own[i];
      for (const j of split) within += ((i === j ? values[i] : 0) - inner[i][j]) ** 2;
    }
    const { trace: whole, frobeniusNorm } = moments;
    const slack = 64 * Number.EPSILON * frobeniusNorm.upper * (split.length + 2);
    const rest = (end: number, sign: number): number =>
      Math.sqrt(Math.max(0, end * end - 2 * product + within + sign * slack * frobeniusNorm.upper));
    return (
      largestAtMost(
        moments.order - split.length,
        { lower: whole.lower - trace - slack, upper: whole.upper - trace + slack },
        { lower: rest(frobeniusNorm.lower, -1), upper: rest(frobeniusNorm.upper, 1) },
      ) + largest
    );
  };
}

/**
 * By how much the matrix of the Ritz pairs can differ from H, in norm: what rounding did to the factors of H, taken as for its norm;
 * to products and orthogonalization; and what was dropped.
 */
function uncertainty(P: number, products: number, norm: Interval, dropped: number, defect: number): number {
  const rounding = (64 + P / 256 + 8 * products) * Number.EPSILON + 4 * products * defect;
  return dropped + (norm.upper - norm.lower) + rounding * norm.upper;
}

function isClosed({ lower, upper }: Interval, omega: number, tolerance: number): boolean {
  return upper - lower <= tolerance * Math.max(Math.abs(lower + omega), Math.abs(upper + omega));
}

function negated({ values, links }: Ritz): Ritz {
  return { values: values.map((x) => -x).reverse(), links: links.slice().reverse() };
}

function negatedMoments({ order, trace, frobeniusNorm }: SpectralMoments): SpectralMoments {
  return { order, trace: { lower: -trace.upper, upper: -trace.lower }, frobeniusNorm };
}

function concatenate(x: Float64Array, y: Float64Array): Float64Array {
  const result = new Float64Array(x.length + y.length);
  result.set(x);
  result.set(y, x.length);
  return result;
}
