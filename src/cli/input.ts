/** Files that users name, read whole. */
import { readFile } from 'node:fs/promises';
import { type NamedFile } from '../formats/index.js';
import { InputError } from './errors.js';

export const STDIN = '-';

export function displayName(file: string): string {
  return file === STDIN ? 'standard input' : file;
}

/** @throws InputError saying why it cannot be read */
export async function readNamed(file: string): Promise<NamedFile> {
  const name = displayName(file);
  try {
    return { name, bytes: file === STDIN ? await readStandardInput() : await readFile(file) };
  } catch (error) {
    throw new InputError(`cannot read ${name}: ${fileProblem(error as NodeJS.ErrnoException)}`);
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
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
    case 'ERR_FS_FILE_TOO_LARGE':
      return 'it is larger than 2 GiB';
    default:
      return message;
  }
}
