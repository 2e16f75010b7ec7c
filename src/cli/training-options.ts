/** How a network is to be trained, from the command line. */
import { INITIALIZERS, type Initializer } from '../initialization.js';
import {
  type LearningRateSchedule,
  OPTIMIZERS,
  REGULARIZERS,
  REPORTS,
  type Regularizer,
  type TrainingOptions,
} from '../training/options.js';
import { UsageError } from './errors.js';
import { integerChoice, nonNegativeChoice, oneOfChoice, positiveChoice } from './options.js';

/** Of the steps; those of TrainingOptions, as a command line has them. */
export const TRAINING_OPTIONS = {
  steps: { type: 'string', default: '500' },
  optimizer: { type: 'string', default: 'adam' },
  base: { type: 'string' },
  'learning-rate': { type: 'string' },
  momentum: { type: 'string' },
  rho: { type: 'string' },
  schedule: { type: 'string' },
  'batch-size': { type: 'string' },
  'decoupled-decay': { type: 'string' },
  regularizer: { type: 'string' },
  strength: { type: 'string' },
  normalized: { type: 'boolean', default: false },
  report: { type: 'string' },
  measure: { type: 'string', default: 'certificate' },
} as const;

/** Of a network that begins from nothing. */
export const SHAPE_OPTIONS = { hidden: { type: 'string' }, init: { type: 'string' } } as const;

type Texts<Options> = {
  [Name in keyof Options]: Options[Name] extends { type: 'boolean' }
    ? boolean
    : Options[Name] extends { default: string }
      ? string
      : string | undefined;
};

export interface TrainingChoices {
  options: TrainingOptions;
  /** Steps from one line of the table to the next. */
  every: number;
  measures: (typeof REPORTS)[number][];
}

/** What the library does not take together, it refuses by name. @throws UsageError */
export function trainingChoices(values: Partial<Texts<typeof TRAINING_OPTIONS>>): TrainingChoices {
  const { steps = '', optimizer: name = '', base, momentum, rho, measure = '' } = values;
  const optimizer = oneOfChoice('--optimizer', name, OPTIMIZERS);
  only('--base', base, optimizer === 'sam', '--optimizer sam');
  only('--rho', rho, optimizer === 'sam', '--optimizer sam');
  const kind = base === undefined ? undefined : oneOfChoice('--base', base, ['sgd', 'adam']);
  const descent = optimizer === 'adam' ? 'adam' : optimizer === 'sgd' ? 'sgd' : (kind ?? 'sgd');
  only('--momentum', momentum, descent === 'sgd', '--optimizer sgd');
  const count = integerChoice('--steps', steps, 0, 1e9);
  const {
    schedule,
    regularizer,
    'learning-rate': rate,
    'batch-size': batch,
    'decoupled-decay': decay,
  } = values;
  return {
    options: {
      steps: count,
      optimizer,
      learningRate: rate === undefined ? RATES[descent] : positiveChoice('--learning-rate', rate),
      ...(kind && { base: kind }),
      ...(momentum !== undefined && { momentum: belowOne('--momentum', momentum) }),
      ...(rho !== undefined && { rho: nonNegativeChoice('--rho', rho) }),
      ...(schedule !== undefined && { schedule: scheduleChoice(schedule, count) }),
      ...(batch !== undefined && { batch: integerChoice('--batch-size', batch, 1, 2 ** 31 - 1) }),
      ...(decay !== undefined && { weightDecay: nonNegativeChoice('--decoupled-decay', decay) }),
      ...regularizerChoice(regularizer, values.strength, values.normalized ?? false),
    },
    every:
      values.report === undefined
        ? Math.max(1, Math.ceil(count / 10))
        : integerChoice('--report', values.report, 1, 1e9),
    measures:
      measure === 'none' ? [] : measure.split(',').map((one) => oneOfChoice('--measure', one, [...REPORTS])),
  };
}

/** Widths of the hidden layers, and how their weights are drawn. @throws UsageError */
export function shapeChoice({
  hidden = '16',
  init,
}: {
  hidden?: string | undefined;
  init?: string | undefined;
}): {
  hidden: number[];
  initializer?: Initializer;
} {
  return {
    hidden:
      hidden === 'none' ? [] : hidden.split(',').map((width) => integerChoice('--hidden', width, 1, 1e6)),
    ...(init !== undefined && { initializer: oneOfChoice<Initializer>('--init', init, INITIALIZERS) }),
  };
}

/** Where no learning rate is given. */
const RATES = { adam: 0.01, sgd: 0.1 } as const;

/** linear, linear:2000, or step:100:0.5. */
function scheduleChoice(text: string, steps: number): LearningRateSchedule {
  const [kind, first, second, ...rest] = text.split(':') as (string | undefined)[];
  if (kind === 'linear' && second === undefined) {
    return {
      kind,
      steps: first === undefined ? Math.max(1, steps) : integerChoice('--schedule', first, 1, 1e9),
    };
  }
  if (kind === 'step' && first !== undefined && second !== undefined && rest.length === 0) {
    const factor = nonNegativeChoice('--schedule', second);
    if (factor <= 1) return { kind, every: integerChoice('--schedule', first, 1, 1e9), factor };
  }
  throw new UsageError(
    `--schedule: expected linear, linear:STEPS, or step:EVERY:FACTOR with a factor up to 1; got '${text}'`,
  );
}

function regularizerChoice(
  kind: string | undefined,
  strength: string | undefined,
  normalized: boolean,
): { regularizer?: Regularizer } {
  if (kind === undefined) {
    only('--strength', strength, false, '--regularizer');
    only('--normalized', normalized ? '' : undefined, false, '--regularizer');
    return {};
  }
  if (strength === undefined)
    throw new UsageError('--regularizer: expected --strength with it; it is missing');
  return {
    regularizer: {
      kind: oneOfChoice('--regularizer', kind, REGULARIZERS),
      strength: nonNegativeChoice('--strength', strength),
      normalized,
    },
  };
}

function belowOne(name: string, text: string): number {
  const value = nonNegativeChoice(name, text);
  if (value < 1) return value;
  throw new UsageError(`${name}: expected a number from 0 to below 1; got '${text}'`);
}

/** An option that would be ignored. */
export function only(name: string, value: unknown, allowed: boolean, where: string): void {
  if (value !== undefined && !allowed) throw new UsageError(`${name}: expected only with ${where}`);
}
