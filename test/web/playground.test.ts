/** The playground as built, in a real browser: its numbers are the library's in Node, to the bit. */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { Session } from '../../web/engine/session.js';
import { DEFAULTS, type State, toHash } from '../../web/state.js';
import { openSite, type Site } from '../setup/site.js';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

/** The number an element shows, to the last bit. */
async function shown(page: Page, name: string): Promise<number> {
  return Number(await page.locator(`[data-name=${name}] data`).getAttribute('value'));
}

describe('the playground', () => {
  it.each<Partial<State>>([
    { samples: 60, hidden: [6], steps: 5 },
    { data: 'iris', hidden: [5], loss: 'softmax-cross-entropy', optimizer: 'sam', steps: 7, every: 3 },
  ])("shows the library's numbers, to the bit: %o", async (changes) => {
    const state = { ...DEFAULTS, ...changes };
    const { page, complaints } = await site.open(`index.html#${toHash(state)}`);
    await page.locator(`[data-name=step] data[value="${state.steps}"]`).waitFor();

    const session = await Session.begin(loadSync(), state);
    session.advance(state.steps);
    const { loss, accuracy, lower, upper, bound, values } = session.frame();
    const expected = { loss, accuracy, lower, upper, bound, exact: values?.at(-1) };
    for (const [name, value] of Object.entries(expected)) expect(await shown(page, name), name).toBe(value);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('plays, pauses, and is where it was after a reload', async () => {
    const { page, complaints } = await site.open('index.html#samples=60&hidden=6');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction(
      () => Number(document.querySelector('[data-name=step] data')?.getAttribute('value')) > 20,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForFunction(() => {
      const step = document.querySelector('[data-name=step] data')!.getAttribute('value');
      return new URLSearchParams(location.hash.slice(1)).get('steps') === step;
    });
    const [step, upper] = [await shown(page, 'step'), await shown(page, 'upper')];
    await page.reload();
    await page.locator(`[data-name=step] data[value="${step}"]`).waitFor();
    expect(await shown(page, 'upper')).toBe(upper);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
