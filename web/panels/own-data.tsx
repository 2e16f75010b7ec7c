/** The visitor's own data: choosing the file, what was made of it, and which column is to be learnt. */
import { type JSX } from 'preact';
import '../styles/own-data.css';
import { type OwnData } from '../engine/own.js';
import { type Playground } from '../playground.js';
import { reading, takeColumn, takeFile } from '../taking.js';

export function OwnDataChoice({ playground }: { playground: Playground }): JSX.Element {
  const own = playground.state.value.data === 'own' ? playground.own.value : undefined;
  return (
    <div class="own">
      {own && <About own={own} playground={playground} />}
      <label class="open">
        <span>{reading.value === undefined ? 'Your own data …' : `Reading ${reading.value} …`}</span>
        <input
          type="file"
          name="own"
          class="unseen"
          accept=".csv,.tsv,.txt,.npz,.json"
          aria-describedby="own-says"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.item(0);
            // The same file once more is a change as well.
            currentTarget.value = '';
            if (file) void takeFile(playground, file);
          }}
        />
      </label>
      <p class="note" id="own-says">
        Or drop a CSV, .npz or JSON file anywhere on the page. It is read in this browser and sent nowhere.
      </p>
    </div>
  );
}

function About({ own, playground }: { own: OwnData; playground: Playground }): JSX.Element {
  const { columns, inferred } = own;
  return (
    <>
      {columns && (
        <div class="field">
          <label for="field-column">To be learnt</label>
          <select
            id="field-column"
            name="column"
            value={columns.target}
            onChange={({ currentTarget }) => void takeColumn(playground, Number(currentTarget.value))}
          >
            {columns.names.map((name, c) => (
              <option key={c} value={c + 1}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      <ul class="note inferred" aria-label="What was made of the file">
        {inferred.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  );
}
