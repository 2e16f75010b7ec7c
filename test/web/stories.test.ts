/** The stories on the built page: each begins by one click, runs to its end, and its numbers are those of the library in Node, to the bit. */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { Session } from '../../web/engine/session.js';
import { stateOf, STORIES } from '../../web/stories.js';
import { type Chapter } from '../../web/stories/chapter.js';
import { openSite, type Site } from '../setup/site.js';

/** For a chapter of some hundred frames on a busy machine. */
const PATIENCE = { timeout: 120_000 };

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

async function ended(page: Page, { title, steps }: Chapter): Promise<string[]> {
  await page.locator('.chapters [aria-current=step]').getByText(title).waitFor(PATIENCE);
  await page.locator(`[data-name=step] data[value="${steps}"]`).waitFor(PATIENCE);
  await page.locator('.seen li').first().waitFor(PATIENCE);
  return page.locator('.seen li').allTextContents();
}

async function shown(page: Page, name: string): Promise<number> {
  return Number(await page.locator(`[data-name=${name}] data`).first().getAttribute('value'));
}

// At once, each in a page of its own: they mostly wait for the frames of the browser.
describe.concurrent.each(STORIES)('$title', ({ title, chapters }) => {
  it('runs from one click, chapter after chapter, with the numbers of Node, and is there after a reload', async () => {
    const { page, complaints } = await site.open();
    const card = page.locator('.story-card', { hasText: title });
    await card.click();
    let sentences: string[] = [];
    for (const [i, chapter] of chapters.entries()) {
      if (i > 0) await page.getByRole('button', { name: `Next: ${chapter.title}` }).click();
      sentences = await ended(page, chapter);
      expect(sentences, chapter.place).toHaveLength(chapter.sights.length);

      const session = await Session.begin(loadSync(), stateOf(chapter));
      session.advance(chapter.steps);
      const { loss, bound, lower, upper, values } = session.frame();
      const expected = { loss, bound, lower, upper, exact: values!.at(-1)! };
      for (const [name, value] of Object.entries(expected))
        expect(await shown(page, name), `${chapter.place} ${name}`).toBe(value);
    }
    await page.waitForFunction((steps) => location.hash.includes(`steps=${steps}`), chapters.at(-1)!.steps);
    await page.reload();
    const again = await ended(page, chapters.at(-1)!);
    expect(again.length).toBeGreaterThan(0);
    for (const sentence of again) expect(sentences).toContain(sentence);

    await card.click();
    expect(await card.getAttribute('aria-expanded')).toBe('false');
    expect(await page.locator('#story').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 600_000);
});

describe.concurrent('a chapter', () => {
  const { title, chapters } = STORIES[2];

  it('is the same again, goes on after a pause, and ends where it says', async () => {
    const { page, complaints } = await site.open();
    await page.locator('.story-card', { hasText: title }).click();
    const heading = page.getByRole('heading', { name: title });
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
    const first = await ended(page, chapters[0]);

    await page.getByRole('button', { name: 'Again' }).click();
    await page.waitForFunction(
      () => Number(document.querySelector('[data-name=step] data')?.getAttribute('value')) % 300 > 9,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Play this chapter' }).click();
    expect(await ended(page, chapters[0])).toEqual(first);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 300_000);

  it('says that it is another run once a choice has changed, and can be begun again', async () => {
    const { page, complaints } = await site.open('index.html#samples=10&hidden=8&seed=2&story=alike.1');
    await page.getByText('You have changed what this chapter is about').waitFor();
    await page.getByRole('button', { name: 'Start the chapter again' }).click();
    await ended(page, chapters[0]);
    await page.getByRole('button', { name: 'Close the story' }).click();
    expect(await page.locator('#story').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 300_000);
});
