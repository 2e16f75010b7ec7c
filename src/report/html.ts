/** The report as one self-contained page, to show to a colleague: no network, no script, light and dark, screen and paper. */
import { type Analysis } from './analysis.js';
import { look, whyOpen } from './closing.js';
import {
  estimateNote,
  ingredientFacts,
  layerColumns,
  momentFacts,
  spectrumFacts,
  spectrumMissing,
  title,
} from './facts.js';
import {
  blocksFigure,
  boundsFigure,
  closingFigure,
  densityFigure,
  endsFigure,
  histogramFigure,
  pictureFigure,
  screeFigure,
  sensitivityFigure,
  sharesFigure,
  stepFigure,
} from './figures.js';
import { BOUND_NAMES, printed, type Statement, statements } from './headline.js';
import { counted, percent, significant, significantDown, significantUp } from './numbers.js';
import { drawn, either, facts, named, page, rich, section, square, table } from './page.js';
import { type HtmlReportOptions, originSections } from './origin.js';
import { orthogonalInputs } from './reasons.js';
import { STEP_CAVEAT, stepSizes } from './step-size.js';

export { type HtmlReportOptions } from './origin.js';

/**
 * One HTML file. Of the analysis everything that was computed is shown; `explain` and `picture` of analyze() are worth their time for it. The same
 * analysis and options give the same text.
 */
export function htmlReport(analysis: Analysis, options: HtmlReportOptions = {}): string {
  const { model, loss } = title(analysis);
  const body = [
    header(analysis, options.subject),
    answer(analysis),
    section(
      'bounds',
      'Each bound by itself',
      'An upper bound is a proof that λ_max is not larger, whatever the data hide. How far each is above the exact value tells how much it gives away.',
      drawn(
        boundsFigure(analysis),
        'Pale: nothing is known from below. Grey: the a-priori form, from norms alone, for insight.' +
          (analysis.exact ? ' Diamonds: the exact value; in brackets how many times that a bound is.' : ''),
      ),
    ),
    closingSection(analysis),
    stepSection(analysis),
    spectrumSection(analysis),
    hessianSection(analysis),
    ingredientSection(analysis),
    reasonSection(analysis),
    ...originSections(analysis, options),
    FOOTER,
  ];
  return page(`Sharpness of ${model}, ${loss}`, body.filter((part) => part !== '').join('\n'));
}

function header(analysis: Analysis, subject: string | undefined): string {
  const { model, loss, facts: known } = title(analysis);
  return `<header>
<p class="kind">Sharpness report</p>
<h1>${rich(model)} · ${rich(loss)}</h1>
<p>${known.map((fact) => rich(fact.replaceAll(' ', '\u00a0'))).join(' · ')}</p>
${subject === undefined ? '' : `<p>${named(subject)}</p>`}
</header>`;
}

/** What one screen has to say. */
function answer(analysis: Analysis): string {
  const [largest, smallest] = statements(analysis) as [Statement, Statement | undefined];
  const { lower, upper, exact } = printed(largest);
  const truth =
    exact === undefined
      ? ''
      : `<p class="truth">The exact value, of the assembled Hessian, is <b>${rich(exact)}</b>` +
        `${largest.ratio === undefined ? '' : `; upper / exact is ${rich(largest.ratio)}`}. The bound does not use it.</p>`;
  return `<div class="answer">
<p class="statement">${rich('λ_max')} is ${
    largest.interval.lower === largest.interval.upper
      ? `<b>${rich(upper)}</b>`
      : `between <b>${rich(lower)}</b> and <b>${rich(upper)}</b>`
  }.</p>
<p class="proof"><span class="seal">${largest.guarantee}</span> ${rich(seal(analysis, largest))}</p>
${truth}
<p class="note">${rich(MEANING)}</p>
${drawn(endsFigure(analysis))}
<dl class="tiles">${tiles(analysis, smallest)
    .map(([label, value]) => `<div><dt>${rich(label)}</dt><dd>${rich(value)}</dd></div>`)
    .join('')}</dl>
</div>`;
}

