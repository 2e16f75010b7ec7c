/** What there is to see, for whoever comes for the first time. */
import { type JSX } from 'preact';
import { LambdaMax } from '../number.js';

export function Intro(): JSX.Element {
  return (
    <div class="intro">
      <h1>How sharp is the loss?</h1>
      <p>
        Sharpness is the largest curvature of the loss, the top eigenvalue <LambdaMax /> of its Hessian: press
        Play, and watch it grow as the network learns. The <em class="bound">green band is guaranteed</em> to
        contain it, the <em class="exact">amber line</em> is its exact value, and above the{' '}
        <em class="threshold">dashed red line, 2/η</em>, gradient descent with learning rate η is no longer
        stable.
      </p>
    </div>
  );
}
