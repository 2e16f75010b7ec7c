/** The report for a terminal. */
import { type Loss } from '../network.js';
import { type EigenvalueBounds } from '../bounds.js';
import { AUTO_EXACT_PARAMETERS, type BoundName } from '../sharpness-options.js';
import { type SpectralDensity } from '../spectral-density.js';
import { type Analysis, OUTLIER_THRESHOLD } from './analysis.js';
import { closing } from './closing.js';
import { BOUND_NAMES, headline } from './headline.js';
import { bytes, duration, flops, counted, integer, percent, significant, significantUp } from './numbers.js';
import { reasons } from './reasons.js';
import { drawSpectrum } from './spectrum.js';
import { stepSize } from './step-size.js';
import { style, type Column, type Style, table, wrap } from './style.js';

export interface ReportOptions {
  /** Columns of the terminal; between 60 and 100 are used. 80 if absent. */
  width?: number;
  color?: boolean;
  /** What was analyzed, in a line below the title. */
  subject?: string;
}

const LOSS_NAMES: Record<Loss, string> = {
  'softmax-cross-entropy': 'softmax cross-entropy',
  'sigmoid-cross-entropy': 'sigmoid cross-entropy',
  'squared-error': 'squared error',
};

/** Flops a second of the exact spectrum in a fresh process, measured on one core of a server: an order of magnitude. */
const EXACT_RATE = 4e9;

/** Ends without a newline. */
export function renderReport(analysis: Analysis, options: ReportOptions = {}): string {
  const columns = Math.min(100, Math.max(60, options.width ?? 80));
  const paint = style(options.color ?? false);
  const margin = '  ';
  const width = columns - 2 * margin.length;
  const bodyWidth = width - margin.length;
  const sections: [string, string[]][] = [
    ['Sharpness: the ends of the Hessian spectrum', headline(analysis, bodyWidth, paint)],
    ['Each bound by itself', eachBound(analysis, bodyWidth)],
    ['How the bracket closes', closing(analysis, paint)],
    ['What step size gradient descent can take', stepSize(analysis, bodyWidth, paint)],
    ['Spectrum', spectrum(analysis, bodyWidth, paint)],
    ['What the bound is computed from', moments(analysis, bodyWidth)],
    ['What it is made of', ingredients(analysis, bodyWidth, paint)],
    ['Why the bound from the moments is what it is', labelled(reasons(analysis), bodyWidth)],
    ['What the files were taken to mean', origin(analysis, bodyWidth)],
    ['Time', time(analysis, bodyWidth)],
  ];
  const lines = ['', ...title(analysis, options.subject, width, paint), ''];
  for (const [head, body] of sections) {
    if (body.length === 0) continue;
    lines.push(`${paint.bold(head)} ${paint.dim('─'.repeat(width - head.length - 1))}`);
    lines.push(...body.map((line) => margin + line), '');
  }
  return lines.map((line) => (margin + line.replaceAll('\u00a0', ' ')).trimEnd()).join('\n');
}

function title(analysis: Analysis, subject: string | undefined, width: number, paint: Style): string[] {
  const { network, samples, loss, accuracy } = analysis;
  const facts = [
    `N = ${counted(samples, 'sample')}`,
    `P = ${counted(analysis.moments.parameters, 'parameter')}`,
    `loss ${significant(loss)}`,
    ...(accuracy === undefined ? [] : [`accuracy ${percent(accuracy)}`]),
  ];
  const decay =
    network.weightDecay > 0 ? ` · weight decay ${Number(network.weightDecay.toPrecision(3))}` : '';
  return [
    `${paint.bold(modelName(analysis))} · ${LOSS_NAMES[network.loss]}${decay}`,
    ...wrap(joined(facts), width),
    ...(subject === undefined ? [] : wrap(subject, width).map(paint.dim)),
  ];
}

/** Those asked for, where there are more than the headline and the closing bracket show. */
function eachBound({ bounds, exact }: Analysis, width: number): string[] {
  const found = Object.entries(bounds) as [BoundName, EigenvalueBounds][];
  if (found.length < 3) return [];
  const times = ({ largest: { upper } }: EigenvalueBounds): string =>
    exact && exact.largest > 0 ? `, ${significant(upper / exact.largest)}\u00a0× the exact value` : '';
  return labelled(
    found.map(([name, bound]) => [
      BOUND_NAMES[name],
      `λ_max ≤ ${significantUp(bound.largest.upper)}${times(bound)}`,
    ]),
    width,
  );
}

