/** The Hessian tab of the playground as built, in a real browser. Oracle: the engine's functions in Node, whose figures must be the page's to the last digit. */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { landscapeFigures, matrixFigures, spectrumFigures, wholeSpectrum } from '../../web/engine/hessian.js'; // prettier-ignore
import { Session } from '../../web/engine/session.js';
import { DEFAULTS, type State, toHash } from '../../web/state.js';
import { openSite, type Site } from '../setup/site.js';

const hb = loadSync();
let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

const CARDS = ['spectrum', 'landscape', 'matrix'] as const;
type Card = (typeof CARDS)[number];

/** Brings a card into sight, where alone it computes, and waits until it is of a step. */
async function see(page: Page, card: Card, step: number): Promise<void> {
  await page.locator(`.of-${card}`).scrollIntoViewIfNeeded();
  await page.locator(`.of-${card} .figures`).scrollIntoViewIfNeeded();
  await page.locator(`[data-name=${card}-step] data[value="${step}"]`).waitFor();
}

/** The figures of a card: their widths and their markup. */
function drawn(page: Page, card: Card): Promise<{ width: number; markup: string }[]> {
  return page.$$eval(`.of-${card} .drawing > svg`, (all) =>
    all.map((svg) => ({ width: Number(svg.getAttribute('width')), markup: svg.outerHTML })),
  );
}

/** The same text as the browser writes it. */
function asWritten(page: Page, svg: string): Promise<string> {
  return page.evaluate((text) => {
    const box = document.createElement('div');
    box.innerHTML = text;
    return box.innerHTML;
  }, svg);
}

describe('the Hessian tab', () => {
  it.each<[Partial<State>, { width: number; height: number }]>([
    [
      { samples: 40, hidden: [5], steps: 6 },
      { width: 1280, height: 900 },
    ],
    [
      { data: 'iris', hidden: [], loss: 'softmax-cross-entropy', steps: 3, zoom: 0.5, scale: 'linear' },
      { width: 320, height: 700 },
    ],
  ])("shows the engine's figures: %o", async (changes, viewport) => {
    const state = { ...DEFAULTS, ...changes };
    const { page } = await site.open(`index.html#${toHash(state)}`, { viewport });
    const session = await Session.begin(hb, state);
    session.advance(state.steps);
    const [frame, snapshot] = [session.frame(), session.snapshot()];
    for (const card of CARDS) {
      await see(page, card, state.steps);
      const [first, second] = await drawn(page, card);
      let expected: [string, string];
      if (card === 'spectrum') {
        const { histogram, scree } = spectrumFigures(frame.values!, frame, state.scale, first.width);
        expected = [histogram, scree];
      } else if (card === 'landscape') {
        const figures = landscapeFigures(hb, snapshot, state, [first.width, second.width]);
        expected = [figures.slices, figures.map];
        const [{ curvature, slope }] = figures.landscape.slices;
        for (const [name, value] of Object.entries({ 'curvature-1': curvature, 'slope-1': slope }))
          expect(await page.locator(`[data-name=${name}] data`).getAttribute('value')).toBe(String(value));
      } else {
        const { picture, blocks } = matrixFigures(hb, snapshot, first.width);
        expected = [picture!, blocks];
      }
      expect(first.markup).toBe(await asWritten(page, expected[0]));
      expect(second.markup).toBe(await asWritten(page, expected[1]));
    }
    // Nothing is wider than the page.
    expect(await page.evaluate(() => document.querySelector('.hessian')!.scrollWidth)).toBeLessThanOrEqual(
      viewport.width,
    );
    await page.context().close();
  });

  it('follows the steps, keeps its switches in the URL, and complains of nothing', async () => {
    const { page, complaints } = await site.open('index.html#samples=40&hidden=5&steps=2');
    for (const card of CARDS) await see(page, card, 2);
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    for (const card of CARDS) await see(page, card, 3);

    await see(page, 'spectrum', 3);
    const logarithmic = (await drawn(page, 'spectrum'))[0].markup;
    await page.getByRole('radio', { name: 'linear' }).check();
    await page.waitForFunction(
      (before) => document.querySelector('.of-spectrum .drawing > svg')?.outerHTML !== before,
      logarithmic,
    );
    await page.getByRole('slider', { name: 'How far to look' }).press('ArrowRight');
    await page.waitForFunction(
      () => location.hash.includes('scale=linear') && location.hash.includes('zoom=2'),
    );
    await see(page, 'landscape', 3);
    const map = page.locator('.of-landscape svg[role=img] > desc').nth(1);
    const described = await map.textContent();
    await page.reload();
    await see(page, 'landscape', 3);
    expect(await map.textContent()).toBe(described);
    expect(await page.getByRole('radio', { name: 'linear' }).isChecked()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('estimates the spectrum of a larger network, and computes it for those who ask', async () => {
    const state = { ...DEFAULTS, samples: 30, hidden: [24, 24], steps: 1 };
    const { page, complaints } = await site.open(`index.html#${toHash(state)}`);
    await see(page, 'spectrum', 1);
    expect(await page.locator('.of-spectrum').textContent()).toContain('An estimate');
    await page.getByRole('button', { name: 'Compute the whole spectrum' }).click();
    await page.locator('.of-spectrum > p', { hasText: 'of them negative' }).waitFor();

    const session = await Session.begin(hb, state);
    session.advance(1);
    const [{ width, markup }] = await drawn(page, 'spectrum');
    const values = wholeSpectrum(hb, session.snapshot());
    const { histogram } = spectrumFigures(values, session.frame(), state.scale, width);
    expect(markup).toBe(await asWritten(page, histogram));
    // The next step has none again.
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await see(page, 'spectrum', 2);
    expect(await page.locator('.of-spectrum').textContent()).toContain('An estimate');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('computes nothing while it is not looked at', async () => {
    const { page } = await site.open('index.html#samples=40&hidden=5&view=keep');
    await page.locator('[data-name=step] data[value="0"]').waitFor();
    // Whatever Workers are asked from here on, by name.
    await page.evaluate(() => {
      const asked: string[] = [];
      Object.assign(window, { asked });
      type Send = (this: Worker, message: { name: string }) => void;
      const send = Reflect.get(Worker.prototype, 'postMessage') as Send;
      Worker.prototype.postMessage = function (this: Worker, message: { name: string }) {
        asked.push(message.name);
        send.call(this, message);
      };
    });
    const asked = (): Promise<string[]> =>
      page.evaluate(() => (window as unknown as { asked: string[] }).asked);
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await page.locator('[data-name=step] data[value="1"]').waitFor();
    expect(await asked()).toContain('advance');
    for (const name of ['spectrum', 'landscape', 'matrix', 'snapshot'])
      expect(await asked()).not.toContain(name);
    await page.getByRole('tab', { name: 'Hessian' }).click();
    await see(page, 'spectrum', 1);
    expect(await asked()).toContain('spectrum');
    await page.context().close();
  });
});
