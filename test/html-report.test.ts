/** The report's page as text. Oracles: the analysis itself, the terminal's report of it, and the browser's HTML parser where there is one. */
import { afterAll, describe, expect, it } from 'vitest';
import { createPool, type Dataset, initialize, matrix, type Network } from '../src/index.js';
import { analyze, type Analysis, htmlReport, type HtmlReportOptions, renderReport } from '../src/report/index.js'; // prettier-ignore
import { typeset } from '../src/report/numbers.js';
import { readMarkup } from './reference/markup.js';

const pool = await createPool({ workers: 1 });
afterAll(() => pool.close());

const data: Dataset = {
  inputs: matrix(6, 2, [0, 1, 1, 0, 1, 1, -1, 0, 0, -1, 2, 1]),
  targets: [0, 1, 2, 0, 1, 2],
};
const shape = { activation: 'tanh', loss: 'softmax-cross-entropy', seed: 3 } as const;
const network = initialize({ widths: [2, 4, 3], ...shape });
const everything = { explain: true, picture: true, bounds: 'all', exact: true } as const;
const analysis = await analyze(pool, network, data, everything);
const html = htmlReport(analysis);

/** What is read, of a page's parts between tags: tables and facts become words apart. */
const wordsOf = (page: string): string =>
  page
    .replace(/<(style|svg)[^]*?<\/\1>/g, ' ')
    .replace(/<sub>/g, '_')
    .replace(/<\/sub>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/[\s\u00a0]+/g, ' ');

/** 1.5, −0.2, 2·10⁻⁷ */
const numberOf = (text: string): number =>
  Number(
    text
      .replace('−', '-')
      .replace(/·10(.*)$/, (_, power: string) => `e${Array.from(power).map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'.indexOf(c)).map((d) => (d === 10 ? '-' : d)).join('')}`), // prettier-ignore
  );

