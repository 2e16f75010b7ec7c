/** How ONNX files are told from others, apart from what reads them, which is loaded when one is there. */
import { type NamedFile } from '../files.js';

/** A model, and beside it the files that hold its weights, if it has such. */
export function isOnnx(files: readonly NamedFile[]): boolean {
  return files.some(isOnnxFile);
}

/** By the name; or by the first field, the version, and one of those that follow it (the producer's name, the graph). */
export function isOnnxFile({ name, bytes }: NamedFile): boolean {
  if (name.toLowerCase().endsWith('.onnx')) return true;
  return bytes[0] === 0x08 && bytes[1] >= 3 && bytes[1] < 32 && (bytes[2] === 0x12 || bytes[2] === 0x3a);
}
