/** A chart in its place on the page. */
import { effect } from '@preact/signals';
import 'uplot/dist/uPlot.min.css';
import { type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { DARK, LIGHT } from '../../src/views/index.js';
import { type Playground } from '../playground.js';
import { dark } from '../theme.js';
import { Chart } from './chart.js';
import { type Spec } from './curves.js';
import { type View } from './view.js';

interface Props {
  playground: Playground;
  view: View;
  /** The same object as long as the chart is the same. */
  spec: Spec;
  /** What it is, for those who do not see it, and the id of where its numbers stand. */
  label: string;
  details?: string;
}

export function Plot({ playground, view, spec, label, details }: Props): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chart = new Chart(place.current!, spec, view);
    const stop = effect(() =>
      chart.draw({
        history: playground.history.value,
        kept: playground.kept.value,
        steps: view.steps.value,
        values: view.zoom.value.values?.[spec.name],
        hidden: view.hidden.value,
        colors: dark.value ? DARK : LIGHT,
      }),
    );
    return () => {
      stop();
      chart.destroy();
    };
  }, [playground, view, spec]);
  return (
    <div
      ref={place}
      class="plot"
      role="img"
      aria-label={label}
      aria-describedby={details}
      style={{ height: spec.height }}
    />
  );
}
