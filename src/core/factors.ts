/** The curvature factors of a block of samples in the core's memory (assembly/network/factors.ts). */
import { type Core } from './instance.js';
import { type Pointer } from './kernels.js';

/** Samples come in blocks of whatever number fits into this; a parameter of what follows, so that tests reach it. */
export const BLOCK_BYTES = 64 * 1024 * 1024;

export interface FactorBlock {
  /** Address of the core's Factors. */
  readonly pointer: Pointer;
  /** Most samples it holds. */
  readonly capacity: number;
  /** Samples it holds now. */
  count: number;
  readonly data: Pointer;
}

/** Allocates a block. The tape's shapes must be set. */
export function factorBlock(core: Core, net: Pointer, samples: number, blockBytes: number): FactorBlock {
  const { kernels } = core;
  const capacity = blockCapacity(core, net, samples, blockBytes);
  return {
    pointer: core.allocateBytes(kernels.factorsBytes(net)),
    capacity,
    count: 0,
    data: core.allocate(capacity * kernels.factorsPerSample(net)),
  };
}

/** Computes the factors of the samples from start on, as many as the block holds. The tape must be filled. */
export function fillBlock(
  core: Core,
  net: Pointer,
  block: FactorBlock,
  start: number,
  samples: number,
): void {
  const { kernels } = core;
  block.count = Math.min(block.capacity, samples - start);
  core.frame(() => {
    const scratch = core.allocate(kernels.factorsScratch(net));
    kernels.computeFactors(net, block.pointer, start, block.count, block.data, scratch);
    kernels.absorbScales(net, block.pointer);
  });
}

/** Samples a block holds: whole tiles if not all of them. */
function blockCapacity(core: Core, net: Pointer, samples: number, blockBytes: number): number {
  const { kernels } = core;
  const tile = kernels.TILE.value;
  // With what addToHessian needs beside.
  const doubles =
    kernels.factorsPerSample(net) + kernels.hessianScratch(net, 2) - kernels.hessianScratch(net, 1);
  const fitting = Math.max(1, Math.floor(blockBytes / (8 * doubles)));
  return fitting >= samples ? samples : fitting > tile ? fitting - (fitting % tile) : fitting;
}
