/**
 * What each page of the built site weighs: the gzipped sum of the files that its server is asked for, by the page and by its Workers, when a visitor
 * can begin, when everything on the page has been used once, and when files of a visitor's own were dropped on it besides. Data sets count apart.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Page } from 'playwright';
import { openSite } from './site.js';

/** Bytes, gzipped, of a page with everything on it used: what issue 8 sets. */
export const BUDGET = 200_000;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Data sets and the example's files. */
const DATA = /(?:^|\/)(?:iris|breast-cancer|digits|example)-[\w-]+\.js$/;

export interface Weighed {
  name: string;
  /** Bytes. */
  raw: number;
  gzipped: number;
  isData: boolean;
}

export interface PageWeight {
  page: string;
  /** Bytes, gzipped, without data sets, each with what is before it: when a visitor can begin; with everything used; with own files read. */
  first: number;
  used: number;
  own: number;
  /** In the order of asking. */
  files: Weighed[];
}

interface Visit {
  page: string;
  begin: (page: Page) => Promise<void>;
  use: (page: Page) => Promise<void>;
  bring: (page: Page) => Promise<void>;
}

const VISITS: readonly Visit[] = [
  { page: 'index.html', begin: (page) => atStep(page, 0), use: usePlayground, bring: bringData },
  {
    page: 'model.html',
    begin: (page) => button(page, 'Try it with the example').waitFor(),
    use: useExample,
    bring: bringModels,
  },
  {
    page: 'benchmarks.html',
    begin: (page) => page.getByRole('button', { name: /^Quick/ }).waitFor(),
    use: timeAll,
    bring: () => Promise.resolve(),
  },
];

export async function weighPages(): Promise<PageWeight[]> {
  const weights: PageWeight[] = [];
  for (const visit of VISITS) weights.push(await weigh(visit));
  return weights;
}

async function weigh({ page: name, begin, use, bring }: Visit): Promise<PageWeight> {
  const served = new Map<string, Weighed>();
  const site = await openSite((path, content) => served.set(path, weighed(path, content)));
  const sum = (): number => total([...served.values()]);
  try {
    const { page, complaints } = await site.open(name);
    page.setDefaultTimeout(60_000);
    await begin(page);
    const first = sum();
    await use(page);
    const used = sum();
    await bring(page);
    if (complaints.length > 0) throw new Error(`${name}: ${complaints.join('\n')}`);
    return { page: name, first, used, own: sum(), files: [...served.values()] };
  } finally {
    await site.close();
  }
}

/** Every file of the site, whether or not one page asks for it. */
export async function weighSite(): Promise<Weighed[]> {
  const site = `${ROOT}build/web/`;
  const entries = await readdir(site, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = `${parentPath}/${name}`;
        return weighed(path.slice(site.length), await readFile(path));
      }),
  );
}

/** Bytes, gzipped, without data sets. */
export function total(files: readonly Weighed[]): number {
  return files.filter(({ isData }) => !isData).reduce((sum, { gzipped }) => sum + gzipped, 0);
}

function weighed(name: string, content: Buffer): Weighed {
  const { length } = gzipSync(content, { level: 9 });
  return { name, raw: content.length, gzipped: length, isData: DATA.test(name) };
}

function button(page: Page, name: string): ReturnType<Page['getByRole']> {
  return page.getByRole('button', { name, exact: true });
}

async function atStep(page: Page, step: number): Promise<void> {
  await page.locator(`[data-name=step] data[value="${step}"]`).waitFor();
}

/** Trains, changes every choice of the run that computes by other means, tells a story, shows every tab, and saves everything. */
async function usePlayground(page: Page): Promise<void> {
  await button(page, 'Step').click();
  await page.locator('.story-card').first().click();
  await page.locator('#story').waitFor();
  await button(page, 'Pause').click();
  for (const [i, run] of RUNS.entries()) {
    await page.goto(page.url().replace(/#.*|$/, `#${run}&steps=${i + 2}`));
    await atStep(page, i + 2);
  }
  // What is out of sight computes nothing.
  for (const name of ['spectrum', 'landscape', 'matrix']) {
    await page.locator(`.of-${name}`).scrollIntoViewIfNeeded();
    await page.locator(`.of-${name} .drawing svg`).first().waitFor();
  }
  await page.getByRole('tab', { name: 'Three ingredients' }).click();
  await page.locator('.why').scrollIntoViewIfNeeded();
  await page.getByRole('slider', { name: 'Size of the weights' }).press('ArrowRight');
  await page.locator('.why dt').first().waitFor();
  await page.getByRole('tab', { name: 'Share and keep' }).click();
  const save = async (click: () => Promise<void>): Promise<void> => {
    await Promise.all([page.waitForEvent('download'), click()]);
  };
  for (const name of ['Network', 'Data', 'History', 'Python']) {
    for (const each of await page.getByRole('group', { name, exact: true }).getByRole('button').all())
      await save(() => each.click());
  }
  await save(() => button(page, 'Save as SVG').click());
  await save(() => button(page, 'Save as PNG').click());
  const [run] = await Promise.all([page.waitForEvent('download'), button(page, 'Save the run').click()]);
  await page.getByLabel('Open a run').setInputFiles(await run.path());
  await page.getByText('goes on where it was').waitFor();
  await button(page, 'Keep this run').click();
}

/** Parts of the state that other code computes: what trains, what is minimized, and data of each kind; the last is of few parameters. */
const RUNS = [
  ...['optimizer=sam', 'optimizer=adam', 'strength=0.01', 'batch=10', 'loss=squared-error', 'data=iris'],
  ...['data=breast-cancer&hidden=', 'data=digits&hidden=', 'hidden=40,40', 'hidden=4&similarity=0.5'],
];

async function bringData(page: Page): Promise<void> {
  for (const name of ['iris.csv', 'data.json']) {
    await page.locator('input[name=own]').setInputFiles(`${ROOT}examples/${name}`);
    await page.locator('[aria-label="What was made of the file"]').waitFor();
  }
}

async function useExample(page: Page): Promise<void> {
  await button(page, 'Try it with the example').click();
  await page.getByText('The report is ready.').waitFor();
  for (const name of ['Save the report', 'Save the numbers'])
    await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
}

async function bringModels(page: Page): Promise<void> {
  await page.locator('#own-input').setInputFiles(`${ROOT}examples/iris.onnx`);
  await page.getByText(/^ONNX, 4-8-3/).waitFor();
}

async function timeAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Quick/ }).click();
  await button(page, 'Copy as JSON').waitFor();
}
