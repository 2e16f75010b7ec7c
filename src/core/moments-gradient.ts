/**
 * The gradient of α tr H + β ‖H‖_F², H the loss Hessian without weight decay, in the parameters: adjoints of the curvature factors of
 * every sample, by either route of the moments, and then the reverse pass through the factors (assembly/network/adjoint.ts).
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { BLOCK_BYTES } from './factors.js';
import { assemble } from './hessian.js';
import { type Core } from './instance.js';
import { type Report, single } from './job.js';
import { type Pointer } from './kernels.js';
import { type MomentSums } from './moments.js';
import { place, reorder, runTape } from './model.js';

export interface GradientPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  /** The moments, whose scale the gradient has. */
  sums: MomentSums;
  /** α and β. */
  weights: { trace: number; squares: number };
  blockBytes?: number | undefined;
}

/** Samples at a time: enough for H to be read seldom. */
const CHUNK = 512;

/** From the assembled matrix (assembly/curvature/contraction.ts). Public order. */
export const contracted = single('contracted', (core, payload: GradientPayload, report): Float64Array => {
  const { network, data, weights, blockBytes = BLOCK_BYTES } = payload;
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
      reverse.begin(start, Math.min(chunk, data.samples - start));
      kernels.absorbScales(net, reverse.factors);
      kernels.contractIdentity(net, reverse.factors, weights.trace, reverse.adjoints);
      kernels.contractHessian(net, reverse.factors, h, 2 * weights.squares, reverse.adjoints, scratch);
      kernels.releaseScales(net, reverse.factors);
      reverse.end(out);
      report((1 + (2 * start) / data.samples) / 3);
    }
    return reorder(network, core.read(out, network.parameters), 'public');
  });
});

/** The tape with all that the reverse pass reads. */
function placeJets(core: Core, { network, data, sums: { scale } }: GradientPayload): Pointer {
  const net = place(core, network, data);
  core.kernels.setJets(net, core.allocateBytes(core.kernels.jetBytes(net, data.samples)));
  runTape(core, net, scale);
  core.kernels.normalize(net);
  return net;
}

/** Factors of a chunk of samples, and room for their adjoints. */
interface ReversePass {
  factors: Pointer;
  adjoints: Pointer;
  /** Computes the factors; clears the adjoints. */
  begin(start: number, count: number): void;
  /** From the adjoints, of scaled factors, to the gradient, which is added to out. */
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
    begin: (start, count) => {
      kernels.computeFactors(net, factors, start, count, values, factorScratch);
      kernels.clearAdjoints(net, adjoints, header, start, count, room);
    },
    end: (out) => {
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
