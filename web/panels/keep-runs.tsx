/** Runs that stay in the charts for comparison. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { LambdaMax, Value } from '../number.js';
import { type Playground } from '../playground.js';
import { toHash } from '../state.js';

export function KeptRuns({ playground }: { playground: Playground }): JSX.Element {
  const name = useSignal('');
  const kept = playground.kept.value;
  const suggestion = `Run ${kept.length + 1}`;
  return (
    <section aria-labelledby="keep-compare">
      <h3 id="keep-compare">Kept in the charts</h3>
      <p class="note">
        A run that is kept stays in the charts as a faint line, to compare the next one with.
      </p>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          playground.keep(name.value.trim() || suggestion);
          name.value = '';
        }}
      >
        <label>
          <span class="note">Name</span>
          <input
            type="text"
            maxLength={40}
            placeholder={suggestion}
            value={name.value}
            onInput={({ currentTarget }) => (name.value = currentTarget.value)}
          />
        </label>
        <button type="submit">Keep this run</button>
      </form>
      {kept.length > 0 && (
        <>
          <ul class="kept">
            {kept.map((run, i) => (
              <li key={i}>
                <a href={`#${toHash(run.state)}`}>{run.name}</a>
                <span class="note">
                  {run.history.at(-1)!.step} steps, <LambdaMax /> at most{' '}
                  <Value of={run.history.at(-1)!.upper} side="above" />
                </span>
                <button aria-label={`Remove ${run.name}`} onClick={() => playground.drop(run)}>
                  Remove
                </button>
              </li>
            ))}
          </ul>
          {kept.length > 1 && <button onClick={() => playground.drop()}>Remove all</button>}
        </>
      )}
    </section>
  );
}
