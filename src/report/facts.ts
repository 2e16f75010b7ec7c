/** The report's facts in words, the same for the terminal and the page; formulas as in plain text: λ_max, ‖H‖_F². */
import { type EigenvalueBounds } from '../bounds.js';
import { type Loss } from '../network.js';
import { AUTO_EXACT_PARAMETERS, type BoundName } from '../sharpness-options.js';
import { type Analysis, OUTLIER_THRESHOLD } from './analysis.js';
import { BOUND_NAMES } from './headline.js';
import { bytes, counted, duration, flops, integer, percent, significant, significantUp } from './numbers.js';
import { type Column } from './style.js';

/** What it is about, and what it says. */
export type Fact = [label: string, text: string];

const LOSS_NAMES: Record<Loss, string> = {
  'softmax-cross-entropy': 'softmax cross-entropy',
  'sigmoid-cross-entropy': 'sigmoid cross-entropy',
  'squared-error': 'squared error',
};

/** Flops a second of the exact spectrum in a fresh process, measured on one core of a server: an order of magnitude. */
const EXACT_RATE = 4e9;

export interface Title {
  /** 4-8-3 tanh */
  model: string;
  /** softmax cross-entropy · weight decay 0.01 */
  loss: string;
  facts: string[];
}

export function title(analysis: Analysis): Title {
  const { network, samples, loss, accuracy } = analysis;
  const decay =
    network.weightDecay > 0 ? ` · weight decay ${Number(network.weightDecay.toPrecision(3))}` : '';
  return {
    model: modelName(analysis),
    loss: `${LOSS_NAMES[network.loss]}${decay}`,
    facts: [
      `N = ${counted(samples, 'sample')}`,
      `P = ${counted(analysis.moments.parameters, 'parameter')}`,
      `loss ${significant(loss)}`,
      ...(accuracy === undefined ? [] : [`accuracy ${percent(accuracy)}`]),
    ],
  };
}

/** Those asked for, where there are more than the headline and the closing bracket show. */
export function eachBound({ bounds, exact }: Analysis): Fact[] {
  const found = Object.entries(bounds) as [BoundName, EigenvalueBounds][];
  if (found.length < 3) return [];
  const times = ({ largest: { upper } }: EigenvalueBounds): string =>
    exact && exact.largest > 0 ? `, ${significant(upper / exact.largest)}\u00a0× the exact value` : '';
  return found.map(([name, bound]) => [
    BOUND_NAMES[name],
    `λ_max ≤ ${significantUp(bound.largest.upper)}${times(bound)}`,
  ]);
}

/** 4-8-3 tanh */
function modelName({ network: { widths, activations } }: Analysis): string {
  const hidden = [...new Set(activations.slice(0, -1))].join('/');
  const output = activations.at(-1);
  const words = [widths.join('-'), hidden, output === 'identity' ? '' : `(${output} output)`];
  return words.filter((word) => word !== '').join(' ');
}

export interface SpectrumFacts {
  /** How many are negative, within rounding of 0, positive. */
  negative: string;
  zero: string;
  positive: string;
  /** How many stand out, and how much they carry. */
  outliers: string;
  share: string;
}

/** Of the exact spectrum, if there is one. */
export function spectrumFacts({ spectrum }: Analysis): SpectrumFacts | undefined {
  if (!spectrum) return undefined;
  const { negative, zero, positive, outliers, outlierShare, rounding } = spectrum;
  return {
    negative: `${integer(negative)} negative`,
    zero: `${integer(zero)} within ±${significant(rounding, 1)} of 0`,
    positive: `${integer(positive)} positive`,
    outliers: `${integer(outliers)} above ${percent(OUTLIER_THRESHOLD)} of λ_max`,
    share: `with ${percent(outlierShare)} of ‖H‖_F²`,
  };
}

/** Why there is no exact spectrum, and what it would take. */
export function spectrumMissing({ moments: { parameters: P }, flops: { exact: cost } }: Analysis): string {
  const reason = P > AUTO_EXACT_PARAMETERS ? `: P = ${integer(P)} is above ${AUTO_EXACT_PARAMETERS}` : '';
  return (
    `Not computed${reason}. --exact asks for every eigenvalue, to compare with: ${flops(cost)} and ` +
    `${bytes(8 * P * P)} for the Hessian, roughly ${duration(cost / EXACT_RATE)}; --density for an estimate.`
  );
}

/** What an estimated spectrum is. */
export function estimateNote({ rules, products, corrected }: NonNullable<Analysis['density']>): string {
  const kind = corrected ? ', corrected by the exact trace and norm' : '';
  return `An estimate, nothing guaranteed: ${counted(rules.length, 'random probe')} and ${integer(products)} products${kind}.`;
}

export function momentFacts(analysis: Analysis): Fact[] {
  const costs = analysis.flops;
  const { trace, frobeniusNorm, method } = analysis.moments;
  const route =
    method === 'hessian'
      ? `the assembled Hessian, ${flops(costs.hessian)}; from pairs of samples ${flops(costs.gram)}`
      : `pairs of samples (Gram matrices), ${flops(costs.gram)}; assembling the Hessian ` +
        `${costs.hessian < costs.gram ? 'does not fit into memory, but would take' : 'takes'} ${flops(costs.hessian)}`;
  return [
    ['tr H', `${significant(trace)}, the sum of all eigenvalues`],
    ['‖H‖_F', `${significant(frobeniusNorm)}, the root of the sum of their squares`],
    ['route', route],
  ];
}

/** The samples and the a-priori form. */
export function ingredientFacts({ exact, upper, ingredients: made }: Analysis): Fact[] {
  if (made === undefined) return [];
  const { kappa2, kappa4, meanSquaredCosine: cosine } = made.orthogonality;
  const samples =
    `κ₂\u00a0=\u00a0${significant(kappa2)}, κ₄\u00a0=\u00a0${significant(kappa4)}` +
    (cosine === undefined
      ? ''
      : `, mean squared cosine ${significant(cosine, 3)} (0\u00a0orthogonal, 1\u00a0parallel)`);
  const { upper: loose, measured } = made.aPriori;
  const [reference, name] = exact ? [exact.largest, 'the exact value'] : [upper, 'the bound above'];
  const factor = reference > 0 ? `, ${significant(loose / reference, 2)}\u00a0× ${name}` : '';
  const sources = ['norms', 'widths', 'orthogonality', ...measured.map((what) => `measured ${what}`)];
  const from = `${sources.slice(0, -1).join(', ')} and ${sources.at(-1)!}`;
  return [
    ['samples', samples],
    ['a priori', `λ_max ≤ ${significantUp(loose, 3)}${factor}: from ${from}, for insight; loose by nature`],
  ];
}

/** A row for each layer, and one for the blocks off the diagonal. */
export function layerColumns(analysis: Analysis): Column[] {
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

export function times({ steps }: Analysis): string[] {
  return steps.map(({ name, seconds }) => `${name} ${duration(seconds)}`);
}
