/** The page around the report: one file, no network, no script. Its content security policy forbids both. */
import { escape, figureCss, paletteCss } from '../views/index.js';
import { typeset } from './numbers.js';

export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${escape(title)}</title>
<style>
${paletteCss()}
${figureCss()}
${CSS}
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** Our own words with their formulas, λ_max and ‖H‖_F², as markup. Not for names from outside, which may hold the same letters. */
export function rich(text: string): string {
  return escape(typeset(text)).replace(/(λ|‖)_(max|min|F)/g, '$1<sub>$2</sub>');
}

/** A name from outside, kept apart from the direction of the text around it. */
export function named(text: string): string {
  return `<bdi>${escape(text)}</bdi>`;
}

/** Markup, with a sentence for those who do not know the theory. Nothing without a body. */
export function section(id: string, heading: string, lead: string, ...body: string[]): string {
  const content = body.filter((part) => part !== '');
  if (content.length === 0) return '';
  return `<section id="${id}" aria-labelledby="${id}-head">
<h2 id="${id}-head">${rich(heading)}</h2>
<p class="lead">${rich(lead)}</p>
${content.join('\n')}
</section>`;
}

/** Widths in pixels that figures are drawn for: text keeps its size where the page is narrow. */
const [WIDE, NARROW] = [720, 320];

/** A figure drawn twice, for wide pages and for narrow ones; nothing if it draws nothing. */
export function drawn(view: (width: number) => string, caption = ''): string {
  const wide = view(WIDE);
  if (wide === '') return '';
  return figureOf(`<div class="wide">${wide}</div><div class="narrow">${view(NARROW)}</div>`, caption);
}

/** A square figure, the same on every page. */
export function square(view: (width: number) => string, heading: string, caption: string): string {
  return `<div><h3>${rich(heading)}</h3>${figureOf(view(340), caption)}</div>`;
}

function figureOf(content: string, caption: string): string {
  const words = caption === '' ? '' : `<figcaption>${rich(caption)}</figcaption>`;
  return `<figure>${content}${words}</figure>`;
}

/** Rows of a label and markup. */
export function facts(rows: readonly (readonly [label: string, markup: string])[]): string {
  if (rows.length === 0) return '';
  return `<dl>${rows.map(([label, markup]) => `<div><dt>${rich(label)}</dt><dd>${markup}</dd></div>`).join('')}</dl>`;
}

export interface Cells {
  head: string;
  align: 'left' | 'right';
  /** Markup. */
  cells: readonly string[];
}

