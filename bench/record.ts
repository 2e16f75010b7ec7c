/** bench/RESULTS.md, part by part: what stands between two comments with a part's name is replaced. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const FILE = 'bench/RESULTS.md';

export async function record(part: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- begin ${part} -->`, `<!-- end ${part} -->`];
  const content = readFileSync(FILE, 'utf8');
  const [from, to] = [content.indexOf(begin), content.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${FILE} has no part ${begin} … ${end}`);
  const [before, after] = [content.slice(0, from), content.slice(to)];
  const next = `${before}${begin}\n\n${text.trim()}\n\n${after}`;
  writeFileSync(FILE, await format(next, { ...(await resolveConfig(FILE)), parser: 'markdown' }));
}
