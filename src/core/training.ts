/**
 * Steps of training in the core's memory: forward, loss, backward, gradient and update, with nothing but a few numbers passing between
 * the core and here. A state comes in and the state after so many steps goes out, so that it is of no account into how many jobs a training is cut.
 */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { type TrainingState } from '../training/state.js';
import { shareOfRight } from './accuracy.js';
import { type Core } from './instance.js';
import { type Report, single } from './job.js';
import { type Pointer } from './kernels.js';
import { placeData, placeNetwork, placeShape, reorder, withParameters } from './model.js';
import { decay } from './readings.js';
import { rateAt, type Schedule } from './schedule.js';

/** What a step does with a gradient. */
export interface UpdateRule {
  base: 'sgd' | 'adam';
  learningRate: number;
  schedule: Schedule | undefined;
  momentum: number;
  betas: readonly [number, number];
  epsilon: number;
  /** Apart from the gradient. */
  weightDecay: number;
  /** How far up the gradient is taken: 0, unless by SAM. */
  rho: number;
}

export interface TrainingPayload {
  network: CheckedNetwork;
  data: CheckedDataset;
  state: TrainingState;
  rule: UpdateRule;
  /** 0 only evaluates the state. */
  steps: number;
  /** The samples of all steps, one after the other; absent: each step takes them all, in order. */
  batches: { lengths: Int32Array; samples: Int32Array } | undefined;
  /** Public order: added to the gradient of the loss; and taken from θ, times the learning rate, after the step. */
  penalty: Float64Array | undefined;
  descent: Float64Array | undefined;
}

/** A state and what it is worth. */
export interface Point {
  state: TrainingState;
  /** Of all data, weight decay included. May be infinite or NaN. */
  loss: number;
  accuracy: number | undefined;
}

export type TrainingResult =
  | Point
  /** So many steps went well; the next led to this. */
  | { good: number; reason: string };

export const training = single('training', (core, payload: TrainingPayload, report): TrainingResult => {
  const { network, data, state, steps } = payload;
  const reached = steps === 0 ? state : core.frame(() => makeSteps(core, payload, report));
  if ('good' in reached) return reached;
  const point = core.frame(() => evaluate(core, network, data, reached));
  return steps === 0 || sound(point.loss) ? point : { good: steps - 1, reason: LOSS_LEFT };
});

function makeSteps(
  core: Core,
  { network, data, state, rule, steps, batches, penalty, descent }: TrainingPayload,
  report: Report,
): TrainingState | { good: number; reason: string } {
  const P = network.parameters;
  // θ and the optimizer's vectors are one block, so that one look sees whether all of it is finite.
  const vectors = [state.parameters, ...state.vectors];
  const theta = core.allocate(vectors.length * P);
  vectors.forEach((x, i) => core.view(theta + 8 * P * i, P).set(reorder(network, x, 'packed')));
  const net = placeShape(core, network, theta);
  const begin = batches ? placeBatches(core, net, network, data, batches) : placeAll(core, net, data);
  const g = core.allocate(P);
  const spare = rule.rho > 0 ? core.allocate(P) : 0;
  const added = penalty && core.write(reorder(network, penalty, 'packed'));
  const taken = descent && core.write(reorder(network, descent, 'packed'));
  const powers = [...state.powers];
  const { kernels } = core;

  for (let s = 0; s < steps; s++) {
    const fresh = begin(s);
    // A loss out of range is the doing of the step before, whose parameters it is of.
    if (!gradient(core, net, network, fresh, theta, g)) {
      return { good: Math.max(0, s - 1), reason: LOSS_LEFT };
    }
    if (rule.rho > 0 && !sharpGradient(core, net, network, rule.rho, theta, spare, g)) {
      return { good: s, reason: `${LOSS_LEFT} at the distance ρ up the gradient` };
    }
    if (added !== undefined) kernels.addScaled(P, 1, added, g);
    const rate = rateAt(rule.learningRate, rule.schedule, state.step + s);
    update(core, P, rule, rate, powers, g, theta);
    if (taken !== undefined) kernels.addScaled(P, -rate, taken, theta);
    if (!sound(kernels.maxAbs(vectors.length * P, theta))) {
      return { good: s, reason: "the parameters or the optimizer's averages are out of range" };
    }
    report((s + 1) / steps);
  }
  const [parameters, ...others] = vectors.map((_, i) =>
    reorder(network, core.read(theta + 8 * P * i, P), 'public'),
  );
  return { ...state, step: state.step + steps, parameters, vectors: others, powers };
}

