/** The playground as built, in a real browser: its numbers are the library's in Node, to the bit. */
import { readFile } from 'node:fs/promises';
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

  it('gets to the step of a link in some sixty frames, to the same bits', async () => {
    const state: State = { ...DEFAULTS, samples: 30, hidden: [4], steps: 1000, every: 3, view: 'keep' };
    const { page, complaints } = await site.open(`index.html#${toHash(state)}`);
    await page.locator('[data-name=step] data[value="1000"]').waitFor();
    const session = await Session.begin(loadSync(), state);
    session.advance(state.steps);
    expect(await shown(page, 'loss')).toBe(session.frame().loss);

    const history = page.getByRole('group', { name: 'History' }).getByRole('button');
    const [download] = await Promise.all([page.waitForEvent('download'), history.click()]);
    await page.getByText(`Saved as ${download.suggestedFilename()}.`).waitFor();
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    const steps = lines.slice(1).map((line) => Number(line.split(',')[0]));
    // A sixtieth of 1000, up to whole frames of 3 steps.
    expect(steps).toEqual([...Array.from({ length: 56 }, (_, i) => 18 * i), 1000]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says where a link goes, and can be paused on the way', async () => {
    const { page, complaints } = await site.open('index.html#samples=60&hidden=6&steps=1000000&every=7');
    await page.getByText('Going to step 1000000 …').waitFor();
    await page.locator('[data-name=step] data').waitFor();
    // What only changes the view leaves the link whole.
    await page.getByRole('tab', { name: 'Share and keep' }).click();
    await page.waitForFunction(() => location.hash.includes('view=keep'));
    expect(page.url()).toContain('steps=1000000');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(await page.getByText('Going to step').count()).toBe(0);
    await page.waitForFunction(() => {
      const step = document.querySelector('[data-name=step] data')!.getAttribute('value')!;
      return new URLSearchParams(location.hash.slice(1)).get('steps') === (step === '0' ? null : step);
    });
    expect(await shown(page, 'step')).toBeLessThan(1e6);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
