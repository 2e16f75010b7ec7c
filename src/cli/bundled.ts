/** Data sets that come with the program, where a command takes a file of data. */
import { existsSync } from 'node:fs';
import { dataset, DATASET_NAMES, type DatasetOptions } from '../datasets/index.js';
import { type NamedFile } from '../formats/index.js';
import { InputError, UsageError } from './errors.js';
import { readNamed } from './input.js';
import { didYouMean } from './nearest.js';

/** A bundled data set's name, and no file's. */
export function isBundled(file: string): boolean {
  return DATASET_NAMES.some((name) => name === file) && !existsSync(file);
}

/** A file, or the bundled data set of that name where there is no such file. @throws as readNamed */
export async function readData(
  file: string,
  options: DatasetOptions = {},
): Promise<{ file: NamedFile; note?: string }> {
  const name = DATASET_NAMES.find((known) => known === file);
  if (name === undefined || !isBundled(file)) {
    if (/^\w[\w-]*$/.test(file) && !existsSync(file)) {
      throw new InputError(
        `cannot read ${file}: there is no such file, nor a bundled data set of that name${didYouMean(file, DATASET_NAMES)} (see hessbound datasets)`,
      );
    }
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
