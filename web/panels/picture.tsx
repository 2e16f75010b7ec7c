/** The samples, and what the network says of every point of their plane. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';

export function Picture({ playground }: { playground: Playground }): JSX.Element {
  return (
    <section class="picture">
      <h2>Data</h2>
      <p>{playground.frame.value?.step}</p>
    </section>
  );
}
