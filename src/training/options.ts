/** How a network is to be trained, and the checks of it. */
import { type Schedule } from '../core/schedule.js';
import { type UpdateRule } from '../core/training.js';
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { checkSharpnessOptions, type SharpnessChoices } from '../sharpness-options.js';
import { checkInteger, checkNumber, checkOneOf, checkOptions, describe } from '../validate.js';
import { checkState, type TrainingState } from './state.js';
import { type TrainingReport } from './train.js';

export const OPTIMIZERS = ['sgd', 'adam', 'sam'] as const;
export const REGULARIZERS = ['hsr', 'frobenius'] as const;
export const REPORTS = ['bound', 'certificate', 'exact'] as const;

/** What can be added to the loss; docs/training.md has the formulas. */
export interface Regularizer {
  /**
   * 'hsr' (Hessian spectral range): the Wolkowicz–Styan upper bound on λ_max. 'frobenius': ‖H‖_F, to which that bound tends for many
   * parameters, as the plain baseline. Both of the Hessian of the step's batch, without network.weightDecay.
   */
  kind: (typeof REGULARIZERS)[number];
  /** λ ≥ 0: the loss + λ times that is descended. */
  strength: number;
  /**
   * Instead: after each step of the loss alone, a step of length learningRate · λ along the steepest descent of the bound or norm at the
   * parameters before, past the optimizer's averages. Default: false.
   */
  normalized?: boolean;
}

/** A learning rate that falls with the number t of steps made, counted from the first of all, not from a resumed state. */
export type LearningRateSchedule =
  /** learningRate · (1 − t / steps), 0 from there on. */
  | { kind: 'linear'; steps: number }
  /** learningRate · factor^⌊t / every⌋. */
  | { kind: 'step'; every: number; factor: number };

export interface TrainingOptions {
  /** How many more. */
  steps: number;
  learningRate: number;
  /** Constant if absent. */
  schedule?: LearningRateSchedule;
  /**
   * 'adam' if absent. 'sgd' is gradient descent with momentum; 'sam' takes the gradient at θ + ρ g/‖g‖ and does with it what its base does.
   */
  optimizer?: 'sgd' | 'adam' | 'sam';
  /** Of 'sam': 'sgd' if absent. */
  base?: 'sgd' | 'adam';
  /** Of sgd: 0 ≤ μ < 1, 0 if absent. */
  momentum?: number;
  /** Of adam: [0.9, 0.999] if absent. */
  betas?: readonly [number, number];
  /** Of adam: 1e-8 if absent. */
  epsilon?: number;
  /** Of sam: ρ ≥ 0, 0.05 if absent. */
  rho?: number;
  /**
   * Decoupled: each step multiplies θ by 1 − learningRate · weightDecay, apart from the gradient (AdamW's). An L2 term in the objective,
   * in its Hessian too, is network.weightDecay. 0 if absent.
   */
  weightDecay?: number;
  regularizer?: Regularizer;
  /** Samples a step, without replacement within an epoch, whose last batch may be smaller; all, in their order, if absent. */
  batch?: number;
  /** Of the order of the samples in each epoch. That of the state if absent, else 0. */
  seed?: number;
  /** Where to go on from; its parameters replace those of the network. */
  state?: TrainingState;
  /** Steps from one report to the next, at multiples of it; if absent, reports come before the first step and after the last only. */
  every?: number;
  /**
   * What a report measures beside loss and accuracy, on all data: 'bound' (Wolkowicz–Styan), 'certificate' (a bracket on λ_max, closed to
   * 1e-3 where it can be), 'exact' (λ_max of the assembled Hessian).
   */
  report?: readonly (typeof REPORTS)[number][];
  /** Told each report. May return false to stop here. */
  onStep?: (report: TrainingReport & { state: TrainingState }) => unknown;
}

/** The names of TrainingOptions. */
export const TRAINING_OPTIONS = [
  'steps',
  'learningRate',
  'schedule',
  'optimizer',
  'base',
  'momentum',
  'betas',
  'epsilon',
  'rho',
  'weightDecay',
  'regularizer',
  'batch',
  'seed',
  'state',
  'every',
  'report',
  'onStep',
] as const;

/** Of a bracket in a report. */
const REPORT_TOLERANCE = 1e-3;

export interface TrainingChoices {
  steps: number;
  rule: UpdateRule;
  regularizer: Required<Regularizer> | undefined;
  /** Undefined: all samples. */
  batch: number | undefined;
  seed: number;
  state: TrainingState | undefined;
  every: number;
  /** What to ask of sharpness, and what of it to report. */
  measures: { names: readonly string[]; choices: SharpnessChoices } | undefined;
  onStep: TrainingOptions['onStep'];
}

