/** The picture of the data in a real browser, and the visitor's own data: dropped, refused, found again. */
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATASET_NAMES } from '../../src/datasets/index.js';
import { loadSync } from '../../src/index.js';
import { readOwn } from '../../web/engine/own-data.js';
import { type Source } from '../../web/engine/samples.js';
import { Session } from '../../web/engine/session.js';
import { countRight, type Reading, sharesOf } from '../../web/picture/answers.js';
import { DEFAULTS, fitting, type State, toHash } from '../../web/state.js';
import { type Opened, openSite, type Site } from '../setup/site.js';

let site: Site;
beforeAll(async () => (site = await openSite()));
afterAll(() => site.close());

const hb = loadSync();

async function open(state: Partial<State>): Promise<Opened> {
  const opened = await site.open(`index.html#${toHash({ ...DEFAULTS, ...state })}`);
  await arrived(opened.page, state.steps ?? 0);
  return opened;
}

async function arrived(page: Page, step: number): Promise<void> {
  await page.locator(`[data-name=step] data[value="${step}"]`).waitFor();
}

async function close({ page, complaints }: Opened): Promise<void> {
  expect(complaints).toEqual([]);
  await page.context().close();
}

/** The same run in Node. */
async function inNode(state: State, own?: Source): Promise<{ session: Session; reading: Reading }> {
  const session = await Session.begin(hb, state, own);
  session.advance(state.steps);
  const { labels, classes } = session.plane();
  const outputs = session.outputs().length / labels.length;
  return { session, reading: { outputs, loss: state.loss, classes: classes.length } };
}

function rightOf(page: Page): Promise<number> {
  return page.locator('[data-name=right] data').getAttribute('value').then(Number);
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([name, text]) => {
      const files = new DataTransfer();
      files.items.add(new File([text], name));
      return files;
    },
    [name, text],
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.locator('.dropping').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

/** Two inputs, three classes. */
const TEXT = [
  'width,height,kind',
  ...Array.from({ length: 60 }, (_, i) => {
    const kind = i % 3;
    return `${(kind * 2 + ((i * 7) % 11) / 10).toFixed(2)},${(kind === 1 ? 5 : 0) + ((i * 5) % 13) / 10},${'abc'[kind]}`;
  }),
].join('\n');
const FILE = { name: 'kinds.csv', bytes: new TextEncoder().encode(TEXT) };
const OWN: State = { ...DEFAULTS, ...fitting(DEFAULTS, { data: 'own', file: FILE.name, classes: 3 }) };

describe('the picture', () => {
  it.each(DATASET_NAMES)('shows %s', async (data) => {
    const state = { ...DEFAULTS, ...fitting(DEFAULTS, { data }), hidden: [4], steps: 4 };
    const { page, complaints } = await open(state);
    const { session, reading } = await inNode(state);
    const { plane, outputs } = { plane: session.plane(), outputs: session.outputs() };
    await page
      .locator(`[data-name=right] data[value="${countRight(outputs, plane, reading)}"]`)
      .waitFor({ timeout: 20_000 });
    expect(await page.locator('.picture .classes li').allInnerTexts()).toEqual(plane.classes);
    const caption = await page.locator('.picture figcaption').innerText();
    expect(caption.includes('principal components')).toBe(plane.kind === 'components');
    await close({ page, complaints });
  });

  it("has the winner's colour behind the samples", async () => {
    const state = { ...DEFAULTS, steps: 20 };
    const { page, complaints } = await open(state);
    const { session, reading } = await inNode(state);
    const right = countRight(session.outputs(), session.plane(), reading);
    await page.locator(`[data-name=right] data[value="${right}"]`).waitFor();
    // Corners, where no sample is: the first class is blue, the second yellow.
    const size = 8;
    const regions = session.regions(size);
    const seen = await page.evaluate(async (cells) => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector<HTMLCanvasElement>('.plane canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.width);
      return Array.from({ length: cells * cells }, (_, cell) => {
        const x = Math.floor((((cell % cells) + 0.5) / cells) * canvas.width);
        const y = Math.floor(((Math.floor(cell / cells) + 0.5) / cells) * canvas.width);
        return Array.from(data.slice(4 * (y * canvas.width + x), 4 * (y * canvas.width + x) + 4));
      });
    }, size);
    const shares = new Float64Array(2);
    const counted = [0, 0];
    for (const cell of [
      ...Array(size).keys(),
      ...Array.from({ length: size }, (_, c) => size * (size - 1) + c),
    ]) {
      sharesOf(regions, cell, reading, shares);
      if (Math.abs(shares[0] - 0.5) < 0.1) continue;
      const [r, , b, opaque] = seen[cell];
      expect(opaque).toBe(255);
      expect(b > r, `cell ${cell}`).toBe(shares[0] > 0.5);
      counted[shares[0] > 0.5 ? 0 : 1]++;
    }
    expect(Math.min(...counted)).toBeGreaterThan(3);
    await close({ page, complaints });
  });

  it('tells of a sample what it is and what the network says, by pointer and by keys', async () => {
    const state = { ...DEFAULTS, ...fitting(DEFAULTS, { data: 'digits' }), hidden: [], steps: 3 };
    const { page, complaints } = await open(state);
    await page.locator('[data-name=right]').waitFor();
    const { points, left, right, top, bottom, labels } = (await inNode(state)).session.plane();
    // The one farthest to the right stands alone enough.
    const i = labels.reduce((most, _, k) => (points[2 * k] > points[2 * most] ? k : most), 0);
    const canvas = page.locator('.plane canvas');
    const { width } = (await canvas.boundingBox())!;
    await canvas.hover({
      position: {
        x: (width * (points[2 * i] - left)) / (right - left),
        y: (width * (points[2 * i + 1] - top)) / (bottom - top),
      },
    });
    const tip = page.locator('.tip');
    await tip.waitFor();
    expect(await tip.innerText()).toMatch(
      new RegExp(`Sample ${i + 1}: ${labels[i]}\\s+network: \\d, \\d+ % sure`),
    );
    expect(await tip.locator('.pixels').count()).toBe(1);
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'detached' });
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await tip.innerText()).toContain(`Sample 2: ${labels[1]}`);
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
    await close({ page, complaints });
  });
});

