/** Files that users name, read whole. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NamedFile } from '../formats/index.js';
import { InputError } from './errors.js';

export const STDIN = '-';

/** Most bytes of what has no end that could be known ahead: pipes, devices and standard input. A file may have 2 GiB. */
const MOST_STREAMED = 2 ** 29;
const CHUNK = 2 ** 16;
/** How long a named pipe may wait for somebody who writes to it. */
const PATIENCE_MILLISECONDS = 10_000;

export function displayName(file: string): string {
  return file === STDIN ? 'standard input' : file;
}

/** @throws InputError saying why it cannot be read */
export async function readNamed(file: string): Promise<NamedFile> {
  const name = displayName(file);
  try {
    return { name, bytes: file === STDIN ? await readStandardInput() : await readFileNamed(file) };
  } catch (error) {
    throw new InputError(`cannot read ${name}: ${fileProblem(error as NodeJS.ErrnoException)}`);
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks = new Chunks();
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return chunks.whole();
}

/** Opened such that a named pipe does not keep a thread waiting, which nothing could interrupt. */
async function readFileNamed(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    return stats.isFile() || stats.isDirectory() ? await handle.readFile() : await readStream(handle, stats);
  } finally {
    await handle.close();
  }
}

/** Of a named pipe the end is known only once somebody has opened it to write. */
async function readStream(handle: FileHandle, stats: Stats): Promise<Buffer> {
  const chunks = new Chunks();
  const buffer = Buffer.alloc(CHUNK);
  const start = performance.now();
  let isOpen = !stats.isFIFO();
  for (;;) {
    const length = await handle.read(buffer).then(
      ({ bytesRead }) => bytesRead,
      (error: unknown) => {
        // Open, and nothing there yet.
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
        throw error;
      },
    );
    if (length === 0 && isOpen) return chunks.whole();
    isOpen ||= length !== 0;
    if (length) {
      chunks.push(Buffer.from(buffer.subarray(0, length)));
    } else {
      if (!isOpen && performance.now() - start > PATIENCE_MILLISECONDS)
        throw new Error('nobody writes to this pipe');
      await sleep(5);
    }
  }
}

class Chunks {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  /** @throws Error beyond the most */
  push(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > MOST_STREAMED) throw new Error('it is longer than 512 MiB; put it into a file');
    this.#chunks.push(chunk);
  }

  whole(): Buffer {
    return Buffer.concat(this.#chunks);
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
    case 'EROFS':
      return 'its file system is read-only';
    case 'ENOSPC':
      return 'no space is left';
    case 'ERR_FS_FILE_TOO_LARGE':
      return 'it is larger than 2 GiB';
    default:
      return message;
  }
}
