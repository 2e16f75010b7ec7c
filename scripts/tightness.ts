/**
 * How tight the bounds are on networks trained on four data sets and at random initialization (test/fixtures/trained.json): draws docs/tightness.svg and
 * writes the table of docs/bounds.md: npm run tightness. λ_max is PyTorch's.
 */
import { writeFileSync } from 'node:fs';
import { drawDots } from '../bench/figure.js';
import { markdown } from '../bench/core/table.js';
import { record } from '../bench/record.js';
import { loadSync } from '../src/index.js';
import { TRAINED_CASES } from '../test/setup/trained.js';

const STATES = { trained: 'Trained', initial: 'At random initialization' } as const;

const hb = loadSync();
const measured = TRAINED_CASES.map(({ name, state, network, data, expected }) => {
  const { bounds, certificate } = hb.sharpness(network, data, {
    bounds: 'all',
    tolerance: 1e-6,
    ingredients: false,
  });
  const exact = expected.eigenvalues.at(-1)!;
  const ratios = Object.entries(bounds).map(([bound, { largest }]) => ({
    name: bound,
    value: largest.upper / exact,
  }));
  return { name, state, ratios, products: certificate!.products };
});
const names = [...new Set(measured.flatMap(({ ratios }) => ratios.map(({ name }) => name)))];

const sections = Object.entries(STATES).map(([state, title]) => ({
  title,
  rows: measured
    .filter((row) => row.state === state)
    .map(({ name, ratios, products }) => ({ label: name, note: `${products} products`, values: ratios })),
}));
writeFileSync(
  'docs/tightness.svg',
  drawDots(
    'Upper bounds, over the largest eigenvalue',
    "upper / λ_max (PyTorch's), by how far it is above 1, logarithmically; products: those of the certificate, 'deflated'",
    sections,
  ),
);

const tables = Object.entries(STATES).map(([state, title]) => {
  const rows = measured
    .filter((row) => row.state === state)
    .map(({ name, ratios, products }) => [
      name,
      ...names.map((bound) => cell(ratios.find((ratio) => ratio.name === bound)?.value)),
      String(products),
    ]);
  const head = [title, ...names.map((name) => `\`${name}\``), 'products'];
  return markdown([head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]);
});
await record('tightness', tables.join('\n'), 'docs/bounds.md');

function cell(ratio: number | undefined): string {
  if (ratio === undefined) return '';
  if (ratio - 1 < 1e-4) return `1 + ${Math.max(0, ratio - 1).toExponential(0)}`;
  return ratio >= 1000 ? ratio.toFixed(0) : ratio.toPrecision(4);
}
