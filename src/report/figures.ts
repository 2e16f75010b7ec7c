/** The report's figures: what of an analysis each shows, and what it says to those who do not see it. */
import { type EigenvalueBounds } from '../bounds.js';
import { type BoundName } from '../sharpness-options.js';
import {
  bars,
  blocks,
  closing,
  density,
  hessianPicture,
  histogram,
  type IntervalRow,
  intervals,
  type Mark,
  scree,
  steps,
} from '../views/index.js';
import { type Analysis } from './analysis.js';
import { BOUND_NAMES, printed, statements } from './headline.js';
import { percent, significant, significantDown, significantUp, typeset } from './numbers.js';
import { stepSizes } from './step-size.js';

/** Draws for a page of so many pixels; an empty text where there is nothing to draw. */
type Draw = (width: number) => string;

/** Both ends of the spectrum on one linear axis. */
export function endsFigure(analysis: Analysis): Draw {
  const rows = statements(analysis).map((statement, i): IntervalRow => {
    const { interval, exact } = statement;
    return {
      name: statement.name,
      ...interval,
      ...(exact !== undefined && { exact }),
      label: '',
      strong: i === 0,
    };
  });
  const description = statements(analysis)
    .map((statement) => {
      const { lower, upper, exact } = printed(statement);
      return `${statement.name} is between ${lower} and ${upper}${exact === undefined ? '' : `, exactly ${exact}`}`;
    })
    .join('; ');
  const title = 'The guaranteed intervals of the largest and smallest eigenvalue';
  return (width) => intervals({ title, description: `${description}.`, rows, axis: 'linear' }, width);
}

/** Every bound asked for, the a-priori form, and the exact value. */
export function boundsFigure({ bounds, exact, ingredients }: Analysis): Draw {
  const found = Object.entries(bounds) as [BoundName, EigenvalueBounds][];
  const ratio = (upper: number): string =>
    exact && exact.largest > 0 && Number.isFinite(upper / exact.largest)
      ? ` (${significant(upper / exact.largest)} ×)`
      : '';
  const label = (upper: number): string => typeset(`≤ ${significantUp(upper)}${ratio(upper)}`);
  const truth = exact && { exact: exact.largest };
  const rows: IntervalRow[] = found.map(([name, { largest }]) => ({
    name: BOUND_NAMES[name],
    ...largest,
    ...truth,
    label: label(largest.upper),
    aside: name === 'aPriori',
  }));
  const loose = ingredients?.aPriori.upper;
  if (loose !== undefined && Number.isFinite(loose) && !bounds.aPriori)
    rows.push({ name: BOUND_NAMES.aPriori, upper: loose, ...truth, label: label(loose), aside: true });
  const description = rows.map(({ name, label: words }) => `${name} ${words}`).join('; ');
  const title = 'What each bound alone says of the largest eigenvalue';
  return (width) => intervals({ title, description: `${description}.`, rows }, width);
}

export function closingFigure({ certificate, exact }: Analysis): Draw {
  if (!certificate) return () => '';
  const { history, products } = certificate;
  const { lower, upper } = history.at(-1)!;
  const description = `After ${products} products from ${significantDown(lower, 10)} to ${significantUp(upper, 10)}.`;
  const title = 'The interval for the largest eigenvalue, product by product';
  return (width) => closing({ title, description, history, ...(exact && { exact: exact.largest }) }, width);
}

export function stepFigure(analysis: Analysis): Draw {
  const words = stepSizes(analysis);
  if (!words) return () => '';
  const { lower, upper } = analysis;
  const { stable, growing } = words;
  const description = `Stable for ${stable}${growing === undefined ? '' : `, growing for ${growing}`}.`;
  const title = 'Step sizes of gradient descent';
  const above = growing === undefined ? {} : { growing: { value: 2 / lower, label: typeset(growing) } };
  return (width) =>
    steps({ title, description, stable: { value: 2 / upper, label: typeset(stable) }, ...above }, width);
}

/** The exact spectrum or the estimated one, on either axis. */
export function histogramFigure(analysis: Analysis, scale: 'log' | 'linear'): Draw {
  const { exact, density: estimate, moments, upper } = analysis;
  const bound: Mark = { value: upper, label: typeset(`bound ${significantUp(upper)}`), kind: 'bound' };
  if (exact) {
    const title = `Histogram of the eigenvalues, ${axisName(scale)} axis`;
    const description = `${moments.parameters} eigenvalues from ${significant(exact.smallest)} to ${significant(exact.largest)}.`;
    const marks = [exactMark(exact.largest), bound];
    return (width) => histogram({ title, description, values: exact.values, marks, scale }, width);
  }
  if (!estimate) return () => '';
  const counts = estimate.weights.map((weight) => moments.parameters * weight);
  const title = `Histogram of the estimated eigenvalues, ${axisName(scale)} axis`;
  const description = `${estimate.nodes.length} nodes that stand for ${moments.parameters} eigenvalues.`;
  return (width) =>
    histogram({ title, description, values: estimate.nodes, counts, marks: [bound], scale }, width);
}

