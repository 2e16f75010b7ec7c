/**
 * Checks at the door. Each throws a TypeError (wrong kind) or RangeError (wrong value) that names the argument, says what
 * was expected and what arrived, and returns the value in the form the library works with.
 */
import { MAX_DOUBLES } from './core/instance.js';

/** %TypedArray%.prototype[@@toStringTag], whose answer no object can counterfeit. */
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)!;

/** A short description of any value, for the end of an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string')
    return printable(JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value);
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (ArrayBuffer.isView(value)) {
    return `${tag(value)} of length ${(value as { length?: number }).length ?? value.byteLength}`;
  }
  return typeof value === 'function' ? 'a function' : `an object (${tag(value)})`;
}

/** Hostile names may hold line breaks and terminal sequences: they are shown as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function checkObject(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw new TypeError(`${name}: expected an object; got ${describe(value)}`);
  }
  return value as Record<string, unknown>;
}

/**
 * Refuses fields that look like a known one misspelt: they would be ignored, and the answer would be for something else.
 * Other fields are the caller's own.
 */
export function checkSpelling(name: string, value: Record<string, unknown>, known: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const plain = key.toLowerCase().replace(/[^a-z]/g, '');
    const meant = known.find((field) => {
      const target = field.toLowerCase();
      return plain.endsWith(target) || (target.length > 3 && editDistance(plain, target) <= 2);
    });
    if (meant !== undefined) {
      throw new TypeError(`${name}: unknown field ${describe(key)}; did you mean '${meant}'?`);
    }
  }
}

/** Insertions, deletions and substitutions between two short words (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}

/** A finite number, optionally within [low, high]. */
export function checkNumber(name: string, value: unknown, low = -Infinity, high = Infinity): number {
  if (typeof value !== 'number') throw new TypeError(`${name}: expected a number; got ${describe(value)}`);
  if (!Number.isFinite(value) || value < low || value > high) {
    throw new RangeError(`${name}: expected a finite number${range(low, high)}; got ${value}`);
  }
  return value;
}

