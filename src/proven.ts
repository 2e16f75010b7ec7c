/**
 * Bounds that are proven from end to end: nothing is assumed but IEEE 754 arithmetic, rounded to nearest. The moments, and the products of a compression, come from
 * src/interval, in balls that hold the exact numbers; which vectors to compress to, a Lanczos process in plain double precision proposes. What it proposes need not be right
 * for what is said of it to hold.
 */
import { type EigenvalueBounds, type Interval } from './bounds.js';
import {
  type Certificate,
  type CertificateChoices,
  type CertifiedEnd,
  isClosed,
  placedEnd,
} from './certificate.js';
import { outOfRange } from './core/instance.js';
import { perform, type Steps, within } from './core/job.js';
import { scaleOf } from './core/moments.js';
import * as proven from './core/proven.js';
import { bySize, deflate, type Deflation, negatedMoments, negatedPairs, scaledMoments } from './deflation.js';
import { type Compression } from './interval/compression.js';
import { deflateProven } from './interval/deflation.js';
import { termsOfSample } from './interval/factors.js';
import { above, below, negate, scaleByPower, squareRoot } from './interval/interval.js';
import { layerBlockBound, type ProvenMoments } from './interval/moments.js';
import { termsOfPair } from './interval/pairs.js';
import { rowEntries } from './interval/rows.js';
import { largestEigenvalue, smallestEigenvalue, type SquareMoments } from './interval/spectrum.js';
import { beginKrylov, combineRows, extend, type Krylov, type RitzPairs, ritzPairs } from './krylov.js';
import { type LossMoments, type MomentResults, publish } from './moments.js';
import { type CheckedDataset, type CheckedNetwork } from './network.js';

/** The bounds that have a proof in interval arithmetic. */
export const PROVEN_BOUNDS = ['wolkowiczStyan', 'layerBlocks', 'deflated'] as const;
export type ProvenBoundName = (typeof PROVEN_BOUNDS)[number];

export interface ProvenResults extends Omit<MomentResults, 'sums'> {
  bounds: Partial<Record<ProvenBoundName, EigenvalueBounds>>;
  certificate?: Certificate;
}

/** Multiply–adds, about a quarter of an hour on one thread; and doubles, 1 GiB. */
const MOST_OPERATIONS = 1e12;
const MOST_ENTRIES = 2 ** 27;

/**
 * Refuses what would take forever in plain TypeScript, 1 to 2 · 10⁹ multiply–adds a second: those of N²/2 pairs of samples, and twice, for the moments and for
 * the products, those of each sample's factors. And as many entries of these as must be held at a time.
 */
export function checkProvable(network: CheckedNetwork, samples: number): void {
  const [ofPair, ofSample] = [termsOfPair({ network }), termsOfSample(network)];
  const operations = (samples * samples * ofPair) / 2 + 2 * samples * ofSample;
  if (operations > MOST_OPERATIONS) {
    throw new RangeError(
      `options.certified: expected at most ${MOST_OPERATIONS} multiply–adds, about a quarter of an hour; got ${samples}²/2 pairs of samples ` +
        `that take ${ofPair}, and 2 · ${samples} samples that take ${ofSample}: ${operations.toPrecision(2)}. Take fewer samples, or certified: false`,
    );
  }
  const entries = samples * rowEntries(network);
  if (entries > MOST_ENTRIES) {
    throw new RangeError(
      `options.certified: expected at most ${MOST_ENTRIES} entries (1 GiB) in the curvature factors of all samples; got ` +
        `${samples} × ${entries / samples} = ${entries}. Take fewer samples, or certified: false`,
    );
  }
}

export function* provenSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  names: readonly ProvenBoundName[],
  choices: CertificateChoices,
): Steps<ProvenResults> {
  const deflates = names.includes('deflated');
  const moments = yield* within(0, deflates ? 0.7 : 1, perform(proven.provenSquares, { network, data }));
  const { whole, error, exponent } = moments;
  const inRange = [whole.trace, whole.squares].every(({ lower, upper }) => Number.isFinite(upper - lower));
  if (!inRange || !Number.isFinite(error)) throw outOfRange('network: the enclosure of its curvature');
  /** From 2^exponent H̃ to H + ωI. */
  const place = ({ lower, upper }: Interval): Interval => ({
    lower: below(unscaled(below(lower - error), exponent).lower + network.weightDecay),
    upper: above(unscaled(above(upper + error), exponent).upper + network.weightDecay),
  });
  const loss = lossMoments(moments);
  const bounds: ProvenResults['bounds'] = {};
  let certificate: Certificate | undefined;
  for (const name of names) {
    if (name === 'wolkowiczStyan') {
      bounds[name] = {
        largest: place(largestEigenvalue(whole)),
        smallest: place(smallestEigenvalue(whole)),
      };
    } else if (name === 'layerBlocks') {
      const { upper } = unscaled(layerBlockBound(moments), exponent);
      bounds[name] = { largest: { upper: above(upper + network.weightDecay) } };
    } else {
      const found = yield* within(0.7, 1, certificateSteps(network, data, moments, loss, choices, place));
      ({ certificate } = found);
      bounds[name] = { largest: found.largest, smallest: found.smallest };
    }
  }
  return {
    moments: publish(network, published(moments)),
    loss,
    bounds,
    ...(certificate && { certificate }),
  };
}

/** Products between two looks at the Ritz pairs. */
const FIRST = 4;
const NEXT = 2;

function* certificateSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  { whole, beta, exponent }: ProvenMoments,
  loss: LossMoments,
  choices: CertificateChoices,
  place: (x: Interval) => Interval,
): Steps<{ largest: Interval; smallest: Interval; certificate: Certificate }> {
  const both = choices.ends === 'both';
  const { krylov, ritz, count, closed } = yield* within(0, 0.5, proposalSteps(network, data, loss, choices));
  const u = ritzVectors(krylov, ritz, count);
  const compressed = yield* within(0.5, 1, perform(proven.compression, { network, data, beta, u }));
  const top = deflateProven(compressed, whole);
  const bottom = deflateProven(negatedCompression(compressed), { ...whole, trace: negate(whole.trace) });
  const largest = place(top);
  const smallest = place(negate(bottom));
  const open = [
    ...(isClosed(largest, choices.tolerance) ? [] : [top]),
    ...(!both || isClosed(smallest, choices.tolerance) ? [] : [bottom]),
  ];
  const beyond = open.some(({ lower, complement }) => complement >= lower);
  const products = krylov.columns.length + count;
  const certificate: Certificate = {
    products,
    converged: open.length === 0,
    ...(open.length > 0 && { reason: beyond ? 'complement' : closed ? 'rounding' : 'products' }),
    ...publicEnd(top, exponent, place),
    ...(both && { smallest: publicEnd(bottom, exponent, (x) => place(negate(x)), 'lower') }),
    history: [
      { products: 0, ...place(largestEigenvalue(whole)) },
      { products, ...largest },
    ],
  };
  return { largest, smallest, certificate };
}

/** A Lanczos process until the bracket would be closed if its Ritz pairs were exact; count: how many of largest |θ| that takes. */
function* proposalSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  loss: LossMoments,
  { tolerance, maxProducts, seed, ends }: CertificateChoices,
): Steps<{ krylov: Krylov; ritz: RitzPairs; count: number; closed: boolean }> {
  const scale = scaleOf(loss.frobeniusNorm.upper);
  const moments = scaledMoments(network.parameters, loss, scale);
  // The other half is for the products of the proof: at most one for each of the process.
  const most = Math.max(1, Math.min(Math.floor(maxProducts / 2), network.parameters));
  const krylov = beginKrylov(network, data, scale, seed);
  for (;;) {
    const done = krylov.columns.length;
    const steps = Math.min(done === 0 ? FIRST : NEXT, most - done);
    yield* within(done / most, (done + steps) / most, extend(krylov, steps));
    const ritz = yield* ritzPairs(krylov);
    const wanted = [deflate(ritz, moments, 0)];
    if (ends === 'both') wanted.push(deflate(negatedPairs(ritz), negatedMoments(moments), 0));
    // Half, for what rounding takes; the decay shifts both ends, and lowers what is asked for at most where it helps.
    const closed = wanted.every((x) => isClosed(x, tolerance / 2));
    if (closed || krylov.columns.length >= most) {
      const count = wanted.reduce((largest, { deflated }) => Math.max(largest, deflated), 1);
      return { krylov, ritz, count, closed };
    }
  }
}

/** Those of the `count` values of largest size, as rows. */
function ritzVectors({ network, rows }: Krylov, { values, vectors }: RitzPairs, count: number): Float64Array {
  const order = values.length;
  const chosen = bySize(values).slice(0, count);
  return combineRows(
    rows,
    network.parameters,
    chosen.map((i) => vectors.subarray(i * order, (i + 1) * order)),
  );
}

function publicEnd(
  { deflated, residual, complement, enclosures }: Deflation,
  exponent: number,
  place: (x: Interval) => Interval,
  side: 'upper' | 'lower' = 'upper',
): CertifiedEnd {
  return {
    deflated,
    residual: unscaled(residual, exponent).upper,
    ...placedEnd({ complement, enclosures }, place, side),
  };
}

/** That of −H. */
function negatedCompression(compressed: Compression): Compression {
  return { ...compressed, theta: compressed.theta.map((x) => -x) };
}

/** x · 2^−exponent. */
function unscaled(x: number, exponent: number): Interval {
  const result = scaleByPower(x, -exponent);
  return { lower: below(result), upper: above(result) };
}

/** Of H without weight decay. */
function lossMoments({ whole, layers, squares, errors, error, exponent }: ProvenMoments): LossMoments {
  const depth = layers.length;
  const outward = (x: Interval, reach: number): Interval => ({
    lower: unscaled(below(x.lower - reach), exponent).lower,
    upper: unscaled(above(x.upper + reach), exponent).upper,
  });
  const normOf = (x: Interval, reach: number): Interval => {
    const { lower, upper } = outward(squareRoot(x), reach);
    return { lower: Math.max(0, lower), upper };
  };
  // |tr X| ≤ √P ‖X‖_F.
  const momentsOf = (
    { order, trace, squares: own }: SquareMoments,
    reach: number,
  ): LossMoments['layers'][number] => ({
    parameters: order,
    trace: outward(trace, above(above(Math.sqrt(order)) * reach)),
    frobeniusNorm: normOf(own, reach),
  });
  const crossNorms = new Float64Array(depth * depth);
  for (let l = 0; l < depth; l++) {
    for (let k = l + 1; k < depth; k++) {
      const b = l * depth + k;
      crossNorms[b] = crossNorms[k * depth + l] = normOf(squares[b], errors[b]).upper;
    }
  }
  const { trace, frobeniusNorm } = momentsOf(whole, error);
  return {
    trace,
    frobeniusNorm,
    layers: layers.map((layer, l) => momentsOf(layer, errors[l * (depth + 1)])),
    crossNorms,
  };
}

/** The midpoints, as the sums that moments are published from. */
function published({ layers, squares, exponent }: ProvenMoments): Parameters<typeof publish>[1] {
  const middle = ({ lower, upper }: Interval): number => lower + (upper - lower) / 2;
  return {
    route: 'gram',
    scale: scaleByPower(1, exponent),
    traces: Float64Array.from(layers, ({ trace }) => middle(trace)),
    squares: Float64Array.from(squares, middle),
  };
}
