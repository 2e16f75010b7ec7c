/** Every eigenvalue: how many there are of each size, and one by one; of large networks an estimate, and the truth for those who ask. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { type SpectrumFigures } from '../engine/hessian.js';
import { type Frame } from '../engine/session.js';
import { type Playground } from '../playground.js';
import { SCALES, type State } from '../state.js';
import { Card, Figure, Figures } from './hessian-card.js';
import { useLive } from './hessian-live.js';

const PACE = 350;
/** Pixels from which on two figures stand side by side, and what is between them. */
const [PAIR, GAP] = [720, 24];
const HEIGHT = 290;
/** Parameters from which on most of them hardly matter. */
const MANY = 40;
const NAMES: Record<State['scale'], string> = { symlog: 'logarithmic', linear: 'linear' };

interface Shown extends SpectrumFigures {
  step: number;
}

export function SpectrumCard({ playground }: { playground: Playground }): JSX.Element {
  const { scale } = playground.state.value;
  /** All eigenvalues of a large network, on request. */
  const whole = useSignal<{ frame: Frame; values: Float64Array } | undefined>(undefined);
  const computing = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);

  const live = useLive<Shown>(playground, PACE, scale, async (frame, width) => {
    const wide = width >= PAIR ? (width - GAP) / 2 : width;
    const known = frame === whole.value?.frame ? whole.value.values : frame.values;
    if (known) {
      const figures = await playground.side.call('spectrum', known, marksOf(frame), scale, wide);
      return { ...figures, step: frame.step };
    }
    const snapshot = await playground.snapshot();
    const now = playground.frame.peek();
    if (!snapshot || now?.step !== snapshot.step) return undefined;
    const figures = await playground.side.call('estimatedSpectrum', snapshot, marksOf(now), scale, wide);
    return { ...figures, step: snapshot.step };
  });

  const computeWhole = async (): Promise<void> => {
    playground.pause();
    [computing.value, problem.value] = [true, undefined];
    try {
      const snapshot = await playground.snapshot();
      const frame = playground.frame.peek();
      if (snapshot && frame?.step === snapshot.step) {
        whole.value = { frame, values: await playground.side.call('wholeSpectrum', snapshot) };
        live.again();
      }
    } catch (error) {
      problem.value = (error as Error).message;
    }
    computing.value = false;
  };

  const { result } = live;
  return (
    <Card
      name="spectrum"
      heading="All curvatures at once"
      step={result?.step}
      busy={live.busy}
      failure={live.failure ?? problem.value}
      tools={
        <fieldset class="switch">
          <legend class="unseen">Axis of the eigenvalues</legend>
          {SCALES.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="scale"
                checked={name === scale}
                onChange={() => void playground.change({ scale: name })}
              />
              <span>{NAMES[name]}</span>
            </label>
          ))}
        </fieldset>
      }
    >
      <Figures box={live.box}>
        <Figure svg={result?.histogram} height={HEIGHT} />
        <Figure svg={result?.scree} height={HEIGHT} />
      </Figures>
      <Words shown={result} />
      {result?.feasible && (
        <p>
          <button onClick={() => void computeWhole()} disabled={computing.value}>
            {computing.value ? 'Computing the whole spectrum…' : 'Compute the whole spectrum of this step'}
          </button>
        </p>
      )}
    </Card>
  );
}

function Words({ shown }: { shown: Shown | undefined }): JSX.Element {
  if (shown?.negative === undefined && shown) {
    return (
      <p class="note">
        An estimate: this network has {shown.count} parameters, and computing as many eigenvalues at every
        step would take too long. Four random directions probe the matrix; what a single eigenvalue does may
        be missed. Green lines are guaranteed all the same
        {shown.feasible ? '.' : '. The matrix is too large to be assembled here.'}
      </p>
    );
  }
  return (
    <p class="note">
      One curvature for each of the {shown?.count ?? '…'} parameters; {shown?.negative ?? '…'} of them
      negative (magenta): along those the loss bends down.
      {shown && shown.count > MANY && ' Most crowd around 0, where moving changes next to nothing.'} The
      largest, at the far right, decides how large a step may be: where λ<sub>max</sub> is beyond 2/&#8288;η,
      a step along it lands farther up the other side of the valley than it began, as long as the valley is a
      parabola.
    </p>
  );
}

function marksOf({
  lower,
  upper,
  bound,
  stability,
}: Frame): Pick<Frame, 'lower' | 'upper' | 'bound' | 'stability'> {
  return { lower, upper, bound, ...(stability !== undefined && { stability }) };
}
