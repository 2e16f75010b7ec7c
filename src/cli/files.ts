/** Files that are written: whole, or not at all. */
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from './errors.js';
import { fileProblem } from './input.js';

/** Under another name first, beside its own: what was there stays until all of the new is. A link stays one, and a device is written to. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const part = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  try {
    const there = await stat(target).catch(() => undefined);
    if (there && !there.isFile() && !there.isDirectory()) {
      await writeFile(target, content);
    } else {
      await writeFile(part, content);
      await rename(part, target);
    }
  } catch (error) {
    await rm(part, { force: true });
    throw cannotWrite(path, error);
  }
}

/** So that a place that cannot be written to is found out before anything is computed. @throws InputError */
export async function checkWritable(path: string): Promise<void> {
  try {
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (there) await access(path, constants.W_OK);
    if (!there || there.isFile())
      await access(dirname(await realpath(path).catch(() => path)), constants.W_OK);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): InputError {
  const failure = error as NodeJS.ErrnoException;
  const problem = failure.code === 'ENOENT' ? 'there is no such directory' : fileProblem(failure);
  return new InputError(`cannot write ${path}: ${problem}`);
}
