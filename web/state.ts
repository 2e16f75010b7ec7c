/**
 * What the page shows is decided by this state and nothing else: it is in the URL, so that whoever opens it sees the same numbers. In the URL stand only the
 * differences from DEFAULTS, each under the name of its field.
 */
import { DATASET_NAMES, type DatasetName, DATASETS } from '../src/datasets/index.js';
import { ACTIVATIONS, type Activation, type Loss, LOSSES } from '../src/network.js';
import { OPTIMIZERS } from '../src/training/options.js';

export interface State {
  data: DatasetName;
  /** Of generated data. */
  samples: number;
  noise: number;
  dataSeed: number;
  /** How many times each sample stands in the data. */
  copies: number;
  /** From −1, all orthogonal to one another, to 1, all alike: as in engine/samples.ts. */
  similarity: number;
  /** Widths of the hidden layers; none: a linear model. */
  hidden: number[];
  activation: Activation;
  loss: Loss;
  /** ω. */
  weightDecay: number;
  seed: number;
  optimizer: (typeof OPTIMIZERS)[number];
  learningRate: number;
  momentum: number;
  /** Of sam. */
  rho: number;
  /** λ of the bound in the objective (HSR); 0: none. */
  strength: number;
  /** 0: all samples. */
  batch: number;
  /** How far the run went: whoever opens the URL gets there at once. */
  steps: number;
  /** Steps from one frame to the next. */
  every: number;
  view: (typeof VIEWS)[number];
  /** Of figures of the spectrum. */
  scale: (typeof SCALES)[number];
  /** The chapter of a story that the run is from; none: ''. */
  story: '' | Place;
}

/** What the lower part of the page shows. */
export const VIEWS = ['hessian', 'ingredients', 'keep'] as const;
export const SCALES = ['symlog', 'linear'] as const;
/** The chapters of the stories (web/stories.ts). */
export const PLACES = [
  ...(['edge.1', 'edge.2', 'edge.3'] as const),
  ...(['flat.1', 'flat.2', 'flat.3'] as const),
  ...(['alike.1', 'alike.2', 'alike.3', 'alike.4'] as const),
  ...(['width.1', 'width.2', 'width.3'] as const),
  ...(['tight.1', 'tight.2', 'tight.3'] as const),
];
export type Place = (typeof PLACES)[number];

/** Fields that say how a run is shown; all others decide its numbers. */
const SHOWN = ['steps', 'every', 'view', 'scale', 'story'] as const satisfies (keyof State)[];

/** Whether two states have the same numbers, step by step. */
export function sameRun(a: State, b: State): boolean {
  return toHash({ ...a, ...shown(b) }) === toHash(b);
}

function shown(state: State): Partial<State> {
  return Object.fromEntries(SHOWN.map((name) => [name, state[name]]));
}

export const DEFAULTS: Readonly<State> = {
  data: 'moons',
  samples: 200,
  noise: 0.1,
  dataSeed: 1,
  copies: 1,
  similarity: 0,
  hidden: [16, 16],
  activation: 'tanh',
  loss: 'sigmoid-cross-entropy',
  weightDecay: 0,
  seed: 1,
  optimizer: 'sgd',
  learningRate: 0.5,
  momentum: 0,
  rho: 0.05,
  strength: 0,
  batch: 0,
  steps: 0,
  every: 1,
  view: 'hessian',
  scale: 'symlog',
  story: '',
};

/** A state as the part of the URL after #. */
export function toHash(state: State): string {
  const parameters = new URLSearchParams();
  for (const name of Object.keys(DEFAULTS) as (keyof State)[]) {
    const text = String(state[name]);
    if (text !== String(DEFAULTS[name])) parameters.set(name, text);
  }
  return parameters.toString();
}

/** The state of a URL. What is unknown or out of range is left at its default, and named. */
export function fromHash(hash: string): { state: State; refused: string[] } {
  const state: State = { ...DEFAULTS };
  const refused: string[] = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const value = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof State](text) : undefined;
    if (value === undefined) refused.push(name);
    else Object.assign(state, { [name]: value });
  }
  if (!lossesOf(state.data).includes(state.loss)) {
    if (state.loss !== DEFAULTS.loss) refused.push('loss');
    [state.loss] = lossesOf(state.data);
  }
  return { state, refused };
}

/** Those that fit the classes of a data set, the usual one first. Two classes are one output, but for softmax. */
export function lossesOf(data: DatasetName): Loss[] {
  return DATASETS[data].classes.length === 2
    ? ['sigmoid-cross-entropy', 'softmax-cross-entropy', 'squared-error']
    : ['softmax-cross-entropy', 'squared-error'];
}

type Read<T> = (text: string) => T | undefined;

/** How each field is read from text. */
const FIELDS: { [Name in keyof State]: Read<State[Name]> } = {
  data: oneOf(DATASET_NAMES),
  samples: integer(10, 1000),
  noise: number(0, 1),
  dataSeed: integer(0, 2 ** 32),
  copies: integer(1, 50),
  similarity: number(-1, 1),
  hidden: (text) => {
    const widths = text === '' ? [] : text.split(',').map(integer(1, 64));
    return widths.length <= 6 && widths.every((width) => width !== undefined) ? widths : undefined;
  },
  activation: oneOf(ACTIVATIONS),
  loss: oneOf(LOSSES),
  weightDecay: number(0, 1),
  seed: integer(0, 2 ** 32),
  optimizer: oneOf(OPTIMIZERS),
  learningRate: number(1e-6, 100),
  momentum: number(0, 0.999),
  rho: number(0, 10),
  strength: number(0, 100),
  batch: integer(0, 1000),
  steps: integer(0, 1e6),
  every: integer(1, 100),
  view: oneOf(VIEWS),
  scale: oneOf(SCALES),
  story: oneOf(PLACES),
};

function oneOf<T extends string>(names: readonly T[]): Read<T> {
  return (text) => names.find((name) => name === text);
}

function number(low: number, high: number): Read<number> {
  return (text) => {
    const value = /^-?\d*\.?\d+(?:e-?\d+)?$/i.test(text) ? Number(text) : NaN;
    return value >= low && value <= high ? value : undefined;
  };
}

function integer(low: number, high: number): Read<number> {
  const read = number(low, high);
  return (text) => (/^\d+$/.test(text) ? read(text) : undefined);
}
