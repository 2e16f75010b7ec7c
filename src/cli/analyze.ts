import { createPool } from '../create-pool.js';
import { analyze, type AnalysisOptions, type Calculator } from '../report/analysis.js';
import { percent } from '../report/numbers.js';
import { type Pool } from '../workers/pool.js';
import { UsageError } from './errors.js';
import { ANALYZE_HELP } from './help/analyze.js';
import { interruptible } from './interruption.js';
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
import { printAnalysis } from './output.js';
import { originOf, printInferred, PROBLEM_OPTIONS, type ProblemRead, readProblemFiles } from './problem.js';
import { Progress } from './progress.js';

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
export const RUN_OPTIONS = { workers: COMPUTE_OPTIONS.workers, ...COMMON_OPTIONS } as const;

export type AnalysisValues = ReturnType<typeof parse<typeof ANALYSIS_OPTIONS>>['values'];

export async function analyzeCommand(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('analyze', args, {
    ...ANALYSIS_OPTIONS,
    ...RUN_OPTIONS,
    shard: { type: 'string' },
    output: { type: 'string', short: 'o' },
  });
  if (values.help) {
    process.stdout.write(ANALYZE_HELP);
    return;
  }
  if (values.shard !== undefined) {
    const { shardCommand } = await import('./shard.js');
    return shardCommand(positionals, { ...values, shard: values.shard });
  }
  if (values.output !== undefined) {
    throw new UsageError('analyze: expected --output with --shard alone; the report goes to standard output');
  }
  const choices = analysisChoices(values);
  await analyzeProblem(await readProblemFiles('analyze', positionals, values), choices, values, version);
}

export function analysisChoices(values: AnalysisValues): AnalysisOptions {
  return {
    ...boundChoices(values),
    ...seedChoice(values.seed),
    exact: exactChoice(values),
    density: values.density,
    explain: values.explain,
  };
}

/** Computes and prints it. `calculatorOf`: what computes, made of the pool. */
export async function analyzeProblem(
  problem: ProblemRead,
  choices: AnalysisOptions,
  values: { workers?: string; json: boolean; quiet: boolean },
  version: string,
  calculatorOf: (pool: Pool) => Calculator = (pool) => pool,
): Promise<void> {
  const { network, data, subject } = problem;
  const workers = workersChoice(values.workers);
  printInferred(problem.inferred, values);

  const analysis = await interruptible('before the first step', async (interruption) => {
    const progress = new Progress(values);
    const pool = await createPool(workers);
    try {
      return await analyze(calculatorOf(pool), network, data, {
        ...choices,
        origin: originOf(problem),
        signal: interruption.signal,
        onProgress: (step, fraction) => {
          interruption.during = `${step}, ${percent(fraction, 0)}`;
          progress.update(step, fraction);
        },
      });
    } finally {
      progress.clear();
      await pool.close();
    }
  });
  printAnalysis(analysis, { version, json: values.json, subject });
}
