/** Python pickles are programs that run when they are loaded, so they are refused, with the export that is safe to share. */
import { type NamedFile } from './files.js';

/** What every refusal says. */
export function reasonAgainstPickle(): string {
  return 'a pickle is a program that runs when it is loaded, and is refused';
}

/** A protocol of 2 or more opens with 80 and the version; PyTorch's older files and joblib's are such, too. */
export function isPickle({ bytes }: NamedFile): boolean {
  return bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5;
}
