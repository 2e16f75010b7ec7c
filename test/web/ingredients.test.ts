/** The tab of the three ingredients, as built, in a real browser: what it shows is what the engine measures in Node, to the bit. */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { measure, type Measurement } from '../../web/engine/ingredients.js';
import { Session } from '../../web/engine/session.js';
import { AS_IT_IS, type Variation } from '../../web/ingredients.js';
import { DEFAULTS, type State, toHash } from '../../web/state.js';
import { openSite, type Site } from '../setup/site.js';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

const hb = loadSync();
const STATE: State = { ...DEFAULTS, samples: 40, hidden: [5], steps: 6, view: 'ingredients' };

async function expected(variation: Variation): Promise<Measurement> {
  const session = await Session.begin(hb, STATE);
  session.advance(STATE.steps);
  const measured = measure(hb, session.snapshot(), variation);
  if ('tooMuch' in measured) throw new Error('expected a measurement');
  return measured;
}

async function open(changes: Partial<State> = {}): Promise<{ page: Page; complaints: string[] }> {
  const opened = await site.open(`index.html#${toHash({ ...STATE, ...changes })}`);
  await opened.page.locator('.ingredients').scrollIntoViewIfNeeded();
  return opened;
}

/** Waits until the table shows such numbers, as it is and by the sliders. */
async function expectShown(page: Page, variation: Variation): Promise<void> {
  const found = { plain: await expected(AS_IT_IS), varied: await expected(variation) };
  for (const [column, { bound, upper, lower, truth, parameters, parameterNorm }] of Object.entries(found)) {
    const numbers = { bound, upper, lower, truth, parameters, norm: parameterNorm };
    for (const [name, value] of Object.entries(numbers))
      await page.locator(`[data-name=${column}-${name}] data[value="${value}"]`).waitFor();
  }
}

async function press(page: Page, slider: string, keys: string[]): Promise<void> {
  await page.getByRole('slider', { name: slider }).focus();
  for (const key of keys) await page.keyboard.press(key);
}

describe('the three ingredients', () => {
  it("follow the sliders by keyboard, with the engine's numbers to the bit, and survive a reload", async () => {
    const { page, complaints } = await open();
    await expectShown(page, AS_IT_IS);
    expect(await page.getByRole('button', { name: 'Reset the sliders' }).isDisabled()).toBe(true);

    await press(page, 'Size of the weights', ['ArrowRight', 'ArrowRight']);
    const norms = { ...AS_IT_IS, norms: 1.4 };
    await expectShown(page, norms);
    await press(page, 'Width of the layers', ['ArrowUp']);
    await expectShown(page, { ...norms, widen: 2 });
    await press(page, 'Likeness of the samples', ['Home']);
    const all = { norms: 1.4, widen: 2, alike: -0.99 };
    await expectShown(page, all);
    await page.waitForFunction((hash) => location.hash === hash, `#${toHash({ ...STATE, ...all })}`);

    await page.reload();
    await page.locator('.ingredients').scrollIntoViewIfNeeded();
    await expectShown(page, all);
    const text = await page.getByRole('slider', { name: 'Likeness' }).getAttribute('aria-valuetext');
    expect(text).toBe('cosines 98 % nearer to 0');

    await page.getByRole('button', { name: 'Reset the sliders' }).click();
    await expectShown(page, AS_IT_IS);
    await page.waitForFunction((hash) => location.hash === hash, `#${toHash(STATE)}`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('draw three curves and give reasons, on a phone too', async () => {
    const { page, complaints } = await site.open(`index.html#${toHash({ ...STATE, alike: 0.5 })}`, {
      viewport: { width: 320, height: 700 },
    });
    await page.locator('.ingredients').scrollIntoViewIfNeeded();
    await expectShown(page, { ...AS_IT_IS, alike: 0.5 });
    await page.waitForFunction(
      () => document.querySelector('.ingredients table')?.getAttribute('aria-busy') === 'false',
    );
    // Fine points of each: half octaves, all widths, quarters.
    const diamonds = page.locator('.ingredients figure').locator('.diamond');
    expect(await diamonds.count()).toBe(13 + 4 + 9);
    expect(await page.locator('.ingredients .old').count()).toBe(0);
    expect(await page.locator('.ingredients .why dt').count()).toBe(4);
    const { bound, truth } = await expected({ ...AS_IT_IS, alike: 0.5 });
    expect(await page.locator('.ingredients .why').innerText()).toContain(
      `${Number((bound / truth!).toPrecision(3))} times λ`,
    );
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(320);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('do not touch the run, and follow it while it plays', async () => {
    const { page, complaints } = await open({ steps: 0 });
    await page.locator('[data-name=plain-bound] data').waitFor();
    await press(page, 'Size of the weights', ['End']);
    const at = (): Promise<number> =>
      page.locator('.ingredients caption data').getAttribute('value').then(Number);
    expect(await at()).toBe(0);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.waitForFunction(
      () => Number(document.querySelector('.ingredients caption data')?.getAttribute('value')) > 5,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    const step = page.locator('[data-name=step] data');
    await page.waitForFunction(
      () =>
        document.querySelector('.ingredients caption data')?.getAttribute('value') ===
        document.querySelector('[data-name=step] data')?.getAttribute('value'),
    );
    expect(await at()).toBe(Number(await step.getAttribute('value')));
    expect(await page.getByRole('slider', { name: 'Size' }).getAttribute('aria-valuetext')).toBe('× 8');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
