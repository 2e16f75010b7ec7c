/**
 * The colours of classes, after P. Tol's for the colour-blind: the first two differ along blue and yellow, which nearly everybody tells apart. None is the
 * green, amber or red that means bound, exact value or threshold elsewhere on the page; marks have shapes as well.
 */
import { signal } from '@preact/signals';

export type Rgb = readonly [number, number, number];

const LIGHT = [
  '#3d56c5',
  '#dcbc45',
  '#c8577f',
  '#5db7dd',
  '#7a2a63',
  '#3aa79b',
  '#a98bdd',
  '#8c8a2e',
  '#868f99',
  '#2a333c',
];
const DARK = [
  '#8296ff',
  '#e0cb84',
  '#e07fa2',
  '#7fd0f0',
  '#b35a98',
  '#4fbfb1',
  '#bda4ee',
  '#b3b060',
  '#98a3ae',
  '#e6edf3',
];

/** What a canvas needs of the page's colours. */
export interface Theme {
  classes: Rgb[];
  card: Rgb;
  ink: string;
}

/** Changes with the page's theme. */
export const theme = signal<Theme>(readTheme());

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const card = rgb(style.getPropertyValue('--hb-card').trim());
  const dark = card[0] + card[1] + card[2] < 384;
  return { classes: (dark ? DARK : LIGHT).map(rgb), card, ink: style.getPropertyValue('--hb-ink').trim() };
}

function refresh(): void {
  theme.value = readTheme();
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
new MutationObserver(refresh).observe(document.documentElement, { attributeFilter: ['data-theme'] });

export function css([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`;
}

/** From a to b: 0 is a, 1 is b. */
export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [0, 1, 2].map((i) => Math.round(a[i] + t * (b[i] - a[i]))) as unknown as Rgb;
}

/** Low values have the first colour, high ones the second; t from −1 to 1. */
export function valueColour({ classes, card }: Theme, t: number): Rgb {
  return mix(card, classes[t < 0 ? 0 : 1], Math.min(1, 0.15 + 0.85 * Math.abs(t)));
}

function rgb(hex: string): Rgb {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  return [1, 3, 5].map((i) => parseInt(full.slice(i, i + 2), 16)) as unknown as Rgb;
}
