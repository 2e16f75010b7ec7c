/**
 * Training: the steps are made in the core (core/training.ts), and between them, where asked for, the caller is told how far they got and
 * how sharp the loss has become. docs/training.md states what each optimizer does.
 */
import { copy } from '../copy.js';
import { outOfRange } from '../core/instance.js';
import { perform, type Steps, within } from '../core/job.js';
import { parameterVector, withParameters } from '../core/model.js';
import { rateAt } from '../core/schedule.js';
import { type Point, training, type TrainingPayload } from '../core/training.js';
import { type CheckedDataset, type CheckedNetwork, type Network, withoutCurvature } from '../network.js';
import { sharpnessSteps } from '../sharpness.js';
import { batchesOf } from './batches.js';
import { type TrainingChoices } from './options.js';
import { batchOf, regularizationSteps, UNREGULARIZED } from './regularizer.js';
import { firstState, type TrainingState } from './state.js';

export interface TrainingReport {
  /** Steps made, those before a resumed state included. */
  step: number;
  /** Of all data, with network.weightDecay, without the regularizer. */
  loss: number;
  /** Share of right answers: by the largest output (softmax) or by the side of ½ of each output (sigmoid); none for squared error. */
  accuracy?: number;
  /** Of the next step. */
  learningRate: number;
  /**
   * Of sgd: (1 + μ) (2/η − ω), with momentum and decoupled weight decay; plainly 2/η. Full-batch descent of a quadratic loss diverges where
   * λ_max is above it. (J. Cohen et al., Gradient descent on neural networks typically occurs at the edge of stability, 2021.)
   */
  stability?: number;
  /** ≥ λ_max: the Wolkowicz–Styan bound. */
  bound?: number;
  /** lower ≤ λ_max ≤ upper. */
  certificate?: { lower: number; upper: number; converged: boolean };
  /** λ_max of the assembled Hessian. */
  exact?: number;
}

export interface Trained {
  network: Network;
  /** To go on from. */
  state: TrainingState;
  /** The reports, the first before any step, the last of the network returned. */
  history: TrainingReport[];
  /** Why fewer steps were made than asked for. Where training diverged, step is the one that did it; network and state are those before it. */
  stopped?: { step: number; reason: string };
}

export interface Task {
  network: CheckedNetwork;
  data: CheckedDataset;
  choices: TrainingChoices;
}

export function* trainSteps(task: Task): Steps<Trained> {
  const { network, choices } = task;
  const { rule, seed, steps, every, onStep } = choices;
  const start = choices.state ?? firstState(network, parameterVector(network), rule.base, seed);
  const end = start.step + steps;
  const history: TrainingReport[] = [];
  const fraction = (step: number): number => (steps === 0 ? 1 : (step - start.step) / steps);

  let stopped: Trained['stopped'];
  function* report({ state, loss, accuracy }: Point): Steps<boolean> {
    const at = fraction(state.step);
    const told: TrainingReport = {
      step: state.step,
      loss,
      ...(accuracy !== undefined && { accuracy }),
      ...pace(choices, state.step),
    };
    try {
      Object.assign(told, yield* within(at, at, measure(task, state)));
    } catch (error) {
      if (history.length === 0) throw error;
      stopped ??= { step: state.step, reason: outOfRangeReason(error) };
    }
    history.push(told);
    return onStep?.({ ...told, state: copy(state) }) !== false;
  }

  let point = (yield* perform(training, payloadOf(task, { ...start, seed }, 0))) as Point;
  if (!Number.isFinite(point.loss)) throw outOfRange('network: its loss');
  let goOn = yield* report(point);
  while (goOn && !stopped && point.state.step < end) {
    const next = every * (Math.floor(point.state.step / every) + 1);
    const until = Math.min(end, next);
    const from = fraction(point.state.step);
    const reached = yield* within(from, fraction(until), advance(task, point, until));
    ({ point, stopped } = reached);
    goOn = yield* report(point);
  }
  if (point.state.step < end) {
    stopped ??= { step: point.state.step, reason: 'onStep returned false' };
  }
  return {
    network: published(withParameters(network, point.state.parameters)),
    state: point.state,
    history,
    ...(stopped && { stopped }),
  };
}