describe('own data', () => {
  it('are trained on when dropped, with the numbers of Node, and found again after a reload', async () => {
    const opened = await open({ samples: 20, hidden: [3] });
    const { page } = opened;
    await drop(page, FILE.name, TEXT);
    const state = { ...OWN, samples: 20, hidden: [3], steps: 2 };
    await page.waitForFunction(() => location.hash.includes('data=own'));
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await arrived(page, 1);
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await arrived(page, 2);
    const { session, reading } = await inNode(state, (await readOwn(FILE, 0)).source);
    const { loss, lower, upper } = session.frame();
    const right = countRight(session.outputs(), session.plane(), reading);
    const check = async (): Promise<void> => {
      await page.locator(`[data-name=right] data[value="${right}"]`).waitFor();
      for (const [name, value] of Object.entries({ loss, lower, upper })) {
        expect(
          Number(await page.locator(`[data-name=${name}] data`).first().getAttribute('value')),
          name,
        ).toBe(value);
      }
      expect(await page.locator('.inferred').innerText()).toContain('a → 0, b → 1, c → 2');
    };
    await check();
    await page.waitForFunction(() => location.hash.includes('steps=2'));
    await page.reload();
    await arrived(page, 2);
    await check();
    await close(opened);
  });

  it('may have another column for a target: values', async () => {
    const opened = await open({ samples: 20, hidden: [3] });
    const { page } = opened;
    await page.setInputFiles('input[name=own]', {
      name: FILE.name,
      mimeType: 'text/csv',
      buffer: Buffer.from(TEXT.replaceAll(/[abc]$/gm, (kind) => String('abc'.indexOf(kind)))),
    });
    const column = page.locator('select[name=column]');
    await column.waitFor();
    expect(await column.locator('option').allInnerTexts()).toEqual(['width', 'height', 'kind']);
    await column.selectOption('width');
    await page.locator('.picture .scale').waitFor();
    expect(await page.evaluate(() => location.hash)).toContain('column=1');
    expect(await page.locator('.picture figcaption').innerText()).toMatch(/60 samples with a value/);
    await close(opened);
  });

  it.each([
    ['broken.csv', 'a,b,label\n1,2,x\n3,oops,y\n', /broken\.csv: line 3, column 2 \(b\): expected a number/],
    ['net.safetensors', '…', /net\.safetensors: this is a model.*“Your model”/],
    ['page.csv', '<html>', /page\.csv: expected data/],
  ])('that cannot be read leave the run as it is: %s', async (name, text, message) => {
    const opened = await open({ samples: 20, hidden: [3], steps: 3 });
    const { page } = opened;
    await drop(page, name, text);
    const alert = page.locator('.said');
    await alert.locator('p').waitFor();
    expect(await alert.innerText()).toMatch(message);
    if (name.endsWith('.safetensors'))
      expect(await alert.getByRole('link').getAttribute('href')).toBe('./model.html');
    await alert.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await arrived(page, 4);
    expect(await page.evaluate(() => location.hash)).not.toContain('own');
    await close(opened);
  });

  it('of a link are asked for by name, and the run goes where it had got when they come', async () => {
    const opened = await site.open(`index.html#${toHash({ ...OWN, hidden: [3], seed: 7, steps: 3 })}`);
    const { page } = opened;
    await page
      .getByRole('status')
      .getByText(/This run used the file kinds\.csv/)
      .waitFor();
    await arrived(page, 0);
    expect(await page.locator('[name=data]').inputValue()).toBe('moons');
    await drop(page, FILE.name, TEXT);
    await arrived(page, 3);
    expect(await page.evaluate(() => location.hash)).toMatch(/data=own.*seed=7/);
    expect(await rightOf(page)).toBeGreaterThan(0);
    await close(opened);
  });
});
