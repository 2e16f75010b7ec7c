/** What an analysis will take, what is asked of it, and how far it got. */
import { type JSX } from 'preact';
import { type Study } from '../study.js';

const TOLERANCES: readonly [value: number, words: string][] = [
  [1e-2, '1 %'],
  [1e-4, '0.01 %'],
  [1e-6, '10⁻⁶ (usual)'],
  [1e-9, '10⁻⁹'],
];
const EXACT = [
  ['auto', 'up to 500 parameters'],
  ['yes', 'yes: every eigenvalue'],
  ['no', 'no'],
] as const;

export function OwnPlan({ study }: { study: Study }): JSX.Element | null {
  const plan = study.reading.value?.plan;
  const running = study.running.value;
  if (!plan) return null;
  return (
    <section class="card own-plan" aria-labelledby="own-plan-head">
      <h2 id="own-plan-head">Analysis</h2>
      <p class={plan.isLong ? 'own-cost long' : 'own-cost'} data-name="plan">
        <b>{plan.parameters.toLocaleString('en')}</b> parameters · <b>{plan.samples.toLocaleString('en')}</b>{' '}
        samples · <b>{plan.time}</b> · {plan.memory} of memory
      </p>
      {plan.isLong && (
        <p class="note">An estimate, within a factor of 2 to 3. The page stays usable, and you can cancel.</p>
      )}
      <Choices study={study} />
      {running ? (
        <Bar study={study} />
      ) : (
        <button class="primary" disabled={study.isReading.value} onClick={() => void study.analyze()}>
          {study.report.value ? 'Analyse again' : 'Analyse'}
        </button>
      )}
    </section>
  );
}

function Choices({ study }: { study: Study }): JSX.Element {
  const { tolerance, exact, allBounds, explain } = study.wanted.value;
  const disabled = study.running.value !== undefined;
  return (
    <fieldset class="own-choices" disabled={disabled}>
      <legend class="hidden">Options</legend>
      <label>
        <span>Close the bracket to</span>
        <select
          value={String(tolerance)}
          onChange={({ currentTarget }) => void study.want({ tolerance: Number(currentTarget.value) })}
        >
          {TOLERANCES.map(([value, words]) => (
            <option key={value} value={String(value)}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Exact spectrum, to compare</span>
        <select
          value={exact}
          onChange={({ currentTarget }) =>
            void study.want({ exact: EXACT.find(([value]) => value === currentTarget.value)?.[0] ?? 'auto' })
          }
        >
          {EXACT.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={allBounds}
          onChange={({ currentTarget }) => void study.want({ allBounds: currentTarget.checked })}
        />
        every bound, side by side
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={explain}
          onChange={({ currentTarget }) => void study.want({ explain: currentTarget.checked })}
        />
        why the bound is what it is
      </label>
    </fieldset>
  );
}

/** The stage is told to screen readers, the fraction is there to be asked for. */
function Bar({ study }: { study: Study }): JSX.Element {
  const { stage, fraction, left } = study.running.value!;
  return (
    <div class="own-progress">
      <p class="own-stage">
        <span role="status">{stage}</span>
        <span class="note">
          {Math.floor(100 * fraction)} %
          {left === undefined ? '' : `, about ${timeWords(left)} left of this stage`}
        </span>
      </p>
      <progress max={1} value={fraction} aria-label={`Progress of ${stage}`} />
      <button onClick={() => study.cancel()}>Cancel</button>
    </div>
  );
}

function timeWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
