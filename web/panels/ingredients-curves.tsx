/** For each ingredient its slider, and above it bound and truth over the whole of its range: three figures with one axis of λ. */
import { type JSX } from 'preact';
import { sweep, SWEEP_MARGINS, type SweepPoint } from '../../src/views/index.js';
import { Figure } from '../figure.js';
import { type Ingredient, INGREDIENTS, placeOf, STOPS, stopOf } from '../ingredients.js';
import { LambdaMax, readable } from '../number.js';
import { type Playground } from '../playground.js';
import { Formula } from './formula.js';
import { type Curve, type Point, type Study } from './ingredients-study.js';

interface Props {
  playground: Playground;
  study: Study;
}

const NAMES: Record<Ingredient, string> = {
  norms: 'Size of the weights',
  widen: 'Width of the layers',
  alike: 'Likeness of the samples',
};

const TICKS: Record<Ingredient, readonly (readonly [value: number, label: string])[]> = {
  norms: [
    [1 / 8, '× ⅛'],
    [1 / 4, '¼'],
    [1 / 2, '½'],
    [1, '1'],
    [2, '2'],
    [4, '4'],
    [8, '8'],
  ],
  widen: [
    [1, '× 1'],
    [2, '2'],
    [4, '4'],
    [8, '8'],
  ],
  alike: [
    [-0.99, 'orthogonal'],
    [0, 'as they are'],
    [0.99, 'alike'],
  ],
};

/** Powers of ten below the largest value that figures show. */
const DECADES = 6;

export function IngredientCurves({ playground, study }: Props): JSX.Element {
  const curves = study.curves.value;
  const range = rangeOf(Object.values(curves));
  return (
    <>
      <p class="legend note" aria-hidden="true">
        <span>
          <svg width="28" height="12">
            <path class="bound-line" d="M1 6h26" />
            <circle class="bound-dot" cx="14" cy="6" r="3" />
          </svg>
          bound, guaranteed
        </span>
        <span>
          <svg width="28" height="12">
            <path class="exact-line" d="M1 6h26" />
            <path class="exact-dot" d="M14 1l5 5-5 5-5-5z" />
          </svg>
          <span class="words">
            <LambdaMax />, the true value
          </span>
        </span>
        <span>
          <svg width="12" height="14">
            <path class="now-line" d="M6 0v14" />
          </svg>
          where the slider is
        </span>
      </p>
      <div class="curves">
        {INGREDIENTS.map((name) => (
          <IngredientCurve key={name} {...{ name, playground, range }} curve={curves[name]} />
        ))}
      </div>
    </>
  );
}

interface CurveProps {
  name: Ingredient;
  playground: Playground;
  range: [number, number] | undefined;
  curve: Curve | undefined;
}

function IngredientCurve({ name, playground, range, curve }: CurveProps): JSX.Element {
  const { state } = playground;
  const value = state.value[name];
  const idle = name === 'widen' && state.value.hidden.length === 0;
  const text = idle ? 'no hidden layers' : valueText(name, value);
  const id = `ingredient-${name}`;
  return (
    <figure class="card" aria-busy={!curve || curve.old}>
      <h3>
        <label for={id}>{NAMES[name]}</label>
        <output for={id} aria-live="off">
          {text}
        </output>
      </h3>
      <div class={curve?.old ? 'plot old' : 'plot'}>
        {curve && range && <Figure draw={(width) => drawn(name, value, curve, range, width)} least={200} />}
      </div>
      <input
        type="range"
        id={id}
        min={0}
        max={STOPS[name].length - 1}
        step={1}
        value={stopOf(name, value)}
        disabled={idle}
        aria-valuetext={text}
        style={{
          marginLeft: `calc(${SWEEP_MARGINS.left}px - var(--thumb) / 2)`,
          marginRight: `calc(${SWEEP_MARGINS.right}px - var(--thumb) / 2)`,
        }}
        onInput={({ currentTarget }) =>
          void playground.change({ [name]: STOPS[name][Number(currentTarget.value)] })
        }
      />
      <figcaption>
        {MEANINGS[name]} {idle || !curve ? '' : <Formula text={saying(name, curve)} />}
      </figcaption>
    </figure>
  );
}

function valueText(name: Ingredient, value: number): string {
  if (name !== 'alike') return `× ${readable(value, 3)}`;
  if (value === 0) return 'as they are';
  return `cosines ${Math.round(100 * value * value)} % nearer to ${value < 0 ? 0 : 1}`;
}

const MEANINGS: Record<Ingredient, string> = {
  norms: 'All weights and biases, larger or smaller.',
  widen:
    'Each hidden unit becomes several that share its outgoing weights: the network says what it said. Each counts for less, but the last layer has more ' +
    'inputs, and the curvature in its weights grows as many times.',
  alike:
    'The samples turn away from one another or towards one direction; the network says of each what it said.',
};

/** What two places of each curve are compared with, in words. */
const COMPARED: Record<Ingredient, { from: number; to: readonly (readonly [number, string])[] }> = {
  norms: {
    from: 1,
    to: [
      [2, 'Twice as large'],
      [0.5, 'half as large'],
    ],
  },
  widen: {
    from: 1,
    to: [
      [2, 'Twice as wide'],
      [8, 'eight times'],
    ],
  },
  alike: {
    from: 0,
    to: [
      [-0.99, 'Almost orthogonal'],
      [0.99, 'almost alike'],
    ],
  },
};

/** Of the curve itself. */
function saying(name: Ingredient, { points }: Curve): string {
  const measured = (value: number): SweepPoint | undefined =>
    pointsFor(name, points).find(({ place }) => place === placeOf(name, value));
  const { from, to } = COMPARED[name];
  const start = measured(from);
  const parts = to.flatMap(([value, words]) => {
    const end = measured(value);
    if (!start || !end) return [];
    const known = start.truth !== undefined && end.truth !== undefined;
    const truth = known ? `, λ_max ${times(end.truth! / start.truth!)}` : '';
    return [`${words}: bound ${times(end.bound / start.bound)}${truth}`];
  });
  if (parts.length === 0) return '';
  const missing = points.filter(({ found }) => 'tooMuch' in found);
  const left = missing.length > 0 ? ' Where there is no point, it would take too long.' : '';
  return `${parts.join('; ')}.${left}`;
}

function times(ratio: number): string {
  return `×\u00a0${readable(ratio, 2)}`;
}

function drawn(
  name: Ingredient,
  value: number,
  curve: Curve,
  range: readonly [number, number],
  width: number,
): string {
  return sweep(
    {
      title: `Bound and λ_max by the ${NAMES[name].toLowerCase()}`,
      description: saying(name, curve),
      points: pointsFor(name, curve.points),
      ticks: TICKS[name].map(([at, label]) => ({ place: placeOf(name, at), label })),
      now: placeOf(name, value),
      range,
    },
    width,
  );
}

function pointsFor(name: Ingredient, points: readonly Point[]): SweepPoint[] {
  return points.flatMap(({ value, found }) =>
    'tooMuch' in found ? [] : [{ place: placeOf(name, value), ...found }],
  );
}

/** Of all that is drawn and positive. */
function rangeOf(curves: readonly Curve[]): [number, number] | undefined {
  const found = curves.flatMap(({ points }) => points.map((point) => point.found));
  const values = found
    .flatMap((one) => ('tooMuch' in one ? [] : [one.bound, one.truth ?? one.upper]))
    .filter((value) => value > 0 && value < Infinity);
  if (values.length === 0) return undefined;
  const most = Math.max(...values);
  return [Math.max(Math.min(...values), most / 10 ** DECADES), most];
}
