/** Links, and files to keep. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';

export function Keep({ playground }: { playground: Playground }): JSX.Element {
  return (
    <section class="keep">
      <h2>Share and keep</h2>
      <p>{playground.frame.value?.step}</p>
    </section>
  );
}