const MEANING =
  'λ_max, the largest eigenvalue of the Hessian of the loss, says how sharply the loss curves in its steepest direction around these weights: ' +
  'small in a flat minimum, large in a sharp one. Gradient descent with step size η is stable on the quadratic model only below λ_max = 2/η.';

function seal({ certificate, certified }: Analysis, { source }: Statement): string {
  const proof = certified ? 'in interval arithmetic' : 'no sampling, rounding accounted for';
  const products =
    certificate && source === BOUND_NAMES.deflated
      ? `, ${counted(certificate.products, 'product')} with the Hessian`
      : '';
  return `by ${source ?? '‖H‖_F'}${products}; ${proof}.`;
}

function tiles(analysis: Analysis, smallest: Statement | undefined): [string, string][] {
  const { trace, frobeniusNorm } = analysis.moments;
  const found = smallest && printed(smallest);
  const steps = stepSizes(analysis);
  return [
    ['λ_max at most', significantUp(analysis.upper)],
    ...(found ? [['λ_min at least', significantDown(smallest.interval.lower)] as [string, string]] : []),
    ...(steps ? [['stable step size', steps.stable] as [string, string]] : []),
    ['trace, tr H', significant(trace)],
    ['norm, ‖H‖_F', significant(frobeniusNorm)],
  ];
}

function closingSection(analysis: Analysis): string {
  const { certificate } = analysis;
  if (!certificate) return '';
  const looks = certificate.history.map(look);
  const column = (head: string, key: keyof (typeof looks)[number]) =>
    ({ head, align: 'right', cells: looks.map((one) => rich(one[key])) }) as const;
  return section(
    'closing',
    'How the bracket closes',
    'The trace and the norm of the Hessian alone give the first interval. Each product of the Hessian with a vector finds out more about the largest eigenvalues, and what is left cannot hide as much.',
    drawn(closingFigure(analysis), certificate.converged ? '' : whyOpen(certificate.reason)),
    looks.length > MOST_LOOKS
      ? ''
      : table('The bracket, product by product', [
          column('products', 'products'),
          column('λ_max at least', 'lower'),
          column('at most', 'upper'),
          column('apart', 'gap'),
        ]),
  );
}

/** Rows of the table of a bracket that closes; the figure shows longer ones. */
const MOST_LOOKS = 14;

function stepSection(analysis: Analysis): string {
  const words = stepSizes(analysis);
  if (!words) return '';
  return section(
    'step',
    'What step size gradient descent can take',
    'On a quadratic loss a step of gradient descent overshoots and grows where η λ_max is above 2. The interval for λ_max is one for the largest stable step.',
    drawn(stepFigure(analysis)),
    `<p><b class="bound">${rich(words.stable)}</b> is stable on the quadratic model (2\u00a0/\u00a0upper)${
      words.growing === undefined
        ? ''
        : `; <b class="threshold">${rich(words.growing)}</b> oscillates and grows (2\u00a0/\u00a0lower)`
    }.</p>`,
    `<p class="note">${rich(STEP_CAVEAT)}</p>`,
  );
}

function spectrumSection(analysis: Analysis): string {
  const { exact, density } = analysis;
  const found = spectrumFacts(analysis);
  const heading = exact || !density ? 'Spectrum' : 'Spectrum, estimated';
  const lead =
    'Every eigenvalue is the curvature in one direction. Of trained networks a few are large, most are nearly 0, and some are negative: directions in which the loss bends down.';
  if (!exact && !density)
    return section('spectrum', heading, lead, `<p>${rich(spectrumMissing(analysis))}</p>`);
  const views = (scale: 'log' | 'linear'): string =>
    drawn(histogramFigure(analysis, scale), scale === 'log' ? LOG_NOTE : LINEAR_NOTE) +
    drawn(screeFigure(analysis, scale));
  return section(
    'spectrum',
    heading,
    lead,
    found
      ? `<p><span class="negative">${found.negative}</span> · ${rich(found.zero)} · <span class="positive">${found.positive}</span>; ${rich(`${found.outliers}, ${found.share}`)}.</p>`
      : `<p>${rich(estimateNote(density!))}</p>`,
    either('axes', ['logarithmic', views('log')], ['linear', views('linear')]),
    exact ? '' : drawn(densityFigure(analysis), DENSITY_NOTE),
  );
}

