/** The playground as a static site: npm run web serves it, npm run build:web writes it to build/web. Addresses are relative, so any sub-path will do. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { figureCss, paletteCss } from '../src/views/palette.js';
import { THEME_SCRIPT } from './theme-script.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string };

/** The colours, and which of them, stand in the page itself, so that it never shows in the wrong ones; each stands once, in src/views. */
const palette: Plugin = {
  name: 'hessbound-palette',
  transformIndexHtml: () => [
    { tag: 'script', children: THEME_SCRIPT, injectTo: 'head-prepend' },
    { tag: 'style', children: `${paletteCss()}\n${figureCss()}`, injectTo: 'head' },
  ],
};

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [palette],
  define: { 'import.meta.env.VERSION': JSON.stringify(version) },
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  build: {
    outDir: here('../build/web'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rollupOptions: { input: ['index.html', 'model.html', 'benchmarks.html'].map(here) },
  },
});
