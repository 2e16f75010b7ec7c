/**
 * Trace and Frobenius norm of the loss Hessian (weight decay apart), per layer and layer pair, by two routes: from pairs of
 * samples, tile by tile (assembly/curvature/moments.ts), or from the assembled matrix (assembly/curvature/hessian.ts).
 * The order of every sum is fixed by N and the shapes alone.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { BLOCK_BYTES, blockCapacity, type FactorBlock, factorBlock, fillBlock } from './factors.js';
import { assemble } from './hessian.js';
import { type Core, outOfRange } from './instance.js';
import { type Kind, perform, type Planned, runHere, single, type Steps } from './job.js';
import { type Pointer } from './kernels.js';
import { place, placeShape, runTape } from './model.js';
import { cutStrips, type Strip, stripLength } from './strips.js';
import { CompensatedSums } from './sums.js';

export type Route = 'gram' | 'hessian';

/** The sums, of scale · H. Matrices are depth × depth, row-major, with the entries l ≤ k set. */
export interface MomentSums {
  route: Route;
  /** A power of two. */
  scale: number;
  /** The trace of each layer's block. */
  traces: Float64Array;
  /** Sums of the absolute values that went into the traces. */
  traceSizes: Float64Array;
  /** Squared Frobenius norms of the blocks (l, k). */
  squares: Float64Array;
  /** Σ_i β_i^{lk} ≥ Σ_i ‖H_i^{lk}‖_F: what rounding errors of sums are relative to. */
  betas: Float64Array;
  /** Σ_i of bounds on ‖ΔH_i^{lk}‖_F, what rounding did to the factors (assembly/network/rounding.ts). */
  errors: Float64Array;
}

/** Scales tried in turn, 1 and 2^±600: squares of curvatures below 1e-154 would vanish, above 1e154 overflow. */
const SCALES = [1, 4.149515568880993e180, 1 / 4.149515568880993e180];
const SAFE = 1e120;

/** The jobs of one route, one for each scale until the sums are in range. */
export function* momentSumSteps(
  network: CheckedNetwork,
  data: CheckedDataset,
  route: Route,
  blockBytes = BLOCK_BYTES,
): Steps<MomentSums> {
  let zero: MomentSums | undefined;
  for (const scale of SCALES) {
    const payload = { network, data, scale, blockBytes };
    const sums = yield* route === 'gram' ? perform(pairs, payload) : perform(assembled, payload);
    const size = sums.betas.reduce((most, beta) => Math.max(most, beta), 0);
    const known = [sums.traces, sums.squares, sums.errors].every((values) => values.every(Number.isFinite));
    if (size > 1 / SAFE && size < SAFE && known) return { route, scale, ...sums };
    // Zero at the first scale may be underflow; zero at the largest is zero.
    if (size === 0) zero = { route, scale, ...sums };
  }
  if (zero) return zero;
  throw outOfRange('network: its curvature');
}

export function momentSums(core: Core, ...problem: Parameters<typeof momentSumSteps>): MomentSums {
  return runHere(core, momentSumSteps(...problem));
}

type Sums = Omit<MomentSums, 'route' | 'scale'>;

interface Payload {
  network: CheckedNetwork;
  data: CheckedDataset;
  scale: number;
  blockBytes: number;
}

/** Of two blocks of samples, by where they start: a strip of their pairs, or what is summed over the single samples of one. */
interface PairTask {
  rows: number;
  columns: number;
  strip?: Strip;
}

interface PairState {
  net: Pointer;
  depth: number;
  samples: number;
  /** Two, or one where it holds all samples: filled as tasks ask for them. */
  blocks: FactorBlock[];
  scratch: Pointer;
  tileSums: Pointer;
}

