/**
 * The certificate: a guaranteed bracket on λ_1 (and λ_P) that Hessian–vector products close. The exact trace and Frobenius norm tell what a
 * Lanczos process has not seen yet (deflation.ts); where that is too much, the Gauss–Newton split may tell better (split.ts).
 */
import { type Interval, shifted, wolkowiczStyan } from './bounds.js';
import { type Steps, within } from './core/job.js';
import { deflate, type Deflation, type Ritz, scaledMoments, type SpectralMoments } from './deflation.js';
import { beginKrylov, extend, type Krylov, type ProcessChoices, ritzPairs, uncertainty } from './krylov.js';
import { type LossMoments } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';
import { type Split } from './split.js';
import { splitOf } from './splits.js';

export interface CertificateChoices extends ProcessChoices {
  ends: 'largest' | 'both';
  /** Enough is known where λ_1 is proven to be above this, or not to be. */
  threshold?: number | undefined;
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
  /** Matrix-free multiplications by the Hessian, or a part of it, that were taken. */
  products: number;
  /** Whether upper − lower ≤ tolerance · max(|lower|, |upper|) was reached, at every end that was asked for, or the threshold was decided. */
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

/** Products before the first look at the bracket, and then between two, or this part of those so far: looks take their squares. */
const FIRST = 4;
const NEXT = 2;
const NEXT_PART = 1 / 8;

export function* certificateSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  loss: LossMoments,
  { tolerance, maxProducts, seed, ends, threshold }: CertificateChoices,
): Steps<Certified> {
  const scale = scaleOf(loss.frobeniusNorm.upper);
  const moments = scaledMoments(network.parameters, loss, scale);
  /** From scale · H, or −scale · H, to H + ωI. */
  const place = (x: Interval, side: 'upper' | 'lower' = 'upper'): Interval => {
    const { lower, upper } = side === 'upper' ? x : negatedInterval(x);
    return shifted({ lower: lower / scale, upper: upper / scale }, network.weightDecay);
  };
  const settled = (x: Interval): boolean => isClosed(x, tolerance) || isDecided(x, threshold);
  const krylov = beginKrylov(network, data, scale, seed);
  const split = splitOf(network, data.samples, loss, maxProducts);
  const { largest: atFirst, smallest: atLast } = wolkowiczStyan(moments);
  let [largest, smallest] = [place(atFirst), place(atLast)];
  const history: Certificate['history'] = [{ products: 0, ...largest }];
  for (;;) {
    const done = krylov.columns.length;
    const steps = nextSteps(krylov, split, maxProducts);
    const spent = done + split.products;
    const reached = (spent + steps) / maxProducts;
    yield* within(spent / maxProducts, reached, extend(krylov, steps));
    const order = krylov.columns.length;
    const uncertain = uncertainty(krylov, moments.frobeniusNorm);
    for (let between = done + 1; between < order && steps <= FIRST; between++) {
      const early = yield* within(reached, reached, ritzPairs(krylov, between));
      largest = narrowed(largest, place(deflate(early, moments, uncertain)));
      history.push({ products: between + split.products, ...largest });
    }
    const ritz = yield* within(reached, reached, ritzPairs(krylov));
    let top = deflate(ritz, moments, uncertain);
    const room = maxProducts - split.products - order;
    const last = order === network.parameters || room === 0;
    const look = { order, last, expected: expectedProducts(ritz, top) };
    if (!settled(place(top)) && split.due(look) && split.ahead(order) <= room) {
      const now = 1 - room / maxProducts;
      const trial = split.complement(krylov, ritz, uncertain);
      const bound = yield* within(now, now + split.ahead(order) / maxProducts, trial);
      const other = deflate(ritz, moments, uncertain, bound);
      if (other.upper < top.upper) top = other;
    }
    const bottom = deflate(negatedPairs(ritz), negatedMoments(moments), uncertain);
    const products = order + split.products;
    largest = narrowed(largest, place(top));
    smallest = narrowed(smallest, place(bottom, 'lower'));
    history.push({ products, ...largest });

    const open = [
      ...(settled(largest) ? [] : [top]),
      ...(ends === 'largest' || isClosed(smallest, tolerance) ? [] : [bottom]),
    ];
    if (open.length > 0 && order < network.parameters && products < maxProducts) continue;
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

/** Until the next look, or the split's next trial. */
function nextSteps({ columns, network }: Krylov, split: Split, maxProducts: number): number {
  const order = columns.length;
  const wanted = order === 0 ? FIRST : Math.max(NEXT, Math.floor(order * NEXT_PART));
  const trial = order < split.next ? split.next - order : Infinity;
  return Math.min(wanted, trial, maxProducts - order - split.products, network.parameters - order);
}

/** The complement, about the norm of what is left, has to sink to λ_1; each product may take away the square of a middling Ritz value. */
function expectedProducts({ values }: Ritz, { complement, lower }: Deflation): number {
  const sizes = values.map(Math.abs).sort();
  const typical = sizes[sizes.length >> 1];
  return complement <= lower ? 0 : (complement ** 2 - lower ** 2) / typical ** 2;
}

export function isClosed({ lower, upper }: Interval, tolerance: number): boolean {
  return upper - lower <= tolerance * Math.max(Math.abs(lower), Math.abs(upper));
}

function isDecided({ lower, upper }: Interval, threshold: number | undefined): boolean {
  return threshold !== undefined && (upper <= threshold || lower > threshold);
}

function publicEnd(
  { deflated, residual, complement, enclosures }: Deflation,
  scale: number,
  side: 'upper' | 'lower',
  place: (x: Interval, side: 'upper' | 'lower') => Interval,
): CertifiedEnd {
  const upward = side === 'upper';
  const nothingLeft = upward ? -Infinity : Infinity;
  const edge =
    complement === -Infinity ? nothingLeft : place({ lower: complement, upper: complement }, side)[side];
  return {
    deflated,
    residual: residual / scale,
    complement: edge,
    // Rounding, as weight decay shifts them, can take away what was certain.
    enclosures: enclosures
      .map((x) => place(x, side))
      .filter(({ lower, upper }) => (upward ? lower > edge : upper < edge)),
  };
}

/** Both hold the same number. */
function narrowed(x: Interval, y: Interval): Interval {
  return { lower: Math.max(x.lower, y.lower), upper: Math.min(x.upper, y.upper) };
}

/** 1, or where squares of curvatures would leave the range 2^600, or 2^-200 or as many of them as it takes. */
export function scaleOf(norm: number): number {
  if (norm > 0 && norm < 1e-120) return 2 ** 600;
  let scale = 1;
  while (norm * scale > 1e120 && scale > 2 ** -600) scale *= 2 ** -200;
  return scale;
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