/** Steps of one job: as many as there is room for the order of their samples, or until the next report. */
function* advance(
  task: Task,
  start: Point,
  until: number,
): Steps<Pick<Trained, 'stopped'> & { point: Point }> {
  const { network, data, choices } = task;
  const { regularizer } = choices;
  let point = start;
  while (point.state.step < until) {
    const { step } = point.state;
    const place = (at: number): number => (at - start.state.step) / (until - start.state.step);
    const count = regularizer ? 1 : Math.min(until - step, batchesOf(data.samples, choices).most);
    const payload = payloadOf(task, point.state, count);
    if (regularizer) {
      const here = withParameters(network, point.state.parameters);
      const regularization = regularizationSteps(here, batchOf(network, data, payload.batches), regularizer);
      try {
        Object.assign(payload, yield* within(place(step), place(step + 0.9), regularization));
      } catch (error) {
        return { point, stopped: { step: step + 1, reason: outOfRangeReason(error) } };
      }
    }
    const result = yield* within(place(step), place(step + count), perform(training, payload));
    if (!('good' in result)) {
      point = result;
      continue;
    }
    const { good, reason } = result;
    const stopped = { step: step + good + 1, reason: diverged(reason, choices, step + good) };
    // Nothing is kept on the way but what the job began with, so the good steps are made again.
    const again = yield* perform(training, payloadOf(task, point.state, good));
    return { point: 'good' in again ? point : again, stopped };
  }
  return { point };
}

function payloadOf({ network, data, choices }: Task, state: TrainingState, steps: number): TrainingPayload {
  const { rule } = choices;
  const batches = batchesOf(data.samples, choices).list(state.step, steps);
  return { network: withoutCurvature(network), data, state, rule, steps, batches, ...UNREGULARIZED };
}

/** Of a state that is finite, but whose curvature is not. Other errors are none of training's. */
function outOfRangeReason(error: unknown): string {
  if (error instanceof RangeError) return error.message;
  throw error;
}

function diverged(reason: string, { rule }: TrainingChoices, step: number): string {
  const rate = rateAt(rule.learningRate, rule.schedule, step);
  return `${reason} after this step; try a learning rate below ${rate}`;
}

/** The learning rate and what it is stable up to. */
function pace({ rule }: TrainingChoices, step: number): Pick<TrainingReport, 'learningRate' | 'stability'> {
  const { base, learningRate, schedule, momentum, rho, weightDecay } = rule;
  const rate = rateAt(learningRate, schedule, step);
  if (base !== 'sgd' || rho > 0) return { learningRate: rate };
  return { learningRate: rate, stability: (1 + momentum) * (2 / rate - weightDecay) };
}

function* measure(
  { network, data, choices: { measures } }: Task,
  { parameters }: TrainingState,
): Steps<Pick<TrainingReport, 'bound' | 'certificate' | 'exact'>> {
  if (!measures) return {};
  const { names, choices } = measures;
  const { bounds, lower, upper, certificate, exact } = yield* sharpnessSteps(
    withParameters(network, parameters),
    data,
    choices,
  );
  return {
    ...(names.includes('bound') && { bound: bounds.wolkowiczStyan!.largest.upper }),
    ...(certificate && { certificate: { lower, upper, converged: certificate.converged } }),
    ...(exact && { exact: exact.largest }),
  };
}

function published({ layers, loss, weightDecay }: CheckedNetwork): Network {
  return {
    layers: layers.map(({ inputs, outputs, weights, bias, activation }) => ({
      weights: { rows: outputs, cols: inputs, data: weights.slice() },
      ...(bias && { bias: bias.slice() }),
      activation,
    })),
    loss,
    weightDecay,
  };
}
