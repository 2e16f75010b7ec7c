/** analyze --shard: one part of an analysis, to be computed anywhere and merged with the others. */
import { sharpnessOptions } from '../report/analysis.js';
import { type Part } from '../parts.js';
import { analysisOptions, type AnalysisValues } from './analyze.js';
import { computed } from './compute.js';
import { UsageError } from './errors.js';
import { checkOutputs, writeWhole } from './files.js';
import { STDIN } from './input.js';
import { workersChoice } from './options.js';
import { partText } from './part-file.js';
import { printInferred, readProblemFiles } from './problem.js';

interface ShardValues extends AnalysisValues {
  shard: string;
  output?: string;
  workers?: string;
  html?: string;
  'export-python'?: string;
  json: boolean;
  'dry-run': boolean;
  quiet: boolean;
}

export async function shardCommand(files: string[], values: ShardValues): Promise<void> {
  const share = shareChoice(values.shard);
  if (values['dry-run'] || values.json || (values.html ?? values['export-python']) !== undefined) {
    throw new UsageError(
      'analyze --shard: expected none of --dry-run, --json, --html and --export-python; merge takes the last three',
    );
  }
  if ([...files, values.targets, values.check].includes(STDIN)) {
    throw new UsageError('analyze --shard: expected files, which merge can read again; got standard input');
  }
  const { bounds, explain = false, certified = false } = sharpnessOptions(analysisOptions(values), false);
  const workers = await workersChoice(values.workers);
  await checkOutputs([values.output], [...files, values.targets, values.check]);
  const problem = await readProblemFiles('analyze', files, values);
  printInferred(problem.inferred, values);

  const name = `part ${share.index} of ${share.count}`;
  const part = await computed({ workers, quiet: values.quiet }, (pool, { signal, onProgress }) =>
    pool.shard(problem.network, problem.data, {
      ...share,
      ...(bounds && { bounds }),
      explain,
      certified,
      signal,
      onProgress: (fraction) => onProgress(name, fraction),
    }),
  );
  if (!values.quiet) warnOfNothing(part);
  const text = partText(part, files, values, values.output);
  if (values.output === undefined) process.stdout.write(text);
  else await writeWhole(values.output, text);
}

/** The sums that make a part worth while. */
const LONG = ['pairs', 'provenSquares'];

function warnOfNothing({ sums }: Part): void {
  if (sums.some(({ kind }) => LONG.includes(kind))) return;
  process.stderr.write(
    'note: here the moments come from the assembled Hessian, which takes fewer operations and cannot be shared: merge computes it\n',
  );
}

/** i/n. */
function shareChoice(text: string): { index: number; count: number } {
  const [, first, second] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const [index, count] = [Number(first), Number(second)];
  if (index >= 1 && index <= count && count <= 10_000) return { index, count };
  const hint = index === 0 ? ' (parts count from 1: where jobs count from 0, add 1)' : '';
  throw new UsageError(
    `--shard: expected i/n, part i of n from 1 to n, n at most 10000, such as 3/7; got '${text}'${hint}`,
  );
}
