/**
 * The pages for everyone: by axe-core's rules (WCAG 2 A and AA, best practice) in light and dark, on a desk and on a phone; by keys alone; without sideways
 * scrolling from 320 px up; in the colours that were chosen, before anything else has loaded.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AxeResults } from 'axe-core';
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DARK, LIGHT } from '../../src/views/palette.js';
import { VIEWS } from '../../web/state.js';
import { openSite, type Site } from '../setup/site.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['index.html', 'model.html', 'benchmarks.html'];
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 740 };
/** A small run: the page and not the training is under test. */
const SMALL = 'samples=30&hidden=4';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

/** When its first numbers stand. */
async function ready(page: Page): Promise<void> {
  await page.locator('main').waitFor();
  if (new URL(page.url()).pathname.endsWith('index.html'))
    await page.locator('[data-name=upper] data').waitFor();
}

/** What axe finds, in a few words each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}

describe.each(PAGES)('%s', (path) => {
  it.each([
    ['light', DESK],
    ['light', PHONE],
    ['dark', DESK],
    ['dark', PHONE],
  ] as const)('breaks no rule of axe: %s, %o', async (colorScheme, viewport) => {
    const { page } = await site.open(`${path}${path === 'index.html' ? `#${SMALL}` : ''}`, {
      colorScheme,
      viewport,
    });
    await ready(page);
    expect(await violations(page)).toEqual([]);
    if (path === 'index.html') {
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      expect(await violations(page)).toEqual([]);
    }
    await page.context().close();
  });

  it('scrolls sideways at no width', async () => {
    const { page } = await site.open(`${path}${path === 'index.html' ? `#${SMALL}` : ''}`);
    await ready(page);
    for (const width of [320, 375, 768, 1000, 1280, 1920, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth),
        `at ${width}`,
      ).toBeLessThanOrEqual(width);
    }
    await page.context().close();
  });

  it('begins with a way past the head, which the keyboard finds', async () => {
    const { page } = await site.open(path);
    await ready(page);
    const address = page.url();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(page.url()).toBe(address);
    await page.context().close();
  });
});

describe('the views of the playground', () => {
  it.each(VIEWS)('break no rule of axe: %s', async (view) => {
    const { page } = await site.open(`index.html#${SMALL}&steps=3&view=${view}`);
    await ready(page);
    await page.locator(`#tab-${view}[aria-selected=true]`).waitFor();
    // Long enough for what the tab computes first.
    await page.waitForTimeout(1500);
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });
});

describe('by keys alone', () => {
  it('the way to Play is short', async () => {
    const { page } = await site.open(`index.html#${SMALL}`);
    await ready(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const names = [];
    for (let i = 0; i < 15 && names.at(-1) !== 'Play'; i++) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate(() => document.activeElement?.textContent));
    }
    expect(names.at(-1)).toBe('Play');
    await page.context().close();
  });

  it('the space bar plays and pauses, but not where it has another meaning', async () => {
    const { page } = await site.open(`index.html#${SMALL}`);
    await ready(page);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();

    await page.getByLabel('Samples', { exact: true }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('tab', { selected: true }).focus();
    await page.keyboard.press('Space');
    expect(await page.getByRole('button', { name: 'Play', exact: true }).count()).toBe(1);
    await page.context().close();
  });

  it('the arrows go round the tabs, and Tab on into the view', async () => {
    const { page } = await site.open(`index.html#${SMALL}`);
    await ready(page);
    const tabs = page.getByRole('tab');
    const chosen = (): Promise<string | undefined> =>
      page.evaluate(() => {
        const focused = document.activeElement;
        return focused?.getAttribute('aria-selected') === 'true' ? focused.id : undefined;
      });
    await tabs.first().focus();
    for (const [key, place] of [
      ['ArrowRight', 1],
      ['ArrowRight', 2],
      ['ArrowRight', 0],
      ['ArrowLeft', 2],
      ['Home', 0],
      ['End', 2],
    ] as const) {
      await page.keyboard.press(key);
      await page.waitForFunction((id) => document.activeElement?.id === id, `tab-${VIEWS[place]}`);
      expect(await chosen()).toBe(`tab-${VIEWS[place]}`);
    }
    await expect
      .poll(() => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('view')))
      .toBe(VIEWS[2]);
    expect(await tabs.evaluateAll((all) => all.map((tab) => (tab as HTMLElement).tabIndex))).toEqual([
      -1, -1, 0,
    ]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('tabpanel');
    await page.context().close();
  });

  it('what has the focus is seen to have it, and is not behind the bar', async () => {
    const { page } = await site.open(`index.html#${SMALL}`, { viewport: PHONE });
    await ready(page);
    const hidden: string[] = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const covered = await page.evaluate(() => {
        const focused = document.activeElement;
        if (!focused || focused === document.body || focused.closest('.transport')) return undefined;
        const [box, bar] = [focused, document.querySelector('.transport')!].map((one) =>
          one.getBoundingClientRect(),
        );
        const inside = box.top >= bar.top && box.bottom <= bar.bottom;
        return inside || box.bottom < 0 || box.top > innerHeight ? focused.outerHTML : undefined;
      });
      if (covered !== undefined) hidden.push(covered);
    }
    expect(hidden).toEqual([]);
    await page.context().close();
  });
});

describe('light and dark', () => {
  const background = (page: Page): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const rgb = (hex: string): string =>
    `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;

  it('follow the system until the visitor chooses, and the choice holds on every page', async () => {
    const { page } = await site.open('index.html', { colorScheme: 'dark' });
    expect(await background(page)).toBe(rgb(DARK.page));
    await page.getByLabel('light', { exact: true }).check();
    expect(await background(page)).toBe(rgb(LIGHT.page));
    await page.goto(`${site.address}model.html`);
    expect(await background(page)).toBe(rgb(LIGHT.page));
    expect(await page.getByLabel('light', { exact: true }).isChecked()).toBe(true);
    await page.getByLabel('auto', { exact: true }).check();
    expect(await background(page)).toBe(rgb(DARK.page));
    await page.reload();
    expect(await background(page)).toBe(rgb(DARK.page));
    await page.context().close();
  });

  it('are as chosen before any script or style of the site has come', async () => {
    const { page } = await site.open('benchmarks.html', { colorScheme: 'light' });
    await page.getByLabel('dark', { exact: true }).check();
    await page.route('**/assets/*', (route) => route.abort());
    await page.reload();
    // The style sheets of the site are missing: the colour is in the variable that the page itself brings.
    expect(
      await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--hb-page')),
    ).toBe(DARK.page);
    await page.context().close();
  });
});

it('moves nothing by itself for whoever asked for less motion', async () => {
  const { page } = await site.open(`index.html#${SMALL}`, { reducedMotion: 'reduce' });
  await ready(page);
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration.split(',').some((time) => parseFloat(time) > 0) || animationName !== 'none';
      }).length,
  );
  expect(moving).toBe(0);
  await page.context().close();
});