/** 4-8-3 tanh */
function modelName({ network: { widths, activations } }: Analysis): string {
  const hidden = [...new Set(activations.slice(0, -1))].join('/');
  const output = activations.at(-1);
  const words = [widths.join('-'), hidden, output === 'identity' ? '' : `(${output} output)`];
  return words.filter((word) => word !== '').join(' ');
}

function spectrum(analysis: Analysis, width: number, paint: Style): string[] {
  const { exact, spectrum: summary, upper, density } = analysis;
  const P = analysis.moments.parameters;
  if (!exact && density) return estimatedSpectrum(density, P, upper, width, paint);
  if (!exact || !summary) {
    const reason = P > AUTO_EXACT_PARAMETERS ? `: P = ${integer(P)} is above ${AUTO_EXACT_PARAMETERS}` : '';
    const cost = analysis.flops.exact;
    return wrap(
      `Not computed${reason}. --exact asks for every eigenvalue, to compare with: ${flops(cost)} and ` +
        `${bytes(8 * P * P)} for the Hessian, roughly ${duration(cost / EXACT_RATE)}; --density for an estimate.`,
      width,
    );
  }
  const marks = [
    { label: `λ_max ${significant(exact.largest)}`, value: exact.largest },
    { label: `bound ${significantUp(upper)}`, value: upper },
  ];
  const outlierAbove = Math.max(0, OUTLIER_THRESHOLD * exact.largest);
  const { negative, zero, positive, outliers, outlierShare, rounding } = summary;
  const signs = [
    paint.magenta(`${integer(negative)} negative`),
    `${integer(zero)} within ±${significant(rounding, 1)} of 0`,
    paint.cyan(`${integer(positive)} positive`),
  ];
  const above = paint.yellow(`${integer(outliers)} above ${percent(OUTLIER_THRESHOLD)} of λ_max`);
  const drawing = drawSpectrum(exact.values, marks, outlierAbove, { width, height: 5, paint });
  return [
    ...(drawing.length > 0 ? [...drawing, ''] : []),
    signs.join(' · '),
    `${above}, with ${percent(outlierShare)} of ‖H‖_F²`,
  ];
}

function estimatedSpectrum(
  { nodes, weights, rules, products, corrected }: SpectralDensity,
  P: number,
  upper: number,
  width: number,
  paint: Style,
): string[] {
  const marks = [{ label: `bound ${significantUp(upper)}`, value: upper }];
  const counts = weights.map((weight) => P * weight);
  const drawing = drawSpectrum(nodes, marks, 0, { width, height: 5, paint }, counts);
  const kind = corrected ? ', corrected by the exact trace and norm' : '';
  return [
    ...(drawing.length > 0 ? [...drawing, ''] : []),
    ...wrap(
      `An estimate, nothing guaranteed: ${counted(rules.length, 'random probe')} and ${integer(products)} products${kind}.`,
      width,
    ),
  ];
}

function moments(analysis: Analysis, width: number): string[] {
  const costs = analysis.flops;
  const { trace, frobeniusNorm, method } = analysis.moments;
  const route =
    method === 'hessian'
      ? `the assembled Hessian, ${flops(costs.hessian)}; from pairs of samples ${flops(costs.gram)}`
      : `pairs of samples (Gram matrices), ${flops(costs.gram)}; assembling the Hessian ` +
        `${costs.hessian < costs.gram ? 'does not fit into memory, but would take' : 'takes'} ${flops(costs.hessian)}`;
  return labelled(
    [
      ['tr H', `${significant(trace)}, the sum of all eigenvalues`],
      ['‖H‖_F', `${significant(frobeniusNorm)}, the root of the sum of their squares`],
      ['route', route],
    ],
    width,
  );
}

function ingredients(analysis: Analysis, width: number, paint: Style): string[] {
  const { exact, upper, ingredients: made } = analysis;
  const [head = '', ...body] = table(layerColumns(analysis), width);
  const lines = [paint.dim(head), ...body];
  if (made === undefined) return lines;
  const { kappa2, kappa4, meanSquaredCosine: cosine } = made.orthogonality;
  const samples =
    `κ₂\u00a0=\u00a0${significant(kappa2)}, κ₄\u00a0=\u00a0${significant(kappa4)}` +
    (cosine === undefined
      ? ''
      : `, mean squared cosine ${significant(cosine, 3)} (0\u00a0orthogonal, 1\u00a0parallel)`);
  const rows: [string, string][] = [['samples', samples]];
  const { upper: loose, measured } = made.aPriori;
  const [reference, name] = exact ? [exact.largest, 'the exact value'] : [upper, 'the bound above'];
  const factor = reference > 0 ? `, ${significant(loose / reference, 2)}\u00a0× ${name}` : '';
  const sources = ['norms', 'widths', 'orthogonality', ...measured.map((what) => `measured ${what}`)];
  const from = `${sources.slice(0, -1).join(', ')} and ${sources.at(-1)!}`;
  rows.push([
    'a priori',
    `λ_max ≤ ${significantUp(loose, 3)}${factor}: from ${from}, for insight; loose by nature`,
  ]);
  return [...lines, '', ...labelled(rows, width)];
}

