/** How the bracket of this moment closed, product by product; while the run rests it can be watched. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { closing } from '../../src/views/index.js';
import { type Frame } from '../engine/session.js';
import { Figure } from '../figure.js';
import { LambdaMax, readable } from '../number.js';
import { usePaced } from '../paced.js';
import { type Playground } from '../playground.js';

/** Milliseconds between two figures while training, and between two looks of the animation. */
const PACE = 350;

export function Closing({ playground }: { playground: Playground }): JSX.Element {
  // Open from the start where there is room.
  const [open] = useState(() => matchMedia('(min-width: 44rem)').matches);
  const frame = usePaced(playground.frame, PACE);
  const looks = useSignal<number | undefined>(undefined);
  const playing = playground.playing.value;
  useEffect(() => {
    looks.value = undefined;
  }, [frame, playing, looks]);
  useEffect(() => {
    if (looks.value === undefined || !frame) return;
    const next = looks.value < frame.closing.length ? looks.value + 1 : undefined;
    const timer = setTimeout(() => (looks.value = next), PACE);
    return () => clearTimeout(timer);
  }, [looks.value, frame, looks]);
  return (
    <details class="closing" open={open}>
      <summary>
        <h3>How the bracket closes</h3>
      </summary>
      <figure>
        <Figure
          draw={(width) => (frame ? drawn(frame, frame.closing.slice(0, looks.value).length, width) : '')}
        />
        <div class="row">
          <figcaption>
            {frame && caption(frame)} Each product of the Hessian with a vector tells more of <LambdaMax />;
            no number of them can put it outside.
          </figcaption>
          <button
            class="watch"
            disabled={playing || !frame || frame.closing.length < 2}
            onClick={() => (looks.value = 1)}
          >
            Watch it close
          </button>
        </div>
      </figure>
    </details>
  );
}

function drawn({ closing: history, values }: Frame, looks: number, width: number): string {
  const exact = values?.at(-1);
  const { lower, upper } = history[looks - 1];
  const title = 'The bracket on λ_max, product by product';
  const description = `After ${history[looks - 1].products} products from ${readable(lower, 7, 'below')} to ${readable(upper, 7, 'above')}.`;
  return closing({ title, description, history, looks, ...(exact !== undefined && { exact }) }, width);
}

function caption({ closing: history, step }: Frame): string {
  const { products } = history.at(-1)!;
  if (products === 0) return `Step ${step}: from the trace and the Frobenius norm alone.`;
  return `Step ${step}: ${products} ${products === 1 ? 'product' : 'products'}.`;
}
