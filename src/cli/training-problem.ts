/** What train works on: data from a file, and a network to begin with, from another or from nothing. */
import { readSamples, samplesRead } from '../formats/data/dataset.js';
import { type DataHints } from '../formats/data/table.js';
import { type NamedFile } from '../formats/index.js';
import { initialize } from '../initialization.js';
import { checkDataset, checkNetwork, type Dataset, type Loss } from '../network.js';
import { InputError, UsageError } from './errors.js';
import { activationChoice } from './options.js';
import {
  dataHints,
  networkHints,
  type PROBLEM_OPTIONS,
  type ProblemRead,
  readDataFiles,
  readProblemFiles,
} from './problem.js';
import { only, shapeChoice, type SHAPE_OPTIONS } from './training-options.js';

type Texts<Options> = {
  [Name in keyof Options]?: Options[Name] extends { type: 'boolean' } ? boolean : string;
};
type Values = Texts<typeof PROBLEM_OPTIONS> & Texts<typeof SHAPE_OPTIONS> & { from?: string };

/** @throws UsageError, InputError or FormatError, in one line */
export async function readTrainingProblem(
  positionals: readonly string[],
  values: Values,
  seed: number,
): Promise<ProblemRead> {
  const [data] = positionals;
  if (positionals.length !== 1) {
    throw new UsageError(
      `train: expected one argument, the data; got ${positionals.length} (see hessbound train --help)`,
    );
  }
  const { from, hidden, init } = values;
  if (from !== undefined) {
    const stray = hidden === undefined ? '--init' : '--hidden';
    only(stray, hidden ?? init, false, 'a network that begins from nothing, without --from');
    return readProblemFiles('train', [from, data], values);
  }
  for (const name of ['activations', 'layout', 'layers', 'check'] as const) {
    only(`--${name}`, values[name as keyof Values], false, '--from');
  }
  return untrained(data, values, seed);
}

async function untrained(data: string, values: Values, seed: number): Promise<ProblemRead> {
  const { loss: given, weightDecay } = networkHints(values);
  const activation = activationChoice('--activation', values.activation ?? 'tanh');
  const { hidden, initializer } = shapeChoice(values);
  const { files, notes } = await readDataFiles(data, values);
  const hints = { ...dataHints(values), ...(given && { loss: given }) };
  const { table, targets, standardization } = await readSamples(files, await withOutputs(files, hints));
  const loss = given ?? targets.loss ?? 'softmax-cross-entropy';
  const samples = samplesRead(table, targets, standardization);
  const why = (given ?? targets.loss) ? [] : ['the targets are classes: the loss is softmax-cross-entropy'];
  const outputs = outputsOf(samples.data, loss, samples.classes);
  if (loss === 'softmax-cross-entropy' && outputs < 2) {
    throw new InputError(`${table.file}: expected at least two classes to tell apart; got one`);
  }
  const network = {
    ...initialize({
      widths: [samples.data.inputs.cols, ...hidden, outputs],
      activation,
      loss,
      seed,
      ...(initializer && { initializer }),
    }),
    ...(weightDecay !== undefined && { weightDecay }),
  };
  try {
    checkDataset(checkNetwork(network), samples.data);
  } catch (error) {
    throw new InputError(`${table.file}: ${(error as Error).message}`);
  }
  return {
    ...samples,
    network,
    inferred: [...notes, ...samples.inferred, ...why],
    subject: files.map(({ name }) => name).join(', '),
  };
}

/** Rows of zeros and a one have as many columns as there are classes, which a first look counts. */
async function withOutputs(files: readonly NamedFile[], hints: DataHints): Promise<DataHints> {
  if (!hints.oneHot || hints.loss === undefined || hints.loss === 'softmax-cross-entropy') return hints;
  const { table, targets } = await readSamples(files, { ...hints, loss: 'softmax-cross-entropy' });
  const { data, classes } = samplesRead(table, targets, undefined);
  return { ...hints, outputs: outputsOf(data, 'softmax-cross-entropy', classes) };
}

/** K. */
function outputsOf({ targets }: Dataset, loss: Loss, classes: readonly string[] = []): number {
  if ('data' in targets) return targets.cols;
  if (loss !== 'softmax-cross-entropy') return 1;
  return Array.from(targets).reduce((most, label) => Math.max(most, label + 1), classes.length);
}
