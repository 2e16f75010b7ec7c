import { analyze, type AnalysisOptions, type Calculator } from '../report/analysis.js';
import { type Pool } from '../workers/pool.js';
import { commandLine, originOf } from '../report/origin.js';
import { computed } from './compute.js';
import { UsageError } from './errors.js';
import { exportChoice, exportedFiles, exportPython } from './export-python.js';
import { checkOutputs } from './files.js';
import { ANALYZE_HELP } from './help/analyze.js';
import { interruptible } from './interruption.js';
import { HTML_OPTIONS, htmlChoices, writeHtmlReport } from './html.js';
import {
  BOUND_OPTIONS,
  boundChoices,
  COMMON_OPTIONS,
  COMPUTE_OPTIONS,
  EXACT_OPTIONS,
  exactChoice,
  parse,
  seedChoice,
  workersChoice,
} from './options.js';
import { printAnalysis, printPreview } from './output.js';
import { announcement, previewOf } from './preview.js';
import { printInferred, PROBLEM_OPTIONS, type ProblemRead, readProblemFiles } from './problem.js';

/** What an analysis is asked for: all that decides about its numbers. */
export const ANALYSIS_OPTIONS = {
  ...PROBLEM_OPTIONS,
  ...BOUND_OPTIONS,
  ...EXACT_OPTIONS,
  seed: COMPUTE_OPTIONS.seed,
  density: { type: 'boolean', default: false },
  explain: { type: 'boolean', default: false },
} as const;

/** Where it is computed, and how it is shown. */
export const RUN_OPTIONS = {
  workers: COMPUTE_OPTIONS.workers,
  ...HTML_OPTIONS,
  ...COMMON_OPTIONS,
  'export-python': { type: 'string' },
} as const;

export type AnalysisValues = ReturnType<typeof parse<typeof ANALYSIS_OPTIONS>>['values'];

export function analyzeCommand(args: string[], version: string): Promise<void> {
  return interruptible('before anything was computed', () => analyzed(args, version));
}

async function analyzed(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('analyze', args, {
    ...ANALYSIS_OPTIONS,
    ...RUN_OPTIONS,
    'dry-run': { type: 'boolean', default: false },
    shard: { type: 'string' },
    output: { type: 'string', short: 'o' },
  });
  if (values.help) {
    process.stdout.write(ANALYZE_HELP);
    return;
  }
  const { shard, output } = values;
  if (shard !== undefined) {
    const { shardCommand } = await import('./shard.js');
    return shardCommand(positionals, { ...values, shard });
  }
  if (output !== undefined)
    throw new UsageError('analyze: expected --output with --shard alone; got no --shard');
  const options = { ...analysisOptions(values), ...htmlChoices(values.html) };
  const workers = await workersChoice(values.workers);
  const script = exportChoice(values['export-python']);
  await checkOutputs([values.html, ...exportedFiles(script)], [...positionals, values.targets, values.check]);
  const problem = await readProblemFiles('analyze', positionals, values);
  const { network, data, subject } = problem;
  const before = previewOf(network, data, options, workers, { measured: values['dry-run'] });
  const announced = announcement(before);
  printInferred(problem.inferred, values, announced === undefined && !values['dry-run']);
  if (values['dry-run']) {
    printPreview(before, { version, json: values.json, subject, origin: originOf(problem) });
    return;
  }
  if (announced && !values.quiet) process.stderr.write(`${announced}\n`);
  await report(problem, options, {
    ...values,
    script,
    workers,
    version,
    command: commandLine('analyze', args),
  });
}

export function analysisOptions(values: AnalysisValues): AnalysisOptions {
  return {
    ...boundChoices(values),
    ...seedChoice(values.seed),
    exact: exactChoice(values),
    density: values.density,
    explain: values.explain,
  };
}

/** How it is computed and shown. */
interface Run {
  workers: number;
  html?: string;
  /** Where the script for Python goes. */
  script: string | undefined;
  json: boolean;
  quiet: boolean;
  version: string;
  command: string;
}

/** Computes an analysis, with what calculatorOf makes of the pool, and prints it. */
export async function report(
  problem: ProblemRead,
  options: AnalysisOptions,
  run: Run,
  calculatorOf: (pool: Pool) => Calculator = (pool) => pool,
): Promise<void> {
  const { network, data, subject } = problem;
  const { html, script, json, quiet, version, command } = run;
  const analysis = await computed(run, (pool, { signal, onProgress }) =>
    analyze(calculatorOf(pool), network, data, { ...options, origin: originOf(problem), signal, onProgress }),
  );
  printAnalysis(analysis, { version, json, subject });
  await writeHtmlReport(html, analysis, { subject, version, command, seed: options.seed ?? 0, quiet });
  if (script !== undefined) await exportPython(script, network, data, analysis, { quiet });
}
