/**
 * The Frobenius norm of the loss Hessian from pairs of samples, tile by tile (assembly/curvature/moments.ts). Blocks of samples, and
 * so the order of every sum, are fixed by N and the shapes alone.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Form, termsPerPair, termsPerSample } from './forms.js';
import { type Core } from './instance.js';
import { type Kind, type Planned } from './job.js';
import { type Pointer } from './kernels.js';
import { place, placeShape, runTape } from './model.js';
import {
  combineSampleSums,
  type Range,
  sampleRanges,
  type SampleSums,
  sampleSums,
  setForms,
} from './samples.js';
import { cutStrips, type Strip, stripLength } from './strips.js';
import { CompensatedSums } from './sums.js';

/** Samples come in blocks of whatever number fits into this; a parameter of what follows, so that tests reach it. */
export const BLOCK_BYTES = 64 * 1024 * 1024;

/** Rows of a panel (assembly/dense/panels.ts). */
const PANEL = 8;

export interface BlockSums extends SampleSums {
  /** Squared Frobenius norms of the blocks (l, k). */
  squares: Float64Array;
}

export interface PairsPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  scale: number;
  forms: Form[];
  blockBytes: number;
}

/** A strip of the pairs of two blocks of samples, named by where they start; or what is summed over single samples. */
type PairsTask = { range: Range } | { rows: number; columns: number; strip: Strip };

interface PairsState {
  net: Pointer;
  depth: number;
  samples: number;
  /** Two, or one where it holds all samples: allocated and filled as tasks ask for them. */
  blocks: RowBlock[];
  capacity: number;
  scratch: Pointer;
  tileSums: Pointer;
}

/** The rows of a block of samples in the core's memory (assembly/curvature/pairs.ts). */
interface RowBlock {
  /** Address of the core's PairRows. */
  readonly pointer: Pointer;
  readonly data: Pointer;
  /** Samples it holds now, and the first of them: −1 while it holds none. */
  count: number;
  start: number;
}

/** A group is a pair of blocks, or a range of single samples. */
export const pairs: Kind<PairsPayload, PairsState, PairsTask, Float64Array, BlockSums> = {
  name: 'pairs',

  plan(core, { network, data: { samples }, forms, blockBytes }) {
    const tile = core.kernels.TILE.value;
    const capacity = core.frame(() => {
      const net = placeShape(core, network);
      setForms(core, net, forms);
      return blockCapacity(core, net, samples, blockBytes);
    });
    const length = stripLength(samples, tile);
    const tileCost = tile * tile * termsPerPair(network, forms);
    const sampleCost = termsPerSample(network, forms);
    const count = (start: number): number => Math.min(capacity, samples - start);
    const planned: Planned<PairsTask>[] = [];
    let group = 0;
    for (const range of sampleRanges(samples)) {
      planned.push({ group: group++, weight: range.count * sampleCost, task: { range } });
    }
    for (let rows = 0; rows < samples; rows += capacity) {
      for (let columns = rows; columns < samples; columns += capacity, group++) {
        for (const { weight, task } of cutStrips(
          count(rows),
          count(columns),
          rows === columns,
          tile,
          length,
        )) {
          planned.push({ group, weight: weight * tileCost, task: { rows, columns, strip: task } });
        }
      }
    }
    return planned;
  },

  open(core, { network, data, scale, forms, blockBytes }) {
    const net = place(core, network, data);
    const { samples } = data;
    const depth = network.layers.length;
    setForms(core, net, forms);
    runTape(core, net, scale);
    core.kernels.normalize(net);
    const scratch = core.allocate(core.kernels.momentsScratch(net));
    const tileSums = core.allocate(depth * depth);
    const capacity = blockCapacity(core, net, samples, blockBytes);
    const blocks = Array.from({ length: capacity < samples ? 2 : 1 }, () => rowBlock(core, net, capacity));
    return { net, depth, samples, blocks, capacity, scratch, tileSums };
  },

  run(core, state, task) {
    if ('range' in task) return sampleSums(core, state.net, task.range);
    const rows = blockAt(core, state, task.rows, task.columns);
    const columns = blockAt(core, state, task.columns, task.rows);
    return sumStrip(core, state, rows, columns, task.strip);
  },

  combine({ network, data, forms }, parts) {
    const ranges = sampleRanges(data.samples).length;
    const bySample = combineSampleSums(network, forms, parts.slice(0, ranges));
    const squares = new CompensatedSums(network.layers.length ** 2);
    for (const part of parts.slice(ranges)) squares.add(part);
    squares.add(bySample.crossSquares);
    return { ...bySample, squares: squares.totals() };
  },
};

/** Samples a block holds: whole tiles if not all of them, or where a tile does not fit, whole panels. */
function blockCapacity(core: Core, net: Pointer, samples: number, blockBytes: number): number {
  const tile = core.kernels.TILE.value;
  const fitting = Math.floor(blockBytes / (8 * core.kernels.pairRowsPerSample(net)));
  const unit = fitting < tile ? PANEL : tile;
  return Math.min(samples, Math.max(1, Math.floor(fitting / unit)) * unit);
}

function rowBlock(core: Core, net: Pointer, capacity: number): RowBlock {
  const { kernels } = core;
  const panels = Math.ceil(capacity / PANEL) * PANEL;
  return {
    pointer: core.allocateBytes(kernels.pairRowsBytes(net)),
    data: core.allocate(panels * kernels.pairRowsPerSample(net)),
    count: 0,
    start: -1,
  };
}

/** The block of samples from start on, computed unless held, without losing the one that `beside` starts. */
function blockAt(core: Core, state: PairsState, start: number, beside: number): RowBlock {
  const { net, blocks, samples, capacity } = state;
  const held = blocks.find((block) => block.start === start);
  if (held) return held;
  const spare = blocks.find((block) => block.start !== beside)!;
  const { kernels } = core;
  spare.count = Math.min(capacity, samples - start);
  core.frame(() => {
    const factors = core.allocateBytes(kernels.factorsBytes(net));
    const scratch = core.allocate(kernels.pairRowsScratch(net));
    kernels.fillPairRows(net, spare.pointer, start, spare.count, spare.data, factors, scratch);
  });
  spare.start = start;
  return spare;
}

function sumStrip(
  core: Core,
  { net, depth, scratch, tileSums }: PairsState,
  rows: RowBlock,
  columns: RowBlock,
  { row, first, last }: Strip,
): Float64Array {
  const { kernels } = core;
  const tile = kernels.TILE.value;
  const squares = new CompensatedSums(depth * depth);
  const ni = Math.min(tile, rows.count - row);
  for (let j = first; j < last; j += tile) {
    const nj = Math.min(tile, columns.count - j);
    kernels.momentsTile(net, rows.pointer, columns.pointer, row, ni, j, nj, scratch, tileSums);
    squares.add(core.view(tileSums, depth * depth));
  }
  return squares.totals();
}
