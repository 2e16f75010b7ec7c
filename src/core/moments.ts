/**
 * Trace and Frobenius norm of the loss Hessian (weight decay apart), per layer and layer pair, by two routes: from pairs of
 * samples, tile by tile (assembly/curvature/moments.ts), or from the assembled matrix (assembly/curvature/hessian.ts).
 * The order of every sum is fixed by N and the shapes alone.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { BLOCK_BYTES, type FactorBlock, factorBlock, fillBlock } from './factors.js';
import { assemble } from './hessian.js';
import { type Core, outOfRange } from './instance.js';
import { type Pointer } from './kernels.js';
import { place, runTape } from './model.js';
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

export function momentSums(
  core: Core,
  network: CheckedNetwork,
  data: CheckedDataset,
  route: Route,
  blockBytes = BLOCK_BYTES,
): MomentSums {
  return core.frame(() => {
    const net = place(core, network, data);
    const depth = network.layers.length;
    let zero: MomentSums | undefined;
    for (const scale of SCALES) {
      runTape(core, net, scale);
      core.kernels.normalize(net);
      const sums = core.frame(() =>
        route === 'gram'
          ? sumPairs(core, net, depth, data.samples, blockBytes)
          : sumAssembled(core, net, depth, data.samples, network.parameters, blockBytes),
      );
      const size = sums.betas.reduce((most, beta) => Math.max(most, beta), 0);
      const known = [sums.traces, sums.squares, sums.errors].every((values) => values.every(Number.isFinite));
      if (size > 1 / SAFE && size < SAFE && known) return { route, scale, ...sums };
      // Zero at the first scale may be underflow; zero at the largest is zero.
      if (size === 0) zero = { route, scale, ...sums };
    }
    if (zero) return zero;
    throw outOfRange('network: its curvature');
  });
}

type Sums = Omit<MomentSums, 'route' | 'scale'>;

function sumPairs(core: Core, net: Pointer, depth: number, samples: number, blockBytes: number): Sums {
  const { kernels } = core;
  const rows = factorBlock(core, net, samples, blockBytes);
  const others = rows.capacity < samples ? factorBlock(core, net, samples, blockBytes) : rows;
  const diagonal = new DiagonalSums(core, net, depth);
  const scratch = core.allocate(kernels.momentsScratch(net));
  const tileSums = core.allocate(depth * depth);
  const squares = new CompensatedSums(depth * depth);
  const tile = kernels.TILE.value;

  const addTiles = (columns: FactorBlock): void => {
    for (let i = 0; i < rows.count; i += tile) {
      for (let j = columns === rows ? i : 0; j < columns.count; j += tile) {
        const ni = Math.min(tile, rows.count - i);
        const nj = Math.min(tile, columns.count - j);
        kernels.momentsTile(net, rows.pointer, columns.pointer, i, ni, j, nj, scratch, tileSums);
        squares.add(core.view(tileSums, depth * depth));
      }
    }
  };
  for (let start = 0; start < samples; start += rows.capacity) {
    fillBlock(core, net, rows, start, samples);
    diagonal.add(rows);
    addTiles(rows);
    for (let next = start + rows.capacity; next < samples; next += rows.capacity) {
      fillBlock(core, net, others, next, samples);
      addTiles(others);
    }
  }
  return { ...diagonal.read(), squares: squares.totals() };
}

function sumAssembled(
  core: Core,
  net: Pointer,
  depth: number,
  samples: number,
  parameters: number,
  blockBytes: number,
): Sums {
  const diagonal = new DiagonalSums(core, net, depth);
  const h = assemble(core, net, samples, parameters, blockBytes, (block) => diagonal.add(block));
  const squares = core.zeros(depth * depth);
  core.kernels.blockSquares(net, h, squares);
  return { ...diagonal.read(), squares: core.read(squares, depth * depth) };
}

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
