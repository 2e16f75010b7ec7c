import { analyze } from '../report/analysis.js';
import { computed } from './compute.js';
import { ANALYZE_HELP } from './help/analyze.js';
import { interruptible } from './interruption.js';
import { commandLine, HTML_OPTIONS, htmlChoices, writeHtmlReport } from './html.js';
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
import { originOf, printInferred, PROBLEM_OPTIONS, readProblemFiles } from './problem.js';

export function analyzeCommand(args: string[], version: string): Promise<void> {
  return interruptible('before anything was computed', () => analyzed(args, version));
}

async function analyzed(args: string[], version: string): Promise<void> {
  const { values, positionals } = parse('analyze', args, {
    ...PROBLEM_OPTIONS,
    ...BOUND_OPTIONS,
    ...EXACT_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...HTML_OPTIONS,
    ...COMMON_OPTIONS,
    density: { type: 'boolean', default: false },
    explain: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
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
    ...(await htmlChoices(values.html)),
  };
  const workers = await workersChoice(values.workers);
  const problem = await readProblemFiles('analyze', positionals, values);
  const { network, data, subject } = problem;
  const origin = originOf(problem);
  printInferred(problem.inferred, values);
  const before = previewOf(network, data, options, workers, { measured: values['dry-run'] });
  if (values['dry-run']) {
    printPreview(before, { version, json: values.json, subject, origin });
    return;
  }
  const announced = announcement(before);
  if (announced && !values.quiet) process.stderr.write(`${announced}\n`);

  const analysis = await computed({ workers, quiet: values.quiet }, (pool, { signal, onProgress }) =>
    analyze(pool, network, data, { ...options, origin, signal, onProgress }),
  );
  printAnalysis(analysis, { version, json: values.json, subject });
  const { seed } = options;
  await writeHtmlReport(values.html, analysis, {
    subject,
    version,
    command: commandLine('analyze', args),
    seed: seed ?? 0,
    quiet: values.quiet,
  });
}
