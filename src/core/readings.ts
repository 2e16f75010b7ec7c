/** Loss, gradient and Hessian–vector product, weight decay included. */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Core } from './instance.js';
import { finite, parameterVector, place, reorder, runTape } from './model.js';

export function loss(core: Core, network: CheckedNetwork, data: CheckedDataset): number {
  return core.frame(() => {
    const net = place(core, network, data);
    core.kernels.forward(net);
    return finite(core.kernels.evaluateLoss(net, 1) + decay(network), 'network: its loss');
  });
}

/** Public order. */
export function gradient(core: Core, network: CheckedNetwork, data: CheckedDataset): Float64Array {
  return core.frame(() => {
    const net = place(core, network, data);
    runTape(core, net);
    const out = core.allocate(network.parameters);
    core.kernels.gradient(net, out);
    const result = reorder(
      network,
      core.readFinite(out, network.parameters, 'network: its gradient'),
      'public',
    );
    return addMultiple(result, network.weightDecay, parameterVector(network));
  });
}

/** H v; v and the result in public order. */
export function hessianVectorProduct(
  core: Core,
  network: CheckedNetwork,
  data: CheckedDataset,
  v: Float64Array,
): Float64Array {
  return core.frame(() => {
    const net = place(core, network, data);
    runTape(core, net);
    const direction = core.write(reorder(network, v, 'packed'));
    const out = core.allocate(network.parameters);
    const scratch = core.allocate(core.kernels.hvpScratch(net));
    core.kernels.hessianVectorProduct(net, direction, scratch, out);
    const result = reorder(
      network,
      core.readFinite(out, network.parameters, 'the Hessian times v'),
      'public',
    );
    return addMultiple(result, network.weightDecay, v);
  });
}

/** (ω/2)‖θ‖². */
export function decay(network: CheckedNetwork): number {
  if (network.weightDecay === 0) return 0;
  let squares = 0;
  for (const x of parameterVector(network)) squares += x * x;
  return 0.5 * network.weightDecay * squares;
}

function addMultiple(y: Float64Array, alpha: number, x: Float64Array): Float64Array {
  if (alpha !== 0) for (let i = 0; i < y.length; i++) y[i] += alpha * x[i];
  return y;
}
