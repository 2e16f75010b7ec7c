/** The playground as a static site: npm run web serves it, npm run build:web writes it to build/web. Addresses are relative, so any sub-path will do. */
import { createHash } from 'node:crypto';
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

/**
 * Pages may load their own scripts and nothing else, and send nothing to anyone, not even to where they are from: whoever drops a model can see that in
 * the page. Workers start from blob: URLs, which are under the policy of their page (engine/engine.ts). Not while developing, where Vite's client speaks
 * to its server.
 */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' 'sha256-${createHash('sha256').update(THEME_SCRIPT).digest('base64')}'`,
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  'img-src data: blob:',
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const policy: Plugin = {
  name: 'hessbound-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
      injectTo: 'head-prepend',
    },
  ],
};

/**
 * What the site's Worker has no use for: 16 kB, gzipped. The library's own threads start from their script as text; those of the site are its Worker
 * again (engine/threads.ts). And no page asks for bounds in interval arithmetic, which take seconds where a frame takes milliseconds, nor divides a
 * computation between machines: these throw.
 */
const UNUSED: Readonly<Record<string, string>> = {
  '/src/workers/worker-source.generated.ts': "export const workerSource = ''",
  '/src/proven.ts': `
    export const PROVEN_BOUNDS = [];
    export function checkProvable() { throw new Error('options.certified: not on this site'); }
    export function* provenSteps() {}`,
  '/src/core/proven.ts': `
    export const provenSquares = { name: 'provenSquares' };
    export const compression = { name: 'compression' };`,
  // The core imports nothing, and passes numbers alone: no strings, arrays or classes to wrap.
  '/@assemblyscript/loader/index.js': `
    export const instantiateSync = (module) => ({ exports: new WebAssembly.Instance(module).exports });`,
  // Without the options that merge parts, checkOptions refuses them.
  '/src/parts.ts': `
    export const MERGE_OPTIONS = [];
    export const checkMerge = () => undefined;
    export const checkShare = () => undefined;
    export const withParts = (merge, steps) => steps;`,
  '/src/shard.ts': `
    export const SHARD_OPTIONS = [];
    export function shardSteps() { throw new Error('shard: not on this site'); }`,
};
const unused: Plugin = {
  name: 'hessbound-unused',
  load: (id) => Object.entries(UNUSED).find(([path]) => id.endsWith(path))?.[1],
};

export default defineConfig({
  root: here('.'),
  base: './',
  // The example of the page of one's own model.
  assetsInclude: ['**/*.safetensors'],
  plugins: [policy, palette],
  // The Worker is not found from the pages: what it imports would be found one by one, and each would reload the page.
  optimizeDeps: { entries: ['*.html', 'engine/worker.ts'] },
  define: { 'import.meta.env.VERSION': JSON.stringify(version) },
  worker: { format: 'es', plugins: () => [unused] },
  server: { host: '127.0.0.1' },
  build: {
    outDir: here('../build/web'),
    emptyOutDir: true,
    target: 'es2022',
    minify: 'terser',
    terserOptions: { module: true, compress: { passes: 2 } },
    modulePreload: { polyfill: false },
    rollupOptions: { input: ['index.html', 'model.html', 'benchmarks.html'].map(here) },
  },
});
