/** JSON as people and tools write it: every way in which it can be wrong has a message that says where. */
import { FormatError, type NamedFile } from './files.js';

/** V8's longest string; other engines take longer ones. */
const MOST_CHARACTERS = 2 ** 29 - 24;

/**
 * The value of a file, or of a place in it, which messages then name.
 *
 * @throws FormatError for what is not UTF-8 or not JSON, and for an object that has a key twice, of which JSON.parse would take the last
 */
export function parseJson({ name, bytes }: NamedFile, place?: string): unknown {
  if (bytes.length > MOST_CHARACTERS) throw problem(name, place, 'it is too large for JSON (512 MiB)');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw problem(name, place, 'expected JSON in UTF-8; its bytes are not');
  }
  return parseJsonText(name, text, place);
}

/** The same, of a text. */
export function parseJsonText(name: string, source: string, place?: string): unknown {
  // Some editors put a byte order mark first, which JSON does not allow.
  const text = source.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw problem(name, place, syntaxProblem(text, (error as Error).message));
  }
  const twice = duplicateKey(text);
  if (twice === undefined) return value;
  const again = `expected the key ${twice.key} once in its object; got it again${positionOf(text, twice.at)}`;
  throw problem(name, place, again);
}

function problem(name: string, place: string | undefined, message: string): FormatError {
  return new FormatError(name, place === undefined ? message : `${place}: ${message}`);
}

/** The first key that its object had before, in a text that is valid JSON. */
function duplicateKey(text: string): { key: string; at: number } | undefined {
  const [quote, colon, brace, bracket, braceEnd, bracketEnd] = Array.from('":{[}]', (c) => c.charCodeAt(0));
  const open: (Set<unknown> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === brace) open.push(new Set());
    else if (c === bracket) open.push(undefined);
    else if (c === braceEnd || c === bracketEnd) open.pop();
    else if (c === quote) {
      const at = i;
      i = endOfString(text, at);
      const keys = open.at(-1);
      if (!keys) continue;
      let next = i + 1;
      while (text.charCodeAt(next) <= 32) next++;
      if (text.charCodeAt(next) !== colon) continue;
      const key = text.slice(at, i + 1);
      // "a" and "\u0061" are one key.
      const meant: unknown = JSON.parse(key);
      if (keys.has(meant)) return { key, at };
      keys.add(meant);
    }
  }
  return undefined;
}

/** Of the closing quotation mark, the first after an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at);
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}

/** JSON.parse gives a position for some errors, and an excerpt that starts ten characters before it for the others. */
function syntaxProblem(text: string, message: string): string {
  if (text.trim() === '') return 'expected JSON; got nothing';
  const excerpt = /token '(.)', (\.\.\.)?"([^]*?)"(?:\.\.\.)? is not valid JSON$/.exec(message);
  const position = /position (\d+)/.exec(message)?.[1];
  let at = position === undefined ? undefined : Number(position);
  if (message.includes('end of JSON input')) at = text.length;
  if (excerpt) {
    const [, token, cut, part] = excerpt;
    at = text.indexOf(part) + (cut ? Math.max(0, part.indexOf(token, 10)) : part.indexOf(token));
  }
  const reason = message.replace(/(?:, (?:\.\.\.)?"[^]*| in JSON at position.*)$/, '');
  const infinite = /^(?:NaN|-?Infinity)/.test(text.slice(at ?? 0, (at ?? 0) + 9));
  const hint = infinite ? ' (JSON has no NaN or Infinity)' : '';
  return `not valid JSON: ${reason}${at === undefined ? '' : positionOf(text, at)}${hint}`;
}

function positionOf(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return ` at line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
