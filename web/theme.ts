/** Light or dark, as the system has it unless the visitor chose: data-theme on <html>, from which the palette (src/views/palette.ts) takes its colours. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { THEME_KEY } from './theme-script.js';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(system.matches);
system.addEventListener('change', ({ matches }) => (systemDark.value = matches));

const choice = signal<ThemeChoice>(THEMES.find((name) => name === root.dataset['theme']) ?? 'auto');

/** What the visitor chose. */
export const theme: ReadonlySignal<ThemeChoice> = choice;

/** Whether the page is dark: for what is drawn on a canvas, which has no variables. */
export const dark: ReadonlySignal<boolean> = computed(() =>
  choice.value === 'auto' ? systemDark.value : choice.value === 'dark',
);

export function chooseTheme(name: ThemeChoice): void {
  if (name === 'auto') delete root.dataset['theme'];
  else root.dataset['theme'] = name;
  try {
    if (name === 'auto') localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, name);
  } catch {
    // Storage refused: the choice holds for this page.
  }
  choice.value = name;
}
