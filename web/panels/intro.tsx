/** What there is to see, for whoever comes for the first time. */
import { type JSX } from 'preact';
import { LambdaMax } from '../number.js';

export function Intro(): JSX.Element {
  return (
    <div class="intro">
      <h1>How sharp is the loss?</h1>
      <p>
        A network learns by going downhill on its loss, the measure of its mistakes. Sharpness is how strongly
        the loss curves where it curves most: <LambdaMax />, the largest eigenvalue of its Hessian. Press Play
        and watch it change. The <em class="bound">green band is guaranteed</em> to contain it, the{' '}
        <em class="exact">amber line</em> is its exact value, and above the{' '}
        <em class="threshold">dashed red line, 2/η</em>, steps of learning rate η are too long for a bowl so
        sharp.
      </p>
    </div>
  );
}
