/**
 * The gradient of α tr H + β ‖H‖_F², H the loss Hessian without weight decay, in the parameters: the adjoints of every sample's
 * curvature factors, by the route that the moments took, and then the reverse pass through the factors (assembly/network/adjoint.ts).
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { BLOCK_BYTES } from './factors.js';
import { assemble } from './hessian.js';
import { type Core } from './instance.js';
import { type Kind, perform, type Planned, type Report, single, type Steps } from './job.js';
import { type Pointer } from './kernels.js';
import { place, placeShape, reorder, runTape } from './model.js';
import { type MomentSums } from './moments.js';
import { blockAt, blockCapacity, type RowBlock, rowBlocks, type RowBlocks } from './row-blocks.js';
import { setForms } from './samples.js';
import { CompensatedSums } from './sums.js';

export interface GradientPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** The moments; the gradient is that of the moments of sums.scale · H. */
  sums: MomentSums;
  /** α and β. */
  weights: { trace: number; squares: number };
  blockBytes: number;
}

/** Public order. */
export function momentGradientSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  sums: MomentSums,
  weights: GradientPayload['weights'],
  blockBytes = BLOCK_BYTES,
): Steps<Float64Array> {
  const payload = { network, data, sums, weights, blockBytes };
  return sums.route === 'gram' ? perform(pairedGradient, payload) : perform(contractedGradient, payload);
}

/** Samples at a time that meet the assembled matrix: enough for it to be read seldom. */
const CHUNK = 512;

/** From the assembled matrix (assembly/curvature/contraction.ts). */
export const contractedGradient = single(
  'contractedGradient',
  (core, payload: GradientPayload, report): Float64Array => {
    const { network, data, weights, blockBytes } = payload;
    return core.frame(() => {
      const { kernels } = core;
      const net = placeJets(core, payload);
      kernels.setPacked(net);
      const assembly: Report = (fraction) => report(fraction / 3);
      const h = assemble(core, net, data.samples, network.parameters, blockBytes, assembly);
      const out = core.zeros(network.parameters);
      const fitting = Math.floor(blockBytes / (8 * chunkDoubles(core, net)));
      const chunk = Math.max(1, Math.min(data.samples, CHUNK, fitting));
      const reverse = reversePass(core, net, chunk);
      const scratch = core.allocate(kernels.contractionScratch(net, chunk));
      for (let start = 0; start < data.samples; start += chunk) {
        const { factors, adjoints } = reverse;
        reverse.begin(start, Math.min(chunk, data.samples - start), weights.trace);
        kernels.contractHessian(net, factors, h, 2 * weights.squares, adjoints, scratch);
        reverse.end(out);
        report((1 + (2 * (start + chunk)) / data.samples) / 3);
      }
      return reorder(network, core.read(out, network.parameters), 'public');
    });
  },
);

/** A range of samples, whose adjoints come from all samples. */
interface GradientTask {
  first: number;
  count: number;
}

interface GradientState extends RowBlocks {
  payload: GradientPayload;
  crossSums: Pointer;
}

/** Ranges for several workers, and so few that their gradients can be held together. */
const RANGES = 32;
const RANGES_ENTRIES = 2 ** 23;
/** The rows of samples i and j, and the sums that the adjoints of the rows of samples i are, where the moments have two blocks. */
const BLOCK_SHARE = 2 / 3;

/** From pairs of samples (assembly/curvature/moments-gradient.ts). A group is a block of rows. */
export const pairedGradient: Kind<GradientPayload, GradientState, GradientTask, Float64Array, Float64Array> =
  {
    name: 'pairedGradient',

    plan(core, { network, data: { samples }, sums, blockBytes }) {
      const tile = core.kernels.TILE.value;
      const capacity = core.frame(() => {
        const net = placeShape(core, network);
        setForms(core, net, sums.forms);
        return blockCapacity(core, net, samples, BLOCK_SHARE * blockBytes);
      });
      const ranges = Math.max(1, Math.min(RANGES, Math.floor(RANGES_ENTRIES / network.parameters)));
      const length = tile * Math.ceil(samples / ranges / tile);
      const planned: Planned<GradientTask>[] = [];
      for (let block = 0; block < samples; block += capacity) {
        const end = Math.min(samples, block + capacity);
        for (let first = block; first < end; first += length) {
          const count = Math.min(length, end - first);
          planned.push({ group: block / capacity, weight: count, task: { first, count } });
        }
      }
      return planned;
    },

    open(core, payload) {
      const { data, sums, blockBytes } = payload;
      const net = placeJets(core, payload);
      setForms(core, net, sums.forms);
      const crossSums = core.write(sums.crossSums);
      return { ...rowBlocks(core, net, data.samples, BLOCK_SHARE * blockBytes), payload, crossSums };
    },

    run(core, state, { first, count }, report) {
      const { network, weights } = state.payload;
      return core.frame(() => {
        const { kernels } = core;
        const { net } = state;
        const out = core.zeros(network.parameters);
        const sums = core.allocateBytes(kernels.pairRowsBytes(net));
        const room = core.allocate(count * kernels.rowAdjointsPerSample(net));
        kernels.clearRowAdjoints(net, sums, count, room);
        if (weights.squares !== 0) addPairs(core, state, sums, first, count, report);

        const batch = Math.min(count, kernels.batchSize(net));
        const reverse = reversePass(core, net, batch);
        const scratch = core.allocate(kernels.crossAdjointsScratch(net, batch));
        for (let i = 0; i < count; i += batch) {
          const { factors, adjoints } = reverse;
          reverse.begin(first + i, Math.min(batch, count - i), weights.trace);
          kernels.spreadRowAdjoints(net, sums, i, factors, weights.squares, adjoints);
          kernels.addCrossAdjoints(net, factors, state.crossSums, weights.squares, adjoints, scratch);
          reverse.end(out);
        }
        return core.read(out, network.parameters);
      });
    },

    combine({ network }, parts) {
      const total = new CompensatedSums(network.parameters);
      for (const part of parts) total.add(part);
      return reorder(network, total.totals(), 'public');
    },
  };

