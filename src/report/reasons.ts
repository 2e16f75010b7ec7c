/** Why the bound from the moments is what it is: what carries ‖H‖_F, and how it goes with the norms. */
import { type Explanation } from '../explanation.js';
import { type Analysis } from './analysis.js';
import { type Fact } from './facts.js';
import { percent, significant, significantUp } from './numbers.js';

/** Pairs of samples that are named. */
const MOST_PAIRS = 3;

/** Label and text of each row. */
export function reasons({ explanation, bounds }: Pick<Analysis, 'explanation' | 'bounds'>): Fact[] {
  if (!explanation) return [];
  const { parts, samples } = explanation;
  const rows: Fact[] = [
    [
      'curvature',
      `Gauss–Newton part ${share(parts.gaussNewton.share)} of ‖H‖_F², residual part ${share(parts.residual.share)}, ` +
        `mixed ${share(parts.mixed)}`,
    ],
    [
      'samples',
      `each with itself ${share(samples.own)}; were their ${orthogonalInputs(explanation, bounds)}`,
    ],
    ['norms', sensitivities(explanation)],
  ];
  if (samples.pairs.length > 0) rows.splice(2, 0, ['aligned', pairs(explanation)]);
  return rows;
}

/** '… inputs orthogonal': what that would do to the bound. */
export function orthogonalInputs({ orthogonal }: Explanation, bounds: Analysis['bounds']): string {
  const now = bounds.wolkowiczStyan?.largest.upper;
  return (
    `inputs orthogonal, the bound from the moments would be ${significantUp(orthogonal.upper, 4)}` +
    (now === undefined ? '' : ` instead of ${significantUp(now, 4)}`)
  );
}

function pairs({ samples }: Explanation): string {
  return samples.pairs
    .slice(0, MOST_PAIRS)
    .map(
      ({ samples: [i, j], share: part, cosine, inputCosine }) =>
        `samples ${i} and ${j} ${share(part)} (cosine ${significant(cosine, 3)}, inputs ${significant(inputCosine, 3)})`,
    )
    .map(unbroken)
    .join(', ')
    .concat('; samples\u00a0count from\u00a00');
}

function sensitivities({ sensitivities: layers }: Explanation): string {
  const effects = layers.map(({ weights, bias }, l) =>
    unbroken(`layer ${l + 1} ${signed(weights)} %${bias === undefined ? '' : ` (bias ${signed(bias)} %)`}`),
  );
  return `one per cent more of the weights changes the bound by: ${effects.join(', ')}`;
}

function share(x: number): string {
  return x < 0 ? `−${percent(-x, 1)}` : percent(x, 1);
}

function signed(x: number): string {
  return `${x < 0 ? '−' : '+'}${significant(Math.abs(x), 2)}`;
}

function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}
