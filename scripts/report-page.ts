/**
 * Draws docs/report-html.png, the README's picture of the page that --html writes, from the demo's page: npm run picture. Its main parts, in two
 * columns.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';
import { findChromium } from '../test/setup/chromium.js';
import { smaller } from './smaller-png.js';

/** Of the page, in two columns. */
const COLUMNS = [
  ['header', '.answer', '#closing'],
  ['#spectrum', '#hessian'],
];
const PIXELS = 1440;

const directory = mkdtempSync(join(tmpdir(), 'hessbound-'));
const browser = await chromium.launch(await findChromium());
try {
  execFileSync(process.execPath, [resolve('bin/hessbound.js'), 'demo', '--quiet', '--html', 'report.html'], {
    cwd: directory,
  });
  const page = await browser.newPage({ viewport: { width: PIXELS, height: 1000 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(join(directory, 'report.html')).href);
  await page.evaluate((columns) => {
    const main = document.querySelector('main')!;
    main.style.cssText = 'max-width:none;display:flex;gap:24px;align-items:flex-start;padding:28px';
    const parts = columns.map((selectors) => {
      const column = document.createElement('div');
      column.style.cssText = 'flex:1;min-width:0';
      column.append(...selectors.map((selector) => document.querySelector(selector)!));
      return column;
    });
    main.replaceChildren(...parts);
    // What the eye can do without here.
    for (const part of document.querySelectorAll('#closing .scroll, #spectrum .first figure + figure'))
      part.remove();
  }, COLUMNS);
  writeFileSync('docs/report-html.png', smaller(await page.locator('main').screenshot()));
} finally {
  await browser.close();
  rmSync(directory, { recursive: true });
}
