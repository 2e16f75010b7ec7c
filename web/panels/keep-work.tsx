/** What is under way for a part of Share and keep: one file at a time, and what became of it in words. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';
import { type Form } from '../engine/keep.js';
import { download, nameOf } from '../keep/files.js';
import { type Playground } from '../playground.js';

interface Files {
  busy: boolean;
  said: string | undefined;
  failed: boolean;
  /** That of a file of this moment, with such an ending. */
  name: (ending: string) => string;
  /** Does something that may take a while or fail, and says what it gives. */
  work: (task: () => Promise<string>) => Promise<void>;
  save: (form: Form | 'run', named: (of: { name: string }) => string, type?: string) => Promise<void>;
  savePython: () => Promise<void>;
}

export function useFiles(playground: Playground): Files {
  const busy = useSignal(false);
  const said = useSignal<string | undefined>(undefined);
  const failed = useSignal(false);

  const name = (ending: string): string => {
    const { value: state } = playground.state;
    return nameOf(state, playground.frame.peek()?.step ?? 0) + ending;
  };
  const work: Files['work'] = async (task) => {
    [busy.value, failed.value, said.value] = [true, false, undefined];
    try {
      said.value = await task();
    } catch (error) {
      [failed.value, said.value] = [true, (error as Error).message];
    }
    busy.value = false;
  };
  const save: Files['save'] = (form, named, type) =>
    work(async () => {
      const content = await playground.written(form);
      // The name is that of the moment which is written.
      const file = named({ name: name('') });
      download(file, content, type);
      return saved(file);
    });
  return {
    ...{ busy: busy.value, said: said.value, failed: failed.value },
    ...{ name, work, save },
    savePython: () => save({ of: 'python', name: name('') }, (of) => `${of.name}-python.zip`),
  };
}

export function saved(file: string): string {
  return `Saved as ${file}.`;
}

export function Said({ files }: { files: Files }): JSX.Element {
  return (
    <p role="status" class={files.failed ? 'said threshold' : 'said note'}>
      {files.said}
    </p>
  );
}
