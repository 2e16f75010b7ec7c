/** The visitor's own file: read from a drop, and kept for the tab's life, so that a reload finds it. It goes nowhere else. */
import { type OwnFile } from './engine/protocol.js';

/** Bytes that a page takes: more is not trained on while one watches. */
const MOST_BYTES = 64 * 2 ** 20;
/** Bytes that are kept: browsers give a tab about 5 million characters. */
const MOST_KEPT = 4 * 2 ** 20;
const [NAME, CONTENT] = ['hessbound file', 'hessbound content'];
/** Characters made at once: more arguments than a call may have, otherwise. */
const CHUNK = 2 ** 14;

/** @throws Error with a message for the visitor */
export async function readFile(file: File): Promise<OwnFile> {
  if (file.size > MOST_BYTES) {
    const size = `${(file.size / 2 ** 20).toFixed(0)} MB`;
    throw new Error(`${file.name}: expected at most ${MOST_BYTES / 2 ** 20} MB; got ${size}`);
  }
  try {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    throw new Error(`${file.name}: it cannot be read; is it a folder?`);
  }
}

/** Whether it will be there after a reload. */
export function keepFile({ name, bytes }: OwnFile): boolean {
  try {
    sessionStorage.removeItem(CONTENT);
    if (bytes.length > MOST_KEPT) return false;
    let text = '';
    for (let i = 0; i < bytes.length; i += CHUNK)
      text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
    // The content last: what there is room for without it is no file.
    sessionStorage.setItem(NAME, name);
    sessionStorage.setItem(CONTENT, text);
    return true;
  } catch {
    return false;
  }
}

/** The file of that name, if it is kept. */
export function keptFile(name: string): OwnFile | undefined {
  try {
    const text = sessionStorage.getItem(CONTENT);
    if (text === null || sessionStorage.getItem(NAME) !== name) return undefined;
    return { name, bytes: Uint8Array.from(text, (c) => c.charCodeAt(0)) };
  } catch {
    return undefined;
  }
}
