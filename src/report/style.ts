/** Colour for terminals, and text laid out in columns. Nothing here looks at the environment: callers say what they want. */

export interface Style {
  bold: Paint;
  dim: Paint;
  green: Paint;
  yellow: Paint;
  magenta: Paint;
  cyan: Paint;
}

export type Paint = (text: string) => string;

/** The sixteen colours every terminal has, in its user's own palette. */
export function style(color: boolean): Style {
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    green: paint(32, 39),
    yellow: paint(33, 39),
    magenta: paint(35, 39),
    cyan: paint(36, 39),
  };
}

export interface Column {
  head: string;
  align: 'left' | 'right';
  cells: string[];
  /** Left out where the table would be too wide. */
  optional?: boolean;
}

/** Lines of a table no wider than width, as far as leaving out optional columns can achieve that. */
export function table(columns: Column[], width: number): string[] {
  const gap = 2;
  const widths = columns.map(({ head, cells }) => Math.max(head.length, ...cells.map((cell) => cell.length)));
  const total = widths.reduce((sum, w) => sum + w + gap, -gap);
  const spare = columns.findIndex((column) => column.optional);
  if (total > width && spare >= 0)
    return table(
      columns.filter((_, j) => j !== spare),
      width,
    );
  const line = (cells: string[]): string =>
    cells
      .map((cell, j) => (columns[j].align === 'left' ? cell.padEnd(widths[j]) : cell.padStart(widths[j])))
      .join(' '.repeat(gap))
      .trimEnd();
  const rows = columns[0]?.cells.length ?? 0;
  return [
    line(columns.map((column) => column.head)),
    ...Array.from({ length: rows }, (_, i) => line(columns.map((column) => column.cells[i]))),
  ];
}

/** Breaks text at spaces, but not at no-break spaces, into lines of at most width columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Writes text centred on a column of a line of single characters, unless it would touch what is there: then false. */
export function placeLabel(line: string[], text: string, column: number): boolean {
  const start = Math.min(line.length - text.length, Math.max(0, column - Math.floor(text.length / 2)));
  const free = line.slice(Math.max(0, start - 1), start + text.length + 1).every((c) => c === ' ');
  if (!free || start < 0) return false;
  line.splice(start, text.length, ...text.split(''));
  return true;
}
