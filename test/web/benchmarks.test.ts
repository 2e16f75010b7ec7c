/**
 * The page of benchmarks as built, in a real browser: it waits for a click, times every task, and says what went wrong where one cannot be timed. What the tasks
 * compute is checked in test/compare.test.ts.
 */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisons } from '../../src/compare/tasks.js';
import { openSite, type Site } from '../setup/site.js';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

const tasks = comparisons({ quick: true });

/** Of the timed tasks: name, milliseconds in WebAssembly and in plain JavaScript, and their ratio. */
async function rows(page: Page): Promise<[string, ...number[]][]> {
  return page.locator('tr[data-state=done]').evaluateAll((all) =>
    all.map((row) => {
      const name = row.querySelector('th')!.textContent.replace(/\s+/g, ' ').trim();
      return [name, ...Array.from(row.querySelectorAll('data'), ({ value }) => Number(value))];
    }),
  );
}

describe('the page of benchmarks', () => {
  it('starts by a click alone, times every task, draws them, and gives the results away', async () => {
    const { page, complaints } = await site.open('benchmarks.html', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByRole('button', { name: /^Quick/ }).waitFor();
    expect(await page.locator('.results').count()).toBe(0);
    const start = Date.now();
    await page.getByRole('button', { name: /^Quick/ }).click();
    await page.getByRole('button', { name: 'Copy as JSON' }).waitFor();
    expect(Date.now() - start).toBeLessThan(40_000);

    const timed = await rows(page);
    expect(timed.map(([name]) => name)).toEqual(tasks.map(({ section, task }) => `${section} ${task}`));
    for (const [name, wasm, plain, ratio] of timed) {
      expect(wasm, name).toBeGreaterThan(0);
      expect(ratio, name).toBe(plain / wasm);
    }
    expect(await page.locator('svg.hb .ring').count()).toBe(tasks.length + 1);
    expect(await page.getByRole('status').textContent()).toMatch(/as fast as plain JavaScript/);

    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const told = JSON.parse(copied) as {
      machine: { threads: number; simd: boolean };
      tasks: { ratio: number; least: number; clock: number; wasm: { milliseconds: number; runs: number } }[];
    };
    expect(told.machine).toMatchObject({ simd: true });
    expect(told.machine.threads).toBe(await page.evaluate(() => navigator.hardwareConcurrency));
    expect(told.tasks.map(({ ratio }) => ratio)).toEqual(timed.map(([, , , ratio]) => ratio));
    // A page that is not isolated has a clock of 100 µs: what is short is timed in batches of 5 ms.
    for (const { clock, least, wasm } of told.tasks) {
      expect(clock).toBeGreaterThan(0.005);
      expect(least).toBeGreaterThanOrEqual(50 * clock);
      if (wasm.milliseconds < least / 4) expect(wasm.runs % 2).toBe(0);
    }
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    // The other button may still say that it copied.
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('| norm, 1000 × 1000 |');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('stops at once when cancelled, keeps what it has, and starts again', async () => {
    const { page, complaints } = await site.open('benchmarks.html');
    await page.getByRole('button', { name: /^Thorough/ }).click();
    await page.locator('tr[data-state=done]').first().waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText(/^Cancelled after \d of 9 tasks/).waitFor({ timeout: 1000 });
    const kept = await rows(page);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(tasks.length);
    await expect.poll(() => page.workers().length, { timeout: 1000 }).toBe(0);
    await page.getByRole('button', { name: /^Quick/ }).click();
    await page.locator('tr[data-state=done]').nth(1).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says why a task cannot be timed, and goes on', async () => {
    const { page, complaints } = await site.open('model.html');
    let broken = 0;
    await page.route('**/assets/benchmarks-*.js', async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      const changed = text.replace(
        /(1000 × 1000.,\s*prepare:)/,
        '$1()=>{throw new Error("norm: results differ at 0: 1 and 2")},ignored:',
      );
      if (changed !== text) broken++;
      await route.fulfill({ response, body: changed });
    });
    await page.goto(`${site.address}benchmarks.html`);
    await page.getByRole('button', { name: /^Quick/ }).click();
    await page.getByText('norm: results differ at 0: 1 and 2').waitFor();
    await page.getByRole('button', { name: 'Copy as JSON' }).waitFor();
    expect(broken).toBe(1);
    expect(await rows(page)).toHaveLength(tasks.length - 1);
    expect(await page.getByRole('status').textContent()).toMatch(/1 could not be timed/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
