/**
 * Which pairs of samples carry the Frobenius norm: ‖H‖_F² = Σ_ij ⟨H_i, H_j⟩ of the samples' own Hessians, tile by tile
 * (assembly/curvature/moments.ts).
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { BLOCK_BYTES } from './factors.js';
import { type Form } from './forms.js';
import { type Kind, type Planned } from './job.js';
import { type Pointer } from './kernels.js';
import { place, placeShape, runTape } from './model.js';
import { blockAt, blockCapacity, rowBlocks, type RowBlocks } from './row-blocks.js';
import { setForms } from './samples.js';

export interface AlignmentPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** A power of two: of scale · H. */
  scale: number;
  /** None of them linear: every term of a pair is to be in its pair. */
  forms: Form[];
  /** How many pairs to name. */
  most: number;
}

/** A pair i < j and ⟨H_i, H_j⟩_F. */
export interface Pair {
  i: number;
  j: number;
  product: number;
}

export interface AlignmentResult {
  /** The pairs with the largest products, from the largest; of equal ones those of earlier samples. */
  pairs: Pair[];
  /** ⟨H_i, H⟩_F and ‖H_i‖_F² of each sample. */
  shares: Float64Array;
  own: Float64Array;
  /** Σ_i ‖H_i^{lk}‖_F² of each block l ≤ k. */
  ownBlocks: Float64Array;
}

/** A row of tiles, of the block that starts at `rows`, against the blocks from there on. */
interface AlignmentTask {
  rows: number;
  row: number;
}

interface AlignmentState extends RowBlocks {
  depth: number;
  most: number;
  scratch: Pointer;
  sums: Pointer;
  pairs: Pointer;
}

export const alignment: Kind<
  AlignmentPayload,
  AlignmentState,
  AlignmentTask,
  AlignmentResult,
  AlignmentResult
> = {
  name: 'alignment',

  plan(core, { network, data: { samples }, forms }) {
    const tile = core.kernels.TILE.value;
    const capacity = core.frame(() => {
      const net = placeShape(core, network);
      setForms(core, net, forms);
      return blockCapacity(core, net, samples, BLOCK_BYTES);
    });
    const planned: Planned<AlignmentTask>[] = [];
    for (let rows = 0; rows < samples; rows += capacity) {
      const end = Math.min(capacity, samples - rows);
      for (let row = 0; row < end; row += tile) {
        planned.push({ group: rows / capacity, weight: samples - rows - row, task: { rows, row } });
      }
    }
    return planned;
  },

  open(core, { network, data, scale, forms, most }) {
    const { kernels } = core;
    const depth = network.layers.length;
    const net = place(core, network, data);
    setForms(core, net, forms);
    runTape(core, net, scale);
    kernels.normalize(net);
    return {
      ...rowBlocks(core, net, data.samples, BLOCK_BYTES),
      depth,
      most,
      scratch: core.allocate(kernels.momentsScratch(net)),
      sums: core.allocate(depth * depth),
      pairs: core.allocate(kernels.TILE.value ** 2 + depth * depth),
    };
  },

  run(core, state, { rows: start, row }) {
    const { kernels } = core;
    const { net, samples, depth, capacity, pairs, most } = state;
    const tile = kernels.TILE.value;
    const result = emptyResult(samples, depth);
    for (let other = start; other < samples; other += capacity) {
      const rows = blockAt(core, state, start, other);
      const columns = blockAt(core, state, other, start);
      const ni = Math.min(tile, rows.count - row);
      for (let j = rows === columns ? row : 0; j < columns.count; j += tile) {
        const nj = Math.min(tile, columns.count - j);
        const { scratch, sums } = state;
        kernels.momentsTile(net, rows.pointer, columns.pointer, row, ni, j, nj, scratch, sums, pairs);
        addTile(core.view(pairs, ni * nj), ni, nj, start + row, other + j, result, most);
        core.view(pairs + 8 * tile * tile, depth * depth).forEach((x, at) => (result.ownBlocks[at] += x));
      }
    }
    return result;
  },

  combine({ network, data, most }, parts) {
    const result = emptyResult(data.samples, network.layers.length);
    for (const { pairs, shares, own, ownBlocks } of parts) {
      shares.forEach((x, i) => (result.shares[i] += x));
      own.forEach((x, i) => (result.own[i] += x));
      ownBlocks.forEach((x, at) => (result.ownBlocks[at] += x));
      for (const pair of pairs) keep(result.pairs, pair, most);
    }
    return result;
  },
};

function emptyResult(samples: number, depth: number): AlignmentResult {
  const [shares, own] = [new Float64Array(samples), new Float64Array(samples)];
  return { pairs: [], shares, own, ownBlocks: new Float64Array(depth * depth) };
}

/** The products of samples i … i+ni with j … j+nj, each pair once. */
function addTile(
  products: Float64Array,
  ni: number,
  nj: number,
  i: number,
  j: number,
  { pairs, shares, own }: AlignmentResult,
  most: number,
): void {
  for (let r = 0; r < ni; r++) {
    for (let c = i === j ? r : 0; c < nj; c++) {
      const product = products[r * nj + c];
      shares[i + r] += product;
      if (i + r === j + c) own[i + r] = product;
      else {
        shares[j + c] += product;
        keep(pairs, { i: i + r, j: j + c, product }, most);
      }
    }
  }
}

/** Into its place among the largest `most`. */
function keep(pairs: Pair[], pair: Pair, most: number): void {
  if (pairs.length === most && !isBefore(pair, pairs[most - 1])) return;
  let place = pairs.length;
  while (place > 0 && isBefore(pair, pairs[place - 1])) place--;
  pairs.splice(place, 0, pair);
  if (pairs.length > most) pairs.pop();
}

function isBefore(x: Pair, y: Pair): boolean {
  return x.product > y.product || (x.product === y.product && (x.i < y.i || (x.i === y.i && x.j < y.j)));
}
