/** The whole page takes files of data. What could not be read is said at its foot, wherever the visitor is. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import '../styles/own-data.css';
import { type Playground } from '../playground.js';
import { problem, reading, takeFile } from '../taking.js';

export function DropZone({ playground }: { playground: Playground }): JSX.Element {
  const over = useSignal(false);
  useEffect(() => listen(playground, (is) => (over.value = is)), [playground]);
  return (
    <>
      {over.value && (
        <div class="dropping">Drop the file to train on its data. It stays in this browser.</div>
      )}
      <div role="alert" class="said">
        {problem.value !== undefined && (
          <div class="card">
            <p>
              {problem.value}
              {problem.value.includes('“Your model”') && (
                <>
                  : <a href="./model.html">to that page</a>
                </>
              )}
            </p>
            <button type="button" onClick={() => (problem.value = undefined)}>
              Close
            </button>
          </div>
        )}
      </div>
      <p role="status" class="unseen">
        {reading.value !== undefined && `Reading ${reading.value}`}
      </p>
    </>
  );
}

/** Unless something on the page has taken the file already. Gives what ends it. */
function listen(playground: Playground, show: (over: boolean) => void): () => void {
  const handlers: [string, (event: DragEvent) => void][] = [
    [
      'dragover',
      (event) => {
        if (event.defaultPrevented || !hasFiles(event)) return;
        event.preventDefault();
        show(true);
      },
    ],
    [
      'dragleave',
      (event) => {
        // Between two elements of the page there is a next one.
        if (event.relatedTarget === null) show(false);
      },
    ],
    [
      'drop',
      (event) => {
        show(false);
        if (event.defaultPrevented || !hasFiles(event)) return;
        event.preventDefault();
        const files = event.dataTransfer!.files;
        if (files.length === 1) void takeFile(playground, files[0]);
        else problem.value = `Expected one file of data; got ${files.length}.`;
      },
    ],
  ];
  for (const [name, handler] of handlers) addEventListener(name, handler as EventListener);
  return () => {
    for (const [name, handler] of handlers) removeEventListener(name, handler as EventListener);
  };
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
