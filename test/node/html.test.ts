/** The page that the command line writes, opened from disk in a real Chromium, as a reader would: every figure has to be seen, and nothing is asked of a network. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../setup/chromium.js';

const run = promisify(execFile);
const hessbound = (...args: string[]): ReturnType<typeof run> =>
  run(process.execPath, ['bin/hessbound.js', ...args], { timeout: 30_000 });

let directory: string;
let browser: Browser;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hessbound-'));
  const report = join(directory, 'report.html');
  [browser] = await Promise.all([
    findChromium().then((options) => chromium.launch(options)),
    hessbound('demo', '--quiet', '--steps', '60', '--html', report),
  ]);
});
afterAll(async () => {
  await browser.close();
  await rm(directory, { recursive: true });
});

/** Opens the page, and fails on whatever it complains of or asks for. */
async function opened(options: BrowserContextOptions, name = 'report.html'): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...options });
  const address = pathToFileURL(join(directory, name)).href;
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => void asked.push(request.url()));
  page.on('console', (message) => void complaints.push(message.text()));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('dialog', (dialog) => void complaints.push(dialog.message()));
  await page.goto(address, { waitUntil: 'load' });
  expect(complaints).toEqual([]);
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([address]);
  return page;
}

interface Seen {
  title: string;
  width: number;
  height: number;
  inside: boolean;
}

/** Figures that take room on the page. */
async function figures(page: Page): Promise<Seen[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll('figure svg'))
      .map((svg) => ({ svg, box: svg.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height > 0)
      .map(({ svg, box }) => ({
        title: svg.querySelector('title')!.textContent,
        width: box.width,
        height: box.height,
        inside: box.left >= 0 && box.right <= document.documentElement.clientWidth,
      })),
  );
}

const FIGURES = [
  'The guaranteed intervals of the largest and smallest eigenvalue',
  'What each bound alone says of the largest eigenvalue',
  'The interval for the largest eigenvalue, product by product',
  'Step sizes of gradient descent',
  'Histogram of the eigenvalues, logarithmic axis',
  'The eigenvalues from the largest to the smallest, logarithmic axis',
  'Shares of the squared Frobenius norm by pair of layers',
  'The Hessian, entry by entry',
  'What carries the squared Frobenius norm',
  'Change of the bound for one per cent more of a norm',
];

