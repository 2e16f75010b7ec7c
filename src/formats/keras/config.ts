/** Reading Keras's configurations: JSON objects that anyone may have written. */
import { describe } from '../../validate.js';
import { FormatError } from '../files.js';

export interface Config {
  file: string;
  /** For messages: 'layer dense_1', 'model'. */
  place: string;
  fields: Readonly<Record<string, unknown>>;
}

export function configOf(file: string, place: string, value: unknown): Config {
  if (isObject(value)) return { file, place, fields: value };
  throw new FormatError(file, `${place}: expected an object; got ${describe(value)}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of its own, not one that every object has; null is absent. */
export function field({ fields }: Config, key: string): unknown {
  return Object.hasOwn(fields, key) ? (fields[key] ?? undefined) : undefined;
}

export function child(config: Config, key: string, place = config.place): Config {
  const value = field(config, key);
  if (isObject(value)) return { file: config.file, place, fields: value };
  throw problem(config, `${key}: expected an object; got ${describe(value)}`);
}

export function textField(config: Config, key: string): string {
  const value = field(config, key);
  if (typeof value === 'string' && value !== '') return value;
  throw problem(config, `${key}: expected a name; got ${describe(value)}`);
}

export function listField(config: Config, key: string): unknown[] {
  const value = field(config, key);
  if (Array.isArray(value)) return value as unknown[];
  throw problem(config, `${key}: expected a list; got ${describe(value)}`);
}

export function problem({ file, place }: Config, message: string): FormatError {
  return new FormatError(file, `${place}: ${message}`);
}

/**
 * The class of a layer or model.
 *
 * @throws FormatError for classes that are the user's own: they are programs, and are not run
 */
export function className(config: Config): string {
  const name = textField(config, 'class_name');
  const { module } = config.fields;
  const registered = field(config, 'registered_name');
  const own = module !== undefined && (typeof module !== 'string' || !/^(tf_)?keras(\.|$)/.test(module));
  if (own || name.includes('>') || (typeof registered === 'string' && registered.includes('>'))) {
    throw problem(config, `${name} is a class of its author's, and code is not run`);
  }
  if (name === 'Lambda') throw problem(config, 'a Lambda layer is a program, and code is not run');
  return name;
}
