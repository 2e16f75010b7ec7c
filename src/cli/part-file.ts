/** A part of an analysis as a file: JSON of the part, and of what it is a part of, so that merge needs nothing but the parts. */
import { dirname, relative, resolve } from 'node:path';
import { type CheckedPart, checkPart, type Part } from '../parts.js';
import { checkObject, describe } from '../validate.js';
import { ANALYSIS_OPTIONS, type AnalysisValues } from './analyze.js';
import { FormatError } from '../formats/index.js';
import { InputError, UsageError } from './errors.js';
import { readNamed } from './input.js';
import { parse } from './options.js';

/** The analysis: its command line, and where that was given. */
export interface Source {
  /** The model and the data, as they were named. */
  files: string[];
  /** The folder in which they were: as seen from that of the part, if it is in a file. */
  folder: string;
  options: string[];
}

export interface PartFile {
  part: CheckedPart;
  source: Source;
  values: AnalysisValues;
}

/** Most bytes: far more than a part has. */
const MOST_BYTES = 2 ** 28;

/** On one line: so what takes lines, as Spark's pipe does, takes it whole. */
export function partText(
  part: Part,
  files: readonly string[],
  values: AnalysisValues,
  output: string | undefined,
): string {
  const folder = process.cwd();
  const source: Source = {
    files: [...files],
    folder: output === undefined ? folder : relative(dirname(resolve(output)), folder) || '.',
    options: optionsOf(values),
  };
  return `${JSON.stringify({ ...part, source })}\n`;
}

/** @throws InputError in one line that begins with the file's name */
export async function readPart(file: string): Promise<PartFile> {
  const { name, bytes } = await readNamed(file);
  try {
    return partIn(name, bytes);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new FormatError(name, `expected JSON of a part; ${error.message}`);
    throw new InputError((error as Error).message);
  }
}

/** The folder that the names of its files are of. */
export function folderOf(file: string, { folder }: Source): string {
  return resolve(dirname(file), folder);
}

function partIn(name: string, bytes: Uint8Array): PartFile {
  if (bytes.length > MOST_BYTES) {
    throw new RangeError(`${name}: expected a part, of at most ${MOST_BYTES} bytes; got ${bytes.length}`);
  }
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const part = checkPart(name, value);
  const source = checkSource(`${name}: source`, (value as Record<string, unknown>)['source']);
  return { part, source, values: valuesOf(name, source) };
}

function valuesOf(name: string, { options }: Source): AnalysisValues {
  try {
    const { values, positionals } = parse('merge', options, ANALYSIS_OPTIONS);
    if (positionals.length === 0) return values;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  throw new RangeError(
    `${name}: source.options: expected options of an analysis; got ${describe(options.join(' '))}`,
  );
}

function checkSource(name: string, value: unknown): Source {
  const { files, folder, options } = checkObject(name, value);
  if (typeof folder !== 'string')
    throw new TypeError(`${name}.folder: expected text; got ${describe(folder)}`);
  const names = checkTexts(`${name}.files`, files);
  if (names.length !== 2) {
    throw new RangeError(`${name}.files: expected two, the model and the data; got ${names.length}`);
  }
  return { files: names, folder, options: checkTexts(`${name}.options`, options) };
}

function checkTexts(name: string, value: unknown): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new TypeError(`${name}: expected an array of texts; got ${describe(value)}`);
}

/** Such that parsing them gives the values again. */
function optionsOf(values: AnalysisValues): string[] {
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  return Object.keys(ANALYSIS_OPTIONS).flatMap((name) => {
    const value = given[name];
    if (typeof value === 'string') return [`--${name}=${value}`];
    return value ? [`--${name}`] : [];
  });
}
