// What a page downloads: npm run size bundles dist/index.js as an application would (Vite, minified; dynamic imports and workers
// split off), prints the sizes, and fails where the core entry, gzipped, is over the budget.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * Bytes, gzipped, WebAssembly included. 45,000 before the certificate came, 50,000 before proofs in interval arithmetic (11 kB), the gradient of
 * the bound, the spectral density, four moments and a-priori bounds of any depth.
 */
const BUDGET = 95_000;

/** @typedef {{ name: string, raw: number, gzipped: number }} Part */
/** @typedef {{ raw: number, gzipped: number, budget: number, others: Part[] }} Size */

/**
 * The entry with everything it imports statically, and the parts that load when asked for.
 *
 * @returns {Promise<Size>}
 */
export async function measureSize() {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      write: false,
      minify: 'esbuild',
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      rollupOptions: {
        input: fileURLToPath(new URL('../dist/index.js', import.meta.url)),
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const [{ output }] = /** @type {import('rollup').RollupOutput[]} */ ([result].flat());
  const eager = new Set(output.filter((part) => part.type === 'chunk' && part.isEntry));
  for (const part of eager) {
    if (part.type !== 'chunk') continue;
    for (const name of part.imports)
      for (const other of output) if (other.fileName === name) eager.add(other);
  }
  const parts = output.map((part) => ({ eager: eager.has(part), ...sizeOf(part) }));
  const own = parts.filter((part) => part.eager);
  return {
    raw: own.reduce((sum, { raw }) => sum + raw, 0),
    gzipped: own.reduce((sum, { gzipped }) => sum + gzipped, 0),
    budget: BUDGET,
    others: parts.filter((part) => !part.eager).map(({ name, raw, gzipped }) => ({ name, raw, gzipped })),
  };
}

/**
 * @param {import('rollup').OutputChunk | import('rollup').OutputAsset} part
 * @returns {Part}
 */
function sizeOf(part) {
  const content = Buffer.from(part.type === 'chunk' ? part.code : part.source);
  return { name: part.fileName, raw: content.length, gzipped: gzipSync(content, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { raw, gzipped, budget, others } = await measureSize();
  const line = (/** @type {string} */ name, /** @type {number} */ size, /** @type {number} */ zipped) =>
    console.log(
      `${name.padEnd(36)} ${String(size).padStart(8)} bytes  ${String(zipped).padStart(8)} gzipped`,
    );
  line('core entry (WebAssembly included)', raw, gzipped);
  for (const part of others) line(part.name, part.raw, part.gzipped);
  console.log(`budget ${' '.repeat(46)} ${String(budget).padStart(8)}`);
  if (gzipped > budget) {
    console.error(`size: the core entry is ${gzipped - budget} bytes over the budget`);
    process.exitCode = 1;
  }
}
