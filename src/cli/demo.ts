/** A network trained on the spot, and its report. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { iris } from '../datasets/iris.js';
import { standardize } from '../datasets/standardize.js';
import { datasetToJson, jsonText, networkToJson } from '../formats/json.js';
import { createPool } from '../create-pool.js';
import { initialize } from '../initialization.js';
import { load } from '../load.js';
import { type Dataset, type Network } from '../network.js';
import { analyze } from '../report/analysis.js';
import { significant } from '../report/numbers.js';
import { type TrainingReport } from '../training/train.js';
import { InputError, Interrupted, UsageError } from './errors.js';
import { DEMO_HELP } from './help/demo.js';
import { fileProblem } from './input.js';
import { COMMON_OPTIONS, EXACT_OPTIONS, exactChoice, integerChoice, parse } from './options.js';
import { printAnalysis } from './output.js';
import { StatusLine } from './terminal.js';

const LEARNING_RATE = 0.01;

export async function demoCommand(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('demo', args, {
    ...EXACT_OPTIONS,
    ...COMMON_OPTIONS,
    steps: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    hidden: { type: 'string', default: '8' },
    save: { type: 'string' },
  });
  if (values.help) {
    process.stdout.write(DEMO_HELP);
    return;
  }
  if (positionals.length > 0) {
    throw new UsageError(`demo: expected no files; got '${positionals[0]}' (see hessbound demo --help)`);
  }
  const exact = exactChoice(values);
  const steps = integerChoice('--steps', values.steps, 0, 1e9);
  const seed = integerChoice('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER);
  const hidden = values.hidden.split(',').map((width) => integerChoice('--hidden', width, 1, 1e6));

  const { inputs, targets, features, classes } = iris();
  const data = { inputs: standardize(inputs).inputs, targets };
  const initial = initialize({
    widths: [features.length, ...hidden, classes.length],
    activation: 'tanh',
    loss: 'softmax-cross-entropy',
    seed,
  });
  const hb = await load();
  const status = new StatusLine(values);
  const start = performance.now();
  const network = await trainVisibly(initial, data, steps, status, values.quiet);
  const seconds = (performance.now() - start) / 1000;
  const analysis = analyze(hb, network, data, {
    exact,
    onStep: (name) => status.update(`computing: ${name} …`, { always: true }),
  });
  status.clear();
  printAnalysis(
    { ...analysis, steps: [{ name: 'training', seconds }, ...analysis.steps] },
    {
      version,
      json: values.json,
      subject: `Fisher's iris, standardized; ${steps} Adam steps of ${LEARNING_RATE} from seed ${seed}`,
    },
  );
  if (values.save !== undefined) await save(values.save, network, data, values.quiet);
}

/** Trains off the main thread with a progress line, or a few lines where nobody watches; Ctrl-C ends it at once. */
async function trainVisibly(
  network: Network,
  data: Dataset,
  steps: number,
  status: StatusLine,
  quiet: boolean,
): Promise<Network> {
  const every = Math.max(1, Math.ceil(steps / (status.enabled ? 200 : 4)));
  let reached = 0;
  const onStep = ({ step, loss }: TrainingReport): void => {
    reached = step;
    const words = `step ${step} of ${steps}, loss ${significant(loss)}`;
    if (status.enabled) status.update(`training  ${gauge(step, steps)}  ${words}`);
    else if (!quiet) process.stderr.write(`training: ${words}\n`);
  };
  const pool = await createPool({ workers: 1 });
  const controller = new AbortController();
  // Only while training: the analysis does not yield, and there Ctrl-C should end the process at once, as it does by default.
  const interrupt = (): void => controller.abort(new Interrupted(`interrupted after ${reached} steps`));
  process.once('SIGINT', interrupt);
  try {
    const { signal } = controller;
    const options = { steps, learningRate: LEARNING_RATE, every, onStep, signal };
    return (await pool.train(network, data, options)).network;
  } finally {
    await pool.close();
    process.off('SIGINT', interrupt);
    status.clear();
  }
}

function gauge(step: number, steps: number): string {
  const width = 24;
  const filled = steps === 0 ? width : Math.round((step / steps) * width);
  return '━'.repeat(filled) + '╌'.repeat(width - filled);
}

async function save(directory: string, network: Network, data: Dataset, quiet: boolean): Promise<void> {
  const networkFile = join(directory, 'network.json');
  const dataFile = join(directory, 'data.json');
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(networkFile, `${jsonText(networkToJson(network))}\n`);
    await writeFile(dataFile, `${jsonText(datasetToJson(data))}\n`);
  } catch (error) {
    throw new InputError(`cannot save to ${directory}: ${fileProblem(error as NodeJS.ErrnoException)}`);
  }
  if (!quiet) process.stderr.write(`saved; the same again: hessbound analyze ${networkFile} ${dataFile}\n`);
}
