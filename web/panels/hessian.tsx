/** The spectrum, the matrix and the loss along the sharpest directions. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';

export function HessianPanel({ playground }: { playground: Playground }): JSX.Element {
  return (
    <section class="hessian">
      <h2>The Hessian</h2>
      <p>{playground.frame.value?.step}</p>
    </section>
  );
}
