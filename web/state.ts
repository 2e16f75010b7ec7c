/**
 * What the page shows is decided by this state and nothing else: it is in the URL, so that whoever opens it sees the same numbers. In the URL stand only the
 * differences from DEFAULTS, each under the name of its field.
 */
import { DATASET_NAMES, type DatasetName, DATASETS } from '../src/datasets/index.js';
import { ACTIVATIONS, type Activation, type Loss, LOSSES } from '../src/network.js';
import { OPTIMIZERS } from '../src/training/options.js';
import { AS_IT_IS, STOPS } from './ingredients.js';

export interface State {
  /** One of those that come with the page, or the visitor's own. */
  data: DatasetName | 'own';
  /** Of own data the file's name, the column of targets from 1 (0: that which is usual), and how many classes it has (0: values). */
  file: string;
  column: number;
  classes: number;
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
  /** Hessian–vector products that a frame's bracket may take; 'close': as many as close it. */
  products: (typeof EFFORTS)[number];
  /** Of λ_max over the steps. */
  axis: (typeof AXES)[number];
  view: (typeof VIEWS)[number];
  /** Of figures of the spectrum. */
  scale: (typeof SCALES)[number];
  /** What the tab of the ingredients makes of the run, as in ingredients.ts. */
  norms: number;
  widen: number;
  alike: number;
  /** How far the figures of the loss look, 1 by itself. */
  zoom: number;
  /** The chapter of a story that the run is from; none: ''. */
  story: '' | Place;
}

/** Of own data: for more there are neither colours nor marks. */
export const MOST_CLASSES = 20;

/** What the lower part of the page shows. */
export const VIEWS = ['hessian', 'ingredients', 'keep'] as const;
export const SCALES = ['symlog', 'linear'] as const;
/** The most parameters whose whole spectrum is computed for each frame. */
export const EXACT_PARAMETERS = 500;
/** The most hidden layers, and how wide each can be. */
export const MOST_LAYERS = 6;
export const WIDTHS: Range = { low: 1, high: 64, whole: true };
export const AXES = ['log', 'linear'] as const;
/** 0: from the trace and the Frobenius norm alone. */
export const EFFORTS = [0, 1, 2, 4, 8, 16, 'close'] as const;

/** The chapters of the stories (web/stories.ts). */
export const PLACES = [
  ...(['edge.1', 'edge.2', 'edge.3'] as const),
  ...(['flat.1', 'flat.2', 'flat.3'] as const),
  ...(['alike.1', 'alike.2', 'alike.3', 'alike.4'] as const),
  ...(['width.1', 'width.2', 'width.3'] as const),
  ...(['tight.1', 'tight.2', 'tight.3'] as const),
];
export type Place = (typeof PLACES)[number];

/** Fields that say how a run is shown, and how closely its sharpness is known; all others decide its steps. */
const SHOWN = [
  'steps',
  'every',
  'products',
  'axis',
  'view',
  'scale',
  'norms',
  'widen',
  'alike',
  'zoom',
  'story',
] as const satisfies (keyof State)[];

/** Whether two states have the same losses, step by step. */
export function sameRun(a: State, b: State): boolean {
  return toHash({ ...a, ...shown(b) }) === toHash(b);
}

function shown(state: State): Partial<State> {
  return Object.fromEntries(SHOWN.map((name) => [name, state[name]]));
}

export const DEFAULTS: Readonly<State> = {
  data: 'moons',
  file: '',
  column: 0,
  classes: 2,
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
  products: 'close',
  axis: 'log',
  view: 'hessian',
  scale: 'symlog',
  ...AS_IT_IS,
  zoom: 1,
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
  if (!lossesOf(state.data, state.classes).includes(state.loss)) {
    if (state.loss !== DEFAULTS.loss) refused.push('loss');
    [state.loss] = lossesOf(state.data, state.classes);
  }
  return { state, refused };
}

/** Those that fit the classes of a data set, the usual one first. Two classes are one output, but for softmax. ownClasses: of own data. */
export function lossesOf(data: State['data'], ownClasses = 2): Loss[] {
  const classes = data === 'own' ? ownClasses : DATASETS[data].classes.length;
  if (classes === 0) return ['squared-error'];
  return classes === 2
    ? ['sigmoid-cross-entropy', 'softmax-cross-entropy', 'squared-error']
    : ['softmax-cross-entropy', 'squared-error'];
}

