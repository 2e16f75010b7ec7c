/** Share and keep as built, in a real browser: what it saves is opened in Node, and a saved run goes on in a fresh page. */
import { readFile } from 'node:fs/promises';
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProblem } from '../../src/formats/index.js';
import { loadSync } from '../../src/index.js';
import { Session } from '../../web/engine/session.js';
import { DEFAULTS, toHash } from '../../web/state.js';
import { readMarkup } from '../reference/markup.js';
import { openSite, type Site } from '../setup/site.js';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

const STATE = { ...DEFAULTS, samples: 60, hidden: [6], momentum: 0.5, steps: 5, view: 'keep' as const };

async function reached(page: Page, step: number): Promise<void> {
  await page.locator(`[data-name=step] data[value="${step}"]`).waitFor();
}

async function shown(page: Page, name: string): Promise<number> {
  return Number(await page.locator(`[data-name=${name}] data`).first().getAttribute('value'));
}

/** The file that a click gives. */
async function saved(
  page: Page,
  group: string,
  button: string,
): Promise<{ name: string; bytes: Uint8Array }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole(group === '' ? 'main' : 'group', { name: group, exact: group !== '' }).getByRole('button', { name: button, exact: true }).click(), // prettier-ignore
  ]);
  return { name: file.suggestedFilename(), bytes: new Uint8Array(await readFile(await file.path())) };
}

describe('Share and keep', () => {
  it("gives weights and data with the page's numbers, figures, a table and the run itself", async () => {
    const { page, complaints } = await site.open(`index.html#${toHash(STATE)}`, { acceptDownloads: true });
    await reached(page, 5);
    const hb = loadSync();
    const session = await Session.begin(hb, STATE);
    session.advance(5);

    const network = await saved(page, 'Network', '.safetensors');
    const data = await saved(page, 'Data', '.csv');
    expect([network.name, data.name]).toEqual(['moons-6-step-5.safetensors', 'moons-6-step-5-data.csv']);
    const read = await readProblem(network, data);
    const { upper } = hb.sharpness(read.network, read.data, { bounds: ['wolkowiczStyan'], tolerance: 1e-3 });
    expect(upper).toBe(await shown(page, 'upper'));
    expect(upper).toBe(session.frame().upper);

    const table = new TextDecoder()
      .decode((await saved(page, 'History', '.csv')).bytes)
      .trim()
      .split('\n');
    expect(table).toHaveLength(7);
    const column = table[0].split(',').indexOf('upper');
    expect(Number(table.at(-1)!.split(',')[column])).toBe(upper);

    for (const figure of ['sharpness', 'spectrum', 'scree', 'matrix', 'slices', 'landscape']) {
      await page.locator('.keep select').first().selectOption(figure);
      const svg = new TextDecoder().decode((await saved(page, '', 'Save as SVG')).bytes);
      expect(svg).not.toMatch(/var\(|NaN/);
      const root = readMarkup(svg.replace(/^<\?xml[^>]*>\s*/, '').replace(/<style>[^]*?<\/style>/, ''));
      expect(root.name, figure).toBe('svg');
      const png = await saved(page, '', 'Save as PNG');
      expect(png.name).toBe(`moons-6-step-5-${figure}.png`);
      expect(Array.from(png.bytes.subarray(1, 4), (c) => String.fromCharCode(c)).join('')).toBe('PNG');
      expect(await coloursOf(page, png.bytes), figure).toBeGreaterThan(10);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
    // A dozen files, on a machine that has other tests to run.
  }, 120_000);

  it('goes on in a fresh page from a saved run as if it had never stopped, and says what is wrong with a broken one', async () => {
    const first = await site.open(`index.html#${toHash(STATE)}`, { acceptDownloads: true });
    await reached(first.page, 5);
    const run = await saved(first.page, '', 'Save the run');
    expect(run.name).toBe('moons-6-step-5.run.json');
    await first.page.context().close();

    const { page, complaints } = await site.open('index.html#view=keep&samples=20&hidden=2');
    const file = { name: run.name, mimeType: 'application/json', buffer: Buffer.from(run.bytes) };
    await page
      .getByLabel('Open a run')
      .setInputFiles({ ...file, buffer: Buffer.from(run.bytes.subarray(0, 99)) });
    await page.getByText(/moons-6-step-5\.run\.json: not valid JSON/).waitFor();
    await reached(page, 0);
    await page.getByLabel('Open a run').setInputFiles(file);
    await reached(page, 5);
    expect(await page.evaluate(() => location.hash)).toContain('momentum=0.5');
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await reached(page, 6);
    const whole = await Session.begin(loadSync(), STATE);
    whole.advance(6);
    expect(await shown(page, 'upper')).toBe(whole.frame().upper);
    expect(await shown(page, 'loss')).toBe(whole.frame().loss);

    await page.getByLabel('Name').fill('before <b>');
    await page.getByRole('button', { name: 'Keep this run' }).click();
    await page.getByRole('button', { name: 'Remove before <b>' }).click();
    expect(await page.getByText('before <b>').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** How many colours a picture has: a blank one has one. */
async function coloursOf(page: Page, bytes: Uint8Array): Promise<number> {
  return page.evaluate(async (numbers) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(numbers)]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, Array.from(bytes));
}
