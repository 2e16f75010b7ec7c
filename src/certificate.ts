/**
 * The certificate: a guaranteed bracket on λ_1 (and λ_P) that Hessian–vector products close. The exact trace and Frobenius norm tell what a
 * Lanczos process has not seen yet (deflation.ts); where that is too much, the Gauss–Newton split may tell better (split.ts).
 */
import { type Interval, shifted, wolkowiczStyan } from './bounds.js';
import { type Steps, within } from './core/job.js';
import { deflate, type Deflation, type Ritz, scaledMoments, type SpectralMoments } from './deflation.js';
import { beginKrylov, extend, type Krylov, type ProcessChoices, ritzPairs } from './krylov.js';
import { type LossMoments } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { gaussNewtonMoments, residualSteps, splitBound, splitPays } from './split.js';

export interface CertificateChoices extends ProcessChoices {
  ends: 'largest' | 'both';
}

/** One end of the spectrum, weight decay included. */
export interface CertifiedEnd {
  /** How many Ritz vectors were split off. */
  deflated: number;
  /** The norm of what couples them to the rest: the bracket is of width residual² / (distance to the complement). */
  residual: number;
  /** At most `deflated` eigenvalues lie beyond this: above it, or below it at the lower end. */
  complement: number;
  /** One interval for each eigenvalue that certainly lies beyond the complement, from the outermost. */
  enclosures: Interval[];
}

export interface Certificate extends CertifiedEnd {
  /** Matrix-free multiplications by the Hessian that were taken. */
  products: number;
  /** Whether upper − lower ≤ tolerance · max(|lower|, |upper|) was reached, at every end that was asked for. */
  converged: boolean;
  /**
   * If not, why: more products would go on closing the bracket ('products'), or the moments leave room for eigenvalues beside
   * those found ('complement'), which more products may or may not take away. With certified: true also 'rounding': what is proven of it is wider.
   */
  reason?: 'products' | 'complement' | 'rounding';
  smallest?: CertifiedEnd;
  /** The bracket on λ_1 after each product, Wolkowicz–Styan's from the moments alone at 0: each the best so far. */
  history: { products: number; lower: number; upper: number }[];
}

export interface Certified {
  largest: Interval;
  smallest: Interval;
  certificate: Certificate;
}

/** Products between two looks at the bracket: a look costs less than one. */
const FIRST = 4;
const NEXT = 2;
/** Products between two trials of the split, and before the first: it takes the moments of G and, each time, the spectra of the units. */
const SPLIT_EVERY = 4;
const SPLIT_FROM = 8;

