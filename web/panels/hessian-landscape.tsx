/** The loss along the two directions of largest curvature, and the quadratic model that gradient descent would need to be true. */
import { type JSX } from 'preact';
import { type LandscapeFigures } from '../engine/hessian.js';
import { Value } from '../number.js';
import { type Playground } from '../playground.js';
import { type State } from '../state.js';
import { Card, Figure, Figures } from './hessian-card.js';
import { useLive } from './hessian-live.js';

const PACE = 1000;
/** Pixels from which on the map stands beside the slices (styles/hessian.css), and between the two. */
const [PAIR, GAP] = [760, 24];
/** Of the map, where there is room, and where there is less. */
const [SQUARE, SMALLER, ROOM] = [380, 320, 960];
/** How far the slider goes on each side, in doublings. */
const DOUBLINGS = 4;

interface Shown extends LandscapeFigures {
  learningRate: number;
  /** Whether the next step of this run is the one that is drawn. */
  plain: boolean;
}

export function LandscapeCard({ playground }: { playground: Playground }): JSX.Element {
  const state = playground.state.value;
  const { zoom } = state;
  const { box, result, busy, failure } = useLive<Shown>(
    playground,
    PACE,
    String(zoom),
    async (_frame, width) => {
      const { learningRate } = state;
      const snapshot = await playground.snapshot();
      if (!snapshot) return undefined;
      const square = width >= ROOM ? SQUARE : SMALLER;
      const widths: [number, number] =
        width >= PAIR ? [width - square - GAP, square] : [width, Math.min(width, 1.2 * SQUARE)];
      const figures = await playground.side.call('landscape', snapshot, { learningRate, zoom }, widths);
      return { ...figures, learningRate, plain: isPlain(state) };
    },
  );
  return (
    <Card
      name="landscape"
      heading="The loss along the two sharpest directions"
      step={result?.step}
      busy={busy}
      failure={failure}
      tools={
        <label class="reach">
          <span>Look</span>
          <span class="note">near</span>
          <input
            type="range"
            min={-DOUBLINGS}
            max={DOUBLINGS}
            step={1}
            value={Math.round(Math.log2(zoom))}
            aria-label="How far to look"
            aria-valuetext={`${zoom} times as far as by itself`}
            onInput={({ currentTarget }) =>
              void playground.change({ zoom: 2 ** Number(currentTarget.value) })
            }
          />
          <span class="note">far</span>
        </label>
      }
    >
      <Figures box={box}>
        <div class="beside">
          <Figure svg={result?.slices} height={300} />
          {result && <Words shown={result} />}
          <p class="note">
            v₁ is the direction in which the loss is curved the most, v₂ the one after it. The dashed amber
            parabola has the slope and the curvature of the loss here, and nothing else. Where it lies on the
            loss, λ<sub>max</sub> and 2/&#8288;η tell what a step will do; where the two part, they do not.
          </p>
        </div>
        <Figure svg={result?.map} height={SQUARE + 60} />
      </Figures>
    </Card>
  );
}

function Words({ shown: { landscape, learningRate, plain } }: { shown: Shown }): JSX.Element {
  const [first, second] = landscape.slices;
  const stretch = learningRate * first.curvature;
  return (
    <>
      <dl class="facts">
        <Fact name="curvature-1" what="curvature along v₁" of={first.curvature} />
        <Fact name="curvature-2" what="along v₂" of={second.curvature} />
        <Fact name="slope-1" what="slope along v₁" of={first.slope} />
        <Fact name="landing-1" what="one step goes, along v₁" of={first.landing.place} />
        <Fact name="stretch" what="η · curvature, stable below 2" of={stretch} />
      </dl>
      <p>
        {!plain && <>Of plain gradient descent with this η; the optimizer of this run goes its own way. </>}
        <Step stretch={stretch} />
      </p>
    </>
  );
}

function Fact({ name, what, of }: { name: string; what: string; of: number }): JSX.Element {
  return (
    <div>
      <dt>{what}</dt>
      <dd data-name={name}>
        <Value of={of} />
      </dd>
    </div>
  );
}

/** What a step does on a parabola: it is 1 − ηλ times as far from the lowest point as before. */
function Step({ stretch }: { stretch: number }): JSX.Element {
  const left = <Value of={Math.abs(1 - stretch)} digits={3} />;
  if (!(stretch > 0)) return <>The loss bends up in no direction: here no step is too long for the model.</>;
  if (stretch <= 1)
    return (
      <>
        Along v₁ one step goes towards the lowest point of the parabola and leaves {left} of the distance: no
        leap.
      </>
    );
  if (stretch <= 2)
    return (
      <>
        Along v₁ one step leaps over the lowest point of the parabola and lands on the other side, {left}{' '}
        times as far from it: nearer, so that the leaps die out.
      </>
    );
  return (
    <>
      Along v₁ one step leaps over the lowest point of the parabola and lands on the other side, {left} times
      as far from it: farther with every step, for as long as the loss follows the parabola. This is what
      2/&#8288;η means.
    </>
  );
}

function isPlain({ optimizer, momentum, strength, batch }: State): boolean {
  return optimizer === 'sgd' && momentum === 0 && strength === 0 && batch === 0;
}
