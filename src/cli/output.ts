import { jsonText } from '../formats/json.js';
import { type Analysis, analysisToJson } from '../report/analysis.js';
import { renderReport } from '../report/text.js';
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
