/**
 * A network and its data in the core's memory, and the two parameter orders: packed ([W b] row-major, layer by layer; the
 * core's) and public (W row-major, then b, layer by layer; PyTorch's parameters_to_vector).
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type Core, outOfRange } from './instance.js';
import { type Pointer } from './kernels.js';

/** Writes network and data into the current frame; returns the address of the core's Network. */
export function place(core: Core, network: CheckedNetwork, data: CheckedDataset): Pointer {
  const net = placeNetwork(core, network);
  placeData(core, net, data);
  return net;
}

/** Writes data into the current frame and points the network at it; returns the tape, on which the predictions come first. */
export function placeData(core: Core, net: Pointer, data: CheckedDataset): Pointer {
  const { kernels } = core;
  const inputs = core.write(data.inputs);
  const targets = core.write(data.targets);
  const coefficients = core.write(data.coefficients);
  const tape = core.allocateBytes(kernels.tapeBytes(net, data.samples));
  kernels.setData(net, data.samples, inputs, targets, coefficients, tape);
  return tape;
}

/** Forward, loss and backward: fills the tape that gradients and curvature read. */
export function runTape(core: Core, net: Pointer, scale = 1): void {
  const { kernels } = core;
  kernels.forward(net);
  finite(kernels.evaluateLoss(net, scale), 'network: its loss');
  kernels.backward(net);
}

/** x, unless overflow made it infinite or NaN. */
export function finite(x: number, what: string): number {
  if (Number.isFinite(x)) return x;
  throw outOfRange(what);
}

/** The outputs of the network for samples rows of inputs: what the loss sees, samples × K. */
export function predict(
  core: Core,
  network: CheckedNetwork,
  samples: number,
  inputs: Float64Array,
): Float64Array {
  return core.frame(() => {
    const net = placeNetwork(core, network);
    const { kernels } = core;
    const x = core.write(inputs);
    // The predictions come first on the tape.
    const tape = core.allocateBytes(kernels.tapeBytes(net, samples));
    kernels.setData(net, samples, x, 0, 0, tape);
    kernels.forward(net);
    return core.readFinite(tape, samples * network.outputs, 'network: the output of its layers');
  });
}

/** A P-vector from public to packed order, or back. */
export function reorder(network: CheckedNetwork, from: Float64Array, to: 'packed' | 'public'): Float64Array {
  const result = new Float64Array(from.length);
  let offset = 0;
  for (const { inputs, outputs, bias } of network.layers) {
    const width = inputs + (bias ? 1 : 0);
    for (let a = 0; a < outputs; a++) {
      for (let b = 0; b < width; b++) {
        const packed = offset + a * width + b;
        const open = offset + (b < inputs ? a * inputs + b : outputs * inputs + a);
        if (to === 'packed') result[packed] = from[open]!;
        else result[open] = from[packed]!;
      }
    }
    offset += outputs * width;
  }
  return result;
}

/** θ in public order. */
export function parameterVector(network: CheckedNetwork): Float64Array {
  const theta = new Float64Array(network.parameters);
  let offset = 0;
  for (const { weights, bias } of network.layers) {
    theta.set(weights, offset);
    offset += weights.length;
    if (bias) {
      theta.set(bias, offset);
      offset += bias.length;
    }
  }
  return theta;
}

/** The network with other parameters: views of theta, in public order. */
export function withParameters(network: CheckedNetwork, theta: Float64Array): CheckedNetwork {
  let offset = 0;
  const take = (length: number): Float64Array => theta.subarray(offset, (offset += length));
  const layers = network.layers.map((layer) => ({
    ...layer,
    weights: take(layer.weights.length),
    bias: layer.bias && take(layer.bias.length),
  }));
  return { ...network, layers };
}

/** Without data. */
export function placeNetwork(core: Core, network: CheckedNetwork): Pointer {
  return placeShape(core, network, core.write(reorder(network, parameterVector(network), 'packed')));
}

/** The network with its parameters at theta; at 0, it can be asked for sizes, no more. */
export function placeShape(core: Core, network: CheckedNetwork, theta: Pointer = 0): Pointer {
  const { kernels } = core;
  const depth = network.layers.length;
  const net = core.allocateBytes(kernels.networkBytes(depth));
  kernels.setNetwork(net, depth, network.lossCode, network.partCode);
  let offset = 0;
  for (const [l, layer] of network.layers.entries()) {
    const bias = layer.bias ? 1 : 0;
    kernels.setLayer(net, l, layer.inputs, layer.outputs, bias, layer.activationCode, theta + offset * 8);
    offset += layer.outputs * (layer.inputs + bias);
  }
  return net;
}
