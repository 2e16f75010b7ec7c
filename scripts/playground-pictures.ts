/**
 * Draws docs/playground*.png, the documentation's pictures of the playground, from the built site: npm run picture. On a desk and on a phone, in light and
 * dark, at moments that tell something.
 */
import { writeFileSync } from 'node:fs';
import { type BrowserContextOptions, type Page } from 'playwright';
import { openSite } from '../test/setup/site.js';
import { smaller } from './smaller-png.js';

/** Milliseconds for a story on a slow machine, and for what is drawn at a pace of its own. */
const PATIENCE = 300_000;
const SETTLED = 1500;

interface Picture {
  name: string;
  path?: string;
  options: BrowserContextOptions;
  act: (page: Page) => Promise<void>;
}

const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const PICTURES: readonly Picture[] = [
  {
    name: 'playground',
    options: { viewport: DESK, colorScheme: 'light' },
    act: (page) => story(page, 'The edge of stability'),
  },
  {
    name: 'playground-dark',
    path: 'index.html#steps=60',
    options: { viewport: DESK, colorScheme: 'dark' },
    act: (page) => step(page, 60),
  },
  {
    name: 'playground-phone',
    path: 'index.html#steps=60',
    options: { viewport: PHONE, colorScheme: 'light', hasTouch: true, isMobile: true },
    async act(page) {
      await step(page, 60);
      await page
        .locator('.picture figcaption')
        .evaluate((caption) => caption.scrollIntoView({ block: 'start' }));
    },
  },
  {
    name: 'playground-hessian',
    path: 'index.html#steps=60&view=hessian',
    options: { viewport: DESK, colorScheme: 'light' },
    async act(page) {
      await step(page, 60);
      const tabs = page.locator('.tabs');
      await tabs.evaluate((element) => element.scrollIntoView({ block: 'start' }));
      await tabs.locator('.drawing svg').nth(2).waitFor({ timeout: PATIENCE });
    },
  },
];

const site = await openSite();
try {
  for (const { name, path, options, act } of PICTURES) {
    const { page } = await site.open(path, options);
    await act(page);
    // Nothing that has the focus only here.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.mouse.move(0, 0);
    await page.waitForTimeout(SETTLED);
    const shot = await page.screenshot();
    const packed = smaller(shot);
    writeFileSync(`docs/${name}.png`, packed.length < shot.length ? packed : shot);
    await page.context().close();
  }
} finally {
  await site.close();
}

/** The first chapter of a story, to its end. */
async function story(page: Page, title: string): Promise<void> {
  await page.locator('.story-card', { hasText: title }).click();
  await page.locator('.seen li').first().waitFor({ timeout: PATIENCE });
}

async function step(page: Page, count: number): Promise<void> {
  await page.locator(`[data-name=step] data[value="${count}"]`).waitFor({ timeout: PATIENCE });
}
