/** What norms, width and similarity of the samples do to the bound and to the truth. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';

export function Ingredients({ playground }: { playground: Playground }): JSX.Element {
  return (
    <section class="ingredients">
      <h2>Three ingredients</h2>
      <p>{playground.frame.value?.step}</p>
    </section>
  );
}
