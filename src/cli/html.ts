/** --html: the report as a page too, to show to others. */
import { type Analysis, type AnalysisOptions } from '../report/analysis.js';
import { htmlReport, type HtmlReportOptions } from '../report/html.js';
import { UsageError } from './errors.js';
import { writeWhole } from './files.js';

export const HTML_OPTIONS = { html: { type: 'string' } } as const;

/** What the page shows beyond the text: why the bound is what it is, and the Hessian itself. @throws UsageError */
export function htmlChoices(file: string | undefined): Pick<AnalysisOptions, 'explain' | 'picture'> {
  if (file === undefined) return {};
  if (file === '') throw new UsageError('--html: expected the name of the file to write; got none');
  return { explain: true, picture: true };
}

/** Whole, or not at all; nothing without a file. @throws InputError */
export async function writeHtmlReport(
  file: string | undefined,
  analysis: Analysis,
  options: HtmlReportOptions & { quiet: boolean },
): Promise<void> {
  if (file === undefined) return;
  await writeWhole(file, htmlReport(analysis, options));
  if (!options.quiet) process.stderr.write(`wrote ${file}: open it in a browser\n`);
}