const LOG_NOTE =
  'Magenta at the left: negative eigenvalues; blue at the right: positive ones; grey: around 0. A bar that is cut has its number on top.';
const LINEAR_NOTE = 'Numbers are logarithmic here: nearly all eigenvalues are in one bar.';
const DENSITY_NOTE =
  'How many eigenvalues there are by unit of λ, smoothed; the band is the spread between the probes.';

function hessianSection(analysis: Analysis): string {
  const across = analysis.moments.layers.length > 1;
  const squares = [
    across
      ? square(
          blocksFigure(analysis),
          'Shares of ‖H‖_F², layer by layer',
          'How much of the squared norm is within a layer (on the diagonal) and between two layers.',
        )
      : '',
    analysis.picture
      ? square(
          pictureFigure(analysis),
          'Entry by entry',
          'Blue: positive, magenta: negative, the stronger the larger, logarithmically; parameters layer by layer, weights before biases.',
        )
      : '',
  ].join('');
  return section(
    'hessian',
    'The Hessian',
    'Its entries say how the slope along one parameter changes with another. Rows and columns go through the parameters, layer by layer.',
    squares === '' ? '' : `<div class="pair">${squares}</div>`,
  );
}

function ingredientSection(analysis: Analysis): string {
  const columns = layerColumns(analysis).map(({ head, align, cells }) => ({
    head,
    align,
    cells: cells.map(rich),
  }));
  return section(
    'ingredients',
    'What the bound is made of',
    'The bound takes two sums of the Hessian, its trace and its squared entries. They come from the norms of the layers, from their widths, and from how alike the samples are.',
    facts(momentFacts(analysis).map(([label, words]) => [label, rich(words)])),
    table('Layers', columns),
    facts(ingredientFacts(analysis).map(([label, words]) => [label, rich(words)])),
  );
}

function reasonSection(analysis: Analysis): string {
  const { explanation } = analysis;
  if (!explanation) return '';
  const { pairs } = explanation.samples;
  const orthogonal = `Were the ${orthogonalInputs(explanation, analysis.bounds)}.`;
  const shown = pairs.slice(0, MOST_PAIRS);
  return section(
    'reasons',
    'Why the bound from the moments is what it is',
    'It tends to ‖H‖_F for many parameters: it is close to λ_max if one direction carries nearly all of ‖H‖_F², and loose if many do. Here is what carries it.',
    `<h3>${rich('Shares of ‖H‖_F²')}</h3>`,
    drawn(sharesFigure(analysis)),
    `<p>${rich(orthogonal)}</p>`,
    shown.length === 0
      ? ''
      : `<h3>The most aligned pairs of samples</h3>${table('The most aligned pairs of samples', [
          { head: 'samples', align: 'left', cells: shown.map(({ samples: [i, j] }) => `${i} and ${j}`) },
          { head: 'of ‖H‖_F²', align: 'right', cells: shown.map(({ share }) => percent(share, 2)) },
          { head: 'cosine', align: 'right', cells: shown.map(({ cosine }) => rich(significant(cosine, 3))) },
          {
            head: 'of the inputs',
            align: 'right',
            cells: shown.map((pair) => rich(significant(pair.inputCosine, 3))),
          },
        ])}<p class="note">Samples count from 0. Two samples whose Hessians point the same way add up instead of averaging out.</p>`,
    '<h3>What one per cent more of a norm does to the bound</h3>',
    drawn(sensitivityFigure(analysis)),
  );
}

const MOST_PAIRS = 6;

const FOOTER =
  '<footer>Made by hessbound, which bounds the eigenvalues of loss Hessians. The statements are about the mean loss over the data given, at the weights given. This file loads nothing.</footer>';
