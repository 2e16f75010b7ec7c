/**
 * What the built pages weigh, gzipped: npm run size:web visits each as test/setup/site-weight.ts tells, prints the sums and the files, and fails where a
 * page is over the budget. The whole site is more than any visit loads: readers of formats and data sets load for whoever needs them.
 */
import { BUDGET, total, weighPages, weighSite } from '../test/setup/site-weight.js';

const [pages, files] = [await weighPages(), await weighSite()];
const row = (cells: readonly (string | number)[]): void =>
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(42) : String(cell).padStart(15))).join(''),
  );

row(['bytes, gzipped, without data sets', 'to begin', 'all used', 'own files read']);
for (const { page, first, used, own } of pages) row([page, first, used, own]);
console.log(
  `the whole site: ${total(files)}, and data sets of ${total(files.map((file) => ({ ...file, isData: !file.isData })))}\n`,
);

row(['file', 'bytes', 'gzipped', 'of']);
for (const { name, raw, gzipped, isData } of files.sort((a, b) => b.gzipped - a.gzipped)) {
  const asking = pages.filter((page) => page.files.some((file) => file.name === name));
  const all = asking.map(({ page }) => page.replace('.html', '')).join(', ');
  console.log(
    `${name.padEnd(42)}${String(raw).padStart(15)}${String(gzipped).padStart(15)}  ${isData ? 'data: ' : ''}${all}`,
  );
}

for (const { page, used } of pages.filter(({ used }) => used > BUDGET)) {
  console.error(`size: ${page} is ${used - BUDGET} bytes over the budget of ${BUDGET}`);
  process.exitCode = 1;
}
