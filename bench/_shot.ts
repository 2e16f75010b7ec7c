import { chromium } from 'playwright';
import { readFileSync } from 'node:fs';
import { findChromium } from '../test/setup/chromium.js';
const browser = await chromium.launch({ ...(await findChromium()), headless: true });
const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
for (const name of process.argv.slice(2)) {
  await page.setContent(`<body style="margin:0;background:#0d1117">${readFileSync(`bench/${name}.svg`, 'utf8')}</body>`);
  await page.locator('svg').screenshot({ path: `/tmp/bx/${name}.png` });
}
await browser.close();
