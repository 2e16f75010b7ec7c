/** The page of one's own model as built, in a real browser: its report is that of the library in Node for the same files, to the bit, and no file leaves it. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import axeCore from 'axe-core';
import { type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NamedFile, type ProblemHints, readProblem } from '../../src/formats/index.js';
import { jsonText } from '../../src/formats/json.js';
import { createPool, type Pool } from '../../src/index.js';
import { analysisToJson, analyze } from '../../src/report/analysis.js';
import keras from '../fixtures/formats/keras.json' with { type: 'json' };
import onnx from '../fixtures/formats/onnx.json' with { type: 'json' };
import tfjs from '../fixtures/formats/tfjs.json' with { type: 'json' };
import weights from '../fixtures/formats/weights.json' with { type: 'json' };
import { openSite, type Site } from '../setup/site.js';

let site: Site;
let pool: Pool;
beforeAll(async () => ([site, pool] = await Promise.all([openSite(), createPool({ workers: 1 })])));
afterAll(() => Promise.all([site.close(), pool.close()]));

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const fileOf = async (name: string): Promise<NamedFile> => ({ name, bytes: await readFile(example(name)) });
const textFile = (name: string, text: string): NamedFile => ({ name, bytes: Buffer.from(text) });

/** As a visitor drops them, anywhere on the page. */
async function drop(page: Page, files: readonly NamedFile[]): Promise<void> {
  const encoded = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  const transfer = await page.evaluateHandle((list) => {
    const held = new DataTransfer();
    for (const { name, base64 } of list) {
      held.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    return held;
  }, encoded);
  await page.dispatchEvent('h1', 'drop', { dataTransfer: transfer });
}

/** The numbers that the page gives to keep, but for times. */
async function numbersOf(page: Page): Promise<unknown> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save the numbers' }).click(),
  ]);
  return withoutTimes(JSON.parse(await readFile(await download.path(), 'utf8')));
}

async function analyzed(page: Page): Promise<unknown> {
  await page.getByRole('button', { name: 'Analyse' }).click();
  return numbersOf(page);
}

/** What Node makes of the same files. */
async function expected(
  model: NamedFile[],
  data: NamedFile[],
  hints: ProblemHints = {},
  options = {},
): Promise<unknown> {
  const { network, data: samples } = await readProblem(model, data, hints);
  const wanted = { exact: 'auto', tolerance: 1e-6, explain: true, picture: true, ...options } as const;
  const analysis = await analyze(pool, network, samples, wanted);
  return withoutTimes(JSON.parse(jsonText(analysisToJson(analysis))));
}

/** Without times, which differ, and what is said of the files. */
function withoutTimes(document: unknown): unknown {
  return { ...(document as object), steps: [], origin: undefined, subject: undefined, hessbound: undefined };
}