/** The sums of samples first … first + count, which lie in one block, over all samples, tile by tile. */
function addPairs(
  core: Core,
  state: GradientState,
  sums: Pointer,
  first: number,
  count: number,
  report: Report,
): void {
  const { net, samples, capacity } = state;
  const block = first - (first % capacity);
  core.frame(() => {
    const columns = core.allocateBytes(core.kernels.pairRowsBytes(net));
    const room = core.allocate(core.kernels.columnsDoubles(net));
    const scratch = core.allocate(core.kernels.gradientScratch(net));
    for (let start = 0; start < samples; start += capacity) {
      const rows = blockAt(core, state, block, start);
      const others = blockAt(core, state, start, block);
      addBlock(core, net, rows, first - block, count, sums, others, columns, room, scratch);
      report(Math.min(1, (start + capacity) / samples));
    }
  });
}

/** What the samples of `others` are worth to samples first … first + count of `rows`. */
function addBlock(
  core: Core,
  net: Pointer,
  rows: RowBlock,
  first: number,
  count: number,
  sums: Pointer,
  others: RowBlock,
  columns: Pointer,
  room: Pointer,
  scratch: Pointer,
): void {
  const { kernels } = core;
  const tile = kernels.TILE.value;
  for (let j = 0; j < others.count; j += tile) {
    const nj = Math.min(tile, others.count - j);
    kernels.fillColumns(net, others.pointer, j, nj, columns, room);
    for (let i = 0; i < count; i += tile) {
      const ni = Math.min(tile, count - i);
      kernels.gradientTile(
        net,
        rows.pointer,
        first + i,
        ni,
        sums,
        i,
        others.pointer,
        j,
        nj,
        columns,
        scratch,
      );
    }
  }
}

/** The tape with all that the reverse pass reads. */
function placeJets(core: Core, { network, data, sums: { scale } }: GradientPayload): Pointer {
  const net = place(core, network, data);
  core.kernels.setJets(net, core.allocateBytes(core.kernels.jetBytes(net, data.samples)));
  runTape(core, net, scale);
  core.kernels.normalize(net);
  return net;
}

/** Factors of a batch of samples, and room for their adjoints. */
interface ReversePass {
  readonly factors: Pointer;
  readonly adjoints: Pointer;
  /** Computes the factors, which absorb their scales, and sets the adjoints to those of α tr H. */
  begin(start: number, count: number, alpha: number): void;
  /** From the adjoints to the gradient, which is added to out. */
  end(out: Pointer): void;
}

function reversePass(core: Core, net: Pointer, capacity: number): ReversePass {
  const { kernels } = core;
  const factors = core.allocateBytes(kernels.factorsBytes(net));
  const adjoints = core.allocateBytes(kernels.adjointsBytes(net));
  const header = core.allocateBytes(kernels.factorsBytes(net));
  const values = core.allocate(capacity * kernels.factorsPerSample(net));
  const room = core.allocate(capacity * kernels.adjointsPerSample(net));
  const factorScratch = core.allocate(kernels.factorsScratch(net));
  const scratch = core.allocate(kernels.pullBackScratch(net, capacity));
  return {
    factors,
    adjoints,
    begin: (start, count, alpha) => {
      kernels.computeFactors(net, factors, start, count, values, factorScratch);
      kernels.absorbScales(net, factors);
      kernels.clearAdjoints(net, adjoints, header, start, count, room);
      kernels.contractIdentity(net, factors, alpha, adjoints);
    },
    end: (out) => {
      kernels.releaseScales(net, factors);
      kernels.unscale(net, adjoints);
      kernels.pullBack(net, factors, adjoints, scratch, out);
    },
  };
}

/** Doubles for each sample of a chunk. */
function chunkDoubles(core: Core, net: Pointer): number {
  const { kernels } = core;
  const scratch = (count: number): number =>
    kernels.pullBackScratch(net, count) + kernels.contractionScratch(net, count);
  return kernels.factorsPerSample(net) + kernels.adjointsPerSample(net) + scratch(2) - scratch(1);
}
