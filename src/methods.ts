/**
 * Every computation the library offers, once: how its arguments are checked, and the jobs it takes. Hessbound runs them here
 * (load.ts), Pool in workers (workers/pool.ts).
 */
import { perform, type Steps } from './core/job.js';
import * as kinds from './core/kinds.js';
import { type BoundGradient, boundGradientSteps } from './bound-gradient.js';
import {
  checkEigh,
  checkEighOptions,
  checkSymmetric,
  type Eigh,
  EIGH_OPTIONS,
  type EighResiduals,
} from './eigen.js';
import { type Matrix } from './matrix.js';
import { checkAssembly, checkRoute, momentSteps } from './moments.js';
import { checkDataset, checkInputs, checkNetwork } from './network.js';
import { checkMerge, checkShare, MERGE_OPTIONS, type Part, withParts } from './parts.js';
import { SHARD_OPTIONS, shardSteps } from './shard.js';
import { sharpnessSteps } from './sharpness.js';
import { checkSharpnessOptions, SHARPNESS_OPTIONS } from './sharpness-options.js';
import {
  checkDensityOptions,
  DENSITY_OPTIONS,
  type SpectralDensity,
  spectralDensitySteps,
} from './spectral-density.js';
import { checkTraining, TRAINING_OPTIONS } from './training/options.js';
import { type Trained, trainSteps } from './training/train.js';
import { checkTopOptions, TOP_OPTIONS, type TopEigenvalues, topEigenvalueSteps } from './top-eigenvalues.js';
import { checkMatrix, checkNumbers, checkOptions, checkShape } from './validate.js';

export interface Method<Checked, Result> {
  /** The names of its own options. */
  readonly options: readonly string[];
  /** Throws, or gives plain data that may share memory with the arguments. */
  check(args: readonly unknown[], options?: unknown): Checked;
  steps(checked: Checked): Steps<Result>;
}

export const gram = method(
  [],
  ([x]) => {
    const checked = checkMatrix('x', x);
    checkShape('gram(x)', checked.rows, checked.rows);
    return checked;
  },
  function* (x): Steps<Matrix> {
    return { rows: x.rows, cols: x.rows, data: yield* perform(kinds.gram, x) };
  },
);

export const frobeniusNorm = method(
  [],
  ([x]) => checkMatrix('x', x).data,
  (x) => perform(kinds.frobeniusNorm, x),
);

export const eigh = method(
  EIGH_OPTIONS,
  ([a], options) => {
    const { rows, data } = checkSymmetric('a', a);
    return { a: data, order: rows, wanted: checkEighOptions(options, rows) };
  },
  function* (checked): Steps<Eigh> {
    const { values, vectors } = yield* perform(kinds.eigh, checked);
    return {
      values,
      ...(vectors && { vectors: { rows: values.length, cols: checked.order, data: vectors } }),
    };
  },
);

export const eighResiduals = method(
  [],
  ([a, result]) => {
    const { rows, data } = checkSymmetric('a', a);
    const { values, vectors } = checkEigh('result', result, rows);
    return { a: data, order: rows, values, vectors: vectors.data };
  },
  (checked): Steps<EighResiduals> => perform(kinds.eighResiduals, checked),
);

export const logits = method(
  [],
  ([network, inputs]) => {
    const net = checkNetwork(network);
    const { rows, data } = checkInputs('inputs', net, inputs);
    return { network: net, rows, data };
  },
  function* (checked): Steps<Matrix> {
    const data = yield* perform(kinds.predict, checked);
    return { rows: checked.rows, cols: checked.network.outputs, data };
  },
);

export const loss = method([], checkProblem, (problem) => perform(kinds.loss, problem));

export const gradient = method([], checkProblem, (problem) => perform(kinds.gradient, problem));

export const hessian = method(
  [],
  (args) => {
    const problem = checkProblem(args);
    checkAssembly(problem.network, 'hessianVectorProduct, moments or sharpness');
    return problem;
  },
  function* (problem): Steps<Matrix> {
    const order = problem.network.parameters;
    return { rows: order, cols: order, data: yield* perform(kinds.hessian, problem) };
  },
);

export const hessianVectorProduct = method(
  [],
  ([network, data, v]) => {
    const problem = checkProblem([network, data]);
    return { ...problem, v: checkNumbers('v', v, problem.network.parameters) };
  },
  (checked) => perform(kinds.hessianVectorProduct, checked),
);

export const moments = method(
  ['method'],
  (args, options) => {
    const { network, data } = checkProblem(args);
    return { network, data, route: checkRoute(network, data.samples, options) };
  },
  function* ({ network, data, route }) {
    return (yield* momentSteps(network, data, route)).moments;
  },
);

export const boundGradient = method([], checkProblem, ({ network, data }): Steps<BoundGradient> =>
  boundGradientSteps(network, data),
);

export const topEigenvalues = method(
  TOP_OPTIONS,
  (args, options) => {
    const problem = checkProblem(args);
    return { ...problem, choices: checkTopOptions(problem.network, options) };
  },
  ({ network, data, choices }): Steps<TopEigenvalues> => topEigenvalueSteps(network, data, choices),
);

export const spectralDensity = method(
  DENSITY_OPTIONS,
  (args, options) => {
    const { network, data } = checkProblem(args);
    return { network, data, choices: checkDensityOptions(network, data.samples, options) };
  },
  ({ network, data, choices }): Steps<SpectralDensity> => spectralDensitySteps(network, data, choices),
);

const sharpnessOptions = [...SHARPNESS_OPTIONS, ...MERGE_OPTIONS];

export const sharpness = method(
  sharpnessOptions,
  (args, options) => {
    const { network, data } = checkProblem(args);
    const { parts, onUncovered, ...own } = checkOptions('options', options, sharpnessOptions);
    return {
      network,
      data,
      choices: checkSharpnessOptions(network, data.samples, own),
      merged: checkMerge(network, data, parts, onUncovered),
    };
  },
  ({ network, data, choices, merged }) => withParts(merged, sharpnessSteps(network, data, choices)),
);

export const shard = method(
  SHARD_OPTIONS,
  (args, options) => {
    const { network, data } = checkProblem(args);
    const { index, count, ...own } = checkOptions('options', options, SHARD_OPTIONS);
    const share = checkShare(index, count);
    return { network, data, share, choices: checkSharpnessOptions(network, data.samples, own) };
  },
  ({ network, data, share, choices }): Steps<Part> => shardSteps(network, data, share, choices),
);

export const train = method(
  TRAINING_OPTIONS,
  (args, options) => {
    const { network, data } = checkProblem(args);
    return { network, data, choices: checkTraining(network, data, options) };
  },
  (task): Steps<Trained> => trainSteps(task),
);

/** Infers the types that one part of a method hands to the next. */
function method<Checked, Result>(
  options: readonly string[],
  check: (args: readonly unknown[], options: unknown) => Checked,
  steps: (checked: Checked) => Steps<Result>,
): Method<Checked, Result> {
  return { options, check, steps };
}

function checkProblem([network, data]: readonly unknown[]): kinds.Problem {
  const net = checkNetwork(network);
  return { network: net, data: checkDataset(net, data) };
}
