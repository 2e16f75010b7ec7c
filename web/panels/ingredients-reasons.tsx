/** Why the bound is as loose, or as tight, as it is where the sliders are. */
import { type JSX } from 'preact';
import { type Reasons } from '../engine/ingredients.js';
import { LambdaMax, readable } from '../number.js';
import { Formula } from './formula.js';
import { type Study } from './ingredients-study.js';

/** Below this ratio to λ_max a bound counts as tight. */
const TIGHT = 1.1;

/** What the report's facts are about. */
const LABELS: Record<string, string> = {
  curvature: 'what the curvature is of',
  samples: 'how the samples share it',
  aligned: 'pairs of samples whose curvature is most alike',
  norms: 'what the norms do',
};

export function IngredientReasons({ study }: { study: Study }): JSX.Element {
  const told = study.reasons.value;
  const found = told?.found;
  const reasons = found && !('tooMuch' in found) ? found : undefined;
  const tight = reasons?.ratio !== undefined && reasons.ratio < TIGHT;
  return (
    <div class={told?.old ? 'card why old' : 'card why'} aria-busy={!told || told.old}>
      <h3>Why the bound is {tight ? 'tight' : 'loose'} here</h3>
      {found && 'tooMuch' in found && <p>To tell would take too long with so many parameters and samples.</p>}
      {reasons && <Concentration {...reasons} />}
      {reasons && (
        <dl>
          {reasons.facts.map(([label, text]) => [
            <dt key={label}>{LABELS[label] ?? label}</dt>,
            <dd key={`${label}:`}>
              <Formula text={text.replace(/\u00a0(?!%)/g, ' ')} />
            </dd>,
          ])}
        </dl>
      )}
      {reasons && (
        <p class="note">
          Gauss–Newton part: the loss’ own curvature, the network taken as linear in its parameters; residual
          part: the network’s curvature, times its errors. Orthogonal inputs: with the 1 that a bias adds to
          each, which the slider leaves alone.
        </p>
      )}
    </div>
  );
}

/** The bound is reach · ‖H‖_F, λ_max √share · ‖H‖_F. */
function Concentration(reasons: Reasons): JSX.Element {
  const { parameters, share, reach, ratio, known, opposite, spectrum } = reasons;
  return (
    <>
      <p>
        Of the {parameters.toLocaleString('en')} eigenvalues the bound knows two numbers: their sum, and the
        sum of their squares, ‖H‖<sub>F</sub>². As far as these tell, the largest may have{' '}
        {percent(Math.min(1, reach * reach))} of that sum of squares. In truth it has{' '}
        {known ? '' : 'at least '}
        {percent(share)}.{' '}
        {ratio !== undefined && (
          <>
            So the bound is {known ? '' : 'at most '}
            {readable(ratio, 3)} times <LambdaMax />: tight where one eigenvalue dominates, loose where many
            are of a size.
          </>
        )}
      </p>
      {opposite !== undefined && (
        <p>
          Here the eigenvalue of the largest size is negative, {known ? '' : 'at most '}
          {readable(opposite)}: squares do not tell its sign, so the bound has to take it for a positive one.
        </p>
      )}
      {spectrum && (
        <p>
          Nine tenths of the sum of squares are in {counted(spectrum.most, 'eigenvalue')}; {spectrum.negative}{' '}
          of {parameters} are negative.
        </p>
      )}
    </>
  );
}

function percent(share: number): string {
  const x = 100 * share;
  return `${x > 99.9 && x < 100 ? 'over 99.9' : readable(x, x < 10 ? 2 : 3)}\u00a0%`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
