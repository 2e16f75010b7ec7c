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

/** Rows of a panel (assembly/dense/panels.ts). */
const PANEL = 8;
/** A block may grow to this many times its bytes to hold a tile: smaller blocks compute the same rows over and over. */
const GROWTH = 6;
/** Pairs of blocks that are groups of their own; of more, several go together. */
const MOST_GROUPS = 1024;

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

/**
 * What is summed over single samples of a range; or of a block of samples, named by where it starts, against the blocks from
 * `columns` up to `end`, a strip of their pairs or all of them.
 */
type PairsTask = { range: Range } | { rows: number; columns: number; end: number; strip?: Strip };

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
    const blocks = Math.ceil(samples / capacity);
    const step = capacity * Math.ceil((blocks * (blocks + 1)) / 2 / MOST_GROUPS);
    const planned: Planned<PairsTask>[] = [];
    let group = 0;
    for (const range of sampleRanges(network, forms, samples)) {
      planned.push({ group: group++, weight: range.count * sampleCost, task: { range } });
    }
    for (let rows = 0; rows < samples; rows += capacity) {
      for (let columns = rows; columns < samples; columns += step, group++) {
        const end = Math.min(samples, columns + step);
        if (step > capacity) {
          const weight = (count(rows) * (end - columns)) / tile ** 2;
          planned.push({ group, weight: weight * tileCost, task: { rows, columns, end } });
          continue;
        }
        const strips = cutStrips(count(rows), count(columns), rows === columns, tile, length);
        for (const { weight, task } of strips) {
          planned.push({ group, weight: weight * tileCost, task: { rows, columns, end, strip: task } });
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
    const tile = core.kernels.TILE.value;
    const squares = new CompensatedSums(state.depth ** 2);
    for (let start = task.columns; start < task.end; start += state.capacity) {
      const rows = blockAt(core, state, task.rows, start);
      const columns = blockAt(core, state, start, task.rows);
      const strips = task.strip
        ? [task.strip]
        : cutStrips(rows.count, columns.count, rows === columns, tile, Infinity).map((cut) => cut.task);
      for (const strip of strips) addStrip(core, state, rows, columns, strip, squares);
    }
    return squares.totals();
  },

  combine({ network, data, forms }, parts) {
    const ranges = sampleRanges(network, forms, data.samples).length;
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
  const bytes = 8 * core.kernels.pairRowsPerSample(net);
  const grown = Math.min(tile, Math.floor((GROWTH * blockBytes) / bytes));
  const fitting = Math.max(Math.floor(blockBytes / bytes), grown);
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

function addStrip(
  core: Core,
  { net, depth, scratch, tileSums }: PairsState,
  rows: RowBlock,
  columns: RowBlock,
  { row, first, last }: Strip,
  squares: CompensatedSums,
): void {
  const { kernels } = core;
  const tile = kernels.TILE.value;
  const ni = Math.min(tile, rows.count - row);
  for (let j = first; j < last; j += tile) {
    const nj = Math.min(tile, columns.count - j);
    kernels.momentsTile(net, rows.pointer, columns.pointer, row, ni, j, nj, scratch, tileSums, 0);
    squares.add(core.view(tileSums, depth * depth));
  }
}