/** Well formed, nothing that loads, nothing that runs, no number that is none. */
function check(page: string): void {
  const body = page.slice(page.indexOf('<body>'), page.indexOf('</body>') + '</body>'.length);
  // HTML's boolean attribute, and empty elements, as XML writes them.
  readMarkup(body.replaceAll(' checked', ' checked="checked"').replace(/<(input[^>]*?)>/g, '<$1/>'));
  expect(wordsOf(page)).not.toMatch(/NaN|undefined|Infinity|\[object/);
  const tags = page.match(/<[^>]+>/g)!.join('\n');
  for (const [, , address] of tags.matchAll(/(href|src\w*|action|data|poster)="([^"]*)"/g))
    expect(address).toMatch(/^data:(,|image\/png;base64,)/);
  expect(page).not.toMatch(/url\(|@import|<script/);
  expect(new Set(tags.match(/https?:[^"]*/g))).toEqual(new Set(['http://www.w3.org/2000/svg']));
  expect(tags).not.toMatch(/\son\w+=/);
  expect(page).toContain("default-src 'none'");
}

describe('htmlReport', () => {
  it('is well formed, loads nothing, runs nothing', () => {
    check(html);
    if (typeof DOMParser === 'undefined') return;
    const page = new DOMParser().parseFromString(html, 'text/html');
    const ids = Array.from(page.querySelectorAll('[id]'), ({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const label of page.querySelectorAll('label')) expect(ids).toContain(label.htmlFor);
    for (const part of page.querySelectorAll('[aria-labelledby]'))
      expect(ids).toContain(part.getAttribute('aria-labelledby'));
    expect(page.querySelectorAll('h1')).toHaveLength(1);
    for (const svg of page.querySelectorAll('svg')) expect(svg.getAttribute('role')).toBe('img');
  });

  it('is the same text for the same analysis', () => {
    expect(htmlReport(analysis)).toBe(html);
    expect(html.length).toBeLessThan(300_000);
  });

  it('states the interval first, rounded outward, and the exact value in it', () => {
    const [, low, high] = /λ_max is between (\S+) and (\S+) ?\./.exec(wordsOf(html))!.map(numberOf);
    expect(low).toBeLessThanOrEqual(analysis.lower);
    expect(high).toBeGreaterThanOrEqual(analysis.upper);
    expect(high - low).toBeLessThan(1e-3 * high);
    const exact = numberOf(/The exact value, of the assembled Hessian, is (\S+) ?;/.exec(wordsOf(html))![1]);
    expect(Math.abs(exact / analysis.exact!.largest - 1)).toBeLessThan(1e-3);
    // To the last digit at the end.
    for (const value of [analysis.lower, analysis.upper, analysis.exact!.largest])
      expect(html).toContain(`<bdi>${value}</bdi>`);
  });

  it('never prints an upper bound below what it is, in figures either', () => {
    const bounds = Object.values(analysis.bounds).map(({ largest }) => largest.upper);
    const printed = Array.from(html.matchAll(/>≤ ([^<( ]+)/g), ([, text]) => numberOf(text));
    expect(printed).toHaveLength(2 * bounds.length);
    bounds.forEach((bound, i) => {
      for (const value of [printed[i], printed[i + bounds.length]]) {
        expect(value).toBeGreaterThanOrEqual(bound);
        expect(value).toBeLessThan(bound * 1.002);
      }
    });
  });

  it("says what the terminal's report says", () => {
    const words = wordsOf(html);
    const lines = renderReport(analysis).split('\n');
    const table = lines.filter((line) => /^ {4}(\d|across) +/.test(line) && line.includes('%')).slice(-3);
    expect(table).toHaveLength(3);
    for (const row of table) expect(words).toContain(typeset(row.trim().replace(/ +/g, ' ')));
    for (const head of ['How the bracket closes', 'Spectrum', 'Why the bound from the moments is what it is'])
      expect(words).toContain(head);
    expect(words).toContain(/η < \S+/.exec(renderReport(analysis))![0]);
  });

  it('writes numbers as in print', () => {
    expect(typeset('2.4e-10 and -3 (-1.5e12), 1.2e7')).toBe('2.4·10⁻¹⁰ and −3 (−1.5·10¹²), 1.2·10⁷');
    expect(typeset('4-8-3 tanh, Gauss-Newton')).toBe('4-8-3 tanh, Gauss-Newton');
  });

  it('takes names from outside for nothing but names', () => {
    const bad = `</title><script>alert(1)</script><img src=x onerror='alert(1)'>"&lt;\u202e`;
    const named: HtmlReportOptions = { subject: bad, version: bad, command: bad, seed: 1 };
    const origin = { format: bad, inferred: [bad], classes: [bad], features: [bad, bad] };
    const standardization = { means: Float64Array.of(1, 2), scales: Float64Array.of(1, 2) };
    const page = htmlReport({ ...analysis, origin: { ...origin, standardization } }, named);
    check(page);
    const shown = bad.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(page).not.toContain('<img');
    expect(page.split(shown.slice(0, 20))).toHaveLength(1 + 7);
    if (typeof DOMParser === 'undefined') return;
    const document = new DOMParser().parseFromString(page, 'text/html');
    expect(document.querySelectorAll('script, img, iframe, object')).toHaveLength(0);
    const texts = Array.from(document.querySelectorAll('bdi'), ({ textContent }) => textContent);
    expect(texts.filter((text) => text.includes(bad.replace('\u202e', '\ufffd')))).toHaveLength(7);
  });

  it('says what the files were taken to mean', () => {
    const origin = { format: 'CSV', inferred: ['the last column is the label'], classes: ['a_max', 'b'] };
    const words = wordsOf(htmlReport({ ...analysis, origin }));
    expect(words).toContain('What the files were taken to mean');
    expect(words).toContain('the last column is the label');
    expect(words).toContain('a_max');
    expect(wordsOf(html)).not.toContain('What the files');
    const many = Array.from({ length: 1000 }, (_, k) => `class ${k}`);
    expect(wordsOf(htmlReport({ ...analysis, origin: { ...origin, classes: many } }))).toContain('950 more');
  });

  const small: Network = { layers: [{ weights: matrix(1, 1, [2]) }], loss: 'squared-error' };
  const deep = initialize({ widths: [2, ...new Array<number>(40).fill(2), 3], ...shape });
  const scaled = (factor: number): [Network, Dataset] => [
    small,
    { inputs: matrix(1, 1, [factor]), targets: [1] },
  ];
  it.each<[string, Network, Dataset, object]>([
    ['one parameter, one sample', ...scaled(3), everything],
    ['a Hessian of zero', ...scaled(0), everything],
    ['curvature of 1e150', ...scaled(1e75), everything],
    ['curvature of 1e-150', ...scaled(1e-75), everything],
    ['no exact value', network, data, { exact: false, explain: true, picture: true }],
    ['an estimated spectrum', network, data, { exact: false, density: true }],
    ['one bound', network, data, { bounds: ['wolkowiczStyan'] }],
    ['what is proven', network, data, { certified: true }],
    ['forty-one layers', deep, data, { explain: true, picture: true, exact: true }],
  ])('copes with %s', async (_, own, samples, options) => {
    check(htmlReport(await analyze(pool, own, samples, options)));
  });

  it('copes with a spectrum that is negative, and bounds that are', () => {
    const values = Float64Array.of(-5, -3, -1e-3);
    const largest = { lower: -2e-3, upper: -1e-4 };
    const negative: Analysis = {
      ...analysis,
      ...largest,
      bounds: { wolkowiczStyan: { largest, smallest: { lower: -6, upper: -4 } } },
      exact: { largest: -1e-3, smallest: -5, values },
    };
    const page = htmlReport(negative);
    check(page);
    expect(wordsOf(page)).toContain('between −0.002000 and −1.000·10⁻⁴');
    expect(page).not.toContain('id="step"');
  });
});
