/** A network trained on the spot, and its report. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { iris } from '../datasets/iris.js';
import { standardize } from '../datasets/standardize.js';
import { datasetToJson, jsonText, networkToJson } from '../formats/json.js';
import { initialize } from '../initialization.js';
import { type Dataset, type Network } from '../network.js';
import { analyze } from '../report/analysis.js';
import { significant } from '../report/numbers.js';
import { type TrainingReport } from '../training/train.js';
import { type Pool } from '../workers/pool.js';
import { commandLine } from '../report/origin.js';
import { computed, type Computing } from './compute.js';
import { InputError, UsageError } from './errors.js';
import { checkOutputs, writeWhole } from './files.js';
import { DEMO_HELP } from './help/demo.js';
import { interruptible } from './interruption.js';
import { HTML_OPTIONS, htmlChoices, writeHtmlReport } from './html.js';
import { fileProblem } from './input.js';
import {
  COMMON_OPTIONS,
  COMPUTE_OPTIONS,
  EXACT_OPTIONS,
  exactChoice,
  integerChoice,
  parse,
  workersChoice,
} from './options.js';
import { printAnalysis } from './output.js';
import { announcement, trainingPreviewOf } from './preview.js';
import { trainWatched } from './training.js';

const LEARNING_RATE = 0.01;
/** Of progress, where there is no bar. */
const LINES = 4;

export function demoCommand(args: string[], version: string): Promise<void> {
  return interruptible('before anything was computed', () => demonstrated(args, version));
}

async function demonstrated(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('demo', args, {
    ...EXACT_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...HTML_OPTIONS,
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
  const choices = { exact: exactChoice(values), ...htmlChoices(values.html) };
  await checkOutputs([values.html], []);
  const workers = await workersChoice(values.workers);
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
  const plan = { options: { steps, learningRate: LEARNING_RATE }, rows: 0, report: choices };
  const announced = announcement(trainingPreviewOf(initial, data, plan, workers, { measured: false }));
  if (announced && !values.quiet) process.stderr.write(`${announced}\n`);
  const { network, analysis } = await computed({ workers, quiet: values.quiet }, async (pool, computing) => {
    const start = performance.now();
    const network = await train(pool, initial, data, steps, values.quiet, computing);
    const seconds = (performance.now() - start) / 1000;
    const { signal, onProgress } = computing;
    const analysis = await analyze(pool, network, data, { ...choices, signal, onProgress });
    return {
      network,
      analysis: { ...analysis, steps: [{ name: 'training', seconds }, ...analysis.steps] },
    };
  });
  const subject = `Fisher's iris, standardized; ${steps} Adam steps of ${LEARNING_RATE} from seed ${seed}`;
  printAnalysis(analysis, { version, json: values.json, subject });
  await writeHtmlReport(values.html, analysis, {
    subject,
    version,
    command: commandLine('demo', args),
    seed,
    quiet: values.quiet,
  });
  if (values.save !== undefined) await save(values.save, network, data, values.quiet);
}

/** Trains with a bar, or a few lines where nobody watches. */
async function train(
  pool: Pool,
  initial: Network,
  data: Dataset,
  steps: number,
  quiet: boolean,
  computing: Computing,
): Promise<Network> {
  const every = Math.max(1, Math.ceil(steps / LINES));
  let due = 0;
  const onTick = ({ step, loss }: TrainingReport): void => {
    if (computing.progress.enabled || quiet || (step < due && step !== steps)) return;
    due = every * (Math.floor(step / every) + 1);
    process.stderr.write(`training: step ${step} of ${steps}, loss ${significant(loss)}\n`);
  };
  const watch = { computing, first: 0, last: steps, onTick };
  const options = { steps, learningRate: LEARNING_RATE };
  return (await trainWatched(pool, initial, data, options, watch)).network;
}

async function save(directory: string, network: Network, data: Dataset, quiet: boolean): Promise<void> {
  const networkFile = join(directory, 'network.json');
  const dataFile = join(directory, 'data.json');
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new InputError(`cannot save to ${directory}: ${fileProblem(error as NodeJS.ErrnoException)}`);
  }
  await writeWhole(networkFile, `${jsonText(networkToJson(network))}\n`);
  await writeWhole(dataFile, `${jsonText(datasetToJson(data))}\n`);
  if (!quiet) process.stderr.write(`saved; the same again: hessbound analyze ${networkFile} ${dataFile}\n`);
}
