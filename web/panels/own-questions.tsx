/** What was read in the files, what they do not say, and where it was read otherwise than meant. */
import { type JSX } from 'preact';
import { ACTIVATIONS, LOSSES } from '../../src/network.js';
import { type Field } from '../engine/own/answers.js';
import { type Reading } from '../engine/own/reading.js';
import { type Study } from '../study.js';

export function Questions({ study }: { study: Study }): JSX.Element | null {
  const reading = study.reading.value;
  if (!reading) return null;
  const { model, data, inferred, faults } = reading;
  const questions = faults.filter(({ asks }) => asks.length > 0);
  if (!model && !data && questions.length === 0) return null;
  return (
    <section class="card own-read" aria-labelledby="own-read-head">
      <h2 id="own-read-head">What was read</h2>
      <dl class="own-facts">
        {model && <Fact name="model">{modelWords(model, questions.length > 0)}</Fact>}
        {data && data.samples > 0 && <Fact name="data">{dataWords(data)}</Fact>}
      </dl>
      {inferred.length > 0 && (
        <>
          <h3>Inferred, not stated</h3>
          <ul class="inferred">
            {inferred.map((sentence) => (
              <li key={sentence}>{sentence}.</li>
            ))}
          </ul>
        </>
      )}
      <div aria-live="polite">
        {questions.map(({ file, message }) => (
          <p key={message} class="question">
            <strong>To be said: </strong>
            {file !== undefined && (
              <>
                <bdi>{file}</bdi>:{' '}
              </>
            )}
            {message}
          </p>
        ))}
      </div>
      <Fields study={study} reading={reading} />
    </section>
  );
}

function Fact({ name, children }: { name: string; children: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-name={name}>{children}</dd>
    </div>
  );
}

/** One form: those that are asked for or answered first, the others behind a click. A field does not move once it is answered. */
function Fields({ study, reading }: { study: Study; reading: Reading }): JSX.Element {
  const answers = study.answers.value;
  const asked = study.asked.value;
  const isFirst = ({ name }: FieldOf): boolean => asked.has(name) || answers[name] !== undefined;
  const fields = fieldsFor(reading);
  const [first, others] = [fields.filter(isFirst), fields.filter((field) => !isFirst(field))];
  const shown = (list: readonly FieldOf[]): JSX.Element => (
    <div class="fields">
      {list.map((field) => (
        <Entry key={field.name} study={study} field={field} isAsked={asked.has(field.name)} />
      ))}
    </div>
  );
  return (
    <form class="own-fields" onSubmit={(event) => event.preventDefault()}>
      {first.length > 0 && shown(first)}
      {others.length > 0 && (
        <details>
          <summary>Read otherwise than you mean?</summary>
          {shown(others)}
        </details>
      )}
    </form>
  );
}

interface FieldOf {
  name: Field;
  label: string;
  note?: string;
  /** To choose from, value and words; a text to be typed without. The empty value is what is taken without an answer. */
  options?: readonly (readonly [value: string, words: string])[];
  placeholder?: string;
}

function Entry({ study, field, isAsked }: { study: Study; field: FieldOf; isAsked: boolean }): JSX.Element {
  const { name, label, note, options, placeholder } = field;
  const id = `own-${name}`;
  const common = {
    id,
    value: study.answers.value[name] ?? '',
    'aria-describedby': note ? `${id}-note` : undefined,
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      void study.answer(name, currentTarget.value === '' ? undefined : currentTarget.value),
  };
  return (
    <div class={isAsked ? 'field asked' : 'field'}>
      <label for={id}>{label}</label>
      {options ? (
        <select {...common}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      ) : (
        <input type="text" autocomplete="off" spellcheck={false} placeholder={placeholder} {...common} />
      )}
      {note && (
        <p class="note" id={`${id}-note`}>
          {note}
        </p>
      )}
    </div>
  );
}

