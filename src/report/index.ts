/** hessbound/report: an analysis of a network on its data, and what to show of it. */
export { type Analysis, type AnalysisOptions, analysisToJson, analyze, OUTLIER_THRESHOLD, type SpectrumSummary, type Step } from './analysis.js'; // prettier-ignore
export { htmlReport, type HtmlReportOptions } from './html.js';
export { renderReport, type ReportOptions } from './text.js';
