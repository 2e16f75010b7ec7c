/** The network and the data that a command works on: its arguments, and the options that say what the files do not. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type DataHints,
  type NamedFile,
  type NetworkHints,
  type Problem,
  readNetwork,
  type ReadNetwork,
  readProblem,
  tfjsShardNames,
} from '../formats/index.js';
import { isTfjs } from '../formats/tfjs-manifest.js';
import { type Loss, LOSSES } from '../network.js';
import { printable } from '../validate.js';
import { isBundled, readData } from './bundled.js';
import { UsageError } from './errors.js';
import { displayName, readNamed, STDIN } from './input.js';
import { activationChoice, integerChoice, nonNegativeChoice, oneOfChoice } from './options.js';

/** Of a model. */
export const NETWORK_OPTIONS = {
  activation: { type: 'string' },
  activations: { type: 'string' },
  loss: { type: 'string' },
  'weight-decay': { type: 'string' },
  layout: { type: 'string' },
  layers: { type: 'string' },
} as const;

/** Of data. */
export const DATA_OPTIONS = {
  header: { type: 'boolean' },
  'no-header': { type: 'boolean' },
  label: { type: 'string' },
  features: { type: 'string' },
  ignore: { type: 'string' },
  'sample-weights': { type: 'string' },
  classes: { type: 'string' },
  'one-hot': { type: 'boolean' },
  targets: { type: 'string' },
  standardize: { type: 'boolean' },
  samples: { type: 'string' },
  noise: { type: 'string' },
} as const;

/** What analyze, check and train take beside their own options. */
export const PROBLEM_OPTIONS = { ...NETWORK_OPTIONS, ...DATA_OPTIONS, check: { type: 'string' } } as const;

type Texts<Options> = {
  [Name in keyof Options]?: Options[Name] extends { type: 'boolean' } ? boolean : string;
};
type NetworkValues = Texts<typeof NETWORK_OPTIONS>;
type DataValues = Texts<typeof DATA_OPTIONS>;

export interface ProblemRead extends Problem {
  /** 'model.safetensors on data.csv'. */
  subject: string;
}

/** The network and the data of a command's two arguments. @throws UsageError, InputError or FormatError, in one line */
export async function readProblemFiles(
  command: string,
  positionals: readonly string[],
  values: NetworkValues & DataValues & { check?: string },
): Promise<ProblemRead> {
  const [model, data] = twoFiles(command, positionals);
  const hints = { network: networkHints(values), data: dataHints(values) };
  const { files: ofData, notes } = await readDataFiles(data, values);
  const ofModel = await readModel(model);
  const problem =
    values.check === undefined
      ? await readProblem(ofModel, ofData, hints)
      : await (
          await import('./logits.js')
        ).readProblemChecked(ofModel, ofData, hints, await readNamed(values.check));
  return {
    ...problem,
    inferred: [...notes, ...problem.inferred],
    subject: `${displayName(model)} on ${ofData.map(({ name }) => name).join(', ')}`,
  };
}

/** The file of data, that of the targets if they have their own, and what is to be said of them. */
export async function readDataFiles(
  data: string,
  values: DataValues,
): Promise<{ files: NamedFile[]; notes: string[] }> {
  const choices = bundledChoices(values);
  const names = [data, ...(values.targets === undefined ? [] : [values.targets])];
  const read = await Promise.all(names.map((name) => readData(name, choices)));
  return { files: read.map(({ file }) => file), notes: read.flatMap(({ note }) => note ?? []) };
}

/** The network alone. @throws as readProblemFiles */
export async function readNetworkFile(model: string, values: NetworkValues): Promise<ReadNetwork> {
  return readNetwork(await readModel(model), networkHints(values));
}

/** On standard error; not where the report, which says it too, comes at once to the same terminal. */
export function printInferred(
  inferred: readonly string[],
  { quiet, json }: { quiet: boolean; json?: boolean },
  reportAtOnce = false,
): void {
  const seen = reportAtOnce && !json && process.stdout.isTTY && process.stderr.isTTY;
  if (quiet || seen) return;
  for (const sentence of inferred) process.stderr.write(`inferred: ${printable(sentence)}\n`);
}

/** With the files beside it that hold its weights: those that a model.json of TF.js names, and the one that PyTorch gives large ONNX models. */
async function readModel(file: string): Promise<NamedFile[]> {
  const model = await readNamed(file);
  if (file === STDIN) return [model];
  const beside = isTfjs([model])
    ? tfjsShardNames(model.bytes, model.name).map((name) => join(dirname(file), name))
    : [`${file}.data`].filter((data) => file.toLowerCase().endsWith('.onnx') && existsSync(data));
  return [model, ...(await Promise.all(beside.map(readNamed)))];
}

function bundledChoices({ samples, noise }: DataValues): { samples?: number; noise?: number } {
  return {
    ...(samples !== undefined && { samples: integerChoice('--samples', samples, 1, 2 ** 24) }),
    ...(noise !== undefined && { noise: nonNegativeChoice('--noise', noise) }),
  };
}

export function networkHints(values: NetworkValues): NetworkHints {
  const { activation, activations, loss, layout, layers } = values;
  if (activation !== undefined && activations !== undefined) {
    throw new UsageError('expected --activation (of the hidden layers) or --activations (of all); got both');
  }
  const decay = values['weight-decay'];
  return {
    ...(activation !== undefined && { activation: activationChoice('--activation', activation) }),
    ...(activations !== undefined && {
      activations: activations.split(',').map((name) => activationChoice('--activations', name)),
    }),
    ...(loss !== undefined && { loss: oneOfChoice<Loss>('--loss', loss, LOSSES) }),
    ...(decay !== undefined && { weightDecay: nonNegativeChoice('--weight-decay', decay) }),
    ...(layout !== undefined && { layout: oneOfChoice('--layout', layout, ['out-in', 'in-out']) }),
    ...(layers !== undefined && { layers: layers.split(',') }),
  };
}

export function dataHints(values: DataValues): DataHints {
  const { header, label, features, ignore, classes, standardize } = values;
  if (header && values['no-header']) throw new UsageError('expected --header or --no-header; got both');
  const weights = values['sample-weights'];
  return {
    ...(header && { header: true }),
    ...(values['no-header'] && { header: false }),
    ...(label !== undefined && { label: label.split(',') }),
    ...(features !== undefined && { features: features.split(',') }),
    ...(ignore !== undefined && { ignore: ignore.split(',') }),
    ...(weights !== undefined && { weights }),
    ...(classes !== undefined && { classes: classes.split(',') }),
    ...(values['one-hot'] && { oneHot: true }),
    ...(standardize && { standardize }),
  };
}

function twoFiles(command: string, files: readonly string[]): [model: string, data: string] {
  const [model, data] = files;
  if (files.length !== 2) {
    throw new UsageError(
      `${command}: expected two arguments, the model and the data; got ${files.length} (see hessbound ${command} --help)`,
    );
  }
  if (isData(model) && !isData(data)) {
    throw new UsageError(`${command}: expected the model, then the data; got ${model}, then ${data}`);
  }
  if (model === STDIN && data === STDIN) {
    throw new UsageError(`${command}: expected at most one file from standard input; got two`);
  }
  return [model, data];
}

/** By its name alone. */
function isData(file: string): boolean {
  return /\.[ct]sv$/i.test(file) || isBundled(file);
}
