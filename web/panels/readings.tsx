/** The sharpness of the moment, what is guaranteed of it, and where stability ends. */
import { type JSX } from 'preact';
import { Value } from '../number.js';
import { type Playground } from '../playground.js';
import { thresholdOf, verdictOf } from '../verdict.js';

export function Readings({ playground }: { playground: Playground }): JSX.Element {
  const frame = playground.frame.value;
  const state = playground.state.value;
  return (
    <section class="readings" aria-label="Sharpness now">
      <dl>
        <div class="exact-reading">
          <dt>sharpness λ_max, exact</dt>
          <dd data-name="exact">
            <Value of={frame?.values?.at(-1)} />
          </dd>
        </div>
        <div class="bound-reading">
          <dt>guaranteed at least</dt>
          <dd data-name="lower">
            <Value of={frame?.lower} />
          </dd>
        </div>
        <div class="bound-reading">
          <dt>guaranteed at most</dt>
          <dd data-name="upper">
            <Value of={frame?.upper} />
          </dd>
        </div>
        <div class="bound-reading">
          <dt>Wolkowicz–Styan bound</dt>
          <dd data-name="bound">
            <Value of={frame?.bound} />
          </dd>
        </div>
        <div class="threshold-reading">
          <dt>{thresholdOf(state)}, limit of stability</dt>
          <dd data-name="stability">
            <Value of={frame?.stability} />
          </dd>
        </div>
      </dl>
      <p class="verdict" data-side={frame && verdictOf(frame, state).side}>
        {frame && verdictOf(frame, state).words}
      </p>
    </section>
  );
}
