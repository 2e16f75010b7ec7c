/** What the curves of a chart are, with their values under the cursor or of the last step; each is a switch. */
import { type ComponentChildren, type JSX } from 'preact';
import { type View } from '../charts/view.js';

export interface Entry {
  name: string;
  /** The shape of the curve: an SVG in a box of 24 × 12. */
  sample: JSX.Element;
  label: ComponentChildren;
  values: ComponentChildren;
}

export function Legend({ view, entries }: { view: View; entries: readonly Entry[] }): JSX.Element {
  const hidden = view.hidden.value;
  return (
    <ul class="legend">
      {entries.map(({ name, sample, label, values }) => (
        <li key={name}>
          <button aria-pressed={!hidden.has(name)} onClick={() => view.toggle(name)}>
            <svg viewBox="0 0 24 12" width="24" height="12" aria-hidden="true">
              {sample}
            </svg>
            <span>{label}</span>
          </button>
          <span class="values" data-curve={name}>
            {values}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function curveSample(kind: string, dash?: string): JSX.Element {
  return <path class={kind} d="M0 6h24" stroke-dasharray={dash} />;
}

export function bandSample(): JSX.Element {
  return <path class="band" d="M0 1h24v10h-24z" />;
}
