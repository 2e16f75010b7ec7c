/** What there is to see, for whoever comes for the first time; a story that is open says it itself. */
import { useComputed } from '@preact/signals';
import { type JSX } from 'preact';
import { LambdaMax } from '../number.js';
import { type Playground } from '../playground.js';

export function Intro({ playground }: { playground: Playground }): JSX.Element {
  const told = useComputed(() => playground.state.value.story !== '').value;
  return (
    <div class={told ? 'intro unseen' : 'intro'}>
      <h1>How sharp is the loss?</h1>
      <p>
        Sharpness is how strongly it curves where it curves most: <LambdaMax />, the top eigenvalue of the
        Hessian. Press Play: the <em class="bound">green band</em> certainly contains it, the{' '}
        <em class="exact">amber line</em> is exact, and above the{' '}
        <em class="threshold">dashed red line, 2/η</em>, steps are too long for so sharp a bowl.
      </p>
    </div>
  );
}
