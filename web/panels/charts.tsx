/** Sharpness, loss and accuracy over the steps. */
import { useComputed } from '@preact/signals';
import { type JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { accuracySpec, inSight, lossSpec, opensBelow, sharpnessSpec } from '../charts/curves.js';
import { Plot } from '../charts/plot.js';
import { type View } from '../charts/view.js';
import { LambdaMax, percent, readable, Value } from '../number.js';
import { type Playground } from '../playground.js';
import { AXES, EFFORTS, type State } from '../state.js';
import '../styles/charts.css';
import { thresholdOf } from '../verdict.js';
import { Closing } from './closing.js';
import { bandSample, curveSample, Legend } from './legend.js';
import { RunTable } from './run-table.js';

interface Props {
  playground: Playground;
}

interface Parts extends Props {
  view: View;
}

const HEIGHT = 300;
const SMALL = 120;

export function Sharpness({ playground, view }: Parts): JSX.Element {
  const log = playground.state.value.axis === 'log';
  const threshold = thresholdOf(playground.shown.value);
  const limited = useComputed(() => playground.frame.value?.stability !== undefined).value;
  const exact = useComputed(() => playground.frame.value?.values !== undefined).value;
  const sharpness = useMemo(() => sharpnessSpec(log, threshold, written, HEIGHT), [log, threshold]);
  return (
    <section class="charts" aria-labelledby="charts-title">
      <div class="row">
        <h2 id="charts-title">
          Sharpness <LambdaMax />
        </h2>
        <Choices playground={playground} />
      </div>
      <SharpnessLegend playground={playground} view={view} />
      <Plot
        {...{ playground, view }}
        spec={sharpness}
        label="Chart of the sharpness over the steps: the certified bracket, the exact value, the Wolkowicz–Styan bound and 2/η."
        details="charts-caption"
      />
      <Zoom view={view} />
      <p class="note" id="charts-caption">
        The sharpness is certainly inside the green band{exact && '; the amber line is its exact value'}.
        {limited &&
          ` Above the red line, ${threshold}, plain gradient descent would swing out of a bowl as sharp.`}
        <OpenBelow playground={playground} view={view} />
      </p>
      <Closing playground={playground} />
      <RunTable playground={playground} />
    </section>
  );
}

export function Curves({ playground, view }: Parts): JSX.Element {
  // Values are not right or wrong.
  const valued = useComputed(
    () => playground.frame.value && playground.frame.value.accuracy === undefined,
  ).value;
  const log = playground.state.value.axis === 'log';
  const loss = useMemo(() => lossSpec(log, written, SMALL), [log]);
  const accuracy = useMemo(() => accuracySpec((share) => `${Math.round(100 * share)} %`, SMALL), []);
  return (
    <section class="outcomes" aria-label="Loss and accuracy">
      <div>
        <h2>
          Loss <Moment view={view} of="loss" />
        </h2>
        <Plot {...{ playground, view }} spec={loss} label="Chart of the loss over the steps." />
      </div>
      {!valued && (
        <div>
          <h2>
            Accuracy <Moment view={view} of="accuracy" />
          </h2>
          <Plot {...{ playground, view }} spec={accuracy} label="Chart of the accuracy over the steps." />
        </div>
      )}
    </section>
  );
}

const AXIS_NAMES: Record<State['axis'], string> = { log: 'logarithmic', linear: 'linear' };

/** How many products a bracket may take, and the axis. */
function Choices({ playground }: Props): JSX.Element {
  const { products, axis } = playground.state.value;
  return (
    <div class="choices">
      <label title="How many products of the Hessian with a vector the bracket of each step may take">
        Effort
        <select
          value={String(products)}
          onChange={({ currentTarget: { selectedIndex } }) =>
            void playground.change({ products: EFFORTS[selectedIndex] })
          }
        >
          {EFFORTS.map((effort) => (
            <option key={effort} value={String(effort)}>
              {effortName(effort)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Axis
        <select
          value={axis}
          onChange={({ currentTarget: { selectedIndex } }) =>
            void playground.change({ axis: AXES[selectedIndex] })
          }
        >
          {AXES.map((name) => (
            <option key={name} value={name}>
              {AXIS_NAMES[name]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function effortName(effort: State['products']): string {
  if (effort === 'close') return 'until closed';
  return effort === 0 ? 'no products' : `${effort} product${effort === 1 ? '' : 's'}`;
}

function SharpnessLegend({ playground, view }: Parts): JSX.Element {
  const { frame } = playground;
  const point = view.moment.value;
  const known = frame.value;
  return (
    <Legend
      view={view}
      entries={[
        {
          name: 'bracket',
          sample: bandSample(),
          label: 'certified',
          values: (
            <>
              <Value of={point?.lower} side="below" /> … <Value of={point?.upper} side="above" />
            </>
          ),
        },
        ...(!known || known.values
          ? [
              {
                name: 'exact',
                sample: curveSample('exact'),
                label: 'exact',
                values: <Value of={point?.exact} />,
              },
            ]
          : []),
        ...(known && known.stability === undefined
          ? []
          : [
              {
                name: 'stability',
                sample: curveSample('threshold', '9 4'),
                label: thresholdOf(playground.shown.value),
                values: <Value of={point?.stability} />,
              },
            ]),
        {
          name: 'bound',
          sample: curveSample('bound', '6 4'),
          label: 'Wolkowicz–Styan bound',
          values: <Value of={point?.bound} side="above" />,
        },
      ]}
    />
  );
}

function Moment({ view, of }: { view: View; of: 'loss' | 'accuracy' }): JSX.Element {
  const point = view.moment.value;
  return (
    <span class="note">
      <Value of={point?.[of]} {...(of === 'accuracy' && { show: percent })} />
    </span>
  );
}

/** What the pointer does with a box, for those without one. */
function Zoom({ view }: { view: View }): JSX.Element {
  const { steps } = view.zoom.value;
  const zoomed = steps !== undefined || view.zoom.value.values !== undefined;
  return (
    <div class="zoom" role="group" aria-label="Zoom of the charts">
      <Step view={view} />
      <button aria-label="Earlier steps" disabled={!steps} onClick={() => view.shift(-0.5)}>
        ‹
      </button>
      <button aria-label="Later steps" disabled={!steps} onClick={() => view.shift(0.5)}>
        ›
      </button>
      <button aria-label="Fewer steps" onClick={() => view.scale(0.5)}>
        +
      </button>
      <button aria-label="More steps" disabled={!zoomed} onClick={() => view.scale(2)}>
        −
      </button>
      <button disabled={!zoomed} onClick={() => view.showAll()}>
        All
      </button>
    </div>
  );
}

function Step({ view }: { view: View }): JSX.Element {
  return (
    <span class="note">
      {view.at.value === undefined ? 'now at step' : 'at step'} {view.moment.value?.step ?? 0}
    </span>
  );
}

function OpenBelow({ playground, view }: Parts): JSX.Element | null {
  const open = useComputed(
    () =>
      playground.state.value.axis === 'log' &&
      opensBelow(inSight(playground.history.value, view.steps.value)),
  );
  return open.value ? (
    <> Where the band is open below, its lower end is not positive, and has no place on a logarithmic axis.</>
  ) : null;
}

/** Labels of axes. */
function written(value: number): string {
  return readable(value, 3);
}