/** g ← ∇ loss, with that of network.weightDecay; false where the loss is out of range. fresh: the samples are not those of the last call. */
function gradient(
  core: Core,
  net: Pointer,
  network: CheckedNetwork,
  fresh: boolean,
  theta: Pointer,
  g: Pointer,
): boolean {
  const { kernels } = core;
  if (fresh) kernels.forward(net);
  else kernels.forwardAgain(net);
  if (!sound(kernels.evaluateLoss(net, 1))) return false;
  kernels.backward(net);
  kernels.gradient(net, g);
  if (network.weightDecay > 0) kernels.addScaled(network.parameters, network.weightDecay, theta, g);
  return true;
}

/** g ← ∇ loss at θ + ρ g/‖g‖: P. Foret et al., Sharpness-aware minimization (2021). Of a gradient of 0 it is the gradient itself. */
function sharpGradient(
  core: Core,
  net: Pointer,
  network: CheckedNetwork,
  rho: number,
  theta: Pointer,
  spare: Pointer,
  g: Pointer,
): boolean {
  const P = network.parameters;
  const { kernels } = core;
  const size = kernels.frobeniusNorm(P, g);
  if (size < SMALLEST) return true;
  kernels.scale(P, 1, theta, spare);
  kernels.addScaled(P, rho / size, g, theta);
  const known = gradient(core, net, network, false, theta, g);
  kernels.scale(P, 1, spare, theta);
  return known;
}

/** ρ / ‖g‖ stays in range above it. */
const SMALLEST = 1e-290;

/** Moves θ and the vectors behind it; powers: β₁ᵗ and β₂ᵗ of Adam. */
function update(
  core: Core,
  P: number,
  { base, momentum, betas: [beta1, beta2], epsilon, weightDecay }: UpdateRule,
  rate: number,
  powers: number[],
  g: Pointer,
  theta: Pointer,
): void {
  const keep = 1 - rate * weightDecay;
  if (base === 'sgd') {
    core.kernels.momentumStep(P, rate, momentum, keep, g, theta + 8 * P, theta);
    return;
  }
  powers[0] *= beta1;
  powers[1] *= beta2;
  const step = rate / (1 - powers[0]);
  const root = 1 / Math.sqrt(1 - powers[1]);
  core.kernels.adamStep(P, step, root, beta1, beta2, epsilon, keep, g, theta + 8 * P, theta + 16 * P, theta);
}

/** Far beyond what any training comes back from, and well before overflow makes NaN of it. */
const LARGEST = 1e100;
const LOSS_LEFT = 'the loss is out of range';

function sound(x: number): boolean {
  return Math.abs(x) <= LARGEST;
}

/** Points the network at the samples of a step; says whether they are others than those of the step before. */
type Begin = (step: number) => boolean;

function placeAll(core: Core, net: Pointer, data: CheckedDataset): Begin {
  placeData(core, net, data);
  return (step) => step === 0;
}

function placeBatches(
  core: Core,
  net: Pointer,
  { inputs: d, outputs: K }: CheckedNetwork,
  { samples: N, inputs, targets, coefficients }: CheckedDataset,
  { lengths, samples }: NonNullable<TrainingPayload['batches']>,
): Begin {
  const { kernels } = core;
  const most = lengths.reduce((a, b) => Math.max(a, b), 0);
  const [allInputs, allTargets, weights] = [inputs, targets, coefficients].map((x) => core.write(x));
  const [x, y, w] = [core.allocate(most * d), core.allocate(most * K), core.allocate(most)];
  const rows = core.allocateBytes(4 * samples.length);
  const tape = core.allocateBytes(kernels.tapeBytes(net, most));
  new Int32Array(kernels.memory.buffer, rows, samples.length).set(samples);
  let at = rows;
  return (step) => {
    const count = lengths[step];
    kernels.gatherSamples(count, d, at, allInputs, x);
    kernels.gatherSamples(count, K, at, allTargets, y);
    kernels.gatherSamples(count, 1, at, weights, w);
    kernels.scale(count, N / count, w, w);
    kernels.setData(net, count, x, y, w, tape);
    at += 4 * count;
    return true;
  };
}

function evaluate(core: Core, network: CheckedNetwork, data: CheckedDataset, state: TrainingState): Point {
  const trained = withParameters(network, state.parameters);
  const net = placeNetwork(core, trained);
  const predictions = placeData(core, net, data);
  core.kernels.forward(net);
  const loss = core.kernels.evaluateLoss(net, 1) + decay(trained);
  const outputs = core.view(predictions, data.samples * network.outputs);
  return { state, loss, accuracy: shareOfRight(network, outputs, data.targets) };
}
