/**
 * What is tried. Every method has the same steps, batches, momentum, starts and splits. A search picks its learning rate and strength on seeds
 * of its own, by mean validation accuracy and, among equals, by mean validation loss; then it is judged on other seeds, by the test set.
 */
import { PROBLEMS, type ProblemName } from './data.js';
import { type Method, METHODS, type Outcome, type Task } from './trial.js';

export interface Scale {
  steps: number;
  learningRates: number[];
  /** How many strengths of each method. */
  strengths: number;
  searchSeeds: number[];
  finalSeeds: number[];
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

export const FULL: Scale = {
  steps: 600,
  learningRates: [0.02, 0.1, 0.5],
  strengths: 4,
  searchSeeds: range(1001, 3),
  finalSeeds: range(1, 10),
};

/** Everything once, in seconds: nothing follows from its numbers. */
export const QUICK: Scale = {
  steps: 8,
  learningRates: [0.02, 0.1],
  strengths: 2,
  searchSeeds: range(1001, 1),
  finalSeeds: range(1, 2),
};

export const STRENGTHS: Record<Method, number[]> = {
  plain: [0],
  'weight decay': [1e-4, 1e-3, 1e-2, 1e-1],
  SAM: [0.01, 0.03, 0.1, 0.3],
  Frobenius: [1e-3, 1e-2, 1e-1, 1],
  HSR: [1e-3, 1e-2, 1e-1, 1],
};

export const PROBLEM_NAMES = Object.keys(PROBLEMS) as ProblemName[];

export interface Setting {
  problem: ProblemName;
  method: Method;
  learningRate: number;
  strength: number;
}

/** The grid of every method. */
export function settings({ learningRates, strengths }: Scale): Setting[] {
  return PROBLEM_NAMES.flatMap((problem) =>
    METHODS.flatMap((method) =>
      learningRates.flatMap((learningRate) =>
        STRENGTHS[method]
          .slice(0, strengths)
          .map((strength) => ({ problem, method, learningRate, strength })),
      ),
    ),
  );
}

export interface Trials extends Setting {
  /** One a seed. */
  outcomes: Outcome[];
}

/** Tasks of all settings and seeds, and how their outcomes are gathered again. */
export function tasksOf(list: Setting[], seeds: number[], steps: number, final: boolean): Task[] {
  return list.flatMap((setting) => seeds.map((seed) => ({ ...setting, seed, steps, final })));
}

export function gather(list: Setting[], outcomes: Outcome[]): Trials[] {
  const each = outcomes.length / list.length;
  return list.map((setting, i) => ({ ...setting, outcomes: outcomes.slice(i * each, (i + 1) * each) }));
}

/** The best of the settings of one method on one data set, those that never diverged first. */
export function best(tried: Trials[], steps: number): Trials {
  const rank = ({ outcomes }: Trials): number[] => [
    outcomes.filter((outcome) => outcome.steps < steps).length,
    -mean(outcomes.map(({ accuracy }) => accuracy)),
    mean(outcomes.map(({ loss }) => loss)),
  ];
  return [...tried].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const at = x.findIndex((value, i) => value !== y[i]);
    return at === -1 ? 0 : x[at] - y[at];
  })[0];
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: divided by n − 1. */
export function deviation(values: number[]): number {
  const centre = mean(values);
  const squares = values.map((value) => (value - centre) * (value - centre));
  return Math.sqrt(mean(squares) * (values.length / Math.max(1, values.length - 1)));
}