export function checkInteger(name: string, value: unknown, low: number, high: number): number {
  if (typeof value !== 'number') throw new TypeError(`${name}: expected an integer; got ${describe(value)}`);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name}: expected an integer${range(low, high)}; got ${value}`);
  }
  return value;
}

/** One of the allowed strings. */
export function checkOneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const list = allowed.map((option) => `'${option}'`).join(', ');
  if (typeof value !== 'string')
    throw new TypeError(`${name}: expected one of ${list}; got ${describe(value)}`);
  if (!allowed.includes(value as T)) {
    const plain = value.toLowerCase().replace(/[^a-z]+/g, '-');
    const near = allowed.find((option) => editDistance(plain, option.toLowerCase()) <= 2);
    const hint = near === undefined ? '' : ` (did you mean '${near}'?)`;
    throw new RangeError(`${name}: expected one of ${list}; got ${describe(value)}${hint}`);
  }
  return value as T;
}

/** An options object with no other keys than those allowed; absent means none given. */
export function checkOptions(
  name: string,
  value: unknown,
  allowed: readonly string[],
): Record<string, unknown> {
  if (value === undefined) return {};
  const options = checkObject(name, value);
  for (const key of Object.keys(options)) {
    if (!allowed.includes(key)) {
      throw new TypeError(`${name}: unknown option ${describe(key)}; known: ${allowed.join(', ')}`);
    }
  }
  return options;
}

/** Finite numbers from any array-like, copied; `length` of them, if given. */
export function checkNumbers(name: string, value: unknown, length?: number): Float64Array {
  checkArrayLike(name, value);
  if (length !== undefined && value.length !== length) {
    throw new RangeError(`${name}: expected ${length} numbers; got ${value.length}${detachedHint(value)}`);
  }
  const result = new Float64Array(value.length);
  for (let i = 0; i < result.length; i++) {
    const x: unknown = value[i];
    if (typeof x !== 'number') {
      throw new TypeError(`${name}: expected numbers; got ${describe(x)} at index ${i}`);
    }
    if (!Number.isFinite(x)) throw new RangeError(`${name}: expected finite numbers; got ${x} at index ${i}`);
    result[i] = x;
  }
  return result;
}

/** rows and cols of a Matrix: each at least `least`, and not too many entries in all. */
export function checkShape(
  name: string,
  rows: unknown,
  cols: unknown,
  least = 1,
): { rows: number; cols: number } {
  const shape = {
    rows: checkInteger(`${name}.rows`, rows, least, 2 ** 31 - 1),
    cols: checkInteger(`${name}.cols`, cols, least, 2 ** 31 - 1),
  };
  if (shape.rows * shape.cols > MAX_DOUBLES) {
    throw new RangeError(
      `${name}: expected at most ${MAX_DOUBLES} entries; got ${shape.rows} × ${shape.cols} = ${shape.rows * shape.cols}`,
    );
  }
  return shape;
}

/** A matrix with finite entries and at least so many rows and columns: its data, checked but not copied. */
export function checkMatrix(
  name: string,
  value: unknown,
  least = 1,
): { rows: number; cols: number; data: Float64Array } {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw new TypeError(
      `${name}: expected a Matrix, as matrix(rows, cols, data) makes; got ${describe(value)}`,
    );
  }
  const { rows, cols, data } = checkObject(name, value);
  const shape = checkShape(name, rows, cols, least);
  if (!ArrayBuffer.isView(data) || tag(data) !== 'Float64Array') {
    throw new TypeError(
      `${name}.data: expected a Float64Array (matrix() makes one from any array); got ${describe(data)}`,
    );
  }
  const entries = data as Float64Array;
  refuseShared(`${name}.data`, entries);
  if (entries.length !== shape.rows * shape.cols) {
    throw new RangeError(
      `${name}.data: expected ${shape.rows * shape.cols} entries (${shape.rows} × ${shape.cols}, row-major); ` +
        `got ${entries.length}${detachedHint(entries)}`,
    );
  }
  const bad = firstNonFinite(entries);
  if (bad >= 0) {
    throw new RangeError(
      `${name}.data: expected finite numbers; got ${entries[bad]} at index ${bad} ` +
        `(row ${Math.floor(bad / shape.cols)}, column ${bad % shape.cols})`,
    );
  }
  return { ...shape, data: entries };
}

/** Index of the first infinity or NaN, or −1. */
function firstNonFinite(x: Float64Array): number {
  // x · 0 is NaN for those alone. Four sums at once: a million entries take 0.4 ms, Number.isFinite on each 1.6 ms.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i + 4 <= x.length; i += 4) {
    a += x[i] * 0;
    b += x[i + 1] * 0;
    c += x[i + 2] * 0;
    d += x[i + 3] * 0;
  }
  for (let i = x.length - (x.length % 4); i < x.length; i++) a += x[i] * 0;
  return a + b + c + d === 0 ? -1 : x.findIndex((value) => !Number.isFinite(value));
}

function checkArrayLike(name: string, value: unknown): asserts value is ArrayLike<unknown> {
  const kind = `${name}: expected an array or typed array of numbers; got ${describe(value)}`;
  if (typeof value !== 'object' || value === null) throw new TypeError(kind);
  if (ArrayBuffer.isView(value)) refuseShared(name, value);
  const { length } = value as { length?: unknown };
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) throw new TypeError(kind);
  if (length > MAX_DOUBLES) {
    throw new RangeError(`${name}: expected at most ${MAX_DOUBLES} numbers; got ${length}`);
  }
}

function refuseShared(name: string, view: ArrayBufferView): void {
  if (tag(view.buffer) === 'SharedArrayBuffer') {
    throw new TypeError(
      `${name}: expected memory that no other thread can change; got ${tag(view)} on a SharedArrayBuffer (pass a copy)`,
    );
  }
}

function detachedHint(value: unknown): string {
  const detached = ArrayBuffer.isView(value) && value.buffer.byteLength === 0 && value.byteLength === 0;
  return detached ? ' (its buffer is empty or detached, for example by postMessage)' : '';
}

function range(low: number, high: number): string {
  if (low === -Infinity && high === Infinity) return '';
  if (high === Infinity) return ` ≥ ${low}`;
  return ` from ${low} to ${high}`;
}

/** The class name of a built-in, across realms (frames, workers, vm contexts), where instanceof fails. */
function tag(value: unknown): string {
  const name: unknown = ArrayBuffer.isView(value) ? typedArrayName.get!.call(value) : undefined;
  return typeof name === 'string' ? name : Object.prototype.toString.call(value).slice(8, -1);
}
