/** Sharpness, loss and accuracy over the steps. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';

export function Charts({ playground }: { playground: Playground }): JSX.Element {
  return (
    <section class="charts">
      <h2>Sharpness</h2>
      <p>{playground.frame.value?.step}</p>
    </section>
  );
}
