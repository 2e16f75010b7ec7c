/** Files that are written: whole, or not at all. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from './errors.js';
import { fileProblem } from './input.js';

/** Under another name first, beside its own: what was there stays until all of the new is. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await writeFile(part, content);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw new InputError(`cannot write ${path}: ${fileProblem(error as NodeJS.ErrnoException)}`);
  }
}
