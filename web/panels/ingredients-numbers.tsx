/** The numbers of the moment, as the network and the data are and as the sliders make them. */
import { type JSX } from 'preact';
import { type Measurement, type TooMuch } from '../engine/ingredients.js';
import { readable, type Side, Value } from '../number.js';
import { Formula } from './formula.js';
import { type Moment, type Study } from './ingredients-study.js';

type Reading = (found: Measurement) => number | undefined;

interface Row {
  name: string;
  label: string;
  kind?: 'bound' | 'exact';
  side?: Side;
  of: Reading;
}

const ROWS: readonly Row[] = [
  { name: 'bound', label: 'bound (Wolkowicz–Styan)', kind: 'bound', side: 'above', of: ({ bound }) => bound },
  { name: 'upper', label: 'certified: at most', kind: 'bound', side: 'above', of: ({ upper }) => upper },
  { name: 'lower', label: 'certified: at least', kind: 'bound', side: 'below', of: ({ lower }) => lower },
  { name: 'truth', label: 'λ_max, the true value', kind: 'exact', of: ({ truth }) => truth },
  {
    name: 'loose',
    label: 'bound / λ_max',
    of: ({ bound, truth }) => (truth !== undefined && truth > 0 ? bound / truth : undefined),
  },
  { name: 'norm', label: 'norm of all parameters', of: ({ parameterNorm }) => parameterNorm },
  { name: 'parameters', label: 'parameters', of: ({ parameters }) => parameters },
  {
    name: 'cosine',
    label: 'typical |cosine| of two samples',
    of: ({ meanSquaredCosine: square }) => (square === undefined ? undefined : Math.sqrt(square)),
  },
];

export function IngredientNumbers({ study }: { study: Study }): JSX.Element {
  const moment = study.moment.value;
  const [plain, varied] = [known(moment?.plain), known(moment?.varied)];
  return (
    <div class="card numbers">
      <table aria-busy={study.busy.value}>
        <caption>
          Bound and truth at step <Value of={moment?.step} digits={7} />
        </caption>
        <thead>
          <tr>
            <td />
            <th scope="col">as it is</th>
            <th scope="col">by the sliders</th>
            <th scope="col">ratio</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(({ name, label, kind, side, of }) => (
            <tr key={name} class={kind}>
              <th scope="row">
                <Formula text={label} />
              </th>
              <td data-name={`plain-${name}`}>
                <Value of={plain && of(plain)} {...(side && { side })} />
              </td>
              <td data-name={`varied-${name}`}>
                <Value of={varied && of(varied)} {...(side && { side })} />
              </td>
              <td>{ratio(plain && of(plain), varied && of(varied))}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">widths</th>
            <td>{plain?.widths.join('-') ?? '–'}</td>
            <td>{varied?.widths.join('-') ?? '–'}</td>
            <td />
          </tr>
        </tbody>
      </table>
      <p class="note">{remark(moment) ?? study.trouble.value}</p>
    </div>
  );
}

function known(found: Measurement | TooMuch | undefined): Measurement | undefined {
  return found && 'tooMuch' in found ? undefined : found;
}

function ratio(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined || !(before > 0)) return '–';
  return `× ${readable(after / before, 3)}`;
}

function remark(moment: Moment | undefined): string | undefined {
  const found = moment?.varied;
  if (!found) return undefined;
  if ('tooMuch' in found) return 'Too much for a page: that many parameters and samples would take too long.';
  return found.truth === undefined
    ? 'The certified bracket is still open after 100 products with the Hessian: the true value is somewhere in it.'
    : 'The true value is known to a millionth: the certified bracket has closed, or all eigenvalues were computed.';
}
