/**
 * Data as the project's JSON (../json.ts), where targets may also be names of classes, and two fields may say what is what:
 *
 *   { "inputs": matrix, "targets": …, "weights": […], "classes": ["setosa", …], "features": ["sepal length", …] }
 */
import { checkObject, describe } from '../../validate.js';
import { FormatError, type NamedFile } from '../files.js';
import { datasetFromJson } from '../json.js';
import { parseJson } from '../json-text.js';
import { type Label, type Table } from './table.js';

/** Parsed, text may take ten times the memory: [[],[],…]. */
const MOST_JSON = 2 ** 27;

export function tableFromJson(file: NamedFile): Table {
  const { name, bytes } = file;
  if (bytes.length > MOST_JSON) {
    throw new FormatError(
      name,
      `expected at most ${MOST_JSON} bytes of JSON; got ${bytes.length} (.npz and CSV may be larger)`,
    );
  }
  const value = parseJson(file);
  try {
    const { classes, features, ...rest } = checkObject('data', value);
    const { targets } = rest;
    const words = Array.isArray(targets) && targets.length > 0 && targets.every(isWord);
    const count = words ? new Array<number>(targets.length).fill(0) : targets;
    const data = datasetFromJson({ ...rest, targets: count });
    return {
      file: name,
      format: 'JSON',
      inputs: data.inputs,
      labels: words ? targets.map(String) : data.targets,
      ...(data.weights && { weights: data.weights as Float64Array }),
      ...(classes !== undefined && { classes: names('data.classes', classes) }),
      ...(features !== undefined && { features: names('data.features', features, data.inputs.cols) }),
      literal: true,
      place: (sample) => `data.targets[${sample}]`,
      notes: [],
    };
  } catch (error) {
    throw new FormatError(name, (error as Error).message);
  }
}

function isWord(value: unknown): value is Label | boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function names(name: string, value: unknown, length?: number): string[] {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new TypeError(`${name}: expected an array of names; got ${describe(value)}`);
  }
  if (length !== undefined && value.length !== length) {
    throw new RangeError(`${name}: expected ${length} names; got ${value.length}`);
  }
  return value;
}