export function* certificateSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  loss: LossMoments,
  { tolerance, maxProducts, seed, ends }: CertificateChoices,
): Steps<Certified> {
  const scale = scaleOf(loss.frobeniusNorm.upper);
  const moments = scaledMoments(network.parameters, loss, scale);
  /** From scale · H, or −scale · H, to H + ωI. */
  const place = (x: Interval, side: 'upper' | 'lower' = 'upper'): Interval => {
    const { lower, upper } = side === 'upper' ? x : negatedInterval(x);
    return shifted({ lower: lower / scale, upper: upper / scale }, network.weightDecay);
  };
  const most = Math.min(maxProducts, network.parameters);
  const krylov = beginKrylov(network, data, scale, seed);
  const { largest: atFirst, smallest: atLast } = wolkowiczStyan(moments);
  let [largest, smallest] = [place(atFirst), place(atLast)];
  const history: Certificate['history'] = [{ products: 0, ...largest }];
  const splits = splitPays(network, data.samples);
  let gaussNewton: SpectralMoments | undefined;
  for (;;) {
    const done = krylov.columns.length;
    const steps = Math.min(done === 0 ? FIRST : NEXT, most - done);
    yield* within(done / most, (done + steps) / most, extend(krylov, steps));
    const products = krylov.columns.length;
    const ritz = yield* ritzPairs(krylov);
    const uncertain = uncertainty(krylov, moments.frobeniusNorm);
    for (let order = done + 1; order < products; order++) {
      largest = narrowed(largest, place(deflate(yield* ritzPairs(krylov, order), moments, uncertain)));
      history.push({ products: order, ...largest });
    }
    let top = deflate(ritz, moments, uncertain);
    const due = splits && products >= SPLIT_FROM && (products % SPLIT_EVERY === 0 || products === most);
    if (due && !isClosed(place(top), tolerance)) {
      gaussNewton ??= yield* atEnd(gaussNewtonMoments(krylov), products / most);
      const residual = yield* atEnd(residualSteps(krylov), products / most);
      const other = deflate(ritz, moments, uncertain, splitBound(ritz, residual, gaussNewton, uncertain));
      if (other.upper < top.upper) top = other;
    }
    const bottom = deflate(negatedPairs(ritz), negatedMoments(moments), uncertain);
    largest = narrowed(largest, place(top));
    smallest = narrowed(smallest, place(bottom, 'lower'));
    history.push({ products, ...largest });

    const open = [
      ...(isClosed(largest, tolerance) ? [] : [top]),
      ...(ends === 'largest' || isClosed(smallest, tolerance) ? [] : [bottom]),
    ];
    if (open.length > 0 && products < most) continue;
    const certificate: Certificate = {
      products,
      converged: open.length === 0,
      ...(open.length > 0 && {
        reason: open.every(({ lower, complement }) => complement < lower) ? 'products' : 'complement',
      }),
      ...publicEnd(top, scale, 'upper', place),
      ...(ends === 'both' && { smallest: publicEnd(bottom, scale, 'lower', place) }),
      history,
    };
    return { largest, smallest, certificate };
  }
}

/**
 * By how much the matrix of the Ritz pairs can differ from H, in norm: what rounding did to the factors of H, taken as for its norm;
 * to products and orthogonalization; and what was dropped.
 */
function uncertainty({ network, columns, dropped, defect }: Krylov, norm: Interval): number {
  const products = columns.length;
  const rounding = (64 + network.parameters / 256 + 8 * products) * Number.EPSILON + 4 * products * defect;
  return dropped + (norm.upper - norm.lower) + rounding * norm.upper;
}

export function isClosed({ lower, upper }: Interval, tolerance: number): boolean {
  return upper - lower <= tolerance * Math.max(Math.abs(lower), Math.abs(upper));
}

/** Work that was not foreseen moves progress no further. */
function atEnd<Result>(steps: Steps<Result>, place: number): Steps<Result> {
  return within(place, place, steps);
}

function publicEnd(
  { deflated, residual, complement, enclosures }: Deflation,
  scale: number,
  side: 'upper' | 'lower',
  place: (x: Interval, side: 'upper' | 'lower') => Interval,
): CertifiedEnd {
  const nothingLeft = side === 'upper' ? -Infinity : Infinity;
  return {
    deflated,
    residual: residual / scale,
    complement:
      complement === -Infinity ? nothingLeft : place({ lower: complement, upper: complement }, side)[side],
    enclosures: enclosures.map((x) => place(x, side)),
  };
}

/** Both hold the same number. */
function narrowed(x: Interval, y: Interval): Interval {
  return { lower: Math.max(x.lower, y.lower), upper: Math.min(x.upper, y.upper) };
}

/** 1, or 2^±600 where squares of curvatures would leave the range. */
export function scaleOf(norm: number): number {
  return norm > 1e120 ? 2 ** -600 : norm < 1e-120 && norm > 0 ? 2 ** 600 : 1;
}

function negatedPairs({ values, links }: Ritz): Ritz {
  return { values: values.map((x) => -x).reverse(), links: links.slice().reverse() };
}

function negatedMoments({ order, trace, frobeniusNorm }: SpectralMoments): SpectralMoments {
  return { order, trace: negatedInterval(trace), frobeniusNorm };
}

function negatedInterval({ lower, upper }: Interval): Interval {
  return { lower: -upper, upper: -lower };
}