/** The sums from pairs of samples. A group is a pair of blocks. */
export const pairs: Kind<Payload, PairState, PairTask, Partial<Sums>, Sums> = {
  name: 'pairs',

  plan(core, { network, data: { samples }, blockBytes }) {
    const tile = core.kernels.TILE.value;
    const capacity = core.frame(() => blockCapacity(core, placeShape(core, network), samples, blockBytes));
    const length = stripLength(samples, tile);
    const count = (start: number): number => Math.min(capacity, samples - start);
    const planned: Planned<PairTask>[] = [];
    let group = 0;
    for (let rows = 0; rows < samples; rows += capacity) {
      planned.push({ group, weight: 1, task: { rows, columns: rows } });
      for (let columns = rows; columns < samples; columns += capacity, group++) {
        const strips = cutStrips(count(rows), count(columns), rows === columns, tile, length);
        for (const { weight, task } of strips) {
          planned.push({ group, weight, task: { rows, columns, strip: task } });
        }
      }
    }
    return planned;
  },

  open(core, { network, data, scale, blockBytes }) {
    const net = place(core, network, data);
    const { samples } = data;
    const depth = network.layers.length;
    runTape(core, net, scale);
    core.kernels.normalize(net);
    const blocks = [factorBlock(core, net, samples, blockBytes)];
    if (blocks[0].capacity < samples) blocks.push(factorBlock(core, net, samples, blockBytes));
    const scratch = core.allocate(core.kernels.momentsScratch(net));
    return { net, depth, samples, blocks, scratch, tileSums: core.allocate(depth * depth) };
  },

  run(core, state, { rows, columns, strip }) {
    const row = blockAt(core, state, rows, columns);
    const column = blockAt(core, state, columns, rows);
    return strip ? { squares: sumStrip(core, state, row, column, strip) } : sumDiagonal(core, state, row);
  },

  combine({ network }, parts) {
    const depth = network.layers.length;
    const total = (name: keyof Sums, count: number): Float64Array => {
      const sums = new CompensatedSums(count);
      for (const { [name]: part } of parts) if (part) sums.add(part);
      return sums.totals();
    };
    return {
      traces: total('traces', depth),
      traceSizes: total('traceSizes', depth),
      betas: total('betas', depth * depth),
      errors: total('errors', depth * depth),
      squares: total('squares', depth * depth),
    };
  },
};

/** The block of samples from start on, computed unless held, without losing the one that `beside` starts. */
function blockAt(core: Core, state: PairState, start: number, beside: number): FactorBlock {
  const { net, blocks, samples } = state;
  const held = blocks.find((block) => block.start === start);
  if (held) return held;
  const spare = blocks.find((block) => block.start !== beside)!;
  fillBlock(core, net, spare, start, samples);
  return spare;
}

function sumStrip(
  core: Core,
  { net, depth, scratch, tileSums }: PairState,
  rows: FactorBlock,
  columns: FactorBlock,
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

function sumDiagonal(core: Core, { net, depth }: PairState, block: FactorBlock): Partial<Sums> {
  return core.frame(() => {
    const diagonal = new DiagonalSums(core, net, depth);
    diagonal.add(block);
    return diagonal.read();
  });
}

/** The sums from the assembled matrix. */
export const assembled = single('assembled', (core, payload: Payload, report): Sums => {
  const { network, data, scale, blockBytes } = payload;
  return core.frame(() => {
    const net = place(core, network, data);
    const depth = network.layers.length;
    runTape(core, net, scale);
    core.kernels.normalize(net);
    const diagonal = new DiagonalSums(core, net, depth);
    const h = assemble(core, net, data.samples, network.parameters, blockBytes, (block) => {
      diagonal.add(block);
      report((block.start + block.count) / data.samples);
    });
    const squares = core.zeros(depth * depth);
    core.kernels.blockSquares(net, h, squares);
    return { ...diagonal.read(), squares: core.read(squares, depth * depth) };
  });
});

/** The sums over single samples that both routes need. */
class DiagonalSums {
  readonly #core: Core;
  readonly #net: Pointer;
  readonly #depth: number;
  readonly #traces: Pointer;
  readonly #sizes: Pointer;
  readonly #betas: Pointer;
  readonly #errors: Pointer;

  constructor(core: Core, net: Pointer, depth: number) {
    this.#core = core;
    this.#net = net;
    this.#depth = depth;
    this.#traces = core.zeros(depth);
    this.#sizes = core.zeros(depth);
    this.#betas = core.zeros(depth * depth);
    this.#errors = core.zeros(depth * depth);
  }

  add(block: FactorBlock): void {
    this.#core.kernels.momentsDiagonal(
      this.#net,
      block.pointer,
      this.#traces,
      this.#sizes,
      this.#betas,
      this.#errors,
    );
  }

  read(): Pick<MomentSums, 'traces' | 'traceSizes' | 'betas' | 'errors'> {
    const depth = this.#depth;
    return {
      traces: this.#core.read(this.#traces, depth),
      traceSizes: this.#core.read(this.#sizes, depth),
      betas: this.#core.read(this.#betas, depth * depth),
      errors: this.#core.read(this.#errors, depth * depth),
    };
  }
}
