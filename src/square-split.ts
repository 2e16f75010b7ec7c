/**
 * The split H = Q + X for several hidden layers (split.ts): X are the transfer terms (assembly/curvature/transfers.ts), Q the rest, a sum of squares.
 * At random initialization X is the bulk of H: each unit has its own copy of much the same few directions, so there are as many
 * eigenvalues of a size as there are units, which no few products can split off. But their size is known: for a unit vector x, cut into
 * layers, xᵀ X x ≤ 2 Σ_{l<k} ‖X_lk‖₂ ‖x_l‖ ‖x_k‖ ≤ λ_1(A), A the symmetric L × L matrix of the ‖X_lk‖₂ with diagonal 0. Q has few large eigenvalues.
 */
import { type Interval } from './bounds.js';
import { perform, type Steps } from './core/job.js';
import { images } from './core/images.js';
import * as kinds from './core/kinds.js';
import { transferNorms } from './core/transfers.js';
import { scaledMoments, type SpectralMoments } from './deflation.js';
import { concatenate, type Krylov, type RitzPairs } from './krylov.js';
import { chooseRoute, type LossMoments, momentSteps, routeCosts } from './moments.js';
import { type CheckedNetwork, partOf } from './network.js';
import { amongRitz, type Look, partBound, type Split } from './split.js';

/** Products of the process before the first trial. */
const FROM = 16;
/** Orders of X_lk X_lkᵀ, and doubles of X_lk, beyond which its norm is not computed. */
const MOST_ORDER = 2048;
const MOST_DOUBLES = 2 ** 25;
/** Below so many operations cost is no matter: some tens of milliseconds. */
const CHEAP = 5e8;

/** Whether the curvature is a whole one of several hidden layers, and the norms of X take no more work than the moments. */
export function squaresPay(network: CheckedNetwork, samples: number): boolean {
  const { layers } = network;
  if (network.partCode !== 0 || layers.length < 3) return false;
  let cost = 0;
  for (const [l, { inputs, outputs: units }] of layers.entries()) {
    for (let k = l + 1; k < layers.length; k++) {
      const near = k === l + 1;
      const columns = layers[k].outputs * (near ? 1 : layers[k].inputs);
      const rows = (near ? 1 : units) * (inputs + 1);
      const order = Math.min(rows, columns);
      if (order > MOST_ORDER || rows * columns > MOST_DOUBLES) return false;
      const blocks = near ? units : 1;
      cost += 2 * samples * units * (inputs + 1) * columns;
      cost += blocks * (2 * rows * columns * order + 2 * order ** 3);
    }
  }
  return cost <= CHEAP + 4 * routeCosts(network, samples)[chooseRoute(network, samples)];
}

export function squareSplit(
  parameters: number,
  { trace, frobeniusNorm }: LossMoments,
  maxProducts: number,
): Split {
  let known: { moments: SpectralMoments; transfers: number } | undefined;
  let imageRows: Float64Array = new Float64Array(0);
  const split = {
    products: 0,
    next: FROM,
    // Beyond half of the parameters, or of the way, the process alone has no more to go than the images would take.
    due: ({ order, expected }: Look) => order >= split.next && expected > order && 2 * order <= parameters,
    ahead: (order: number) => order - split.products,
    *complement(krylov: Krylov, ritz: RitzPairs, uncertain: number) {
      const { network, data, scale, columns } = krylov;
      known ??= {
        moments: yield* squareMoments(krylov, { trace, frobeniusNorm }),
        transfers: yield* largestTransfer(krylov),
      };
      const part = partOf(network, 'squares');
      const rows = krylov.rows.subarray(0, columns.length * network.parameters);
      const found = yield* perform(images, { network: part, data, scale, rows, images: imageRows });
      imageRows = concatenate(imageRows, found.images);
      split.products = columns.length;
      split.next = nextTrial(split.products, maxProducts);
      const own = amongRitz(ritz, found.squares).map((row, i) => row[i]);
      const { moments, transfers } = known;
      return partBound(
        { moments, inner: amongRitz(ritz, found.products), own, rest: () => transfers },
        uncertain,
      );
    },
  };
  return split;
}

/** Twice as far, and at last where the images take all that is left. */
function nextTrial(tried: number, maxProducts: number): number {
  const last = Math.floor(maxProducts / 2);
  return tried >= last ? Infinity : Math.min(2 * tried, last);
}

/**
 * The moments of Q. Their own enclosures know nothing of what rounding did to δ, of which they have none left; so what it did to all
 * factors of H is added.
 */
function* squareMoments(
  { network, data, scale }: Krylov,
  whole: Pick<LossMoments, 'trace' | 'frobeniusNorm'>,
): Steps<SpectralMoments> {
  const part = partOf(network, 'squares');
  const { loss } = yield* momentSteps(part, data, chooseRoute(part, data.samples));
  const widened = ({ lower, upper }: Interval, by: Interval): Interval => ({
    lower: lower - (by.upper - by.lower),
    upper: upper + (by.upper - by.lower),
  });
  const frobeniusNorm = widened(loss.frobeniusNorm, whole.frobeniusNorm);
  return scaledMoments(
    network.parameters,
    {
      trace: widened(loss.trace, whole.trace),
      frobeniusNorm: { lower: Math.max(0, frobeniusNorm.lower), upper: frobeniusNorm.upper },
    },
    scale,
  );
}

/** λ_1(A) ≥ λ_1(X). */
function* largestTransfer({ network, data, scale }: Krylov): Steps<number> {
  const a = yield* perform(transferNorms, { network: partOf(network, 'hessian'), data, scale });
  const order = network.layers.length;
  const { values } = yield* perform(kinds.eigh, { a, order, wanted: { vectors: false } });
  // eigh's residuals stay below 10 n ε ‖A‖ (docs/eigensolver.md), and ‖A‖ is its largest eigenvalue: no entry is negative.
  return values[order - 1] * (1 + 32 * order * Number.EPSILON);
}
