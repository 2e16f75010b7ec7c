/** The sharpness of the moment, what is guaranteed of it, and where stability ends. */
import { type JSX } from 'preact';
import { LambdaMax, Value } from '../number.js';
import { type Playground } from '../playground.js';
import { thresholdOf, type Verdict, verdictOf } from '../verdict.js';

export function Readings({ playground }: { playground: Playground }): JSX.Element {
  const frame = playground.frame.value;
  const state = playground.shown.value;
  return (
    <section class="readings" aria-label="Sharpness now">
      <dl>
        <div class="exact-reading">
          <dt>
            sharpness <LambdaMax />, exact
          </dt>
          <dd data-name="exact">
            <Value of={frame?.values?.at(-1)} />
          </dd>
        </div>
        <div class="bound-reading">
          <dt>guaranteed to lie between</dt>
          <dd>
            <span data-name="lower">
              <Value of={frame?.lower} digits={5} side="below" />
            </span>{' '}
            <span class="and">and</span>{' '}
            <span data-name="upper">
              <Value of={frame?.upper} digits={5} side="above" />
            </span>
          </dd>
        </div>
        <div class="bound-reading">
          <dt>bound of Wolkowicz–Styan</dt>
          <dd data-name="bound">
            <Value of={frame?.bound} side="above" />
          </dd>
        </div>
        <div class="threshold-reading">
          <dt>{thresholdOf(state)}, end of stability</dt>
          <dd data-name="stability">
            <Value of={frame?.stability} />
          </dd>
        </div>
      </dl>
      {frame ? (
        <Words {...verdictOf(frame, state)} />
      ) : (
        <p class="verdict">{playground.message.value ?? 'Computing the first frame …'}</p>
      )}
    </section>
  );
}

const SIGNS: Record<Verdict['side'], string> = { below: '✓', above: '▲', undecided: '≈', none: '–' };

function Words({ side, words }: Verdict): JSX.Element {
  const [before, after] = words.split('λ_max');
  return (
    <p class="verdict" data-side={side}>
      <span class="verdict-sign" aria-hidden="true">
        {SIGNS[side]}
      </span>
      {before}
      {after && (
        <>
          <LambdaMax />
          {after}
        </>
      )}
    </p>
  );
}
