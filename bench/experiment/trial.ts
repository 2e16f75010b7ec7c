/** One training and what came of it. A trial is a function of its task alone, so that any process may run it, in any order. */
import { type Hessbound, initialize, type Network, type TrainingOptions } from '../../src/index.js';
import { accuracy } from '../../src/training/accuracy.js';
import { PROBLEMS, type ProblemName, split } from './data.js';

export const METHODS = ['plain', 'weight decay', 'SAM', 'Frobenius', 'HSR'] as const;
export type Method = (typeof METHODS)[number];

export interface Task {
  problem: ProblemName;
  method: Method;
  learningRate: number;
  /** ω, ρ or λ; 0 of plain. */
  strength: number;
  seed: number;
  steps: number;
  /** Whether it is judged by the test set, with its spectrum, or by the validation set, without. */
  final: boolean;
}

export interface Outcome {
  /** Of the training set, without any penalty. */
  trainLoss: number;
  /** Of the test or validation set. */
  accuracy: number;
  loss: number;
  /** Steps made; fewer than asked for if training diverged. */
  steps: number;
  /** Of the Hessian of the training loss, without any penalty: P eigenvalues by eigh, and Wolkowicz and Styan's upper bound. */
  spectrum?: { largest: number; smallest: number; negative: number; bound: number };
}

/** Samples a step, and momentum: of every method. */
export const BATCH = 32;
export const MOMENTUM = 0.9;

export function trial(hb: Hessbound, task: Task): Outcome {
  const { train, validation, test } = split(task.problem, task.seed);
  const { network: trained, state } = hb.train(start(task), train, optionsOf(task));
  const network = { ...trained, weightDecay: 0 };
  const judge = task.final ? test : validation;
  const outcome = {
    trainLoss: hb.loss(network, train),
    accuracy: accuracy(hb, network, judge)!,
    loss: hb.loss(network, judge),
    steps: state.step,
  };
  if (!task.final) return outcome;
  const { exact, bounds, moments } = hb.sharpness(network, train, { exact: true, ingredients: false });
  const { values, largest, smallest } = exact!;
  // What rounding may have added to an eigenvalue is not negative curvature (as in the report).
  const rounding = values.length * Number.EPSILON * moments.frobeniusNorm;
  const negative = values.filter((value) => value < -rounding).length;
  const bound = bounds.wolkowiczStyan!.largest.upper;
  return { ...outcome, spectrum: { largest, smallest, negative, bound } };
}

/** The network before the first step; weight decay is a term of its objective. */
export function start({ problem, method, strength, seed }: Task): Network {
  const { widths, loss } = PROBLEMS[problem];
  const network = initialize({ widths, activation: 'tanh', loss, seed });
  return method === 'weight decay' ? { ...network, weightDecay: strength } : network;
}

export function optionsOf({ method, learningRate, strength, seed, steps }: Task): TrainingOptions {
  const common = { steps, learningRate, momentum: MOMENTUM, batch: BATCH, seed };
  switch (method) {
    case 'SAM':
      return { ...common, optimizer: 'sam', rho: strength };
    case 'Frobenius':
      return { ...common, optimizer: 'sgd', regularizer: { kind: 'frobenius', strength } };
    case 'HSR':
      return { ...common, optimizer: 'sgd', regularizer: { kind: 'hsr', strength } };
    default:
      return { ...common, optimizer: 'sgd' };
  }
}
