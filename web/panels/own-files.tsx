/** Where files come in, by drop anywhere on the page or by choice, and the list of those that are here. */
import { type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { droppedFiles } from '../dropped-files.js';
import { faultsOf, type Item, ROLES, type Study } from '../study.js';
import { FormatsHelp } from './own-formats.js';

const ROLE_NAMES = { model: 'model', data: 'data', logits: 'logits to check with' } as const;

export function Files({ study }: { study: Study }): JSX.Element {
  const isOver = useDrop(study);
  const input = useRef<HTMLInputElement>(null);
  const items = study.items.value;
  return (
    <section class="card own-files" aria-labelledby="own-files-head">
      <h2 id="own-files-head">Files</h2>
      <div class={isOver ? 'drop over' : 'drop'}>
        <p class="drop-words">
          <strong>Drop a model and its data</strong> anywhere on this page, one after the other or together
        </p>
        <div class="drop-buttons">
          <input
            ref={input}
            id="own-input"
            class="own-input"
            type="file"
            multiple
            aria-describedby="own-privacy"
            onChange={({ currentTarget }) => {
              void study.add(Array.from(currentTarget.files ?? []));
              // The same file may be chosen again, changed.
              currentTarget.value = '';
            }}
          />
          <label class="button primary" for="own-input">
            Choose files
          </label>
          <button onClick={() => void study.example()}>Try it with the example</button>
        </div>
        <p class="note" id="own-privacy">
          <strong>Nothing leaves your browser.</strong> Files are read and analysed on this machine. There is
          no server behind this page, and its security policy forbids it to send anything anywhere.
        </p>
      </div>
      {items.length > 0 && (
        <ul class="files" aria-label="Your files">
          {[...items].sort(byRole).map((item) => (
            <FileRow key={`${item.file.name}/${item.file.lastModified}`} study={study} item={item} />
          ))}
        </ul>
      )}
      <Missing study={study} />
      <FormatsHelp />
    </section>
  );
}

function FileRow({ study, item }: { study: Study; item: Item }): JSX.Element {
  const { file, role } = item;
  const reading = study.reading.value;
  // Questions have a place of their own.
  const faults = reading ? faultsOf(reading, file.name).filter(({ asks }) => asks.length === 0) : [];
  return (
    <li>
      <div class="file">
        <span class="file-name">
          <bdi>{file.name}</bdi> <span class="note">{sizeOf(file.size)}</span>
        </span>
        <label class="file-role">
          <span class="hidden">What {file.name} is</span>
          <select
            value={role}
            onChange={({ currentTarget }) => void study.use(item, roleOf(currentTarget.value))}
          >
            {ROLES.map((name) => (
              <option key={name} value={name}>
                {ROLE_NAMES[name]}
              </option>
            ))}
          </select>
        </label>
        <button class="remove" aria-label={`Remove ${file.name}`} onClick={() => void study.remove(item)}>
          Remove
        </button>
      </div>
      {faults.map(({ message }) => (
        <p key={message} class="fault" role="alert">
          <span aria-hidden="true">✕ </span>
          {message}
        </p>
      ))}
    </li>
  );
}

/** What there is none of yet, and what went wrong without being any file's fault. */
function Missing({ study }: { study: Study }): JSX.Element | null {
  const items = study.items.value;
  const reading = study.reading.value;
  if (items.length === 0) return null;
  const has = (role: string): boolean => items.some((item) => item.role === role);
  const known = new Set(items.map(({ file }) => file.name));
  const others = reading?.faults.filter(({ file }) => file === undefined || !known.has(file)) ?? [];
  return (
    <div aria-live="polite">
      {study.isReading.value && <p class="note">Reading …</p>}
      {!has('model') && (
        <p class="next">Now its model: weights as safetensors, npz, ONNX, Keras, TF.js or JSON.</p>
      )}
      {!has('data') && (
        <p class="next">Now its data: the samples it was trained on, as CSV, npz, npy or JSON.</p>
      )}
      {others.map(({ message }) => (
        <p key={message} class="fault">
          <span aria-hidden="true">✕ </span>
          {message}
        </p>
      ))}
    </div>
  );
}

/** Whether files are held over the page; those let go are taken in. */
function useDrop(study: Study): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const out = (event: DragEvent): void => {
      // Into an element of the page it has not left it.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      void droppedFiles(event.dataTransfer).then((files) => study.add(files));
    };
    addEventListener('dragenter', over, { signal });
    addEventListener('dragover', over, { signal });
    addEventListener('dragleave', out, { signal });
    addEventListener('drop', drop, { signal });
    return () => listening.abort();
  }, [study]);
  return isOver;
}

function byRole(a: Item, b: Item): number {
  return ROLES.indexOf(a.role) - ROLES.indexOf(b.role);
}

function roleOf(value: string): Item['role'] {
  return ROLES.find((role) => role === value) ?? 'data';
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${Number(size.toPrecision(size < 100 ? 2 : 3))} ${unit}`;
}
