/** Links, and files to keep. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { CopyButton } from '../copy.js';
import { type Form } from '../engine/keep.js';
import { download } from '../keep/files.js';
import { historyCsv } from '../keep/history.js';
import { type Playground } from '../playground.js';
import '../styles/keep.css';
import { KeepFigures } from './keep-figures.js';
import { KeptRuns } from './keep-runs.js';
import { Said, saved, useFiles } from './keep-work.js';

interface Props {
  playground: Playground;
}

export function Keep({ playground }: Props): JSX.Element {
  return (
    <div class="keep">
      <Link playground={playground} />
      <WholeRun playground={playground} />
      <Parts playground={playground} />
      <KeepFigures playground={playground} />
      <KeptRuns playground={playground} />
    </div>
  );
}

function Link({ playground }: Props): JSX.Element {
  const own = playground.state.value.data === 'own';
  const share = async (): Promise<void> => {
    // Whoever closes the sheet has shared nothing, and that is no error.
    await navigator.share({ title: document.title, url: location.href }).catch(() => undefined);
  };
  return (
    <section aria-labelledby="keep-link">
      <h3 id="keep-link">A link to this run</h3>
      <p class="note">
        The address of this page says all that decides the numbers: whoever opens it sees the same ones, to
        the last digit.
        {own &&
          ' Not your data, though: they stay on your computer, and the link asks for the file. Send the run as a file instead.'}
      </p>
      <p class="row">
        <CopyButton label="Copy the link" text={() => location.href} />
        {'share' in navigator && <button onClick={() => void share()}>Share…</button>}
      </p>
    </section>
  );
}

function WholeRun({ playground }: Props): JSX.Element {
  const files = useFiles(playground);
  const over = useSignal(false);
  const open = (list: FileList | null | undefined): void => {
    const file = list?.[0];
    if (!file) return;
    void files.work(async () => {
      await playground.restore(file);
      return `The run of ${file.name} is open: press Play, and it goes on where it was.`;
    });
  };
  return (
    <section aria-labelledby="keep-run">
      <h3 id="keep-run">The run as a file</h3>
      <p class="note">
        Choices, charts and the state of the training, every bit of it: opened again, here or elsewhere, the
        run goes on as if it had never stopped.
      </p>
      <div
        class={over.value ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => (over.value = false)}
        onDrop={(event) => {
          // Elsewhere on the page a file is data to train on.
          event.preventDefault();
          event.stopPropagation();
          over.value = false;
          open(event.dataTransfer?.files);
        }}
      >
        <button
          class="primary"
          disabled={files.busy}
          onClick={() => void files.save('run', ({ name }) => `${name}.run.json`, 'application/json')}
        >
          Save the run
        </button>
        <label class="button">
          Open a run…
          <input
            type="file"
            accept=".json,application/json"
            onChange={({ currentTarget }) => {
              open(currentTarget.files);
              // The same file may be chosen again.
              currentTarget.value = '';
            }}
          />
        </label>
        <span class="note">or drop it here</span>
      </div>
      <Said files={files} />
    </section>
  );
}

const NETWORKS = [
  ['safetensors', 'PyTorch and others'],
  ['npz', 'NumPy'],
  ['json', 'plain JSON'],
] as const;
const DATA = [
  ['csv', 'a table'],
  ['npz', 'NumPy'],
] as const;

function Parts({ playground }: Props): JSX.Element {
  const files = useFiles(playground);
  const button = (form: Form, ending: string, what: string): JSX.Element => (
    <button
      key={ending}
      disabled={files.busy}
      title={what}
      onClick={() => void files.save(form, ({ name }) => `${name}${ending}`)}
    >
      {ending.replace(/^.*\./, '.')}
    </button>
  );
  return (
    <section aria-labelledby="keep-parts">
      <h3 id="keep-parts">Weights, data and numbers</h3>
      <dl class="parts">
        <dt id="keep-network">Network</dt>
        <dd>
          <div class="row" role="group" aria-labelledby="keep-network">
            {NETWORKS.map(([format, what]) => button({ of: 'network', format }, `.${format}`, what))}
          </div>
        </dd>
        <dt id="keep-data">Data</dt>
        <dd>
          <div class="row" role="group" aria-labelledby="keep-data">
            {DATA.map(([format, what]) => button({ of: 'data', format }, `-data.${format}`, what))}
          </div>
        </dd>
        <dt id="keep-history">History</dt>
        <dd>
          <div class="row" role="group" aria-labelledby="keep-history">
            <button
              onClick={() =>
                void files.work(() => {
                  const name = files.name('-history.csv');
                  download(name, historyCsv(playground.history.value), 'text/csv');
                  return Promise.resolve(saved(name));
                })
              }
            >
              .csv
            </button>
          </div>
        </dd>
        <dt id="keep-python">Python</dt>
        <dd>
          <div class="row" role="group" aria-labelledby="keep-python">
            <button disabled={files.busy} onClick={() => void files.savePython()}>
              .zip
            </button>
            <span class="note">a script that checks the numbers with PyTorch, and its arrays</span>
          </div>
        </dd>
      </dl>
      <p class="note">
        On the command line{' '}
        <code>
          npx hessbound analyze {files.name('.safetensors')} {files.name('-data.csv')}
        </code>{' '}
        gives the numbers of this page.
      </p>
      <Said files={files} />
    </section>
  );
}
