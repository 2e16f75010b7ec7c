/** One of several views at a time; which one is part of the state. Only the one shown computes. */
import { type JSX } from 'preact';
import { type Playground } from '../playground.js';
import { type State, VIEWS } from '../state.js';

interface Props {
  playground: Playground;
  views: Record<State['view'], { title: string; body: () => JSX.Element }>;
}

export function Tabs({ playground, views }: Props): JSX.Element {
  const { view } = playground.state.value;
  return (
    <section class="tabs" aria-label="More about this run">
      <div role="tablist">
        {VIEWS.map((name) => (
          <button
            key={name}
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === view}
            aria-controls="tab-panel"
            onClick={() => void playground.change({ view: name })}
          >
            {views[name].title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${view}`}>
        {views[view].body()}
      </div>
    </section>
  );
}
