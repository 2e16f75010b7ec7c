/**
 * A run as a file: what was chosen, the history that the charts show, and the state of the training to the bit, so that whoever opens it goes on as if it
 * had never stopped; and the network at that moment, which readNetwork reads, too.
 *
 *   { "format": "hessbound-run", "version": 1, "state": {…}, "history": { "step": […], "loss": […], … }, "training": {…}, "network": {…},
 *     "own": { "name": "flowers.csv", "base64": "…" } }
 *
 * state is that of web/state.ts, history has a column for each number of a Point, training is a TrainingState and network that of src/formats/json.ts; own is
 * the visitor's file, of runs on that.
 */
import { FormatError, type NamedFile } from '../../src/formats/files.js';
import { jsonText, networkFromJson, networkToJson } from '../../src/formats/json.js';
import { parseJson } from '../../src/formats/json-text.js';
import { type Network, type TrainingState } from '../../src/index.js';
import { trainingStateFromJson } from '../../src/training/state.js';
import { checkInteger, checkNumbers, checkObject, describe } from '../../src/validate.js';
import { type Point } from '../history.js';
import { type OwnFile } from './protocol.js';
import { DEFAULTS, fromHash, rangeOf, type State } from '../state.js';

export interface Run {
  state: State;
  history: readonly Point[];
  training: TrainingState;
  /** What the parameters of training are in the shape of state. */
  network: Network;
  /** The visitor's data, where the state asks for them. */
  own?: OwnFile;
}

const FORMAT = 'hessbound-run';
const VERSION = 1;
/** Bytes: a hundred times what the largest network of the page takes. */
export const MOST_BYTES = 2 ** 26;
/** More than a page keeps. */
const MOST_POINTS = 10_000;

/** Whether every point has the number, or a run can be without it. */
const COLUMNS: Record<keyof Point, 'always' | 'maybe'> = {
  step: 'always',
  parameters: 'always',
  loss: 'always',
  accuracy: 'maybe',
  stability: 'maybe',
  lower: 'always',
  upper: 'always',
  bound: 'always',
  exact: 'maybe',
};

export function writeRun({ state, history, training, network, own }: Run): Uint8Array<ArrayBuffer> {
  const { parameters, vectors, ...rest } = training;
  const file = {
    format: FORMAT,
    version: VERSION,
    state,
    history: columnsOf(history),
    // jsonText keeps the sign of 0, so they need no other form.
    training: { ...rest, parameters: Array.from(parameters), vectors: vectors.map((x) => Array.from(x)) },
    network: networkToJson(network),
    ...(own && { own: { name: own.name, base64: toBase64(own.bytes) } }),
  };
  return new TextEncoder().encode(`${jsonText(file)}\n`);
}

/** @throws FormatError naming the file, the field, what was expected and what is there */
export function readRun(file: NamedFile): Run {
  if (file.bytes.length > MOST_BYTES) {
    throw new FormatError(file.name, `expected a run, at most ${MOST_BYTES / 2 ** 20} MiB; it is larger`);
  }
  const value = parseJson(file);
  try {
    return checkRun(value);
  } catch (error) {
    throw new FormatError(file.name, (error as Error).message);
  }
}

function checkRun(value: unknown): Run {
  const run = checkObject('run', value);
  if (run['format'] !== FORMAT) {
    throw new RangeError(
      `format: expected ${describe(FORMAT)}, as this page saves runs; got ${describe(run['format'])}`,
    );
  }
  if (run['version'] !== VERSION) {
    throw new RangeError(
      `version: expected ${VERSION}, which this page knows; got ${describe(run['version'])}`,
    );
  }
  checkFields('run', run, ['format', 'version', 'state', 'history', 'training', 'network', 'own']);
  const training = renamed('state', 'training', () => trainingStateFromJson(run['training']));
  const state = { ...checkState(run['state']), steps: training.step };
  const most = rangeOf('steps').high;
  checkInteger('training.step', training.step, 0, most);
  if (training.seed !== state.seed) {
    throw new RangeError(`training.seed: expected that of the state, ${state.seed}; got ${training.seed}`);
  }
  return {
    state,
    training,
    history: checkHistory(run['history'], training.step),
    network: networkFromJson(run['network']),
    ...(state.data === 'own' && { own: checkOwn(run['own'], state.file) }),
  };
}

