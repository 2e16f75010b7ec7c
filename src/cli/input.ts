/** JSON files that users wrote: every way in which they can be wrong has a message that says where. */
import { readFile } from 'node:fs/promises';
import { parseJsonText } from '../formats/json-text.js';
import { InputError } from './errors.js';

export const STDIN = '-';

export function displayName(file: string): string {
  return file === STDIN ? 'standard input' : file;
}

export async function readJson(file: string): Promise<unknown> {
  return parseJsonText(displayName(file), await readText(file));
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
