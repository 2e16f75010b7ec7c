/** The page's colours for what is drawn on a canvas, which has no variables: as they are now, light or dark. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { LIGHT, type Theme } from '../../src/views/index.js';

const root = document.documentElement;
const current = signal(read());

export const colors: ReadonlySignal<Theme> = current;

const again = (): void => void (current.value = read());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
new MutationObserver(again).observe(root, { attributeFilter: ['data-theme'] });

function read(): Theme {
  const style = getComputedStyle(root);
  const names = Object.keys(LIGHT) as (keyof Theme)[];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--hb-${name}`).trim()])) as Record<keyof Theme, string>; // prettier-ignore
}
