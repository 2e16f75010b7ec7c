/** The assembled Hessian, and everything that reads it while it is in the core's memory. */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Eigen, eighInPlace } from './eigh.js';
import { BLOCK_BYTES, factorBlock, fillBlock } from './factors.js';
import { type Core } from './instance.js';
import { type Report } from './job.js';
import { type Pointer } from './kernels.js';
import { finite, place, runTape } from './model.js';

/** H, P × P in public order, weight decay included. */
export function hessian(
  core: Core,
  network: CheckedNetwork,
  data: CheckedDataset,
  report: Report,
): Float64Array {
  return core.frame(() => {
    const h = placedHessian(core, network, data, report);
    const order = network.parameters;
    const result = core.readFinite(h, order * order, 'network: its Hessian');
    for (let p = 0; p < result.length; p += order + 1) result[p] += network.weightDecay;
    return result;
  });
}

/** The eigenvalues of H, ascending. Weight decay is added at the end: it shifts each by exactly ω. */
export function spectrum(core: Core, network: CheckedNetwork, data: CheckedDataset, report: Report): Eigen {
  return core.frame(() => {
    const order = network.parameters;
    // N P² operations, then (4/3) P³ at nearly the same speed.
    const assembly = data.samples / (data.samples + 1.5 * order);
    const h = placedHessian(core, network, data, (fraction) => report(assembly * fraction));
    finite(core.kernels.maxAbs(order * order, h), 'network: its Hessian');
    const result = eighInPlace(core, h, order, { vectors: false }, (fraction) =>
      report(assembly + (1 - assembly) * fraction),
    );
    return { ...result, values: result.values.map((value) => value + network.weightDecay) };
  });
}

/** Assembles the loss Hessian, without weight decay, in the current frame. */
export function assemble(
  core: Core,
  net: Pointer,
  samples: number,
  parameters: number,
  blockBytes: number,
  report: Report,
): Pointer {
  const { kernels } = core;
  const h = core.zeros(parameters * parameters);
  core.frame(() => {
    const block = factorBlock(core, net, samples, blockBytes);
    const scratch = core.allocate(kernels.hessianScratch(net, block.capacity));
    for (let start = 0; start < samples; start += block.capacity) {
      fillBlock(core, net, block, start, samples);
      kernels.addToHessian(net, block.pointer, scratch, h);
      report((start + block.count) / samples);
    }
  });
  kernels.complete(net, h);
  return h;
}

function placedHessian(core: Core, network: CheckedNetwork, data: CheckedDataset, report: Report): Pointer {
  const net = place(core, network, data);
  runTape(core, net);
  core.kernels.normalize(net);
  return assemble(core, net, data.samples, network.parameters, BLOCK_BYTES, report);
}
