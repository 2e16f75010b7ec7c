/** The rows of blocks of samples (assembly/curvature/pairs.ts): two blocks at a time, or all samples in one. */
import { type Core } from './instance.js';
import { type Pointer } from './kernels.js';

/** Rows of a panel (assembly/dense/panels.ts). */
const PANEL = 8;
/** A block may grow to this many times its bytes to hold a tile: smaller blocks compute the same rows over and over. */
const GROWTH = 6;

export interface RowBlocks {
  readonly net: Pointer;
  readonly samples: number;
  /** Two, or one where it holds all samples: filled as they are asked for. */
  readonly blocks: RowBlock[];
  readonly capacity: number;
}

/** The rows of a block of samples in the core's memory (assembly/curvature/pairs.ts). */
export interface RowBlock {
  /** Address of the core's PairRows. */
  readonly pointer: Pointer;
  readonly data: Pointer;
  /** Samples it holds now, and the first of them: −1 while it holds none. */
  count: number;
  start: number;
}

/** Allocates the blocks. The tape's shapes and the forms must be set. */
export function rowBlocks(core: Core, net: Pointer, samples: number, blockBytes: number): RowBlocks {
  const capacity = blockCapacity(core, net, samples, blockBytes);
  const blocks = Array.from({ length: capacity < samples ? 2 : 1 }, () => rowBlock(core, net, capacity));
  return { net, samples, blocks, capacity };
}

/** Samples a block holds: whole tiles if not all of them, or where a tile does not fit, whole panels. */
export function blockCapacity(core: Core, net: Pointer, samples: number, blockBytes: number): number {
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
export function blockAt(core: Core, held: RowBlocks, start: number, beside: number): RowBlock {
  const { net, blocks, samples, capacity } = held;
  const found = blocks.find((block) => block.start === start);
  if (found) return found;
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
