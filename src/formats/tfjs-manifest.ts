/** What a model.json of TensorFlow.js is told by, and the shards that it names. */
import { describe } from '../validate.js';
import { FormatError, type NamedFile } from './files.js';
import { parseJson } from './json-text.js';
import { type Config, configOf, field, isObject, listField, problem } from './keras/config.js';

/** A model.json among them, whatever else is. Searched for in its text, as shards may come first. */
export function isTfjs(files: readonly NamedFile[]): boolean {
  return files.some(isModelJson);
}

/**
 * The names of the files that a model.json needs beside it, in the same folder.
 *
 * @throws FormatError for what is no layers model, and for paths that lead elsewhere
 */
export function tfjsShardNames(modelJsonBytes: Uint8Array, name = 'model.json'): string[] {
  return groupsOf(modelJson({ name, bytes: modelJsonBytes })).flatMap(({ paths }) => paths);
}

export interface Group {
  place: string;
  paths: string[];
  weights: Config[];
}

export function isModelJson({ bytes }: NamedFile): boolean {
  const start = bytes[0] === 0xef ? 3 : 0;
  if (!/^\s*\{/.test(new TextDecoder().decode(bytes.subarray(start, start + 64)))) return false;
  return ['"modelTopology"', '"weightsManifest"'].some((key) => includes(bytes, key));
}

function includes(bytes: Uint8Array, text: string): boolean {
  const sign = Array.from(text, (c) => c.charCodeAt(0));
  for (let at = bytes.indexOf(sign[0]); at >= 0; at = bytes.indexOf(sign[0], at + 1)) {
    if (sign.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** The object that a file is. @throws FormatError for what is no layers model */
export function modelJson(file: NamedFile): Config {
  const top = configOf(file.name, 'model.json', parseJson(file));
  const format = field(top, 'format') ?? 'layers-model';
  const topology = field(top, 'modelTopology');
  if (format === 'graph-model' || (isObject(topology) && 'node' in topology)) {
    throw new FormatError(
      file.name,
      "expected a layers model; got a graph model, whose layers TensorFlow has taken apart; convert the Keras model instead (tensorflowjs_converter --input_format=keras), or give Keras's own file",
    );
  }
  if (format !== 'layers-model') {
    throw new FormatError(file.name, `format: expected layers-model; got ${describe(format)}`);
  }
  return top;
}

/** The manifest: groups of weights, and the shards of each. */
export function groupsOf(top: Config): Group[] {
  const names = new Set<string>();
  return listField(top, 'weightsManifest').map((entry, i) => {
    const place = `weightsManifest[${i}]`;
    const group = configOf(top.file, place, entry);
    const paths = listField(group, 'paths').map((path) => {
      if (typeof path !== 'string' || !isPlain(path)) {
        throw problem(
          group,
          `paths: expected names of files in the folder of model.json; got ${describe(path)}`,
        );
      }
      if (names.has(path)) throw problem(group, `paths: expected each file once; got ${path} twice`);
      names.add(path);
      return path;
    });
    const weights = listField(group, 'weights').map((weight, w) =>
      configOf(top.file, `${place}.weights[${w}]`, weight),
    );
    return { place, paths, weights };
  });
}

/** Of a file in the same folder on every system: no path, no drive, no stream, nothing that a shell or terminal takes for its own. */
function isPlain(name: string): boolean {
  return /^[^/\\:*?"<>|\u0000-\u001f\u007f-\u009f]+$/.test(name) && !/^\.+$/.test(name) && name.length <= 255;
}

export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