function checkOwn(value: unknown, file: string): OwnFile {
  const { name, base64, ...rest } = checkObject('own', value);
  checkFields('own', rest, []);
  if (name !== file) throw new RangeError(`own.name: expected ${describe(file)}; got ${describe(name)}`);
  const bytes = typeof base64 === 'string' ? fromBase64(base64) : undefined;
  if (!bytes) throw new RangeError(`own.base64: expected base64; got ${describe(base64)}`);
  return { name: file, bytes };
}

/** Characters made at once: more arguments than a call may have, otherwise. */
const CHUNK = 2 ** 14;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** By the rules of the URL, which has the same fields. */
function checkState(value: unknown): State {
  const given = checkObject('state', value);
  checkFields('state', given, Object.keys(DEFAULTS));
  const texts = Object.entries(given).map(([name, field]): [string, string] => {
    const kind = kindOf(DEFAULTS[name as keyof State]);
    if (!kind.is(field)) {
      throw new TypeError(`state.${name}: expected ${kind.name}; got ${describe(field)}`);
    }
    return [name, String(field)];
  });
  const { state, refused } = fromHash(new URLSearchParams(texts).toString());
  // A loss that does not fit the data gives way to one that does.
  const wrong = refused.at(0) ?? ('loss' in given && given['loss'] !== state.loss ? 'loss' : undefined);
  if (wrong === undefined) return state;
  throw new RangeError(`state.${wrong}: expected ${choicesOf(wrong)}; got ${describe(given[wrong])}`);
}

interface Kind {
  name: string;
  is: (value: unknown) => boolean;
}

const isNumber = (value: unknown): boolean => typeof value === 'number';
const KINDS: Readonly<Record<'list' | 'number' | 'name', Kind>> = {
  list: { name: 'an array of numbers', is: (value) => Array.isArray(value) && value.every(isNumber) },
  number: { name: 'a number', is: isNumber },
  name: { name: 'a name or a number', is: (value) => typeof value === 'string' || isNumber(value) },
};

function kindOf(value: unknown): Kind {
  return KINDS[Array.isArray(value) ? 'list' : isNumber(value) ? 'number' : 'name'];
}

function choicesOf(name: string): string {
  if (typeof DEFAULTS[name as keyof State] !== 'number') return 'what the page lets one choose';
  const { low, high, whole } = rangeOf(name as 'samples');
  return `a ${whole ? 'whole ' : ''}number from ${low} to ${high}`;
}

function columnsOf(history: readonly Point[]): Record<string, number[]> {
  const names = (Object.keys(COLUMNS) as (keyof Point)[]).filter((name) => history[0]?.[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, history.map((point) => point[name]!)]));
}

/** Ends with the step that the training has reached. */
function checkHistory(value: unknown, last: number): Point[] {
  const columns = checkObject('history', value);
  checkFields('history', columns, Object.keys(COLUMNS));
  const steps = checkNumbers('history.step', columns['step']);
  const count = checkInteger('history.step.length', steps.length, 1, MOST_POINTS);
  steps.forEach((step, i) => {
    checkInteger(`history.step[${i}]`, step, i === 0 ? 0 : steps[i - 1] + 1, last);
  });
  const points = Array.from({ length: count }, (): Partial<Point> => ({}));
  for (const [name, kind] of Object.entries(COLUMNS)) {
    if (kind === 'maybe' && !(name in columns)) continue;
    checkNumbers(`history.${name}`, columns[name], count).forEach(
      (x, i) => (points[i][name as keyof Point] = x),
    );
  }
  return points as Point[];
}

/** None that is unknown: it would be ignored, and the run would be another than was meant. */
function checkFields(name: string, value: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new TypeError(`${name}: unknown field ${describe(unknown)}; known: ${known.join(', ')}`);
}

/** What a check calls by one name, under another. */
function renamed<Result>(from: string, to: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    (error as Error).message = (error as Error).message.replace(from, to);
    throw error;
  }
}
