/** What is chosen of a run: data, network, training. It reads the state and never a frame, and so rests while the run plays. */
import { type ComponentChildren, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import '../styles/controls.css';
import { DATASET_NAMES, type DatasetDescription, DATASETS } from '../../src/datasets/index.js';
import { ACTIVATIONS, type Loss } from '../../src/network.js';
import { OPTIMIZERS } from '../../src/training/options.js';
import { LambdaMax } from '../number.js';
import { type Playground } from '../playground.js';
import { takeColumn } from '../taking.js';
import { DEFAULTS, fitting, lossesOf, type NumberName, rangeOf, type State } from '../state.js';
import { Choice, NumberField } from './fields.js';
import { Layers } from './layers.js';
import { OwnDataChoice } from './own-data.js';

interface Props {
  playground: Playground;
}

export function Controls({ playground }: Props): JSX.Element {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where the column stays while the page scrolls depends on how high it is (layout.css).
    const column = place.current!;
    const sizes = new ResizeObserver(() => column.style.setProperty('--height', `${column.offsetHeight}px`));
    sizes.observe(column);
    return () => sizes.disconnect();
  }, []);
  return (
    <section class="controls" aria-labelledby="choices" ref={place}>
      <h2 id="choices">Choices</h2>
      <DataChoices playground={playground} />
      <NetworkChoices playground={playground} />
      <TrainingChoices playground={playground} />
    </section>
  );
}

const TITLES: Record<State['data'], string> = {
  moons: 'Moons',
  circles: 'Circles',
  spirals: 'Spirals',
  xor: 'Xor',
  iris: 'Iris',
  digits: 'Digits',
  'breast-cancer': 'Breast cancer',
  own: 'Your file',
};
/** The generated ones first: they are the picture. */
const DATA_OPTIONS = [...DATASET_NAMES]
  .sort((a, b) => DATASETS[b].options.length - DATASETS[a].options.length)
  .map((name) => [name, TITLES[name]] as const);

function DataChoices({ playground }: Props): JSX.Element {
  const state = playground.state.value;
  const own = playground.own.value;
  const { title, samples, inputs, options } = aboutData(playground);
  const generated = options.length > 0;
  const count = state.copies * (generated ? state.samples : samples);
  return (
    <Group title="Data" says={`${TITLES[state.data]}, ${count} samples`}>
      <Choice
        label="Data set"
        name="data"
        value={state.data}
        options={own ? [...DATA_OPTIONS, ['own', TITLES.own]] : DATA_OPTIONS}
        note={`${sentence(title)}. ${generated ? '' : `${samples} samples of ${inputs} numbers.`}`}
        onCommit={(data) => {
          if (data === 'own') void takeColumn(playground, 0);
          else void playground.change(fitting(state, { data }));
        }}
      />
      <OwnDataChoice playground={playground} />
      {generated && (
        <>
          <Field playground={playground} name="samples" label="Samples" stops={SAMPLES} />
          <Field playground={playground} name="noise" label="Noise" stops={NOISES} />
          <Field playground={playground} name="dataSeed" label="Seed of data" fresh />
        </>
      )}
      <details class="more">
        <summary>More: copies and similarity</summary>
        <Field
          playground={playground}
          name="copies"
          label="Copies"
          note="How many times each sample stands in the data."
        />
        <Field
          playground={playground}
          name="similarity"
          label="Similarity"
          stops={SIMILARITIES}
          note="−1: all samples orthogonal to one another; 0: as they are; 1: all alike. Their lengths stay."
        />
      </details>
    </Group>
  );
}

function aboutData({
  state,
  own,
}: Playground): Pick<DatasetDescription, 'title' | 'samples' | 'inputs' | 'options'> {
  const { data, file } = state.value;
  if (data !== 'own') return DATASETS[data];
  return {
    title: `your file ${file}`,
    samples: own.value?.samples ?? 0,
    inputs: own.value?.inputs ?? 0,
    options: [],
  };
}

function NetworkChoices({ playground }: Props): JSX.Element {
  const { hidden, activation } = playground.state.value;
  return (
    <Group title="Network" says={hidden.length === 0 ? 'linear' : `${hidden.join(', ')}; ${activation}`}>
      <Layers playground={playground} />
      <Choice
        label="Activation"
        name="activation"
        value={activation}
        options={ACTIVATIONS.map((name) => [name, name])}
        disabled={hidden.length === 0 ? 'Without hidden layers there is nothing to activate.' : undefined}
        onCommit={(name) => void playground.change({ activation: name })}
      />
      <Field playground={playground} name="seed" label="Seed of weights" fresh />
    </Group>
  );
}

