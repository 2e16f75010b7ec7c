/** Play, pause, step, reset, and the numbers of the moment. */
import { type JSX } from 'preact';
import { Value } from '../number.js';
import { type Playground } from '../playground.js';

export function Transport({ playground }: { playground: Playground }): JSX.Element {
  const playing = playground.playing.value;
  const frame = playground.frame.value;
  return (
    <section class="transport" aria-label="Training">
      <button onClick={() => (playing ? playground.pause() : playground.play())}>
        {playing ? 'Pause' : 'Play'}
      </button>
      <button onClick={() => void playground.step()}>Step</button>
      <button onClick={() => void playground.reset()}>Reset</button>
      <dl class="numbers">
        <dt>step</dt>
        <dd data-name="step">
          <Value of={frame?.step} digits={7} />
        </dd>
        <dt>loss</dt>
        <dd data-name="loss">
          <Value of={frame?.loss} />
        </dd>
        <dt>accuracy</dt>
        <dd data-name="accuracy">
          <Value of={frame?.accuracy} />
        </dd>
        <dt>λ_max, exact</dt>
        <dd data-name="exact">
          <Value of={frame?.values?.at(-1)} />
        </dd>
        <dt>at least</dt>
        <dd data-name="lower">
          <Value of={frame?.lower} />
        </dd>
        <dt>at most</dt>
        <dd data-name="upper">
          <Value of={frame?.upper} />
        </dd>
        <dt>Wolkowicz–Styan bound</dt>
        <dd data-name="bound">
          <Value of={frame?.bound} />
        </dd>
        <dt>2/η</dt>
        <dd data-name="stability">
          <Value of={frame?.stability} />
        </dd>
      </dl>
      <p role="status" class="message">
        {playground.message.value}
      </p>
    </section>
  );
}