export function screeFigure({ exact, moments, upper, spectrum }: Analysis, scale: 'log' | 'linear'): Draw {
  if (!exact) return () => '';
  const marks: Mark[] = [
    { value: upper, label: typeset(`bound ${significantUp(upper)}`), kind: 'bound' },
    exactMark(exact.largest),
  ];
  const title = `The eigenvalues from the largest to the smallest, ${axisName(scale)} axis`;
  const description = `${moments.parameters} eigenvalues from ${significant(exact.largest)} down to ${significant(exact.smallest)}.`;
  return (width) =>
    scree(
      {
        title,
        description,
        values: exact.values,
        marks,
        scale,
        ...(spectrum && { rounding: spectrum.rounding }),
      },
      width,
    );
}

export function densityFigure({ density: estimate, moments, upper }: Analysis): Draw {
  if (!estimate) return () => '';
  const P = moments.parameters;
  const marks: Mark[] = [{ value: upper, label: typeset(`bound ${significantUp(upper)}`), kind: 'bound' }];
  const title = 'The estimated spectral density';
  const description = `Smoothed by ${significant(estimate.bandwidth, 2)}, from ${significant(estimate.grid[0])} to ${significant(estimate.grid.at(-1)!)}.`;
  const { grid } = estimate;
  const scaled = {
    grid,
    density: estimate.density.map((x) => P * x),
    standardError: estimate.standardError.map((x) => P * x),
  };
  return (width) => density({ title, description, ...scaled, marks }, width);
}

/** Shares of ‖H‖_F² by pair of layers. */
export function blocksFigure({ moments: { crossNorms, frobeniusNorm } }: Analysis): Draw {
  const shares = Array.from(crossNorms.data, (norm) => shareOf(norm, frobeniusNorm));
  const labels = Array.from(crossNorms.data, (norm, at): [string, string] => [
    percent(shares[at], 1),
    typeset(`norm ${significant(norm, 3)}`),
  ]);
  const names = Array.from({ length: crossNorms.rows }, (_, l) => String(l + 1));
  const title = 'Shares of the squared Frobenius norm by pair of layers';
  const own = names.map((name, l) => `layer ${name} ${labels[l * names.length + l][0]}`);
  const description = `On the diagonal: ${own.slice(0, 20).join(', ')}; the rest is across layers.`;
  return (width) => blocks({ title, description, shares, labels, names }, width);
}

export function pictureFigure({ picture, moments }: Analysis): Draw {
  if (!picture) return () => '';
  const largest = picture.entries.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const layers = moments.layers.map(({ parameters }) => parameters);
  const title = 'The Hessian, entry by entry';
  const description = `${picture.order} × ${picture.order} entries of size up to ${significant(largest, 3)}, lines between the layers.`;
  const view = { title, description, picture, layers, largest: typeset(significant(largest, 3)) };
  return (width) => hessianPicture(view, width);
}

/** What carries ‖H‖_F²: by part of the curvature and by samples. */
export function sharesFigure({ explanation }: Analysis): Draw {
  if (!explanation) return () => '';
  const { parts, samples } = explanation;
  const rows = [
    { group: 'by part of the curvature', name: 'Gauss–Newton part', value: parts.gaussNewton.share },
    { name: 'residual part', value: parts.residual.share },
    { name: 'mixed', value: parts.mixed },
    { group: 'by samples', name: 'each with itself', value: samples.own },
    { name: 'pairs of different ones', value: samples.own > 0 ? 1 - samples.own : 0 },
  ].map((row) => ({ ...row, label: signedPercent(row.value) }));
  const title = 'What carries the squared Frobenius norm';
  const description = `${rows.map(({ name, label }) => `${name} ${label}`).join(', ')}.`;
  return (width) => bars({ title, description, rows, whole: 1 }, width);
}

/** How the bound goes with the norms of each layer. */
export function sensitivityFigure({ explanation }: Analysis): Draw {
  if (!explanation) return () => '';
  const rows = explanation.sensitivities.flatMap(({ weights, bias }, l) => [
    { name: `layer ${l + 1}, weights`, value: weights },
    ...(bias === undefined ? [] : [{ name: `layer ${l + 1}, bias`, value: bias }]),
  ]);
  const labelled = rows.map((row) => ({ ...row, label: signedEffect(row.value) }));
  const title = 'Change of the bound for one per cent more of a norm';
  const description = `${labelled.map(({ name, label }) => `${name} ${label}`).slice(0, 20).join(', ')}.`; // prettier-ignore
  return (width) => bars({ title, description, rows: labelled.slice(0, MOST_ROWS) }, width);
}

/** Rows of a figure, at most: of deeper networks the first layers. */
const MOST_ROWS = 40;

function exactMark(value: number): Mark {
  return { value, label: typeset(`λ_max ${significant(value)}`), kind: 'exact' };
}

function axisName(scale: 'log' | 'linear'): string {
  return scale === 'log' ? 'logarithmic' : 'linear';
}

function shareOf(norm: number, whole: number): number {
  return whole === 0 ? 0 : (norm / whole) * (norm / whole);
}

function signedPercent(x: number): string {
  return x < 0 ? `−${percent(-x, 1)}` : percent(x, 1);
}

function signedEffect(x: number): string {
  return `${x < 0 ? '−' : '+'}${typeset(significant(Math.abs(x), 2))}\u00a0%`;
}
