/** Files as they arrive, in Node and in browsers, and what is said of those that cannot be read. */
import type * as fs from 'node:fs/promises';
import { importFromNode } from '../import-from-node.js';
import { describe, printable } from '../validate.js';

/** A file's name and its bytes. */
export interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

/** What readers take: bytes with a name, a File as a page's file input or drop gives it, or in Node a path. */
export type FileLike = NamedFile | { name: string; arrayBuffer(): Promise<ArrayBuffer> } | string;

/** A file does not hold what it should. The message is one line that starts with the file's name and says where and what. */
export class FormatError extends RangeError {
  override readonly name = 'FormatError';
  /** The file's name. */
  readonly file: string;

  constructor(file: string, problem: string) {
    super(`${printable(file)}: ${printable(problem)}`);
    this.file = file;
  }
}

/** Most bytes of a file, and of what it holds unpacked: what one typed array may be on every engine, and a guard against bombs. */
export const MOST_BYTES = 2 ** 31 - 1;

/** One file or several, their bytes read. @throws TypeError for what is not a file, FormatError for one that is too large */
export async function readFiles(files: FileLike | readonly FileLike[]): Promise<NamedFile[]> {
  const list: readonly unknown[] = Array.isArray(files) ? files : [files];
  if (list.length === 0) throw new TypeError('files: expected at least one file; got none');
  return Promise.all(list.map((file, i) => readOne(`files[${i}]`, file)));
}

async function readOne(name: string, file: unknown): Promise<NamedFile> {
  if (typeof file === 'string') return readPath(name, file);
  if (typeof file === 'object' && file !== null && 'name' in file && typeof file.name === 'string') {
    if ('bytes' in file && file.bytes instanceof Uint8Array) return checkSize(file.name, file.bytes);
    if ('arrayBuffer' in file && typeof file.arrayBuffer === 'function') {
      return checkSize(
        file.name,
        await contentOf(file as { name: string; arrayBuffer(): Promise<ArrayBuffer> }),
      );
    }
  }
  throw new TypeError(
    `${name}: expected { name, bytes: Uint8Array }, a File or, in Node, a path; got ${describe(file)}`,
  );
}

/** In Node. */
async function readPath(name: string, path: string): Promise<NamedFile> {
  if (typeof process === 'undefined') {
    throw new TypeError(
      `${name}: expected { name, bytes: Uint8Array } or a File; got a path, for which only Node has files`,
    );
  }
  const { readFile } = (await importFromNode('fs/promises')) as typeof fs;
  try {
    return checkSize(path, await readFile(path));
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(path, `it cannot be read (${(error as Error).message})`);
  }
}

/** A browser lets a folder be dropped as a file, and rejects when it is read; so it does for a file that was deleted or changed since. */
async function contentOf(file: { name: string; arrayBuffer(): Promise<ArrayBuffer> }): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new FormatError(
      file.name,
      `it cannot be read (${error instanceof Error ? error.message : String(error)}); is it a directory?`,
    );
  }
}

function checkSize(name: string, bytes: Uint8Array): NamedFile {
  if (bytes.length > MOST_BYTES) {
    throw new FormatError(name, `expected at most ${MOST_BYTES} bytes; got ${bytes.length}`);
  }
  return { name, bytes };
}
