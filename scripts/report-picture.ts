/**
 * Draws docs/report.svg, the README's picture of `npm start`, from the report itself: npm run picture. A terminal window with
 * the sixteen-colour ANSI output of the demo; every line is stretched to its own number of columns, so that alignment does
 * not depend on the font that the viewer has.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const COLUMNS = 80;
const CELL = { width: 8.4, height: 16 };
const PADDING = 20;
const BAR = 34;
const COLORS: Record<number, string> = {
  31: '#ff8272',
  32: '#8ddb8c',
  33: '#f2cc60',
  34: '#79b8ff',
  35: '#d2a8ff',
  36: '#76e3ea',
};

const output = execFileSync('node', ['bin/hessbound.js', 'demo', '--quiet'], {
  encoding: 'utf8',
  env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' },
});
const lines = output.replace(/\n+$/, '').split('\n');
const width = COLUMNS * CELL.width + 2 * PADDING;
const height = lines.length * CELL.height + 2 * PADDING + BAR;
const dots = ['#ff5f57', '#febc2e', '#28c840']
  .map((color, i) => `<circle cx="${PADDING + 20 * i}" cy="20" r="6" fill="${color}"/>`)
  .join('');
const rows = lines.map((line, i) => drawLine(line, BAR + PADDING + (i + 0.75) * CELL.height)).join('\n');
writeFileSync(
  'docs/report.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The report that npm start prints">
<style>text { font: 13.5px ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; fill: #e6edf3 }</style>
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
${dots}
<text x="${width / 2}" y="24" text-anchor="middle" style="fill: #8b949e">npm start</text>
${rows}
</svg>
`,
);

/** One line of ANSI text as runs of one style each. */
function drawLine(line: string, y: number): string {
  let column = 0;
  let [bold, dim, color] = [false, false, 0];
  const runs: string[] = [];
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
    if (code !== undefined) {
      const value = Number(code);
      if (value === 1) bold = true;
      else if (value === 2) dim = true;
      else if (value === 22) [bold, dim] = [false, false];
      else color = value === 39 || value === 0 ? 0 : value;
      continue;
    }
    const start = part.length - part.trimStart().length;
    const text = part.trim();
    if (text !== '') {
      const style = [
        bold ? 'font-weight: 700' : '',
        color ? `fill: ${COLORS[color]}` : dim ? 'fill: #8b949e' : '',
      ].filter(Boolean);
      const x = PADDING + (column + start) * CELL.width;
      runs.push(
        `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${(text.length * CELL.width).toFixed(1)}"` +
          `${style.length > 0 ? ` style="${style.join('; ')}"` : ''}>${escape(text)}</text>`,
      );
    }
    column += part.length;
  }
  return runs.join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
