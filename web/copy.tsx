/** A button that copies a text, and says whether that worked. */
import { useSignal } from '@preact/signals';
import { type JSX } from 'preact';

/** Milliseconds for which the button says what it did. */
const SAID = 2500;

export function CopyButton({ label, text }: { label: string; text: () => string }): JSX.Element {
  const said = useSignal<string | undefined>(undefined);
  const copy = async (): Promise<void> => {
    said.value = (await copied(text())) ? 'Copied' : 'Your browser does not let this page copy';
    setTimeout(() => (said.value = undefined), SAID);
  };
  return (
    <button class="copy" onClick={() => void copy()} aria-live="polite">
      {said.value ?? label}
    </button>
  );
}

/** Whether the text is now in the clipboard. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text);
  }
}

/** For pages that are not served by https, which have no clipboard. */
function copiedFromField(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  // Deprecated, but there is nothing else here.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const done = document.execCommand('copy');
  field.remove();
  return done;
}