const LOSS_TITLES: Record<Loss, string> = {
  'sigmoid-cross-entropy': 'Cross-entropy (sigmoid)',
  'softmax-cross-entropy': 'Cross-entropy (softmax)',
  'squared-error': 'Squared error',
};
const OPTIMIZER_TITLES: Record<State['optimizer'], string> = {
  sgd: 'SGD: gradient descent',
  sam: 'SAM: sharpness-aware',
  adam: 'Adam',
};

function TrainingChoices({ playground }: Props): JSX.Element {
  const { data, classes, loss, optimizer, learningRate, strength } = playground.state.value;
  return (
    <Group
      title="Training"
      says={`${optimizer}, η ${learningRate}${strength > 0 ? `, HSR ${strength}` : ''}`}
    >
      <Choice
        label="Loss"
        name="loss"
        value={loss}
        options={lossesOf(data, classes).map((name) => [name, LOSS_TITLES[name]])}
        onCommit={(name) => void playground.change({ loss: name })}
      />
      <Choice
        label="Optimizer"
        name="optimizer"
        value={optimizer}
        options={OPTIMIZERS.map((name) => [name, OPTIMIZER_TITLES[name]])}
        onCommit={(name) => void playground.change({ optimizer: name })}
      />
      <Field playground={playground} name="learningRate" label="Learning rate η" stops={LEARNING_RATES} />
      {optimizer === 'sgd' && (
        <Field playground={playground} name="momentum" label="Momentum μ" stops={MOMENTA} />
      )}
      {optimizer === 'sam' && (
        <Field
          playground={playground}
          name="rho"
          label="Reach ρ"
          note="SAM takes the gradient this far uphill of the weights."
        />
      )}
      <Field playground={playground} name="batch" label="Batch" note="Samples a step; 0: all of them." />
      <Field
        playground={playground}
        name="weightDecay"
        label="Weight decay ω"
        note="Adds (ω/2)‖θ‖² to the loss, and so ω to every eigenvalue."
      />
      <Regularizer playground={playground} />
    </Group>
  );
}

/** λ when the bound enters the objective. */
const FIRST_STRENGTH = 0.01;

function Regularizer({ playground }: Props): JSX.Element {
  const { strength } = playground.state.value;
  return (
    <fieldset class="regularizer">
      <legend class="unseen">Regularizer</legend>
      <label class="check">
        <input
          type="checkbox"
          name="hsr"
          checked={strength > 0}
          aria-describedby="hsr-says"
          onChange={({ currentTarget }) =>
            void playground.change({ strength: currentTarget.checked ? FIRST_STRENGTH : DEFAULTS.strength })
          }
        />
        HSR: the bound in the objective
      </label>
      <p class="note" id="hsr-says">
        Descends loss + strength × the Wolkowicz–Styan bound on <LambdaMax />, which draws the run to flat
        places. Such a step takes longer.
      </p>
      {strength > 0 && <Field playground={playground} name="strength" label="Strength" stops={STRENGTHS} />}
    </fieldset>
  );
}

interface FieldProps extends Props {
  name: NumberName;
  label: string;
  stops?: readonly number[];
  note?: string;
  fresh?: boolean;
}

/** A number of the state. */
function Field({ playground, name, label, ...rest }: FieldProps): JSX.Element {
  const value = playground.state.value[name];
  const range = rangeOf(name);
  return (
    <NumberField
      label={label}
      words={label}
      name={name}
      value={value}
      range={range}
      onCommit={(changed) => void playground.change({ [name]: changed })}
      {...rest}
    />
  );
}

interface GroupProps {
  title: string;
  /** What is chosen, in brief: shown while the group is closed. */
  says: string;
  children: ComponentChildren;
}

/** Open from the start where there is room beside the stage. */
function Group({ title, says, children }: GroupProps): JSX.Element {
  const [open] = useState(() => matchMedia('(min-width: 62rem)').matches);
  return (
    <details class="group" open={open}>
      <summary>
        <h3>{title}</h3>
        <span class="note">{says}</span>
      </summary>
      <div class="fields">{children}</div>
    </details>
  );
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Twelve to the decade, as resistors have them: even on a logarithmic scale, and short. They are read from text, for the same bits everywhere. */
function decades(from: number, to: number): number[] {
  const result = [];
  for (let decade = from; decade < to; decade++) {
    for (const m of [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2]) {
      result.push(Number(`${m}e${decade}`));
    }
  }
  return [...result, Number(`1e${to}`)];
}

const LEARNING_RATES = decades(-4, 2);
const STRENGTHS = decades(-5, 1);
const SAMPLES = Array.from({ length: 50 }, (_, i) => 10 * (i + 1));
const NOISES = Array.from({ length: 51 }, (_, i) => i / 100);
const MOMENTA = Array.from({ length: 100 }, (_, i) => i / 100);
const SIMILARITIES = Array.from({ length: 41 }, (_, i) => (i - 20) / 20);
