/** The network and the data that a command works on: its two arguments, and the options that say what the files do not. */
import { type NetworkHints } from '../formats/index.js';
import { datasetFromJson, networkFromJson } from '../formats/json.js';
import {
  type Activation,
  ACTIVATIONS,
  checkDataset,
  checkNetwork,
  type Dataset,
  type Loss,
  LOSSES,
  type Network,
} from '../network.js';
import { UsageError } from './errors.js';
import { displayName, inFile, readJson, STDIN } from './input.js';
import { nonNegativeChoice, oneOfChoice } from './options.js';

/** What analyze, check and train take beside their own options. */
export const PROBLEM_OPTIONS = {
  activation: { type: 'string' },
  activations: { type: 'string' },
  loss: { type: 'string' },
  'weight-decay': { type: 'string' },
  layout: { type: 'string' },
} as const;

type Values = { [Name in keyof typeof PROBLEM_OPTIONS]?: string };

export interface Problem {
  network: Network;
  data: Dataset;
  /** 'network.json on data.json'. */
  subject: string;
  /** What was inferred rather than stated, a sentence each. */
  inferred: string[];
}

/** @throws UsageError, InputError or FormatError, in one line */
export async function readProblemFiles(
  command: string,
  positionals: readonly string[],
  values: Values,
): Promise<Problem> {
  const [networkFile, dataFile] = twoFiles(command, positionals);
  const hints = hintsOf(values);
  const networkJson = await readJson(networkFile);
  const network = inFile(networkFile, () => networkFromJson(networkJson));
  if (hints.weightDecay !== undefined) network.weightDecay = hints.weightDecay;
  const checked = inFile(networkFile, () => checkNetwork(network));
  const dataJson = await readJson(dataFile);
  const data = inFile(dataFile, () => datasetFromJson(dataJson));
  inFile(dataFile, () => checkDataset(checked, data));
  return {
    network,
    data,
    subject: `${displayName(networkFile)} on ${displayName(dataFile)}`,
    inferred: [],
  };
}

/** What the files do not say, from the options. */
export function hintsOf(values: Values): NetworkHints {
  const { activation, activations, loss, layout } = values;
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
  };
}

function activationChoice(option: string, name: string): Activation {
  return oneOfChoice<Activation>(option, name, ACTIVATIONS);
}

function twoFiles(command: string, files: readonly string[]): [network: string, data: string] {
  const [network, data] = files;
  if (files.length !== 2) {
    throw new UsageError(
      `${command}: expected two files, the network and the data; got ${files.length} (see hessbound ${command} --help)`,
    );
  }
  if (network === STDIN && data === STDIN) {
    throw new UsageError(`${command}: expected at most one file from standard input; got two`);
  }
  return [network, data];
}