export function checkTraining(
  network: CheckedNetwork,
  { samples }: CheckedDataset,
  value: unknown,
): TrainingChoices {
  const options = checkOptions('options', value, TRAINING_OPTIONS);
  const rule = checkRule(options);
  const { batch, seed, every, onStep } = options;
  const steps = checkInteger('options.steps', options['steps'], 0, 1e9);
  const state =
    options['state'] === undefined
      ? undefined
      : checkState('options.state', options['state'], network, rule.base);
  const size =
    batch === undefined ? samples : checkBatch(checkInteger('options.batch', batch, 1, 2 ** 31 - 1), samples);
  if (onStep !== undefined && typeof onStep !== 'function') {
    throw new TypeError(`options.onStep: expected a function; got ${describe(onStep)}`);
  }
  return {
    steps,
    rule,
    regularizer: checkRegularizer(options['regularizer']),
    batch: size === samples ? undefined : size,
    seed:
      seed === undefined
        ? (state?.seed ?? 0)
        : checkInteger('options.seed', seed, 0, Number.MAX_SAFE_INTEGER),
    state,
    every: every === undefined ? Infinity : checkInteger('options.every', every, 1, 1e9),
    measures: checkReport(network, samples, options['report']),
    onStep: onStep as TrainingOptions['onStep'],
  };
}

function checkRule(options: Record<string, unknown>): UpdateRule {
  const optimizer = checkOneOf('options.optimizer', options['optimizer'] ?? 'adam', OPTIMIZERS);
  refuseForeign(options, optimizer === 'sam', ['base', 'rho'], 'sam');
  const base =
    optimizer === 'sam' ? checkOneOf('options.base', options['base'] ?? 'sgd', ['sgd', 'adam']) : optimizer;
  refuseForeign(options, base === 'sgd', ['momentum'], 'sgd');
  refuseForeign(options, base === 'adam', ['betas', 'epsilon'], 'adam');
  const { momentum = 0, epsilon = 1e-8, rho = 0.05, weightDecay = 0 } = options;
  return {
    base,
    learningRate: checkNumber('options.learningRate', options['learningRate'], 0),
    schedule: checkSchedule(options['schedule']),
    momentum: checkBelowOne('options.momentum', momentum),
    betas: checkBetas(options['betas'] ?? [0.9, 0.999]),
    epsilon: checkNumber('options.epsilon', epsilon, 0),
    weightDecay: checkNumber('options.weightDecay', weightDecay, 0),
    rho: optimizer === 'sam' ? checkNumber('options.rho', rho, 0) : 0,
  };
}

/** An option of another optimizer would be ignored, and the training would not be what was meant. */
function refuseForeign(
  options: Record<string, unknown>,
  own: boolean,
  names: readonly string[],
  optimizer: string,
): void {
  if (own) return;
  for (const name of names) {
    if (options[name] !== undefined) {
      throw new TypeError(
        `options.${name}: expected only with the optimizer '${optimizer}'; got ${describe(options[name])}`,
      );
    }
  }
}

function checkBetas(value: unknown): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new TypeError(`options.betas: expected two numbers, β₁ and β₂; got ${describe(value)}`);
  }
  const [first, second] = value as [unknown, unknown];
  return [checkBelowOne('options.betas[0]', first), checkBelowOne('options.betas[1]', second)];
}

function checkBelowOne(name: string, value: unknown): number {
  const number = checkNumber(name, value, 0);
  if (number < 1) return number;
  throw new RangeError(`${name}: expected a number from 0 to below 1; got ${number}`);
}

function checkSchedule(value: unknown): Schedule | undefined {
  if (value === undefined) return undefined;
  const name = 'options.schedule';
  const { kind, ...rest } = checkOptions(name, value, ['kind', 'steps', 'every', 'factor']);
  if (checkOneOf(`${name}.kind`, kind, ['linear', 'step']) === 'linear') {
    const { steps } = checkOptions(name, rest, ['steps']);
    return { kind: 'linear', steps: checkInteger(`${name}.steps`, steps, 1, 1e9) };
  }
  const { every, factor } = checkOptions(name, rest, ['every', 'factor']);
  return {
    kind: 'step',
    every: checkInteger(`${name}.every`, every, 1, 1e9),
    factor: checkNumber(`${name}.factor`, factor, 0, 1),
  };
}

function checkRegularizer(value: unknown): Required<Regularizer> | undefined {
  if (value === undefined) return undefined;
  const name = 'options.regularizer';
  const {
    kind,
    strength,
    normalized = false,
  } = checkOptions(name, value, ['kind', 'strength', 'normalized']);
  if (typeof normalized !== 'boolean') {
    throw new TypeError(`${name}.normalized: expected true or false; got ${describe(normalized)}`);
  }
  return {
    kind: checkOneOf(`${name}.kind`, kind, REGULARIZERS),
    strength: checkNumber(`${name}.strength`, strength, 0),
    normalized,
  };
}

function checkBatch(batch: number, samples: number): number {
  if (batch <= samples) return batch;
  throw new RangeError(`options.batch: expected at most ${samples}, the samples in data; got ${batch}`);
}

function checkReport(network: CheckedNetwork, samples: number, value: unknown): TrainingChoices['measures'] {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    throw new TypeError(`options.report: expected an array of names; got ${describe(value)}`);
  }
  const names = value.map((name, i) => checkOneOf(`options.report[${i}]`, name, REPORTS));
  if (names.length === 0) return undefined;
  const certificate = names.includes('certificate');
  const choices = checkSharpnessOptions(network, samples, {
    bounds: certificate ? ['wolkowiczStyan', 'deflated'] : ['wolkowiczStyan'],
    ...(certificate && { tolerance: REPORT_TOLERANCE }),
    exact: names.includes('exact'),
    ingredients: false,
  });
  return { names, choices };
}
