/**
 * The same benchmark in Chromium: npm run bench:browser -- [--filter TEXT] [--json FILE] [--record]. The page is served by Vite and
 * isolated from other origins, which gives it a clock of 5 µs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { findChromium } from '../test/setup/chromium.js';
import { type Row } from '../src/compare/measure.js';
import { duration, tables } from './core/table.js';
import { machine } from './node.js';
import { record } from './record.js';

const { values: args } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    json: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  cacheDir: 'node_modules/.cache/hessbound/bench',
  resolve: { alias: { hessbound: resolve('dist/index.js') } },
  // Named so that finding one does not reload the page in the middle of a run.
  optimizeDeps: { include: ['tinybench', 'mathjs', 'ml-matrix', '@assemblyscript/loader'] },
  server: {
    host: '127.0.0.1',
    port: 0,
    hmr: false,
    watch: null,
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
});
await server.listen();
const browser = await chromium.launch({ ...(await findChromium()), headless: true });
try {
  const page = await browser.newPage();
  await page.goto(`${server.resolvedUrls!.local[0]}bench/browser.html`);
  const rows: Row[] = [];
  await page.exposeFunction('report', (row: Row) => {
    process.stderr.write(`${row.section}: ${row.task}: ${duration(row.contenders[0].milliseconds)}\n`);
    rows.push(row);
  });
  const binary = [...readFileSync('build/peak.wasm')];
  await page.waitForFunction(() => 'runBenchmark' in window);
  const { peak, userAgent } = await page.evaluate(([bytes, filter]) => window.runBenchmark(bytes, filter), [
    binary,
    args.filter,
  ] as const);
  const date = new Date().toISOString();
  const where = `Chromium ${browser.version()}; ${machine()}`;
  const text = `${date.slice(0, 10)}: ${where}. Peak: ${peak.toFixed(1)} GF/s. User agent: \`${userAgent}\`.\n\n${tables(rows, peak)}`;
  console.log(`\n${text}`);
  if (args.json) {
    const content = { date, machine: where, userAgent, peak, rows };
    writeFileSync(args.json, `${JSON.stringify(content, null, 2)}\n`);
  }
  if (args.record) await record('browser', text);
} finally {
  await browser.close();
  await server.close();
}
