/** Where the numbers of a report come from: how the files were read, what was asked, and how to have the same bits again. */
import { type Problem } from '../formats/problem.js';
import { type Analysis, type Origin } from './analysis.js';
import { times } from './facts.js';
import { integer, significant } from './numbers.js';
import { facts, named, rich, section, table } from './page.js';

export interface HtmlReportOptions {
  /** What was analyzed, a line: files, data. */
  subject?: string;
  /** Of this program. */
  version?: string;
  /** The command line that gives the same again. */
  command?: string;
  /** Of what is seeded. */
  seed?: number;
}

/** What a report says of where its numbers are from. */
export function originOf({ format, inferred, classes, features, standardization }: Problem): Origin {
  return {
    format,
    inferred,
    ...(classes && { classes }),
    ...(features && { features }),
    ...(standardization && { standardization }),
  };
}

/** As one would type it in a shell. */
export function commandLine(command: string, args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`,
  );
  return ['hessbound', command, ...quoted].join(' ');
}

/** Rows of a table of inputs or classes, at most. */
const MOST_ROWS = 50;

export function originSections(analysis: Analysis, options: HtmlReportOptions): string[] {
  return [reading(analysis), again(analysis, options)];
}

/** How the files were read. */
function reading({ origin }: Analysis): string {
  if (!origin) return '';
  const { inferred, classes = [], features, standardization } = origin;
  const sentences = inferred.map((sentence) => `<li>${named(sentence)}</li>`).join('');
  return section(
    'reading',
    'What the files were taken to mean',
    'What the files did not state and was inferred, and what was done to the data before anything was computed.',
    sentences === '' ? '' : `<ul>${sentences}</ul>`,
    classes.length === 0
      ? ''
      : `<h3>Classes</h3>${table('Classes', [
          { head: 'index', align: 'left', cells: firstOf(classes).map((_, k) => String(k)) },
          { head: 'label', align: 'left', cells: firstOf(classes).map(named) },
        ])}${left(classes.length)}`,
    standardization ? standardized(standardization, features) : '',
  );
}

function standardized(
  { means, scales }: NonNullable<Origin['standardization']>,
  features: readonly string[] | undefined,
): string {
  const shown = firstOf(Array.from(means));
  const rows = table('Standardization', [
    { head: 'input', align: 'left', cells: shown.map((_, j) => named(features?.[j] ?? String(j))) },
    { head: 'mean', align: 'right', cells: shown.map((mean) => rich(significant(mean, 6))) },
    { head: 'scale', align: 'right', cells: shown.map((_, j) => rich(significant(scales[j], 6))) },
  ]);
  return `<h3>Standardization</h3><p class="note">Each input less its mean, divided by its scale.</p>${rows}${left(means.length)}`;
}

function firstOf<T>(rows: readonly T[]): readonly T[] {
  return rows.slice(0, MOST_ROWS);
}

function left(rows: number): string {
  return rows > MOST_ROWS ? `<p class="note">… and ${integer(rows - MOST_ROWS)} more.</p>` : '';
}

/** Everything that someone needs who wants the same numbers. */
function again(analysis: Analysis, { version, command, seed }: HtmlReportOptions): string {
  const { lower, upper, exact, moments } = analysis;
  const code = (text: string): string => `<code>${named(text)}</code>`;
  const rows: [string, string][] = [
    ...(version === undefined ? [] : [['version', `hessbound ${named(version)}`] as [string, string]]),
    ...(command === undefined ? [] : [['command', code(command)] as [string, string]]),
    ...(seed === undefined
      ? []
      : [['seed', `${seed}; no bound depends on it for being true`] as [string, string]]),
    ['λ_max at least', code(String(lower))],
    ['λ_max at most', code(String(upper))],
    ...(exact ? [['λ_max exactly', code(String(exact.largest))] as [string, string]] : []),
    ['tr H', code(String(moments.trace))],
    ['‖H‖_F', code(String(moments.frobeniusNorm))],
    ['time', rich(times(analysis).join(' · '))],
  ];
  return section(
    'again',
    'The same again',
    'The same input gives the same bits on every machine, in Node and in browsers, with any number of workers. Only the times differ.',
    facts(rows),
  );
}
