/**
 * Why the page does not freeze while it trains, as far as that does not depend on how busy the machine is (npm run bench:playground measures the rest): it asks
 * for a frame when it has shown the last, draws once in a frame of the browser, and no more than its pixels can show. Oracle: counters put around the
 * browser's own Worker and canvas before the page loads.
 */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/index.js';
import { savedRun } from '../../web/engine/keep.js';
import { Session } from '../../web/engine/session.js';
import { pointOf } from '../../web/history.js';
import { DEFAULTS } from '../../web/state.js';
import { openSite, type Site } from '../setup/site.js';

interface Counters {
  /** Calls of advance that are not answered: now, and at most. */
  open: number;
  mostOpen: number;
  /** Eigenvalues of each answer. */
  values: number[];
  /** How often the canvas that was drawn most was drawn in one frame of the browser, at most. */
  mostDraws: number;
  /** Corners of lines in one frame of the browser, at most. */
  mostCorners: number;
}

declare global {
  var counters: Counters;
}

/** Of the charts of sharpness, loss and accuracy. */
const CURVES = [6, 1, 1];

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

/** A page that counts; at a step of its own. */
async function opened(hash: string, step: number): Promise<{ page: Page; complaints: string[] }> {
  const { page, complaints } = await site.open('model.html');
  await page.addInitScript(count);
  await page.goto(`${site.address}index.html${hash}`);
  await page.locator(`[data-name=step] data[value="${step}"]`).waitFor({ timeout: 100_000 });
  return { page, complaints };
}

async function playTo(page: Page, step: number): Promise<Counters> {
  // Charts are made, and get their size, before.
  await page.evaluate(() => Object.assign(counters, { mostDraws: 0, mostCorners: 0 }));
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction(
    (least) => Number(document.querySelector('[data-name=step] data')?.getAttribute('value')) > least,
    step,
    { timeout: 100_000 },
  );
  await page.getByRole('button', { name: 'Pause' }).click();
  return page.evaluate(() => counters);
}

/** A run of so many frames, as a file. */
async function longRun(frames: number): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const state = { ...DEFAULTS, samples: 10, hidden: [1] };
  const session = await Session.begin(loadSync(), state);
  const history = [pointOf(session.frame())];
  while (history.length <= frames) {
    session.advance(1);
    history.push(pointOf(session.frame()));
  }
  const buffer = Buffer.from(savedRun(session, state, history));
  return { name: 'run.json', mimeType: 'application/json', buffer };
}

describe('while it trains 2-16-16-1 on 200 samples', () => {
  it('the page gets the whole spectrum with each frame, asks for one at a time, and draws once for it', async () => {
    const session = await Session.begin(loadSync(), DEFAULTS);
    expect(session.frame().values).toHaveLength(2 * 16 + 16 + 16 * 16 + 16 + 16 + 1);
    const { page, complaints } = await opened('', 0);
    const { values, mostOpen, mostDraws } = await playTo(page, 30);
    expect(values.length).toBeGreaterThanOrEqual(30);
    expect(new Set(values)).toEqual(new Set([337]));
    expect(mostOpen).toBe(1);
    expect(mostDraws).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 120_000);

  it('a long run costs no more to draw than its pixels', async () => {
    const { page, complaints } = await opened('#samples=10&hidden=1&view=keep', 0);
    await page.getByLabel('Open a run').setInputFiles(await longRun(2500));
    await page.locator('[data-name=step] data[value="2500"]').waitFor();
    const widths = await page
      .locator('.plot canvas')
      .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).width));
    expect(widths).toHaveLength(CURVES.length);
    const pixels = widths.reduce((sum, width, i) => sum + width * CURVES[i], 0);
    const { mostCorners } = await playTo(page, 2510);
    // Above a pixel the first, the lowest, the highest and the last of each curve.
    expect(mostCorners).toBeGreaterThan(100);
    expect(mostCorners).toBeLessThan(4 * pixels);
    // Which is less than all of them.
    expect(4 * pixels).toBeLessThan(2500 * CURVES.reduce((a, b) => a + b));
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 120_000);
});

/** Runs in the page, before it. */
function count(): void {
  const counts: Counters = { open: 0, mostOpen: 0, values: [], mostDraws: 0, mostCorners: 0 };
  globalThis.counters = counts;
  const ids = new WeakMap<Worker, Set<number>>();
  const own = (of: object, name: string): unknown => Object.getOwnPropertyDescriptor(of, name)!.value;
  const post = own(Worker.prototype, 'postMessage') as (this: Worker, message: unknown) => void;
  Worker.prototype.postMessage = function (this: Worker, message: { id: number; name: string }) {
    let asked = ids.get(this);
    if (!asked) {
      const known = new Set<number>();
      ids.set(this, (asked = known));
      this.addEventListener('message', ({ data }: MessageEvent<{ id: number; result?: { values: unknown[] } }>) => {
        if (!data.result || !known.delete(data.id)) return;
        counts.open--;
        counts.values.push(data.result.values.length);
      }); // prettier-ignore
    }
    if (message.name === 'advance') {
      asked.add(message.id);
      counts.mostOpen = Math.max(counts.mostOpen, ++counts.open);
    }
    post.call(this, message);
  };
  let draws = new Map<unknown, number>();
  let corners = 0;
  type Draw = (this: CanvasRenderingContext2D, ...box: number[]) => void;
  const clear = own(CanvasRenderingContext2D.prototype, 'clearRect') as Draw;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas instanceof HTMLCanvasElement && this.canvas.closest('.plot')) {
      draws.set(this, (draws.get(this) ?? 0) + 1);
      counts.mostDraws = Math.max(counts.mostDraws, ...draws.values());
    }
    clear.apply(this, box);
  };
  const line = own(Path2D.prototype, 'lineTo') as (this: Path2D, ...place: number[]) => void;
  Path2D.prototype.lineTo = function (...place) {
    counts.mostCorners = Math.max(counts.mostCorners, ++corners);
    line.apply(this, place);
  };
  const next = (): void => {
    draws = new Map();
    corners = 0;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}
