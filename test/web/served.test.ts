/** What npm run web serves, as it is before any build: every page opens, and the playground trains. */
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServer, type ViteDevServer } from 'vite';
import { findChromium } from '../setup/chromium.js';

const WEB = fileURLToPath(new URL('../../web', import.meta.url));
let server: ViteDevServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([
    createServer({ root: WEB, logLevel: 'error', server: { port: 0, strictPort: false } }).then((one) =>
      one.listen(),
    ),
    findChromium().then((options) => chromium.launch(options)),
  ]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

it.each(['', 'model.html', 'benchmarks.html'])('serves /%s', async (path) => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(server.resolvedUrls!.local[0] + path);
  await page.locator('main').waitFor();
  if (path === '') {
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await page.locator('[data-name=step] data[value="1"]').waitFor();
  }
  expect(complaints).toEqual([]);
  await page.close();
});
