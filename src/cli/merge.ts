/** merge: an analysis from all its parts, as analyze prints it. */
import { resolve } from 'node:path';
import { checkDataset, checkNetwork } from '../network.js';
import { arranged, type CheckedPart, mismatch } from '../parts.js';
import { type Calculator } from '../report/analysis.js';
import { describe } from '../validate.js';
import { type Pool } from '../workers/pool.js';
import {
  ANALYSIS_OPTIONS,
  analysisChoices,
  analyzeProblem,
  type AnalysisValues,
  RUN_OPTIONS,
} from './analyze.js';
import { InputError, UsageError } from './errors.js';
import { MERGE_HELP } from './help/merge.js';
import { parse } from './options.js';
import { folderOf, type PartFile, readPart } from './part-file.js';
import { type Locate, type ProblemRead, readProblemFiles } from './problem.js';

export async function mergeCommand(args: string[], version: string): Promise<void> {
  const { values: given, positionals } = parse('merge', args, {
    ...ANALYSIS_OPTIONS,
    ...RUN_OPTIONS,
    network: { type: 'string' },
    data: { type: 'string' },
  });
  if (given.help) {
    process.stdout.write(MERGE_HELP);
    return;
  }
  if (positionals.length === 0) {
    throw new UsageError('merge: expected the files of all parts; got none (see hessbound merge --help)');
  }
  // One after another: of a thousand, not all need be held as text.
  const files: PartFile[] = [];
  for (const file of positionals) files.push(await readPart(file));
  const [first] = files;
  const parts = sameAnalysis(files);
  const values = { ...first.values, ...chosen(given) };
  const choices = analysisChoices(values);

  const [model, data] = first.source.files;
  const folder = folderOf(positionals[0], first.source);
  const own = [given.network, given.data, given.targets];
  const locate: Locate = (file) => (own.includes(file) ? file : resolve(folder, file));
  const problem = await readProblemFiles(
    'merge',
    [given.network ?? model, given.data ?? data],
    values,
    locate,
  );
  checkProblem(problem, parts[0], [given.network ?? model, given.data ?? data]);

  const uncovered: string[] = [];
  await analyzeProblem(problem, choices, given, version, (pool) =>
    knowing(pool, parts, (sum) => uncovered.push(sum)),
  );
  if (uncovered.length > 0 && !given.quiet) process.stderr.write(`${noteOf(uncovered)}\n`);
}

/** All of them, in order. */
function sameAnalysis(files: readonly PartFile[]): CheckedPart[] {
  try {
    const parts = arranged(files.map(({ part }) => part));
    const [first] = files;
    const other = files.find(({ source }) => source.options.join() !== first.source.options.join());
    if (other) {
      throw new RangeError(
        `${other.part.name} was computed with other options than ${first.part.name}: ` +
          `${optionsText(other)}, and ${optionsText(first)}`,
      );
    }
    return parts;
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

function optionsText({ source: { options } }: PartFile): string {
  return options.length === 0 ? 'none' : describe(options.join(' '));
}

/** What was given on this command line overrides what the parts say. */
function chosen(given: AnalysisValues): Partial<AnalysisValues> {
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => Object.hasOwn(ANALYSIS_OPTIONS, name) && value !== false),
  );
}

/** @throws InputError naming the file that has changed */
function checkProblem({ network, data }: ProblemRead, part: CheckedPart, files: readonly string[]): void {
  const checked = checkNetwork(network);
  const changed = mismatch(part, checked, checkDataset(checked, data));
  if (changed === undefined) return;
  throw new InputError(
    `${files[changed === 'network' ? 0 : 1]}: expected the ${changed} that ${part.name} was computed from; its SHA-256 is another`,
  );
}

/** What computes with what the parts hold. */
function knowing(pool: Pool, parts: CheckedPart[], onUncovered: (sum: string) => void): Calculator {
  return {
    logits: (...call) => pool.logits(...call),
    loss: (...call) => pool.loss(...call),
    spectralDensity: (...call) => pool.spectralDensity(...call),
    sharpness: (network, data, options) => pool.sharpness(network, data, { ...options, parts, onUncovered }),
  };
}

function noteOf(uncovered: readonly string[]): string {
  const count = uncovered.length === 1 ? 'one sum' : `${uncovered.length} sums`;
  return `note: ${count} over pairs of samples that the parts do not hold ${uncovered.length === 1 ? 'was' : 'were'} computed here`;
}