/** Its columns may be wider than a phone: then the table alone scrolls. */
export function table(caption: string, columns: readonly Cells[]): string {
  const rows = columns[0]?.cells.length ?? 0;
  const cell = (tag: string, { align }: Cells, markup: string): string =>
    `<${tag}${align === 'right' ? ' class="right"' : ''}>${markup}</${tag.split(' ')[0]}>`;
  const head = columns.map((column) => cell('th scope="col"', column, rich(column.head))).join('');
  const body = Array.from(
    { length: rows },
    (_, i) => `<tr>${columns.map((column) => cell('td', column, column.cells[i])).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escape(caption)}"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** Two views of one thing, of which the reader shows one: by radio buttons, without a script. */
export function either(
  name: string,
  first: [label: string, markup: string],
  second: [label: string, markup: string],
): string {
  const input = (i: number, checked: string): string =>
    `<input type="radio" name="${name}" id="${name}-${i}"${checked}>`;
  return `<div class="either" role="group" aria-label="Axes">
${input(1, ' checked')}${input(2, '')}
<div class="choice"><label for="${name}-1">${escape(first[0])}</label><label for="${name}-2">${escape(second[0])}</label></div>
<div class="first">${first[1]}</div><div class="second">${second[1]}</div>
</div>`;
}

const CSS = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--hb-page);color:var(--hb-ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums}
main{max-width:55rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
header{margin:0 0 1.5rem}
.kind{margin:0 0 .35rem;font-size:.8125rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:var(--hb-faint)}
h1{margin:0;font-size:1.75rem;line-height:1.2;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
header p:not(.kind){margin:.35rem 0 0;color:var(--hb-faint);overflow-wrap:anywhere}
section,.answer,footer{background:var(--hb-card);border:1px solid var(--hb-rule);border-radius:10px;padding:1.75rem 2rem;margin:1.25rem 0}
h2{margin:0 0 .3rem;font-size:1.1875rem;line-height:1.3;font-weight:650}
h3{margin:1.6rem 0 .5rem;font-size:.9375rem;font-weight:650}
p{margin:.6rem 0}
.lead,figcaption,.note{color:var(--hb-faint)}
.lead{margin:0 0 1.25rem;max-width:44em}
figcaption,.note{font-size:.875rem;margin-top:.5rem;max-width:48em}
sub{font-size:.7em;line-height:0;vertical-align:-.25em}
.statement{margin:0;font-size:1.5rem;line-height:1.4;font-weight:600;letter-spacing:-.01em}
.statement b{color:var(--hb-bound);font-weight:700;white-space:nowrap}
.seal{display:inline-block;margin-right:.35rem;padding:.1rem .6rem;border:1.5px solid var(--hb-bound);border-radius:99px;color:var(--hb-bound);font-size:.8125rem;font-weight:650}
.truth b{color:var(--hb-exact)}.truth{margin:.6rem 0 1.4rem}
.tiles{display:flex;flex-wrap:wrap;gap:1px;margin:1.5rem 0 0;background:var(--hb-rule);border:1px solid var(--hb-rule);border-radius:8px;overflow:hidden}
.tiles>div{flex:1 1 auto;background:var(--hb-card);padding:.75rem 1rem}
.tiles dt{font-size:.8125rem;color:var(--hb-faint)}
.tiles dd{margin:.1rem 0 0;font-size:1.0625rem;font-weight:600;white-space:nowrap}
.bound{color:var(--hb-bound)}.exact{color:var(--hb-exact)}.threshold{color:var(--hb-threshold)}.negative{color:var(--hb-negative)}.positive{color:var(--hb-positive)}
figure{margin:1.25rem 0 0}
figure svg.hb{width:100%}
.narrow{display:none}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 2.5rem}
.pair>div{max-width:24rem}.pair h3{margin-top:.5rem}
dl{margin:1rem 0 0}
dl:not(.tiles)>div{display:grid;grid-template-columns:8.5rem 1fr;gap:1rem;padding:.35rem 0;border-top:1px solid var(--hb-rule)}
dl:not(.tiles)>div:first-child{border-top:0}
dl:not(.tiles) dt{color:var(--hb-faint);overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere}
code{font:.875em/1.5 ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:1rem 0 0}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{padding:.4rem .75rem;text-align:left;border-bottom:1px solid var(--hb-rule);white-space:nowrap}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
th{font-weight:500;color:var(--hb-faint);font-size:.875rem}
.right{text-align:right}
tr:last-child td{border-bottom:0}
td bdi{white-space:normal;overflow-wrap:anywhere}
ul{margin:.6rem 0;padding-left:1.2rem}li{margin:.25rem 0;overflow-wrap:anywhere}
.either>input{position:absolute;opacity:0;pointer-events:none}
.choice{display:inline-flex;border:1px solid var(--hb-faint);border-radius:7px;overflow:hidden;font-size:.875rem}
.choice label{padding:.25rem .8rem;cursor:pointer}
.choice label+label{border-left:1px solid var(--hb-faint)}
.either>input:nth-of-type(1):checked~.choice label:nth-of-type(1),.either>input:nth-of-type(2):checked~.choice label:nth-of-type(2){background:var(--hb-ink);color:var(--hb-card)}
.either>input:focus-visible~.choice{outline:2px solid var(--hb-positive);outline-offset:2px}
.either>input:nth-of-type(1):checked~.second,.either>input:nth-of-type(2):checked~.first{display:none}
.scroll:focus-visible{outline:2px solid var(--hb-positive);outline-offset:2px}
footer{background:none;border:0;border-top:1px solid var(--hb-rule);border-radius:0;padding:1rem 0 0;color:var(--hb-faint);font-size:.875rem}
@media screen and (max-width:45rem){
main{padding:1.25rem .75rem 2rem}
section,.answer{padding:1.1rem 1rem}
h1{font-size:1.4rem}.statement{font-size:1.2rem}
.wide{display:none}.narrow{display:block}.narrow svg.hb{max-width:27rem}
dl:not(.tiles)>div{grid-template-columns:1fr;gap:0}
.tiles>div{padding:.6rem .75rem}.tiles dd{font-size:.9375rem}
}
@page{size:A4;margin:14mm 13mm}
@media print{
body{font-size:10.5pt;background:none}
main{max-width:none;padding:0}
section,.answer{border:0;border-top:1px solid var(--hb-rule);border-radius:0;padding:5mm 0 2mm;margin:3mm 0 0}
figure,.tiles,.answer,tr,dl,dl>div,.pair,.lead{break-inside:avoid}
p{orphans:3;widows:3}
h2,h3,.lead,.choice{break-after:avoid}
.choice{display:none}.scroll{overflow:visible}
.statement{font-size:16pt}.tiles>div{padding:.5rem .7rem}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}`;
