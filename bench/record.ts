/** bench/RESULTS.md, part by part: what stands between two comments with a part's name is replaced. */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'bench/RESULTS.md';

export function record(part: string, text: string): void {
  const [begin, end] = [`<!-- begin ${part} -->`, `<!-- end ${part} -->`];
  const content = readFileSync(FILE, 'utf8');
  const [from, to] = [content.indexOf(begin), content.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${FILE} has no part ${begin} … ${end}`);
  const [before, after] = [content.slice(0, from), content.slice(to)];
  writeFileSync(FILE, `${before}${begin}\n\n${text.trim()}\n\n${after}`);
}
