import { load } from '../load.js';
import { datasetFromJson, networkFromJson } from '../formats/json.js';
import { checkDataset, checkNetwork } from '../network.js';
import { analyze } from '../report/analysis.js';
import { UsageError } from './errors.js';
import { ANALYZE_HELP } from './help/analyze.js';
import { displayName, inFile, readJson, STDIN } from './input.js';
import {
  boundsChoice,
  COMMON_OPTIONS,
  EXACT_OPTIONS,
  exactChoice,
  integerChoice,
  parse,
  positiveChoice,
} from './options.js';
import { printAnalysis } from './output.js';
import { StatusLine } from './terminal.js';

export async function analyzeCommand(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('analyze', args, {
    ...EXACT_OPTIONS,
    ...COMMON_OPTIONS,
    bounds: { type: 'string' },
    density: { type: 'boolean', default: false },
    explain: { type: 'boolean', default: false },
    certified: { type: 'boolean', default: false },
    tolerance: { type: 'string' },
    'max-products': { type: 'string' },
  });
  if (values.help) {
    process.stdout.write(ANALYZE_HELP);
    return;
  }
  const exact = exactChoice(values);
  const bounds = boundsChoice(values.bounds);
  const tolerance = values.tolerance && positiveChoice('--tolerance', values.tolerance);
  const products = values['max-products'] && integerChoice('--max-products', values['max-products'], 1, 1000);
  const [networkFile, dataFile] = twoFiles(positionals);

  const networkJson = await readJson(networkFile);
  const network = inFile(networkFile, () => networkFromJson(networkJson));
  const checked = inFile(networkFile, () => checkNetwork(network));
  const dataJson = await readJson(dataFile);
  const data = inFile(dataFile, () => datasetFromJson(dataJson));
  inFile(dataFile, () => checkDataset(checked, data));

  const hb = await load();
  const status = new StatusLine(values);
  const analysis = analyze(hb, network, data, {
    exact,
    density: values.density,
    explain: values.explain,
    certified: values.certified,
    ...(bounds && { bounds }),
    ...(tolerance && { tolerance }),
    ...(products && { maxProducts: products }),
    onStep: (name) => status.update(`computing: ${name} …`, { always: true }),
  });
  status.clear();
  printAnalysis(analysis, {
    version,
    json: values.json,
    subject: `${displayName(networkFile)} on ${displayName(dataFile)}`,
  });
}

function twoFiles(files: string[]): [network: string, data: string] {
  const [network, data] = files;
  if (files.length !== 2) {
    throw new UsageError(
      `analyze: expected two files, the network and the data; got ${files.length} (see hessbound analyze --help)`,
    );
  }
  if (network === STDIN && data === STDIN) {
    throw new UsageError('analyze: expected at most one file from standard input; got two');
  }
  return [network, data];
}
