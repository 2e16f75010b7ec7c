/** The charts of a run as numbers: for screen readers, and for those who want them. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { type Side, Value } from '../number.js';
import { usePaced } from '../paced.js';
import { type Point } from '../history.js';
import { type Playground } from '../playground.js';
import { Formula } from './formula.js';
import { thresholdOf } from '../verdict.js';

/** Milliseconds between two states of the table. */
const PACE = 1000;
const ROWS = 12;
/** Of the columns after the step: which way bounds are rounded. */
const SIDES: readonly (Side | undefined)[] = [undefined, undefined, 'below', 'above', undefined, 'above'];

export function RunTable({ playground }: { playground: Playground }): JSX.Element {
  const open = useSignal(false);
  return (
    <details class="run-table" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>The same as numbers</summary>
      {open.value && <Rows playground={playground} />}
    </details>
  );
}

function Rows({ playground }: { playground: Playground }): JSX.Element {
  const history = usePaced(playground.history, PACE);
  const threshold = thresholdOf(playground.shown.value);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The run as numbers">
      <table>
        <thead>
          <tr>
            {
              ['step', 'loss', 'accuracy', 'λ_max at least', 'λ_max at most', 'λ_max, exact', 'Wolkowicz–Styan bound', threshold].map((name) => <th key={name} scope="col"><Formula text={name} /></th>) /* prettier-ignore */
            }
          </tr>
        </thead>
        <tbody>
          {some(history).map(({ step, loss, accuracy, lower, upper, exact, bound, stability }) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              {[loss, accuracy, lower, upper, exact, bound, stability].map((value, i) => (
                <td key={i}>
                  <Value of={value} {...(SIDES[i] && { side: SIDES[i] })} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Spread over the run, the last one first. */
function some(history: readonly Point[]): Point[] {
  const rows = Math.min(ROWS, history.length);
  const last = history.length - 1;
  return Array.from({ length: rows }, (_, i) => history[last - Math.floor((i * last) / Math.max(1, rows - 1))]); // prettier-ignore
}