/** A row for each layer, and one for the blocks off the diagonal. */
function layerColumns(analysis: Analysis): Column[] {
  const { network, ingredients: made } = analysis;
  const { layers, frobeniusNorm } = analysis.moments;
  const across = layers.length > 1 ? [acrossNorm(analysis)] : [];
  const norms = [...layers.map((layer) => layer.frobeniusNorm), ...across];
  const shares = norms.map((norm) =>
    frobeniusNorm === 0 ? '' : percent((norm / frobeniusNorm) * (norm / frobeniusNorm), 1),
  );
  const perLayer = (head: string, cells: string[], options: Partial<Column> = {}): Column => ({
    head,
    align: 'right',
    cells: [...cells, ...across.map(() => '')],
    ...options,
  });
  const layerNames = [...layers.map((_, l) => String(l + 1)), ...across.map(() => 'across')];
  const shapes = layers.map((_, l) => `${network.widths[l]} → ${network.widths[l + 1]}`);
  const weights = made?.layers.map((layer) => significant(layer.weightNorm));
  const biases = made?.layers.map(({ biasNorm }) => (biasNorm === undefined ? '' : significant(biasNorm)));
  return [
    { head: 'layer', align: 'left', cells: layerNames },
    perLayer('in → out', shapes),
    perLayer('activation', network.activations, { align: 'left', optional: true }),
    perLayer(
      'P',
      layers.map((layer) => integer(layer.parameters)),
      { optional: true },
    ),
    ...(weights ? [perLayer('‖W‖_F', weights)] : []),
    ...(biases ? [perLayer('‖b‖', biases, { optional: true })] : []),
    perLayer(
      'tr H',
      layers.map((layer) => significant(layer.trace)),
    ),
    { head: '‖H‖_F', align: 'right', cells: norms.map((norm) => significant(norm)) },
    { head: 'of ‖H‖_F²', align: 'right', cells: shares },
  ];
}

/** Frobenius norm of all blocks off the diagonal together. */
function acrossNorm({ moments: { crossNorms } }: Analysis): number {
  const { rows, data } = crossNorms;
  return Math.hypot(...data.filter((_, at) => Math.floor(at / rows) !== at % rows));
}

/** Classes and scales as far as they are few; all of them are in the JSON. */
function origin({ origin: from }: Analysis, width: number): string[] {
  if (!from) return [];
  const { inferred, classes, standardization } = from;
  const rows: [string, string][] = [];
  if (classes) rows.push(['classes', few(classes.map((name, k) => `${k}\u00a0${name}`))]);
  if (standardization) {
    const { means, scales } = standardization;
    const columns = Array.from(
      means,
      (mean, j) => `(x\u00a0−\u00a0${significant(mean)})/${significant(scales[j])}`,
    );
    rows.push(['inputs', few(columns)]);
  }
  return [
    ...inferred.flatMap((sentence) => wrap(sentence, width)),
    ...(rows.length > 0 ? labelled(rows, width) : []),
  ];
}

function few(items: readonly string[]): string {
  const most = 12;
  return items.slice(0, most).join(', ') + (items.length > most ? `, … (${integer(items.length)})` : '');
}

function time({ steps }: Analysis, width: number): string[] {
  return wrap(joined(steps.map(({ name, seconds }) => `${name} ${duration(seconds)}`)), width);
}

/** Facts in a row that breaks only between them. */
function joined(facts: string[]): string {
  return facts.map((fact) => fact.replaceAll(' ', '\u00a0')).join('\u00a0· ');
}

/** Label and text in two columns, the text wrapped. */
function labelled(rows: [string, string][], width: number): string[] {
  const indent = Math.max(...rows.map(([label]) => label.length)) + 3;
  return rows.flatMap(([label, text]) =>
    wrap(text, width - indent).map((line, i) => (i === 0 ? label : '').padEnd(indent) + line),
  );
}
