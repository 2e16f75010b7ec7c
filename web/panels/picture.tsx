/** The samples, and what the network says of every point of their plane. */
import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import '../styles/picture.css';
import { Value } from '../number.js';
import { countRight, type Reading } from '../picture/answers.js';
import { PictureCanvas } from '../picture/canvas.js';
import { css, theme, valueColour } from '../picture/colours.js';
import { areMarks, shapeOf } from '../picture/marks.js';
import { type Playground } from '../playground.js';

export function Picture({ playground }: { playground: Playground }): JSX.Element {
  const chosen = useSignal<number | undefined>(undefined);
  const reading = useReading(playground);
  return (
    <section class="picture">
      <h2>Data</h2>
      <figure>
        <PictureCanvas playground={playground} reading={reading} chosen={chosen} />
        <Legend playground={playground} />
        <figcaption>
          <Summary playground={playground} reading={reading} />
          <Caption playground={playground} />
        </figcaption>
      </figure>
    </section>
  );
}

/** How the outputs of the run that is shown are read. */
function useReading({ plane, outputs, state }: Playground): ReadonlySignal<Reading | undefined> {
  return useComputed(() => {
    if (!plane.value || !outputs.value) return undefined;
    const { labels, classes } = plane.value;
    return {
      outputs: outputs.value.length / labels.length,
      loss: state.value.loss,
      classes: classes.length,
    };
  });
}

interface Told {
  playground: Playground;
  reading: ReadonlySignal<Reading | undefined>;
}

/** How many are right, for those who do not see the picture as well. */
function Summary({ playground, reading }: Told): JSX.Element {
  const plane = playground.plane.value;
  const outputs = playground.outputs.value;
  const how = reading.value;
  return (
    <p id="picture-summary">
      {!plane || !outputs || !how ? (
        'Not computed yet.'
      ) : how.classes === 0 ? (
        `${plane.labels.length} samples with a value each.`
      ) : (
        <>
          <strong data-name="right">
            <Value of={countRight(outputs, plane, how)} digits={7} /> of {plane.labels.length} right
          </strong>
          : rings mark those that the network has wrong.
        </>
      )}
    </p>
  );
}

function Legend({ playground }: { playground: Playground }): JSX.Element | null {
  const plane = playground.plane.value;
  if (!plane) return null;
  const { classes, labels, units } = plane;
  const colours = theme.value.classes;
  if (classes.length === 0) {
    const [low, high] = [labels.reduce((a, b) => Math.min(a, b)), labels.reduce((a, b) => Math.max(a, b))];
    const most = Math.max(-low, high);
    const stops = [0, 0.25, 0.5, 0.75, 1].map((t) =>
      css(valueColour(theme.value, (low + t * (high - low)) / most)),
    );
    return (
      <p class="scale note">
        <Value of={units.mean + units.scale * low} digits={3} />
        <span class="ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
        <Value of={units.mean + units.scale * high} digits={3} />
      </p>
    );
  }
  return (
    <ul class="legend note" aria-label="Classes">
      {classes.map((name, c) => (
        <li key={name}>
          {areMarks(classes) ? (
            <b style={{ color: css(colours[c % colours.length]) }}>{name}</b>
          ) : (
            <>
              <svg viewBox="-1.6 -1.6 3.2 3.2" aria-hidden="true">
                <path d={shapeOf(c)} fill={css(colours[c % colours.length])} />
              </svg>
              {name}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What plane it is; a picture of many inputs never shows all of them. */
function Caption({ playground }: { playground: Playground }): JSX.Element | null {
  const plane = playground.plane.value;
  if (!plane) return null;
  const [across, up] = plane.axes;
  const colour =
    plane.classes.length > 0
      ? 'The colour behind is the network’s answer, paler where it is less sure.'
      : 'The colour behind is the network’s answer.';
  if (plane.kind === 'inputs') {
    return (
      <p>
        {colour} To the right: {across}; upward: {up}.
      </p>
    );
  }
  if (plane.kind === 'line') {
    return (
      <p>
        {colour} To the right: {across}, the only input; the samples stand one above the other in their order.
      </p>
    );
  }
  return (
    <p>
      {colour} It shows the plane of the two principal components through the mean, with{' '}
      <Value of={100 * plane.share} digits={2} /> % of the inputs’ variance. The samples lie off it, so one on
      another’s colour may still be right.
    </p>
  );
}
