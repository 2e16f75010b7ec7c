/**
 * One of several views at a time; which one is part of the state. Only the one shown computes. The arrow keys go from tab to tab, and the key Tab on into
 * the view (WAI-ARIA Authoring Practices, tabs with automatic activation).
 */
import { useComputed } from '@preact/signals';
import { type JSX } from 'preact';
import '../styles/tabs.css';
import { type Playground } from '../playground.js';
import { type State, VIEWS } from '../state.js';

interface Props {
  playground: Playground;
  views: Record<State['view'], { title: string; body: () => JSX.Element }>;
}

export function Tabs({ playground, views }: Props): JSX.Element {
  const view = useComputed(() => playground.state.value.view).value;
  return (
    <section class="tabs" aria-label="More about this run">
      <div
        role="tablist"
        aria-label="More about this run"
        onKeyDown={(event) => turn(event, playground, view)}
      >
        {VIEWS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === view}
            aria-controls="tab-panel"
            tabIndex={name === view ? 0 : -1}
            onClick={() => void playground.change({ view: name })}
          >
            {views[name].title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${view}`} tabIndex={0}>
        {views[view].body()}
      </div>
    </section>
  );
}

function turn(event: KeyboardEvent, playground: Playground, view: State['view']): void {
  const at = VIEWS.indexOf(view);
  const places: Partial<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: VIEWS.length - 1,
  };
  const place = places[event.key];
  if (place === undefined) return;
  event.preventDefault();
  const name = VIEWS.at(place % VIEWS.length)!;
  document.getElementById(`tab-${name}`)!.focus();
  void playground.change({ view: name });
}
