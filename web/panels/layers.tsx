/** The hidden layers: how many, and how wide each is. */
import { useComputed } from '@preact/signals';
import { type JSX } from 'preact';
import { LambdaMax } from '../number.js';
import { type Playground } from '../playground.js';
import { EXACT_PARAMETERS, MOST_LAYERS, WIDTHS } from '../state.js';
import { NumberField } from './fields.js';

/** Of a layer after none. */
const FIRST_WIDTH = 16;

export function Layers({ playground }: { playground: Playground }): JSX.Element {
  const { hidden } = playground.state.value;
  const change = (widths: number[]): void => void playground.change({ hidden: widths });
  return (
    <div class="layers">
      <NumberField
        label="Hidden layers"
        words="Hidden layers"
        name="layers"
        value={hidden.length}
        range={{ low: 0, high: MOST_LAYERS, whole: true }}
        buttons
        onCommit={(count) => change(resized(hidden, count))}
      />
      {hidden.map((width, i) => (
        <NumberField
          key={i}
          label={`Width ${i + 1}`}
          words={`Width of hidden layer ${i + 1}`}
          name={`width-${i + 1}`}
          value={width}
          range={WIDTHS}
          buttons
          onCommit={(wanted) => change(hidden.map((other, j) => (j === i ? wanted : other)))}
        />
      ))}
      <Parameters playground={playground} />
    </div>
  );
}

function Parameters({ playground }: { playground: Playground }): JSX.Element {
  const { value } = useComputed(() => playground.frame.value?.parameters);
  return (
    <p class="note" data-name="parameters">
      {value !== undefined && (
        <>
          <data value={value}>{value}</data> parameters
          {value <= EXACT_PARAMETERS ? (
            ': few enough for the exact spectrum at every frame.'
          ) : (
            <>
              : beyond {EXACT_PARAMETERS}, the exact <LambdaMax /> is not computed at every frame. The
              guaranteed bracket is.
            </>
          )}
        </>
      )}
    </p>
  );
}

/** New layers are as wide as the last. */
function resized(hidden: readonly number[], count: number): number[] {
  const width = hidden.at(-1) ?? FIRST_WIDTH;
  return Array.from({ length: count }, (_, i) => (i < hidden.length ? hidden[i] : width));
}
