/**
 * Draws docs/report-html.png, the README's picture of the page that --html writes, from the demo's page: npm run picture. Its main parts, in two
 * columns.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync, inflateSync } from 'node:zlib';
import { chromium } from 'playwright';
import { chunk } from '../src/views/png.js';
import { findChromium } from '../test/setup/chromium.js';

/** Of the page, in two columns. */
const COLUMNS = [
  ['header', '.answer', '#closing'],
  ['#spectrum', '#hessian'],
];
const PIXELS = 1440;
const DEFLATE = { level: 9, memLevel: 9 };

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

/** The same pixels, in fewer bytes: a screenshot's rows are differences, good for photographs; plain colours repeat, and are better left as they are. */
function smaller(png: Buffer): Buffer {
  const parts: Uint8Array[] = [png.subarray(0, 8)];
  const pixels: Uint8Array[] = [];
  let width = 0;
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    const length = png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (name === 'IHDR') width = data.readUInt32BE();
    if (name === 'IDAT') pixels.push(data);
    if (name === 'IEND')
      parts.push(
        chunk('IDAT', deflateSync(unfiltered(inflateSync(Buffer.concat(pixels)), 3 * width), DEFLATE)),
      );
    if (name === 'IHDR' || name === 'IEND') parts.push(chunk(name, data));
  }
  return Buffer.concat(parts);
}

/** Rows of a byte that names the filter, and `length` bytes of three a pixel: with filter 0, none (PNG, 3rd edition, W3C 2025, section 9). */
function unfiltered(rows: Buffer, length: number): Buffer {
  for (let start = 0; start < rows.length; start += length + 1) {
    const filter = rows[start];
    rows[start] = 0;
    for (let i = start + 1; i <= start + length; i++) {
      const left = i > start + 3 ? rows[i - 3] : 0;
      const above = start > 0 ? rows[i - length - 1] : 0;
      const corner = start > 0 && i > start + 3 ? rows[i - length - 4] : 0;
      rows[i] += [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
    }
  }
  return rows;
}

function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(
    Math.abs,
  );
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
