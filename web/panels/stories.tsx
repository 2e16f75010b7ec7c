/** Runs worth seeing, each with a few sentences. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';

export function Stories({ playground }: { playground: Playground }): JSX.Element {
  return (
    <section class="stories">
      <h2>Stories</h2>
      <p>{playground.frame.value?.step}</p>
    </section>
  );
}
