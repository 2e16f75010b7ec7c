import { createPool } from '../create-pool.js';
import { analyze } from '../report/analysis.js';
import { percent } from '../report/numbers.js';
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
import { originOf, printInferred, PROBLEM_OPTIONS, readProblemFiles } from './problem.js';
import { Progress } from './progress.js';

export async function analyzeCommand(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('analyze', args, {
    ...PROBLEM_OPTIONS,
    ...BOUND_OPTIONS,
    ...EXACT_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...COMMON_OPTIONS,
    density: { type: 'boolean', default: false },
    explain: { type: 'boolean', default: false },
  });
  if (values.help) {
    process.stdout.write(ANALYZE_HELP);
    return;
  }
  const options = {
    ...boundChoices(values),
    ...seedChoice(values.seed),
    exact: exactChoice(values),
    density: values.density,
    explain: values.explain,
  };
  const workers = workersChoice(values.workers);
  const problem = await readProblemFiles('analyze', positionals, values);
  const { network, data, subject } = problem;
  printInferred(problem.inferred, values);

  const analysis = await interruptible('before the first step', async (interruption) => {
    const progress = new Progress(values);
    const pool = await createPool(workers);
    try {
      return await analyze(pool, network, data, {
        ...options,
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