describe('the page', () => {
  it.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 640 } }],
    ['on a wide screen', { viewport: { width: 2200, height: 1200 } }],
  ])('shows every figure, %s', async (_, options) => {
    const page = await opened(options);
    const seen = await figures(page);
    expect(seen.map(({ title }) => title)).toEqual(FIGURES);
    for (const { title, width, height, inside } of seen) {
      expect(width, title).toBeGreaterThan(250);
      expect(height, title).toBeGreaterThan(40);
      expect(inside, title).toBe(true);
    }
    // Nothing of the page is cut off at its side.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(
      options.viewport?.width ?? 1100,
    );
    await page.close();
  });

  it('has its text where there is a background to read it on: dark on light, light on dark, dark on paper', async () => {
    const page = await opened({ colorScheme: 'dark' });
    const brightness = (selector: string, property: 'color' | 'backgroundColor' | 'fill'): Promise<number> =>
      page.evaluate(
        ([selector, property]) => {
          const color = getComputedStyle(document.querySelector(selector)!)[property as 'color'];
          return Math.max(...color.match(/\d+/g)!.slice(0, 3).map(Number));
        },
        [selector, property],
      );
    expect(await brightness('section', 'backgroundColor')).toBeLessThan(60);
    expect(await brightness('h2', 'color')).toBeGreaterThan(200);
    expect(await brightness('figure svg text', 'fill')).toBeGreaterThan(150);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await brightness('section', 'backgroundColor')).toBe(255);
    expect(await brightness('h2', 'color')).toBeLessThan(60);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    expect(await brightness('section', 'backgroundColor')).toBe(255);
    await page.close();
  });

  it('switches axes without a script, by mouse and by keyboard', async () => {
    const page = await opened({ javaScriptEnabled: true });
    await page.getByText('linear', { exact: true }).click();
    const linear = (await figures(page)).map(({ title }) => title).filter((title) => title.includes('axis'));
    expect(linear).toEqual([
      'Histogram of the eigenvalues, linear axis',
      'The eigenvalues from the largest to the smallest, linear axis',
    ]);
    await page.keyboard.press('ArrowLeft');
    expect((await figures(page)).map(({ title }) => title)).toEqual(FIGURES);
    await page.close();
  });

  it('draws the Hessian: an image of some size that has been decoded', async () => {
    const page = await opened({});
    const sizes = await page.evaluate(() =>
      Promise.all(
        Array.from(document.querySelectorAll('svg image'), async (element) => {
          const image = new Image();
          image.src = element.getAttribute('href')!;
          await image.decode();
          return [image.naturalWidth, image.naturalHeight];
        }),
      ),
    );
    expect(sizes).toEqual([[67, 67]]);
    await page.close();
  });

  it('prints on A4, wide figures alone, none across two sheets', async () => {
    const page = await opened({});
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const sheets = pdf.toString('latin1').match(/\/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]/g);
    expect(sheets!.length).toBeGreaterThan(2);
    expect(sheets!.length).toBeLessThan(10);
    await page.emulateMedia({ media: 'print' });
    expect((await figures(page)).map(({ title }) => title)).toEqual(FIGURES);
    const broken = await page.evaluate(() =>
      Array.from(document.querySelectorAll('figure')).map((figure) => getComputedStyle(figure).breakInside),
    );
    expect(new Set(broken)).toEqual(new Set(['avoid']));
    await page.close();
  });

  it('has a name and a description for every figure, and headings in order, for those who listen', async () => {
    const page = await opened({});
    const levels = await page.evaluate(() =>
      Array.from(document.querySelectorAll('h1, h2, h3'), ({ tagName }) => Number(tagName[1])),
    );
    expect(levels[0]).toBe(1);
    levels.forEach((level, i) => expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1));
    for (const title of FIGURES) expect(await page.getByRole('img', { name: title }).count()).toBe(1);
    expect(await page.getByRole('radio').count()).toBe(2);
    await page.close();
  });
});

describe('--html', () => {
  it('writes a page for names that are markup, which does nothing', async () => {
    const evil = join(directory, "<img src=x onerror=alert(1)>'&.json");
    await hessbound('demo', '--quiet', '--steps', '0', '--save', directory);
    await writeFile(evil, await readFile(join(directory, 'network.json')));
    const report = join(directory, 'evil.html');
    const { stdout } = await hessbound(
      'analyze',
      evil,
      join(directory, 'data.json'),
      '--html',
      report,
      '--quiet',
    );
    expect(stdout).toContain('Why the bound from the moments is what it is');
    const page = await opened({}, 'evil.html');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('header').innerText()).toContain("<img src=x onerror=alert(1)>'&.json");
    expect(await page.locator('code').first().innerText()).toContain('hessbound analyze ');
    await page.close();
  });

  it('leaves the JSON document as it is without, but for why', async () => {
    const report = join(directory, 'json.html');
    const { stdout } = await hessbound('demo', '--quiet', '--steps', '0', '--json', '--html', report);
    const document = JSON.parse(String(stdout)) as object;
    expect(document).toHaveProperty('explanation');
    expect(document).not.toHaveProperty('picture');
  });

  it('refuses a place that cannot be written to, before it computes, and leaves nothing half-written', async () => {
    const nowhere = join(directory, 'nowhere', 'report.html');
    // So many steps would take hours.
    const refused = await hessbound('demo', '--steps', '1000000000', '--html', nowhere).catch((error: unknown) => error); // prettier-ignore
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect((refused as { stderr: string }).stderr).toMatch(
      /^hessbound: cannot write .*nowhere.report\.html: .+\n$/,
    );
    const directoryItself = await hessbound('demo', '--quiet', '--steps', '0', '--html', directory).catch((error: unknown) => error); // prettier-ignore
    expect(directoryItself).toMatchObject({ code: 2 });
    expect((await readdir(directory)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
