/** Measurements in Markdown, part by part: what stands between two comments with a part's name is replaced. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

export async function record(part: string, text: string, file = 'bench/RESULTS.md'): Promise<void> {
  const [begin, end] = [`<!-- begin ${part} -->`, `<!-- end ${part} -->`];
  const content = readFileSync(file, 'utf8');
  const [from, to] = [content.indexOf(begin), content.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${file} has no part ${begin} … ${end}`);
  const [before, after] = [content.slice(0, from), content.slice(to)];
  const next = `${before}${begin}\n\n${text.trim()}\n\n${after}`;
  writeFileSync(file, await format(next, { ...(await resolveConfig(file)), parser: 'markdown' }));
}
