/** What a visitor downloads: each page with all that is on it used, without data sets (npm run size:web tells of which files). Oracle: zlib, on what the server sent. */
import { beforeAll, expect, it } from 'vitest';
import { BUDGET, type PageWeight, weighPages } from '../setup/site-weight.js';

let pages: PageWeight[];
beforeAll(async () => (pages = await weighPages()), 300_000);

it.each(['index.html', 'model.html', 'benchmarks.html'])('%s stays within the budget', (name) => {
  const { first, used, files } = pages.find(({ page }) => page === name)!;
  expect(first).toBeGreaterThan(0);
  expect(used).toBeGreaterThan(first);
  expect(used).toBeLessThanOrEqual(BUDGET);
  // The Worker came, and with it what only it asks for.
  expect(files.filter(({ name: file }) => file.startsWith('assets/worker-')).length).toBeGreaterThan(0);
});
