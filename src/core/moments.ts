/**
 * Trace and Frobenius norm of the loss Hessian (weight decay apart), per layer and layer pair, by two routes: from pairs of
 * samples (pairs.ts), or from the assembled matrix (assembly/curvature/hessian.ts).
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { BLOCK_BYTES } from './factors.js';
import { chooseForms, type Form, packedForms, plainForms } from './forms.js';
import { assemble } from './hessian.js';
import { type Core, outOfRange } from './instance.js';
import { perform, type Report, runHere, single, type Steps, within } from './job.js';
import { type Pointer } from './kernels.js';
import { place, runTape } from './model.js';
import { type BlockSums, pairs, type PairsPayload } from './pairs.js';
import { combineSampleSums, sampleRanges, sampleSums, setForms } from './samples.js';

export type Route = 'gram' | 'hessian';

/** The sums, of scale · H. */
export interface MomentSums extends BlockSums {
  route: Route;
  /** Of the products by the route 'gram'. */
  forms: Form[];
  /** A power of two. */
  scale: number;
}

/**
 * Scales tried in turn: squares of curvatures below 1e-154 would vanish, above 1e154 overflow. Downward no further than it takes: with 2^-600 at
 * once the small factors of large curvature (δ beside inputs of 1e150) would vanish.
 */
const [UP, DOWN, LEAST] = [2 ** 600, 2 ** -200, 2 ** -600];
const SCALES = [1, UP, DOWN, DOWN ** 2, LEAST];
const SAFE = 1e120;
/** Factored products may be this many times the size of what they add up to, and their sums lose as many units of rounding. */
const CANCELLATION = 16;

/** The jobs of one route, until the sums are in range and nothing cancels. */
export function* momentSumSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  route: Route,
  blockBytes = BLOCK_BYTES,
  preferred?: Form[],
): Steps<MomentSums> {
  let forms = preferred ?? chooseForms(network, data.samples);
  let reached = 0;
  const attempt = (scale: number): Steps<BlockSums> => {
    // Nearly always there is one attempt; what it leaves of the way is for the others.
    const from = reached;
    reached += 0.95 * (1 - reached);
    return within(from, reached, sumsOf(route, { network, data, scale, forms, blockBytes }));
  };
  let small: MomentSums | undefined;
  for (const scale of SCALES) {
    let sums = yield* attempt(scale);
    if (route === 'gram' && cancels(sums)) {
      forms = packedForms(forms);
      sums = yield* attempt(scale);
    }
    const size = sums.betas.reduce((most, beta) => Math.max(most, beta), 0);
    const known = [sums.traces, sums.errors].every((values) => values.every(Number.isFinite));
    if (size > 1 / SAFE && size < SAFE && known && sums.squares.every(Number.isFinite)) {
      return { route, forms, scale, ...sums };
    }
    // Curvature whose squares vanish: perhaps not at the next scale. If they do there, too, or if its rounding leaves the range there
    // (a part that is saturated, of a network that is not), it is known to be at most β.
    if (size <= 1 / SAFE && scale >= 1 && known) {
      const errors = sums.errors.map((error, block) => error + sums.betas[block]);
      small = { route, forms, scale, ...sums, squares: sums.squares.map(() => 0), errors };
    }
    if (small && scale > 1) return small;
  }
  throw outOfRange('network: its curvature');
}

export function momentSums(core: Core, ...problem: Parameters<typeof momentSumSteps>): MomentSums {
  return runHere(core, momentSumSteps(...problem));
}

/** The one of those scales for curvature of that norm. */
export function scaleOf(norm: number): number {
  if (norm > 0 && norm < 1 / SAFE) return UP;
  let scale = 1;
  while (norm * scale > SAFE && scale > LEAST) scale *= DOWN;
  return scale;
}

/** The sums from the assembled matrix. */
export const assembled = single('assembled', (core, payload: PairsPayload, report): BlockSums => {
  const { network, data, scale, blockBytes } = payload;
  return core.frame(() => {
    const depth = network.layers.length;
    const { net, h, bySample } = assembleSummed(core, network, data, scale, blockBytes, report);
    const squares = core.zeros(depth * depth);
    core.kernels.blockSquares(net, h, squares);
    return { ...bySample, squares: core.read(squares, depth * depth) };
  });
});

/** Assembles scale · H in the current frame; its products have no forms. The sums over samples tell how far rounding may have moved it. */
export function assembleSummed(
  core: Core,
  network: CheckedNetwork,
  data: CheckedDataset,
  scale: number,
  blockBytes: number,
  report: Report,
): { net: Pointer; h: Pointer; bySample: Omit<BlockSums, 'squares'> } {
  const forms = plainForms(network);
  const net = place(core, network, data);
  setForms(core, net, forms);
  runTape(core, net, scale);
  core.kernels.normalize(net);
  const ranges = sampleRanges(network, forms, data.samples).map((range) => sampleSums(core, net, range));
  const bySample = combineSampleSums(network, forms, ranges);
  const h = assemble(core, net, data.samples, network.parameters, blockBytes, report);
  return { net, h, bySample };
}

function sumsOf(route: Route, payload: PairsPayload): Steps<BlockSums> {
  return route === 'gram' ? perform(pairs, payload) : perform(assembled, payload);
}

function cancels({ norms, betas }: BlockSums): boolean {
  return betas.some((beta, block) => !(beta <= CANCELLATION * norms[block]));
}
