/**
 * Networks and data sets as plain JSON:
 *
 *   network  { "layers": [{ "weights": matrix, "bias": [b, …], "activation": "tanh" }, …], "loss": "…", "weightDecay": 0 }
 *   data     { "inputs": matrix, "targets": [class or value, …] or matrix, "weights": [w, …] }
 *   matrix   [[row], …] or { "rows": r, "cols": c, "data": [row-major, …] }
 *
 * bias, activation, weightDecay and the data's weights may be left out. Here only the form is checked; what the numbers must
 * satisfy, the library checks when they are used.
 */
import { type Matrix } from '../matrix.js';
import { type Dataset, type Layer, type Network } from '../network.js';
import { checkNumbers, checkObject, describe } from '../validate.js';
import { type NetworkDescription } from './description.js';
import { FormatError, type NamedFile } from './files.js';
import { parseJson } from './json-text.js';

/** Its first character, white space and a byte order mark aside. */
export function isJson([{ bytes }]: readonly NamedFile[]): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 4096));
  return start.trimStart().startsWith('{');
}

/** A network in the project's own form, or that of a run saved by the playground (web/engine/run-file.ts). */
export function describeJson([file]: readonly NamedFile[]): NetworkDescription {
  const value = parseJson(file) as { format?: unknown; network?: unknown } | null;
  try {
    const isRun = value?.format === 'hessbound-run';
    const { layers, loss, weightDecay } = networkFromJson(isRun ? value.network : value);
    return {
      file: file.name,
      format: 'JSON',
      architecture: 'literal',
      layers: layers.map(({ weights, bias, activation }, l) => ({
        name: `layers[${l}]`,
        weights,
        ...(bias && { bias: Float64Array.from(bias) }),
        ...(activation && { activation }),
      })),
      loss,
      ...(weightDecay !== undefined && { weightDecay }),
      notes: [],
    };
  } catch (error) {
    throw new FormatError(file.name, (error as Error).message);
  }
}

/** @throws TypeError or RangeError naming the place, such as network.layers[1].weights[3] */
export function networkFromJson(value: unknown): Network {
  const { layers, ...rest } = fields('network', value, ['layers', 'loss'], ['weightDecay']);
  if (!Array.isArray(layers)) {
    throw new TypeError(`network.layers: expected an array of layers; got ${describe(layers)}`);
  }
  return {
    ...rest,
    layers: layers.map((layer, l) => layerFromJson(`network.layers[${l}]`, layer)),
  } as Network;
}

/** @throws TypeError or RangeError naming the place, such as data.inputs[3] */
export function datasetFromJson(value: unknown): Dataset {
  const { inputs, targets, weights } = fields('data', value, ['inputs', 'targets'], ['weights']);
  const plain = Array.isArray(targets) && !Array.isArray(targets[0]);
  return {
    inputs: matrixFromJson('data.inputs', inputs),
    targets: plain ? checkNumbers('data.targets', targets) : matrixFromJson('data.targets', targets),
    ...(weights !== undefined && { weights: checkNumbers('data.weights', weights) }),
  };
}

/** The inverse of networkFromJson, ready for JSON.stringify: every number survives to the bit. */
export function networkToJson({ layers, loss, weightDecay }: Network): Record<string, unknown> {
  return {
    layers: layers.map(({ weights, bias, activation }) => ({
      weights: rowsOf(weights),
      ...(bias && { bias: Array.from(bias) }),
      activation: activation ?? 'identity',
    })),
    loss,
    weightDecay: weightDecay ?? 0,
  };
}

/** The inverse of datasetFromJson. */
export function datasetToJson({ inputs, targets, weights }: Dataset): Record<string, unknown> {
  return {
    inputs: rowsOf(inputs),
    targets: 'data' in targets ? rowsOf(targets) : Array.from(targets),
    ...(weights && { weights: Array.from(weights) }),
  };
}

/** JSON indented for people, with arrays of numbers on one line each. */
export function jsonText(value: unknown): string {
  // JSON has −0, but JSON.stringify writes 0.
  const text = JSON.stringify(value, (_, x: unknown) => (Object.is(x, -0) ? MINUS_ZERO : x), 2);
  // A line break cannot occur inside a JSON string, so this only ever joins what JSON.stringify broke.
  return text
    .replaceAll(JSON.stringify(MINUS_ZERO), '-0')
    .replace(/\[\n[^"[\]{}]*\]/g, (array) =>
      array.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
    );
}

/** No text of anyone's. */
const MINUS_ZERO = '\u0000−0\u0000';

function layerFromJson(name: string, value: unknown): Layer {
  const { weights, bias, ...rest } = fields(name, value, ['weights'], ['bias', 'activation']);
  return {
    ...rest,
    weights: matrixFromJson(`${name}.weights`, weights),
    ...(bias !== undefined && { bias: checkNumbers(`${name}.bias`, bias) }),
  };
}

function matrixFromJson(name: string, value: unknown): Matrix {
  if (!Array.isArray(value)) {
    if (typeof value !== 'object' || value === null) {
      throw new TypeError(
        `${name}: expected rows of numbers or { rows, cols, data }; got ${describe(value)}`,
      );
    }
    const { rows, cols, data } = fields(name, value, ['rows', 'cols', 'data'], []);
    const entries = checkNumbers(`${name}.data`, data);
    // A number of entries that does not match is for the library's own check to report, with this path.
    return { rows: rows as number, cols: cols as number, data: entries };
  }
  const [first] = value as unknown[];
  if (!Array.isArray(first)) {
    throw new TypeError(`${name}: expected rows of numbers; got ${value.length ? describe(first) : 'none'}`);
  }
  const cols = first.length;
  const rows = value.map((row, i) => checkNumbers(`${name}[${i}]`, row, cols));
  const data = new Float64Array(rows.length * cols);
  rows.forEach((row, i) => data.set(row, i * cols));
  return { rows: rows.length, cols, data };
}

/** The fields of a JSON object, none missing and none unknown, so that a misspelt name cannot go unnoticed. */
function fields(
  name: string,
  value: unknown,
  required: string[],
  optional: string[],
): Record<string, unknown> {
  const object = checkObject(name, value);
  const known = [...required, ...optional].join(', ');
  for (const key of Object.keys(object)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new TypeError(`${name}: unknown field ${describe(key)}; known: ${known}`);
    }
  }
  for (const key of required) {
    if (!(key in object)) throw new TypeError(`${name}: expected the field ${describe(key)}; it is missing`);
  }
  return object;
}

function rowsOf({ rows, cols, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}
