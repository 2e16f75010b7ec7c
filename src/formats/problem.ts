/** A network and its data read together: each says what the other does not. */
import { checkDataset, checkNetwork } from '../network.js';
import { readSamples, samplesRead } from './data/dataset.js';
import { type DataHints, type ReadDataset } from './data/table.js';
import { type NetworkDescription, type NetworkHints, type ReadNetwork } from './description.js';
import { FormatError, type NamedFile } from './files.js';
import { finishNetwork, statedLoss } from './finish.js';

/** format is the network's. */
export type Problem = ReadNetwork & Omit<ReadDataset, 'format'>;

/** What files and hints leave open. */
export interface ProblemHints {
  network?: NetworkHints;
  data?: DataHints;
}

/** What readProblem (index.ts) makes of a described network and files of data. @throws FormatError naming the file and the place in it */
export async function problemOf(
  description: NetworkDescription,
  dataFiles: readonly NamedFile[],
  { network: networkHints = {}, data: dataHints = {} }: ProblemHints,
): Promise<Problem> {
  const { file, layers } = description;
  const known = statedLoss(description, networkHints) ?? dataHints.loss;
  const classes = dataHints.classes ?? description.classes;
  const { table, targets, standardization } = await readSamples(
    dataFiles,
    {
      ...dataHints,
      ...(layers.length > 0 && { inputs: layers[0].weights.cols, outputs: layers.at(-1)!.weights.rows }),
      ...(known && { loss: known }),
      ...(classes && { classes }),
    },
    file,
  );
  const { network, format, inferred } = finishNetwork(description, {
    ...networkHints,
    ...(targets.loss && { loss: targets.loss }),
  });
  const read = samplesRead(table, targets, standardization);
  try {
    checkDataset(checkNetwork(network), read.data);
  } catch (error) {
    throw new FormatError(table.file, (error as Error).message);
  }
  return { ...read, network, format, inferred: [...inferred, ...read.inferred] };
}
