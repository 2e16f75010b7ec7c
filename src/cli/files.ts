/** Files that are written: whole, or not at all. */
import { type Stats } from 'node:fs';
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from './errors.js';
import { fileProblem } from './input.js';

/** Under another name first, beside its own: what was there stays until all of the new is. A device or a pipe is written to, not replaced. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const file = await identity(path);
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  const special = isSpecial(await found(path));
  try {
    await writeFile(special ? path : part, content);
    if (!special) await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw new InputError(`cannot write ${path}: ${fileProblem(error as NodeJS.ErrnoException)}`);
  }
}

type Names = readonly (string | undefined)[];

/**
 * Asked before anything is computed: that what is to be written can be, each to a file of its own, and to none of those that are read.
 *
 * @throws InputError naming the first that is not so
 */
export async function checkOutputs(outputs: Names, inputs: Names): Promise<void> {
  const read = new Set(await Promise.all(given(inputs).map(identity)));
  const written = new Set<string>();
  for (const path of given(outputs)) {
    const [there, file] = [await found(path), await identity(path)];
    if (isSpecial(there)) continue;
    const refuse = (why: string): never => {
      throw new InputError(`cannot write ${path}: ${why}`);
    };
    if (there?.isDirectory()) refuse('it is a directory');
    // A data set that comes along may be called what no file is called yet.
    if (there && read.has(file)) refuse('it is read, and would be lost');
    if (written.has(file)) refuse('something else is to be written there, too');
    written.add(file);
    try {
      if (there) await access(file, constants.W_OK);
      await access(dirname(file), constants.W_OK);
    } catch (error) {
      const problem = error as NodeJS.ErrnoException;
      refuse(problem.code === 'ENOENT' ? `there is no directory ${dirname(path)}` : fileProblem(problem));
    }
  }
}

function given(names: Names): string[] {
  return names.filter((name) => name !== undefined);
}

function found(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

function isSpecial(there: Stats | undefined): boolean {
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** The same for every name of a file, links included. */
function identity(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
