/** Rows as Markdown, a table a section. */
import { type Row } from '../../src/compare/measure.js';

export function tables(rows: Row[], peak: number): string {
  const sections = [...new Set(rows.map(({ section }) => section))];
  return sections
    .map((section) => {
      const own = rows.filter((row) => row.section === section);
      return `### ${section}\n\n${table(own, peak)}`;
    })
    .join('\n');
}

function table(rows: Row[], peak: number): string {
  const others = [...new Set(rows.flatMap(({ contenders }) => contenders.slice(1).map(({ name }) => name)))];
  const head = ['task', 'hessbound', 'fastest', 'GF/s', 'of peak', ...others];
  const lines = rows.map(({ task, operations, contenders: [first, ...rest] }) => {
    const rate = operations === undefined ? undefined : operations / first.milliseconds / 1e6;
    const cells = others.map((name) => {
      const other = rest.find((contender) => contender.name === name);
      if (!other) return '';
      return `${duration(other.milliseconds)} (${times(other.milliseconds / first.milliseconds)})`;
    });
    return [
      task,
      duration(first.milliseconds),
      duration(first.fastest),
      rate?.toFixed(1) ?? '',
      rate === undefined ? '' : percent(rate / peak),
      ...cells,
    ];
  });
  return markdown([head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...lines]);
}

export function markdown(lines: string[][]): string {
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

export function duration(ms: number): string {
  if (ms < 0.1) return `${(ms * 1000).toFixed(1)} µs`;
  if (ms < 1000) return `${significant(ms)} ms`;
  return `${significant(ms / 1000)} s`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** Three digits, without an exponent. */
export function significant(x: number): string {
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}

function times(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}×`;
}
