/** merge: an analysis from all its parts, as analyze prints it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkDataset, checkNetwork } from '../network.js';
import { arranged, type CheckedPart, mismatch } from '../parts.js';
import { type Calculator } from '../report/analysis.js';
import { describe } from '../validate.js';
import { type Pool } from '../workers/pool.js';
import { commandLine } from '../report/origin.js';
import { ANALYSIS_OPTIONS, analysisOptions, type AnalysisValues, report, RUN_OPTIONS } from './analyze.js';
import { InputError, UsageError } from './errors.js';
import { exportChoice, exportedFiles } from './export-python.js';
import { checkOutputs } from './files.js';
import { MERGE_HELP } from './help/merge.js';
import { htmlChoices } from './html.js';
import { parse, workersChoice } from './options.js';
import { folderOf, type PartFile, readPart } from './part-file.js';
import { type ProblemRead, readProblemFiles } from './problem.js';

/** Of this command line. */
type Given = Partial<Record<'network' | 'data' | 'targets' | 'check', string>>;

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
  const options = { ...analysisOptions(values), ...htmlChoices(given.html) };
  const workers = await workersChoice(given.workers);
  const script = exportChoice(given['export-python']);
  const folder = folderOf(first.part.name, first.source);
  const read = [...first.source.files, values.targets, values.check].map(
    (file) => file && resolve(folder, file),
  );
  await checkOutputs(
    [given.html, ...exportedFiles(script)],
    [...positionals, ...read, given.network, given.data],
  );

  const problem = await readAgain(given, first, values);
  checkProblem(problem, parts[0], { ...given, files: first.source.files });

  const uncovered: string[] = [];
  const run = { ...given, script, workers, version, command: commandLine('merge', args) };
  await report(problem, options, run, (pool) => knowing(pool, parts, (sum) => uncovered.push(sum)));
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

/** The files are found where they were: as seen from the part, or in the folder itself; those given here, from here. */
async function readAgain(
  given: Given,
  { part, source }: PartFile,
  values: AnalysisValues,
): Promise<ProblemRead> {
  const here = process.cwd();
  const folder = folderOf(part.name, source);
  const own = (name: 'network' | 'data' | 'targets' | 'check'): Record<string, string> =>
    given[name] === undefined ? {} : { [name]: resolve(given[name]) };
  const [model, data] = source.files;
  const { network = model, data: samples = data } = { ...own('network'), ...own('data') };
  if (existsSync(folder)) process.chdir(folder);
  try {
    return await readProblemFiles('merge', [network, samples], {
      ...values,
      ...own('targets'),
      ...own('check'),
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${error.message} (looked for in ${folder}; --network and --data say where else)`);
  } finally {
    process.chdir(here);
  }
}

/** @throws InputError naming the file that has changed */
function checkProblem(
  { network, data }: ProblemRead,
  part: CheckedPart,
  given: Given & { files: readonly string[] },
): void {
  const checked = checkNetwork(network);
  const changed = mismatch(part, checked, checkDataset(checked, data));
  if (changed === undefined) return;
  const file = given[changed] ?? given.files[changed === 'network' ? 0 : 1];
  throw new InputError(
    `${file}: expected the ${changed} that ${part.name} was computed from; its SHA-256 is another`,
  );
}

/** What computes with what the parts hold. */
function knowing(pool: Pool, parts: CheckedPart[], onUncovered: (sum: string) => void): Calculator {
  return {
    hessian: (...call) => pool.hessian(...call),
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
