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
import { blockAt, blockCapacity, type RowBlock, rowBlocks, type RowBlocks } from './row-blocks.js';
import {
  combineSampleSums,
  type Range,
  sampleRanges,
  type SampleSums,
  sampleSums,
  sampleSumsLength,
  setForms,
} from './samples.js';
import { cutStrips, type Strip, stripLength } from './strips.js';
import { CompensatedSums } from './sums.js';

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

interface PairsState extends RowBlocks {
  depth: number;
  scratch: Pointer;
  tileSums: Pointer;
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
    return { ...rowBlocks(core, net, samples, blockBytes), depth, scratch, tileSums };
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

  length: ({ network, forms }, task) =>
    'range' in task ? sampleSumsLength(network, forms) : network.layers.length ** 2,
};

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
