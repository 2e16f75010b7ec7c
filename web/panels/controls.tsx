/** What is chosen of a run: data, network, loss, optimizer. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';

export function Controls({ playground }: { playground: Playground }): JSX.Element {
  return (
    <section class="controls">
      <h2>Choices</h2>
      <p>{playground.frame.value?.step}</p>
    </section>
  );
}
