/** What visitors, links, files, browsers and hosts do to the playground that nobody hopes for: it answers, in words, and its numbers stay those of its state. */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { Session } from '../../web/engine/session.js';
import { DEFAULTS, type State } from '../../web/state.js';
import { openSite, type Site } from '../setup/site.js';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

const SMALL: Partial<State> = { samples: 30, hidden: [4] };
const SMALL_HASH = 'samples=30&hidden=4';
const LONG = { timeout: 30_000 };

async function upperOf(changes: Partial<State>): Promise<string> {
  return String((await Session.begin(loadSync(), { ...DEFAULTS, ...changes })).frame().upper);
}

async function shows(page: Page, changes: Partial<State>): Promise<void> {
  await page.locator(`[data-name=upper] data[value="${await upperOf(changes)}"]`).waitFor(LONG);
}

async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => void (location.hash = to), hash);
}

describe('a run that nobody waits for', () => {
  // Its first frame takes a minute and more.
  const SLOW = 'samples=1000&copies=4&hidden=64,64,64,64,64,64';

  it('gives way to the next, and leaves no numbers of the one before', async () => {
    const { page, complaints } = await site.open(`index.html#${SMALL_HASH}`);
    await shows(page, SMALL);
    await goTo(page, SLOW);
    await page.locator('.verdict', { hasText: 'Computing the first frame' }).waitFor(LONG);
    expect(await page.locator('[data-name=upper] data').count()).toBe(0);
    const began = performance.now();
    await goTo(page, 'samples=31&hidden=4');
    await shows(page, { ...SMALL, samples: 31 });
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('gives way to the same with less effort', async () => {
    const { page } = await site.open(`index.html#samples=1000&hidden=64,64,64,64`);
    await page.locator('.charts select').first().selectOption('0');
    await page.waitForFunction(() => location.hash.includes('products=0'), undefined, LONG);
    await page.locator('[data-name=upper] data').waitFor({ timeout: 50_000 });
    await page.context().close();
  });
});

it('says what cannot be, shows no numbers for it, and says so again', async () => {
  const { page, complaints } = await site.open(`index.html#${SMALL_HASH}`);
  await shows(page, SMALL);
  await goTo(page, `${SMALL_HASH}&batch=1000`);
  const message = page.locator('.message', { hasText: 'batch: expected at most 30' });
  await message.waitFor(LONG);
  expect(await page.locator('.readings [data-name] data').count()).toBe(0);
  await page.getByRole('button', { name: 'Play' }).click();
  await message.waitFor(LONG);
  await page.getByRole('button', { name: 'Play' }).waitFor(LONG);
  await page.locator('input[name=batch]').fill('5');
  await page.keyboard.press('Enter');
  await shows(page, { ...SMALL, batch: 5 });
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('a pause ends the way of a link to its steps', async () => {
  const { page } = await site.open(`index.html#${SMALL_HASH}&steps=1000000`);
  await page.waitForFunction(
    () => Number(document.querySelector('[data-name=step] data')?.getAttribute('value')) > 3,
  );
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect
    .poll(async () => {
      const before = await page.locator('[data-name=step] data').getAttribute('value');
      await page.waitForTimeout(200);
      return (await page.locator('[data-name=step] data').getAttribute('value')) === before;
    }, LONG)
    .toBe(true);
  await page.context().close();
});

it.each([
  '__proto__=1&constructor=2&toString=3&samples=30&hidden=4',
  'samples=31&samples=30&hidden=64,64&hidden=4',
  `samples=30&hidden=4&file=${'x'.repeat(1e5)}&noise=${'9'.repeat(1e4)}`,
  'samples=30&hidden=4&data=javascript:alert(1)&story=<img src=x onerror=alert(1)>&%E0%A4%A=%&🦊=\u202e',
])('reads of an address what it can: %.60s', async (hash) => {
  const { page, complaints } = await site.open(`index.html#${hash}`);
  await shows(page, SMALL);
  expect(await page.locator('img, [onerror]').count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('names from files are text wherever they stand', async () => {
  const { page, complaints } = await site.open();
  const markup = (i: number): string => `<img src=x${i} onerror=document.title='broken'>`;
  const rows = Array.from({ length: 24 }, (_, i) => `${i},${(i * 7) % 5},${markup(3 + (i % 2))}`);
  const name = `${markup(0)}.csv`;
  const text = [`a ${markup(1)},${markup(2)},kind`, ...rows].join('\n');
  await page
    .locator('input[name=own]')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.locator('.inferred').waitFor(LONG);
  await page
    .locator('input[name=own]')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from('') });
  await page.locator('.said .card').waitFor(LONG);
  for (const tab of ['The Hessian', 'Three ingredients', 'Share and keep']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.waitForTimeout(300);
  }
  expect(await page.locator('img, [onerror]').count()).toBe(0);
  expect(await page.title()).not.toBe('broken');
  expect(complaints).toEqual([]);
  await page.context().close();
});

describe('a browser that refuses', () => {
  it('every storage: the page is as it is', async () => {
    const { page } = await site.open('benchmarks.html');
    await page.addInitScript(() => {
      for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, { get: () => { throw new DOMException('no', 'SecurityError'); } }); // prettier-ignore
      }
    });
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => void errors.push(message));
    await page.goto(`${site.address}index.html#${SMALL_HASH}`);
    await shows(page, SMALL);
    const text = 'a,b,kind\n' + Array.from({ length: 20 }, (_, i) => `${i},${i % 3},${i % 2}`).join('\n');
    await page
      .locator('input[name=own]')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.locator('.inferred').waitFor(LONG);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('the script of the Worker: it says so, and Reset tries again', async () => {
    const { page } = await site.open('benchmarks.html');
    await page.route(/worker-/, (route) => route.abort());
    await page.goto(`${site.address}index.html#${SMALL_HASH}`);
    await page.locator('.message', { hasText: 'cannot be loaded' }).waitFor(LONG);
    await page.unroute(/worker-/);
    await page.getByRole('button', { name: 'Reset' }).click();
    await shows(page, SMALL);
    await page.context().close();
  });

  it('WebAssembly with SIMD: it says what it needs', async () => {
    const { page } = await site.open('benchmarks.html');
    await page.route(/worker-/, async (route) => {
      const response = await route.fetch();
      const without = `WebAssembly.compile = async () => { throw new WebAssembly.CompileError('invalid') };`;
      await route.fulfill({ response, body: `${without}${await response.text()}` });
    });
    await page.goto(`${site.address}index.html#${SMALL_HASH}`);
    await page.locator('.message', { hasText: 'SIMD' }).waitFor(LONG);
    await page.context().close();
  });
});

it('nothing can be sent from a page or a Worker, not even to where they are from', async () => {
  const { page } = await site.open(`index.html#${SMALL_HASH}`);
  await shows(page, SMALL);
  const asked: string[] = [];
  page.context().on('response', (response) => void asked.push(response.url()));
  const sent = await page.evaluate(async () => {
    const there = new URL('index.html?secret', location.href).href;
    const tries = `const there = ${JSON.stringify(there)};
      const x = new XMLHttpRequest(); x.open('POST', there);
      Promise.all([
        fetch(there).then(() => 'fetch', () => ''),
        new Promise((done) => { x.onload = () => done('xhr'); x.onerror = () => done(''); x.send('secret') }),
      ]).then((done) => postMessage(done.join('')))`;
    const worker = new Worker(URL.createObjectURL(new Blob([tries])));
    const fromWorker = await new Promise((done) => (worker.onmessage = ({ data }) => done(data)));
    const image = new Promise((done) => {
      const one = new Image();
      one.onload = () => done('image');
      one.onerror = () => done('');
      one.src = there;
    });
    const fromPage = await fetch(there).then(() => 'fetch', () => ''); // prettier-ignore
    navigator.sendBeacon(there, 'secret');
    return [fromWorker, fromPage, await image].join('');
  });
  expect(sent).toBe('');
  expect(asked.filter((url) => url.includes('secret'))).toEqual([]);
  await page.context().close();
});
