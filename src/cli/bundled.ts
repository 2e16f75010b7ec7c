/** Data sets that come with the program, where a command takes a file of data. */
import { existsSync } from 'node:fs';
import { dataset, DATASET_NAMES, type DatasetOptions } from '../datasets/index.js';
import { type NamedFile } from '../formats/index.js';
import { UsageError } from './errors.js';
import { readNamed, STDIN } from './input.js';

/** A file, or the bundled data set of that name where there is no such file. @throws as readNamed */
export async function readData(
  file: string,
  options: DatasetOptions = {},
): Promise<{ file: NamedFile; note?: string }> {
  const name = DATASET_NAMES.find((known) => known === file);
  if (file === STDIN || name === undefined || existsSync(file)) {
    const option = Object.keys(options).at(0);
    if (option === undefined) return { file: await readNamed(file) };
    throw new UsageError(`--${option}: expected none for a file; it is for data sets that are generated`);
  }
  const { writeDataset } = await import('../formats/data/write.js');
  const { data, ...names } = await dataset(name, options);
  return {
    file: { name: `${name} (bundled)`, bytes: await writeDataset(data, 'json', names) },
    note: `${name} is the bundled data set: there is no file of that name`,
  };
}
