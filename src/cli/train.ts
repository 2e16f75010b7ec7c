/** A network trained on the user's data: how its loss and its sharpness went, and the report on what came of it. */
import { extname } from 'node:path';
import { jsonText } from '../formats/json.js';
import { writeNetwork, WRITTEN_FORMATS, type WrittenFormat } from '../formats/write.js';
import { checkNetwork } from '../network.js';
import { type Analysis, type AnalysisOptions, analysisToJson, analyze } from '../report/analysis.js';
import { type TrainingPlan } from '../report/training-preview.js';
import {
  checkState,
  type TrainingState,
  trainingStateFromJson,
  trainingStateToJson,
} from '../training/state.js';
import { type TrainingOptions } from '../training/options.js';
import { type Trained, type TrainingReport } from '../training/train.js';
import { type Pool } from '../workers/pool.js';
import { withParameters } from '../core/model.js';
import { commandLine, originOf } from '../report/origin.js';
import { computed, type Computing } from './compute.js';
import { InputError, Interrupted, UsageError } from './errors.js';
import { exportChoice, exportedFiles, exportPython } from './export-python.js';
import { checkOutputs, writeWhole } from './files.js';
import { TRAIN_HELP } from './help/train.js';
import { HTML_OPTIONS, htmlChoices, writeHtmlReport } from './html.js';
import { readNamed } from './input.js';
import {
  COMMON_OPTIONS,
  COMPUTE_OPTIONS,
  EXACT_OPTIONS,
  exactChoice,
  integerChoice,
  parse,
  workersChoice,
} from './options.js';
import { printAnalysis, printPreview } from './output.js';
import { announcement, trainingPreviewOf } from './preview.js';
import { printInferred, PROBLEM_OPTIONS, type ProblemRead } from './problem.js';
import { TrainingTable } from './training-table.js';
import {
  SHAPE_OPTIONS,
  TRAINING_OPTIONS,
  type TrainingChoices,
  trainingChoices,
} from './training-options.js';
import { readTrainingProblem } from './training-problem.js';
import { trainWatched } from './training.js';