/** What suits a data set: networks that learn it, frames that are cheap enough. */
const SUITED: Partial<Record<State['data'], Partial<Choices>>> = {
  spirals: { learningRate: 2 },
  digits: { hidden: [16], every: 5 },
  // Measured: closing the bracket of 1000 samples of 100 inputs takes 8 times as long as its moments and 16 products.
  own: { products: 16 },
};
type Choices = Pick<State, 'hidden' | 'learningRate' | 'every' | 'products'>;

/** The changes that a choice of data brings with it: a loss that it can have, and whatever the visitor left as it suited the data before. */
export function fitting(state: State, chosen: Pick<State, 'data'> & Partial<State>): Partial<State> {
  const { file, column, classes } = DEFAULTS;
  const changes: Partial<State> = { file, column, classes, ...chosen };
  const losses = lossesOf(chosen.data, changes.classes);
  const usual = state.loss === lossesOf(state.data, state.classes)[0];
  if (usual || !losses.includes(state.loss)) [changes.loss] = losses;
  const [before, after] = [suited(state.data), suited(chosen.data)];
  for (const name of Object.keys(before) as (keyof Choices)[]) {
    if (String(state[name]) === String(before[name])) Object.assign(changes, { [name]: after[name] });
  }
  return changes;
}

function suited(data: State['data']): Choices {
  const { hidden, learningRate, every, products } = DEFAULTS;
  return { hidden, learningRate, every, products, ...SUITED[data] };
}

/** What a number can be. */
export interface Range {
  low: number;
  high: number;
  /** Whether only whole numbers will do. */
  whole: boolean;
}

/** Of a field that is a number. */
export function rangeOf(name: NumberName): Range {
  return FIELDS[name].range!;
}

export type NumberName = { [Name in keyof State]: State[Name] extends number ? Name : never }[keyof State];

/** The number of a text; undefined if it is none, or out of range. */
export function numberOf(text: string, { low, high, whole }: Range): number | undefined {
  const form = whole ? /^\d+$/ : /^-?\d*\.?\d+(?:e-?\d+)?$/i;
  const value = form.test(text) ? Number(text) : NaN;
  return value >= low && value <= high ? value : undefined;
}

interface Read<T> {
  (text: string): T | undefined;
  range?: Range;
}

/** How each field is read from text. */
const FIELDS: { [Name in keyof State]: Read<State[Name]> } = {
  data: oneOf([...DATASET_NAMES, 'own']),
  file: (text) => (text.length <= 200 ? text : undefined),
  column: integer(0, 1e4),
  classes: integer(0, MOST_CLASSES),
  samples: integer(10, 1000),
  noise: number(0, 1),
  dataSeed: integer(0, 2 ** 32),
  copies: integer(1, 50),
  similarity: number(-1, 1),
  hidden: (text) => {
    const widths = text === '' ? [] : text.split(',').map((width) => numberOf(width, WIDTHS));
    return widths.length <= MOST_LAYERS && widths.every((width) => width !== undefined) ? widths : undefined;
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
  products: (text) => EFFORTS.find((effort) => String(effort) === text),
  axis: oneOf(AXES),
  view: oneOf(VIEWS),
  scale: oneOf(SCALES),
  norms: number(STOPS.norms[0], STOPS.norms.at(-1)!),
  widen: (text) => STOPS.widen.find((copies) => String(copies) === text),
  alike: number(STOPS.alike[0], STOPS.alike.at(-1)!),
  zoom: number(1 / 64, 64),
  story: oneOf(['', ...PLACES]),
};

function oneOf<T extends string>(names: readonly T[]): Read<T> {
  return (text) => names.find((name) => name === text);
}

function number(low: number, high: number): Read<number> {
  return inRange({ low, high, whole: false });
}

function integer(low: number, high: number): Read<number> {
  return inRange({ low, high, whole: true });
}

function inRange(range: Range): Read<number> {
  return Object.assign((text: string) => numberOf(text, range), { range });
}
