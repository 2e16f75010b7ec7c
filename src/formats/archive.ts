/** Zip archives that hold models: what they are is told by their entries. */
import { type NetworkDescription, type NetworkHints } from './description.js';
import { FormatError, type NamedFile } from './files.js';
import { describeNpz } from './npz.js';
import { refusePickle } from './pickle.js';
import { readZip } from './zip.js';

export function describeArchive(files: readonly NamedFile[], hints: NetworkHints): NetworkDescription {
  const [file] = files;
  if (files.length > 1)
    throw new FormatError(files[1].name, `expected one archive; got ${files.length} files`);
  const entries = readZip(file);
  if (entries.some(({ name }) => /(^|\/)data\.pkl$/.test(name))) throw refusePickle(file.name, 'PyTorch');
  if (entries.some(({ name }) => name.endsWith('.npy'))) return describeNpz(file.name, entries, hints);
  const names = entries.slice(0, 4).map(({ name }) => name);
  throw new FormatError(
    file.name,
    `expected a zip archive of NumPy arrays (.npz); got one of ${names.join(', ') || 'nothing'}${entries.length > 4 ? ', …' : ''}`,
  );
}
