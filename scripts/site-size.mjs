// What the built pages weigh (npm run build:web): npm run size:web prints every file, gzipped, and fails where all of them together, but for the
// data sets, are over the budget.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const SITE = new URL('../build/web/', import.meta.url);
/** Bytes, gzipped, of all three pages: more than any visitor loads. */
const BUDGET = 200_000;
/** Data sets and example files: loaded when asked for. */
const DATA = /(?:^|\/)(?:iris|breast-cancer|digits)-[\w-]+\.\w+$/;

/** @returns {Promise<{ total: number, budget: number, files: { name: string, raw: number, gzipped: number, data: boolean }[] }>} */
export async function measureSite() {
  const names = await readdir(fileURLToPath(SITE), { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = `${parentPath}/${name}`;
        const content = await readFile(path);
        return {
          name: path.slice(fileURLToPath(SITE).length).replace(/^\//, ''),
          raw: content.length,
          gzipped: gzipSync(content, { level: 9 }).length,
          data: DATA.test(path),
        };
      }),
  );
  const total = files.filter(({ data }) => !data).reduce((sum, { gzipped }) => sum + gzipped, 0);
  return { total, budget: BUDGET, files: files.sort((a, b) => b.gzipped - a.gzipped) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { total, budget, files } = await measureSite();
  for (const { name, raw, gzipped, data } of files)
    console.log(
      `${name.padEnd(44)} ${String(raw).padStart(8)} bytes  ${String(gzipped).padStart(8)} gzipped${data ? '  (data)' : ''}`,
    );
  console.log(`all but data ${' '.repeat(47)} ${String(total).padStart(8)} of ${budget}`);
  if (total > budget) {
    console.error(`size: the site is ${total - budget} bytes over the budget`);
    process.exitCode = 1;
  }
}