export async function trainCommand(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('train', args, {
    ...PROBLEM_OPTIONS,
    ...SHAPE_OPTIONS,
    ...TRAINING_OPTIONS,
    ...EXACT_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...HTML_OPTIONS,
    ...COMMON_OPTIONS,
    from: { type: 'string' },
    resume: { type: 'string' },
    'save-state': { type: 'string' },
    output: { type: 'string', short: 'o' },
    'no-report': { type: 'boolean', default: false },
    'export-python': { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  });
  if (values.help) {
    process.stdout.write(TRAIN_HELP);
    return;
  }
  const choices = trainingChoices(values);
  const script = exportChoice(values['export-python']);
  const output = { path: values.output, state: values['save-state'], format: formatOf(values.output) };
  const analysisOptions = { exact: exactChoice(values), ...htmlChoices(values.html) };
  if (values['no-report'] && (script ?? values.html) !== undefined) {
    throw new UsageError('expected --no-report, or --html and --export-python, which are of the report');
  }
  const seed = integerChoice('--seed', values.seed ?? '1', 0, Number.MAX_SAFE_INTEGER);
  const workers = await workersChoice(values.workers);
  // A network and a state may be those that were gone on from.
  await checkOutputs(
    [values.html, output.path, output.state, ...exportedFiles(script)],
    [...positionals, values.targets, values.check],
  );
  await checkOutputs([values.html, ...exportedFiles(script)], [values.from, values.resume]);
  const problem = await readTrainingProblem(positionals, values, seed);
  const state = values.resume === undefined ? undefined : await readState(values.resume, problem, choices);
  // A state has a seed of its own.
  if (!state || values.seed !== undefined) choices.options.seed = seed;
  printInferred(problem.inferred, values);
  const plan = planOf(choices, values['no-report'] ? undefined : analysisOptions);
  const before = trainingPreviewOf(problem.network, problem.data, plan, workers, {
    measured: values['dry-run'],
  });
  if (values['dry-run']) {
    const { json } = values;
    printPreview(before, { version, json, subject: problem.subject, origin: originOf(problem) });
    return;
  }
  const announced = announcement(before);
  if (announced && !values.quiet) process.stderr.write(`${announced}\n`);

  const table = new TrainingTable(choices, values);
  const { trained, analysis } = await computed(
    { workers, quiet: values.quiet },
    async (pool, computing): Promise<{ trained: Trained; analysis?: Analysis }> => {
      const start = performance.now();
      const trained = await train(pool, problem, state, choices, computing, {
        onRow: (row) => {
          computing.progress.clear();
          table.print(row);
        },
        onInterrupted: (last) => save(last, problem, output),
      });
      const seconds = (performance.now() - start) / 1000;
      computing.progress.clear();
      const saved = await save(trained.state, problem, output);
      if (saved.length > 0 && !values.quiet) process.stderr.write(`wrote ${saved.join(' and ')}\n`);
      if (values['no-report']) return { trained };
      const { signal, onProgress } = computing;
      const options = { ...analysisOptions, origin: originOf(problem), signal, onProgress };
      const analysis = await analyze(pool, trained.network, problem.data, options);
      return {
        trained,
        analysis: { ...analysis, steps: [{ name: 'training', seconds }, ...analysis.steps] },
      };
    },
  );

  const subject = `${problem.subject}; ${describeSteps(trained, choices.options)}`;
  if (values.json) {
    const { history, stopped } = trained;
    const { state: _, onStep: __, ...options } = choices.options;
    const training = { ...options, seed: trained.state.seed, history, ...(stopped && { stopped }) };
    const document = { hessbound: version, subject, training, ...analysis };
    process.stdout.write(`${jsonText(analysisToJson(document))}\n`);
  } else if (analysis) {
    printAnalysis(analysis, { version, json: false, subject });
  }
  if (analysis) {
    const { quiet } = values;
    await writeHtmlReport(values.html, analysis, {
      subject,
      version,
      command: commandLine('train', args),
      seed: trained.state.seed,
      quiet,
    });
    if (script !== undefined) await exportPython(script, trained.network, problem.data, analysis, { quiet });
  }
  if (trained.stopped) {
    const { step, reason } = trained.stopped;
    throw new Error(`training stopped at step ${step}: ${reason}; what is given is the state before that`);
  }
}

function planOf(
  { options, every, measures }: TrainingChoices,
  report: AnalysisOptions | undefined,
): TrainingPlan {
  const rows = Math.ceil(options.steps / every) + 1;
  const measure = {
    exact: measures.includes('exact'),
    ...(!measures.includes('certificate') && { bounds: ['wolkowiczStyan' as const] }),
  };
  return { options, rows, ...(measures.length > 0 && { measure }), ...(report && { report }) };
}

interface Listener {
  onRow: (row: TrainingReport) => void;
  /** Given the last state known; tells what was written. */
  onInterrupted: (state: TrainingState) => Promise<string[]>;
}

/**
 * From one row of the table to the next, each going on from the state before: the same bits as in one piece. Rows are measured by a training
 * of no steps.
 */
async function train(
  pool: Pool,
  { network, data }: ProblemRead,
  start: TrainingState | undefined,
  { options, every, measures }: TrainingChoices,
  computing: Computing,
  { onRow, onInterrupted }: Listener,
): Promise<Trained> {
  let latest: TrainingState | undefined;
  const history: TrainingReport[] = [];
  const measured = async (state: TrainingState | undefined): Promise<Trained> => {
    computing.progress.update('measuring', 0);
    computing.during = `measuring at step ${state?.step ?? 0}`;
    const { signal } = computing;
    const from = state ? { state } : {};
    const result = await pool.train(network, data, {
      ...options,
      ...from,
      steps: 0,
      report: measures,
      signal,
    });
    history.push(result.history[0]);
    onRow(result.history[0]);
    return result;
  };
  try {
    let result = await measured(start);
    const first = result.state.step;
    const last = first + options.steps;
    while (result.state.step < last && !result.stopped) {
      const { step } = result.state;
      const until = Math.min(last, every * (Math.floor(step / every) + 1));
      const part = { ...options, state: result.state, steps: until - step };
      const onTick = (_: TrainingReport, state: TrainingState): void => void (latest = state);
      const { stopped, state } = await trainWatched(pool, network, data, part, {
        computing,
        first,
        last,
        onTick,
      });
      latest = state;
      result = await measured(state);
      if (stopped) result.stopped = stopped;
    }
    return { ...result, history };
  } catch (error) {
    if (!(error instanceof Interrupted) || !latest) throw error;
    const saved = await onInterrupted(latest);
    if (saved.length === 0) throw error;
    throw new Interrupted(
      `${error.message}; wrote ${saved.join(' and ')} as of step ${latest.step}`,
      error.exitCode,
    );
  }
}

interface Output {
  path: string | undefined;
  format: WrittenFormat | undefined;
  state: string | undefined;
}

/** The names of what was written. */
async function save(
  state: TrainingState,
  { network, classes }: ProblemRead,
  { path, format, state: stateFile }: Output,
): Promise<string[]> {
  const written: string[] = [];
  if (path !== undefined) {
    const { layers } = withParameters(checkNetwork(network), state.parameters);
    const trained = {
      ...network,
      layers: network.layers.map((layer, l) => ({
        ...layer,
        weights: { ...layer.weights, data: layers[l].weights },
        ...(layers[l].bias && { bias: layers[l].bias }),
      })),
    };
    await writeWhole(path, await writeNetwork(trained, format!, classes ? { classes } : {}));
    written.push(path);
  }
  if (stateFile !== undefined) {
    await writeWhole(stateFile, `${JSON.stringify(trainingStateToJson(state))}\n`);
    written.push(stateFile);
  }
  return written;
}

function formatOf(path: string | undefined): WrittenFormat | undefined {
  if (path === undefined) return undefined;
  const format = WRITTEN_FORMATS.find((known) => known === extname(path).slice(1).toLowerCase());
  if (format) return format;
  const endings = WRITTEN_FORMATS.map((known) => `.${known}`).join(', ');
  throw new UsageError(`--output: expected a file that ends in ${endings}; got '${path}'`);
}

/** @throws InputError naming the file, for what is no state of this network and this optimizer */
async function readState(
  file: string,
  { network }: ProblemRead,
  { options }: TrainingChoices,
): Promise<TrainingState> {
  const { name, bytes } = await readNamed(file);
  const { optimizer = 'adam', base = 'sgd' } = options;
  try {
    const state = trainingStateFromJson(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return checkState('state', state, checkNetwork(network), optimizer === 'sam' ? base : optimizer);
  } catch (error) {
    throw new InputError(`${name}: ${(error as Error).message}`);
  }
}

function describeSteps({ state }: Trained, { optimizer = 'adam', learningRate }: TrainingOptions): string {
  const name = { adam: 'Adam', sgd: 'SGD', sam: 'SAM' }[optimizer];
  return `${state.step} ${name} steps of ${learningRate} from seed ${state.seed}`;
}