describe('the page of one’s own model', () => {
  it('gives the report of files that are dropped together, and sends nothing', async () => {
    const { page, complaints } = await site.open('model.html');
    const requests: string[] = [];
    const files = await Promise.all(['iris.csv', 'iris.safetensors'].map(fileOf));
    await drop(page, files);
    await page.locator('[data-name=plan]').waitFor();
    page.on('request', (request) => void requests.push(`${request.method()} ${request.url()}`));
    const found = await analyzed(page);
    expect(found).toEqual(await expected([files[1]], [files[0]]));
    const asked = requests.filter(
      (request) => !/^GET (?:blob:|data:|.*\/assets\/[\w.-]+\.js$)/.test(request),
    );
    expect(asked).toEqual([]);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Save the report' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('iris-sharpness.html');
    const html = await readFile(await download.path(), 'utf8');
    const { lower, upper } = found as { lower: number; upper: number };
    for (const number of [lower, upper]) {
      expect(html).toContain(String(number));
      await page.locator('.own-report').getByText(String(number), { exact: true }).first().waitFor();
    }
    expect(html).toContain('hessbound analyze iris.safetensors iris.csv --html report.html');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('cannot send anything: the policy of the page holds in its Workers, too', async () => {
    const { page } = await site.open('model.html');
    await page.getByRole('button', { name: 'Try it with the example' }).click();
    await page.getByText('The report is ready.').waitFor();
    // To where the page is from, which would answer.
    const refused = async (address: string): Promise<string> => {
      try {
        await fetch(address);
        return 'sent';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const policies: string[] = [];
    page.on('console', (message) => void policies.push(message.text()));
    expect(page.workers().length).toBeGreaterThan(0);
    expect(await page.evaluate(refused, site.address)).toBe('TypeError');
    for (const worker of page.workers())
      expect(await worker.evaluate(refused, site.address)).toBe('TypeError');
    await expect.poll(() => policies.length).toBeGreaterThan(page.workers().length);
    for (const words of policies) expect(words).toMatch(/connect-src 'none'|Content Security Policy/);
    await page.context().close();
  });

  it('takes files one after the other, chosen by the keyboard, replaces and removes them', async () => {
    const { page, complaints } = await site.open('model.html');
    const input = page.locator('#own-input');
    await input.setInputFiles(example('iris.csv'));
    await page.getByText('Now its model').waitFor();
    await page.getByText('150 samples of 4 inputs, 3 classes').waitFor();
    await input.setInputFiles(example('iris.onnx'));
    await page.locator('[data-name=plan]').waitFor();
    await page.getByText('CSV, 150 samples of 4 inputs, 3 classes').waitFor();
    await page.getByText('ONNX, 4-8-3, tanh, softmax-cross-entropy').waitFor();
    const [data, first, second] = await Promise.all(
      ['iris.csv', 'iris.onnx', 'iris.safetensors'].map(fileOf),
    );
    expect(await analyzed(page)).toEqual(await expected([first], [data]));
    await input.setInputFiles(example('iris.safetensors'));
    await page.getByText('This report is of the files and choices before').waitFor();
    await expect
      .poll(() => page.locator('.file-name bdi').allTextContents())
      .toEqual([second.name, data.name]);
    expect(await analyzed(page)).toEqual(await expected([second], [data]));
    await page.getByRole('button', { name: 'Remove iris.safetensors' }).click();
    await page.getByText('Now its model').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  const [shards] = tfjs.cases;
  const npz = weights.cases.find(({ name }) => name.startsWith('scikit-learn MLPClassifier, three'))!;
  const arrays = weights.cases.find(({ name }) => name.includes('.npy files'))!;
  const graph = onnx.cases.find(({ name }) => name.includes('operators 20, gelu'))!;
  const layers = keras.cases.find(({ file }) => file === 'model.h5')!;
  it.each<[string, NamedFile[], { inputs: number[][]; targets: unknown[] }, ProblemHints]>([
    ['TF.js in shards', shards.files.map(decoded), shards, {}],
    ['scikit-learn in .npz', npz.files.map(decoded), npz, {}],
    [
      'NumPy arrays, whose activation is asked for',
      arrays.files.map(decoded).map(({ name, bytes }) => ({ name: name.replace(/.*\//, ''), bytes })),
      arrays,
      { network: { activation: 'silu' } },
    ],
    ['ONNX', [{ name: 'model.onnx', bytes: Buffer.from(graph.file, 'base64') }], graph, {}],
    [
      'Keras in HDF5',
      [{ name: 'model.h5', bytes: gunzipSync(Buffer.from(layers.gzip, 'base64')) }],
      layers,
      {},
    ],
  ])('reads %s', async (_, model, { inputs, targets }, hints) => {
    const { page, complaints } = await site.open('model.html');
    const rows = inputs.map((row, i) => [...row, targets[i]].join(','));
    const data = textFile('data.csv', ['a,b,c,d,label', ...rows].join('\n'));
    // Shards may come before the file that names them.
    await drop(page, [...model, data].reverse());
    const { activation } = hints.network ?? {};
    if (activation) {
      await page.getByText('which activation follows the hidden layers').waitFor();
      await page.getByLabel('Activation of the hidden layers').selectOption(activation);
    }
    await page.locator('[data-name=plan]').waitFor();
    expect(await analyzed(page)).toEqual(await expected(model, [data], hints));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('asks for an activation that no file states, or finds it by logits', async () => {
    const [{ name, bytes }, data] = await Promise.all(['iris.safetensors', 'iris.csv'].map(fileOf));
    const model = { name, bytes: unnamed(bytes, 'activation') };
    const right = await expected([model], [data], { network: { activation: 'tanh' } });

    const { page, complaints } = await site.open('model.html');
    await drop(page, [model, data]);
    await page.getByText('which activation follows the hidden layers').waitFor();
    expect(await page.getByRole('button', { name: 'Analyse' }).isVisible()).toBe(false);
    const field = page.getByLabel('Activation of the hidden layers');
    await field.selectOption('sigmoid');
    const other = await analyzed(page);
    expect(other).toEqual(await expected([model], [data], { network: { activation: 'sigmoid' } }));
    await field.selectOption('tanh');
    await page.getByText('This report is of the files and choices before').waitFor();
    expect(await analyzed(page)).toEqual(right);

    await field.selectOption('');
    await page.getByText('which activation follows the hidden layers').waitFor();
    await drop(page, [await fileOf('iris-logits.npy')]);
    await page.getByText('the only one that gives the logits of iris-logits.npy').waitFor();
    const logits = await fileOf('iris-logits.npy');
    await drop(page, [textFile('logits.csv', csvOf(logits.bytes))]);
    await page.getByText('the only one that gives the logits of logits.csv').waitFor();
    expect(await page.locator('.file-name bdi').allTextContents()).not.toContain('iris-logits.npy');
    expect(await analyzed(page)).toEqual(right);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('loses no file of two that are dropped in a moment', async () => {
    const { page, complaints } = await site.open('model.html');
    const [model, data] = await Promise.all(['iris.safetensors', 'iris.csv'].map(fileOf));
    const encoded = [model, data].map(({ name, bytes }) => [name, Buffer.from(bytes).toString('base64')]);
    await page.evaluate((list) => {
      for (const [name, base64] of list) {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
        document.querySelector('h1')!.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
      }
    }, encoded);
    await page.locator('[data-name=plan]').waitFor();
    expect(await page.locator('.file-name bdi').allTextContents()).toEqual([model.name, data.name]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says in a line what is wrong with a file, and goes on with a good one', async () => {
    const { page, complaints } = await site.open('model.html');
    const [model, data] = await Promise.all(['iris.safetensors', 'iris.csv'].map(fileOf));
    const faults = async (files: NamedFile[], words: RegExp): Promise<void> => {
      await drop(page, files);
      await page.locator('.fault').getByText(words).first().waitFor();
    };
    await faults([{ ...model, bytes: model.bytes.subarray(0, 500) }, data], /expected|truncated/);
    await faults([textFile('model.onnx', 'not a model at all')], /expected/);
    await faults(
      [model, textFile('other.csv', 'a,b,label\n1,2,setosa\n3,4,virginica\n')],
      /expected 4 inputs/,
    );
    await faults([data, textFile('mine.pt', '\u0000\u0001')], /expected|pickle/i);
    await faults([model, await fileOf('iris.onnx')], /iris\.safetensors is another|iris\.onnx is another/);
    await page.getByRole('button', { name: 'Remove iris.onnx' }).click();
    await page.locator('[data-name=plan]').waitFor();
    expect(await page.locator('.fault').count()).toBe(0);
    expect(await analyzed(page)).toEqual(await expected([model], [data]));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is usable at once after an analysis was cancelled', async () => {
    const { page, complaints } = await site.open('model.html');
    const [data] = await Promise.all(['iris.csv'].map(fileOf));
    // Half a minute and more of the exact spectrum.
    const wide = textFile('wide.json', JSON.stringify(wideNetwork([4, 70, 60, 3])));
    await drop(page, [wide, data]);
    await page.getByLabel('Exact spectrum').selectOption('yes');
    await page.getByRole('button', { name: 'Analyse' }).click();
    await page.getByRole('progressbar').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled').waitFor();
    expect(page.workers()).toEqual([]);
    await drop(page, [await fileOf('iris.safetensors')]);
    await page.getByText('67 parameters').waitFor();
    await page.getByLabel('Exact spectrum').selectOption('auto');
    await page.getByLabel('every bound, side by side').check();
    const model = await fileOf('iris.safetensors');
    expect(await analyzed(page)).toEqual(await expected([model], [data], {}, { bounds: 'all' }));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    { width: 1280, height: 900 },
    { width: 320, height: 640 },
  ])('is accessible, and no wider than its window: %o', async (viewport) => {
    const { page } = await site.open('model.html', { viewport, bypassCSP: true, colorScheme: 'dark' });
    await page.getByRole('button', { name: 'Try it with the example' }).click();
    await page.getByText('The report is ready.').waitFor();
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(viewport.width);
    await page.evaluate(axeCore.source);
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof axeCore };
      const { violations: found } = await axe.run('.own', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] });
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(violations).toEqual([]);
    await page.context().close();
  });
});

function decoded({ name, base64 }: { name: string; base64: string }): NamedFile {
  return { name, bytes: Buffer.from(base64, 'base64') };
}

/** Three columns of single precision after a header of 128 bytes. */
function csvOf(npy: Uint8Array): string {
  const numbers = new Float32Array(Uint8Array.from(npy.subarray(128)).buffer);
  const rows = Array.from({ length: numbers.length / 3 }, (_, i) =>
    numbers.slice(3 * i, 3 * i + 3).join(','),
  );
  return ['a,b,c', ...rows].join('\n');
}

/** safetensors without one of the metadata. */
function unnamed(bytes: Uint8Array, key: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as {
    __metadata__: Record<string, string>;
  };
  Reflect.deleteProperty(header.__metadata__, key);
  const text = JSON.stringify(header).padEnd(length);
  return Buffer.concat([bytes.subarray(0, 8), Buffer.from(text), bytes.subarray(8 + length)]);
}

function wideNetwork(widths: number[]): object {
  const layers = widths.slice(1).map((outputs, l) => ({
    weights: Array.from({ length: outputs }, (_, i) =>
      Array.from({ length: widths[l] }, (__, j) => (((i * 7 + j * 3) % 11) - 5) / 10),
    ),
    bias: Array.from({ length: outputs }, () => 0.1),
    activation: l === widths.length - 2 ? 'identity' : 'tanh',
  }));
  return { layers, loss: 'softmax-cross-entropy' };
}
