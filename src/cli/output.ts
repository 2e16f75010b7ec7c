import { jsonText } from '../formats/json.js';
import { type Analysis, analysisToJson, type Origin } from '../report/analysis.js';
import { type Preview } from '../report/preview.js';
import { renderReport } from '../report/text.js';
import { previewText } from './preview.js';
import { appearance } from './terminal.js';

/** The report, or with json the same as one JSON document and nothing else. */
export function printAnalysis(
  analysis: Analysis,
  { version, json, subject }: { version: string; json: boolean; subject: string },
): void {
  const text = json
    ? jsonText({ hessbound: version, subject, ...(analysisToJson(analysis) as object) })
    : renderReport(analysis, { ...appearance(process.stdout, process.env), subject });
  process.stdout.write(`${text}\n`);
}

/** What --dry-run prints instead. */
export function printPreview(
  preview: Preview,
  { version, json, subject, origin }: { version: string; json: boolean; subject: string; origin: Origin },
): void {
  const document = { hessbound: version, subject, dryRun: true, ...preview, origin };
  process.stdout.write(`${json ? jsonText(analysisToJson(document)) : previewText(preview, subject)}\n`);
}
