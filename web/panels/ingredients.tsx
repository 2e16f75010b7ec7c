/** What norms, width and similarity of the samples do to the bound and to the truth: sliders that change the network and the data of the moment. */
import { useSignalEffect } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { AS_IT_IS, same } from '../ingredients.js';
import { LambdaMax } from '../number.js';
import { type Playground } from '../playground.js';
import '../styles/ingredients.css';
import { IngredientCurves } from './ingredients-curves.js';
import { IngredientNumbers } from './ingredients-numbers.js';
import { IngredientReasons } from './ingredients-reasons.js';
import { Study } from './ingredients-study.js';

export function Ingredients({ playground }: { playground: Playground }): JSX.Element {
  const study = useMemo(() => new Study(() => playground.snapshot()), [playground]);
  const place = useRef<HTMLElement>(null);
  useEffect(() => () => study.close(), [study]);
  useEffect(() => whileSeen(place.current!, (seen) => study.watch(seen)), [study]);
  useSignalEffect(() => {
    const { norms, widen, alike } = playground.state.value;
    study.move({ norms, widen, alike });
  });
  useSignalEffect(() => {
    if (playground.frame.value) study.follow(playground.playing.value);
  });
  return (
    <section class="ingredients" ref={place}>
      <div class="opening">
        <div>
          <h2>The three ingredients of the bound</h2>
          <p>
            How large the weights are, how wide the layers, how much alike the samples: of these the bound is
            made. Change one, and see what that does to the bound and to the true sharpness <LambdaMax />.
            Nothing is trained here: the sliders change a copy of the network and the data of this moment.
          </p>
        </div>
        <Reset playground={playground} />
      </div>
      <IngredientCurves playground={playground} study={study} />
      <div class="findings">
        <IngredientNumbers study={study} />
        <IngredientReasons study={study} />
      </div>
    </section>
  );
}

function Reset({ playground }: { playground: Playground }): JSX.Element {
  return (
    <button
      disabled={same(playground.state.value, AS_IT_IS)}
      onClick={() => void playground.change({ ...AS_IT_IS })}
    >
      Reset the sliders
    </button>
  );
}

/** Tells whether an element is on the screen, or almost, of a page that is looked at; until the function it gives is called. */
function whileSeen(element: Element, tell: (seen: boolean) => void): () => void {
  let near = false;
  const look = (): void => tell(near && !document.hidden);
  const observer = new IntersectionObserver(
    (entries) => {
      near = entries.at(-1)!.isIntersecting;
      look();
    },
    { rootMargin: '200px' },
  );
  observer.observe(element);
  document.addEventListener('visibilitychange', look);
  return () => {
    observer.disconnect();
    document.removeEventListener('visibilitychange', look);
  };
}
