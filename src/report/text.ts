/** The report for a terminal. */
import { printable } from '../validate.js';
import { type SpectralDensity } from '../spectral-density.js';
import { type Analysis, OUTLIER_THRESHOLD } from './analysis.js';
import { closing } from './closing.js';
import {
  eachBound,
  estimateNote,
  type Fact,
  ingredientFacts,
  layerColumns,
  momentFacts,
  spectrumFacts,
  spectrumMissing,
  times,
  title,
} from './facts.js';
import { headline } from './headline.js';
import { integer, significant, significantUp } from './numbers.js';
import { reasons } from './reasons.js';
import { drawSpectrum } from './spectrum.js';
import { stepSize } from './step-size.js';
import { style, type Style, table, wrap } from './style.js';

export interface ReportOptions {
  /** Columns of the terminal; between 60 and 100 are used. 80 if absent. */
  width?: number;
  color?: boolean;
  /** What was analyzed, in a line below the title. */
  subject?: string;
}

/** Ends without a newline. */
export function renderReport(analysis: Analysis, options: ReportOptions = {}): string {
  const columns = Math.min(100, Math.max(60, options.width ?? 80));
  const paint = style(options.color ?? false);
  const margin = '  ';
  const width = columns - 2 * margin.length;
  const bodyWidth = width - margin.length;
  const sections: [string, string[]][] = [
    ['Sharpness: the ends of the Hessian spectrum', headline(analysis, bodyWidth, paint)],
    ['Each bound by itself', labelled(eachBound(analysis), bodyWidth)],
    ['How the bracket closes', closing(analysis, paint)],
    ['What step size gradient descent can take', stepSize(analysis, bodyWidth, paint)],
    ['Spectrum', spectrum(analysis, bodyWidth, paint)],
    ['What the bound is computed from', labelled(momentFacts(analysis), bodyWidth)],
    ['What it is made of', ingredients(analysis, bodyWidth, paint)],
    ['Why the bound from the moments is what it is', labelled(reasons(analysis), bodyWidth)],
    ['What the files were taken to mean', origin(analysis, bodyWidth)],
    ['Time', wrap(joined(times(analysis)), bodyWidth)],
  ];
  const lines = ['', ...heading(analysis, options.subject, width, paint), ''];
  for (const [head, body] of sections) {
    if (body.length === 0) continue;
    lines.push(`${paint.bold(head)} ${paint.dim('─'.repeat(width - head.length - 1))}`);
    lines.push(...body.map((line) => margin + line), '');
  }
  return lines.map((line) => (margin + line.replaceAll('\u00a0', ' ')).trimEnd()).join('\n');
}

function heading(analysis: Analysis, subject: string | undefined, width: number, paint: Style): string[] {
  const { model, loss, facts } = title(analysis);
  return [
    `${paint.bold(model)} · ${loss}`,
    ...wrap(joined(facts), width),
    ...(subject === undefined ? [] : wrap(printable(subject), width).map(paint.dim)),
  ];
}

function spectrum(analysis: Analysis, width: number, paint: Style): string[] {
  const { exact, upper, density } = analysis;
  const found = spectrumFacts(analysis);
  if (!exact && density) return estimatedSpectrum(density, analysis, width, paint);
  if (!exact || !found) return wrap(spectrumMissing(analysis), width);
  const marks = [
    { label: `λ_max ${significant(exact.largest)}`, value: exact.largest },
    { label: `bound ${significantUp(upper)}`, value: upper },
  ];
  const outlierAbove = Math.max(0, OUTLIER_THRESHOLD * exact.largest);
  const drawing = drawSpectrum(exact.values, marks, outlierAbove, { width, height: 5, paint });
  return [
    ...(drawing.length > 0 ? [...drawing, ''] : []),
    [paint.magenta(found.negative), found.zero, paint.cyan(found.positive)].join(' · '),
    `${paint.yellow(found.outliers)}, ${found.share}`,
  ];
}

function estimatedSpectrum(
  density: SpectralDensity,
  { moments: { parameters }, upper }: Analysis,
  width: number,
  paint: Style,
): string[] {
  const marks = [{ label: `bound ${significantUp(upper)}`, value: upper }];
  const counts = density.weights.map((weight) => parameters * weight);
  const drawing = drawSpectrum(density.nodes, marks, 0, { width, height: 5, paint }, counts);
  return [...(drawing.length > 0 ? [...drawing, ''] : []), ...wrap(estimateNote(density), width)];
}

function ingredients(analysis: Analysis, width: number, paint: Style): string[] {
  const [head = '', ...body] = table(layerColumns(analysis), width);
  const facts = labelled(ingredientFacts(analysis), width);
  return [paint.dim(head), ...body, ...(facts.length > 0 ? ['', ...facts] : [])];
}

/** Classes and scales as far as they are few; all of them are in the JSON. */
function origin({ origin: from }: Analysis, width: number): string[] {
  if (!from) return [];
  const { inferred, classes, standardization } = from;
  const rows: Fact[] = [];
  if (classes) rows.push(['classes', printable(few(classes.map((name, k) => `${k}\u00a0${name}`)))]);
  if (standardization) {
    const { means, scales } = standardization;
    const columns = Array.from(
      means,
      (mean, j) => `(x\u00a0−\u00a0${significant(mean)})/${significant(scales[j])}`,
    );
    rows.push(['inputs', few(columns)]);
  }
  return [
    ...inferred.flatMap((sentence) => wrap(printable(sentence), width)),
    ...(rows.length > 0 ? labelled(rows, width) : []),
  ];
}

function few(items: readonly string[]): string {
  const most = 12;
  return items.slice(0, most).join(', ') + (items.length > most ? `, … (${integer(items.length)})` : '');
}

/** Facts in a row that breaks only between them. */
function joined(facts: string[]): string {
  return facts.map((fact) => fact.replaceAll(' ', '\u00a0')).join('\u00a0· ');
}

/** Label and text in two columns, the text wrapped. */
function labelled(rows: Fact[], width: number): string[] {
  const indent = Math.max(...rows.map(([label]) => label.length)) + 3;
  return rows.flatMap(([label, text]) =>
    wrap(text, width - indent).map((line, i) => (i === 0 ? label : '').padEnd(indent) + line),
  );
}
