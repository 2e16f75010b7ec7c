/** JSON files that users wrote: every way in which they can be wrong has a message that says where. */
import { readFile } from 'node:fs/promises';
import { InputError } from './errors.js';

export const STDIN = '-';

export function displayName(file: string): string {
  return file === STDIN ? 'standard input' : file;
}

export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    // Some editors put a byte order mark first, which JSON does not allow.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    throw new InputError(describeSyntaxError(displayName(file), text, (error as Error).message));
  }
}

/** Runs a check on what came from a file: its complaints name the file. */
export function inFile<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new InputError(`${displayName(file)}: ${error.message}`, { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  try {
    if (file !== STDIN) return await readFile(file, 'utf8');
    let text = '';
    process.stdin.setEncoding('utf8');
    for await (const chunk of process.stdin) text += chunk as string;
    return text;
  } catch (error) {
    throw new InputError(`cannot read ${displayName(file)}: ${fileProblem(error as NodeJS.ErrnoException)}`);
  }
}

export function fileProblem({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a directory';
    case 'ENOTDIR':
      return 'part of its path is not a directory';
    case 'EEXIST':
      return 'a file of that name exists';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ERR_STRING_TOO_LONG':
      return 'it is too large for JSON (512 MiB)';
    default:
      return message;
  }
}

/** JSON.parse gives a position for some errors, and an excerpt that starts ten characters before it for the others. */
function describeSyntaxError(name: string, text: string, message: string): string {
  if (text.trim() === '') return `${name}: expected JSON; got nothing`;
  const excerpt = /token '(.)', (\.\.\.)?"([^]*?)"(?:\.\.\.)? is not valid JSON$/.exec(message);
  let at = /position (\d+)/.exec(message)?.[1];
  if (message.includes('end of JSON input')) at = String(text.length);
  if (excerpt) {
    const [, token, cut, part] = excerpt;
    at = String(text.indexOf(part) + (cut ? Math.max(0, part.indexOf(token, 10)) : part.indexOf(token)));
  }
  const reason = message.replace(/(?:, (?:\.\.\.)?"[^]*| in JSON at position.*)$/, '');
  const before = text.slice(0, Number(at ?? 0)).split('\n');
  const place = at === undefined ? '' : ` at line ${before.length}, column ${before.at(-1)!.length + 1}`;
  const hint = /^(?:NaN|-?Infinity)/.test(text.slice(Number(at ?? 0)))
    ? ' (JSON has no NaN or Infinity)'
    : '';
  return `${name}: not valid JSON: ${reason}${place}${hint}`;
}