/** Those that can make a difference. */
function fieldsFor({ model, data, faults }: Reading): FieldOf[] {
  const asked = new Set(faults.flatMap(({ asks }) => asks));
  const columns = data?.columns;
  const choices = (values: readonly string[], none: string): [string, string][] => [
    ['', none],
    ...values.map((value): [string, string] => [value, value]),
  ];
  const isWeights = model?.isWeights ?? asked.has('activation');
  const unsaid = asked.has('activation') ? 'choose …' : 'as given below, or by the logits';
  const fields: (FieldOf | false)[] = [
    isWeights && {
      name: 'activation',
      label: 'Activation of the hidden layers',
      options: choices(ACTIVATIONS, unsaid),
    },
    isWeights && {
      name: 'activations',
      label: 'Activations, if layers differ',
      placeholder: 'silu, softplus, identity',
      note: 'Of every layer, the last included, with commas.',
    },
    {
      name: 'loss',
      label: 'Loss',
      options: choices(LOSSES, asked.has('loss') ? 'choose …' : 'as the files tell'),
    },
    {
      name: 'layout',
      label: 'Weights are stored as',
      options: [
        ['', asked.has('layout') ? 'choose …' : 'as names and shapes tell'],
        ['out-in', 'outputs × inputs: PyTorch'],
        ['in-out', 'inputs × outputs: Keras, scikit-learn, JAX'],
      ],
    },
    {
      name: 'layers',
      label: 'Order of the layers',
      placeholder: 'fc1, fc2, out',
      note: 'Their names, from input to output, with commas.',
    },
    {
      name: 'weightDecay',
      label: 'Weight decay ω',
      placeholder: '0.0001',
      note: 'Of (ω/2)‖θ‖² over all parameters, as in PyTorch’s SGD.',
    },
    columns !== undefined && {
      name: 'header',
      label: 'First line of the data',
      options: [
        ['', asked.has('header') ? 'choose …' : 'as it looks'],
        ['yes', 'names of the columns'],
        ['no', 'a sample'],
      ],
    },
    data !== undefined && {
      name: 'label',
      label: columns ? 'Column of labels' : 'Array of labels',
      ...(columns ? { options: choices(columns, 'as its name tells, or the last') } : { placeholder: 'y' }),
    },
    columns !== undefined && {
      name: 'ignore',
      label: 'Columns to leave out',
      placeholder: 'id, 7',
      note: 'Names or numbers from 1, with commas.',
    },
    columns !== undefined && {
      name: 'weights',
      label: 'Column of sample weights',
      options: choices(columns, 'none'),
    },
    data !== undefined && {
      name: 'classes',
      label: 'Classes in the order of the outputs',
      placeholder: data.classes?.join(', ') ?? 'setosa, versicolor, virginica',
      note: 'With commas. Without: as the files name them, or sorted.',
    },
    data !== undefined && {
      name: 'standardize',
      label: 'Inputs',
      options: [
        ['', 'as they are'],
        ['yes', 'standardized: mean 0, deviation 1'],
      ],
    },
    data !== undefined && {
      name: 'oneHot',
      label: 'Class labels',
      options: [
        ['', 'as the loss takes them'],
        ['yes', 'as rows of zeros and a one'],
      ],
    },
  ];
  return fields.filter((field) => field !== false);
}

function modelWords(
  { format, widths, activations, loss }: NonNullable<Reading['model']>,
  isOpen: boolean,
): string {
  const hidden = [...new Set(activations?.slice(0, -1))].join('/');
  const last = activations?.at(-1);
  const words = [
    `${format}, ${widths.join('-')}`,
    hidden === '' || isOpen ? '' : hidden,
    last === undefined || last === 'identity' ? '' : `${last} output`,
    loss ?? '',
  ];
  return words.filter((word) => word !== '').join(', ');
}

function dataWords({ format, samples, inputs, classes }: NonNullable<Reading['data']>): string {
  const few = classes && classes.length <= 12 ? `: ${classes.join(', ')}` : '';
  return (
    `${format}, ${samples} ${samples === 1 ? 'sample' : 'samples'} of ${inputs} ${inputs === 1 ? 'input' : 'inputs'}` +
    (classes ? `, ${classes.length} classes${few}` : '')
  );
}
