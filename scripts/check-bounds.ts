/**
 * Holds the bounds against the exact spectrum on many random networks: npm run check-bounds [-- COUNT [SEED]].
 * A violation beyond 1e-12 ‖H‖_F is printed with the seed that reproduces it, and fails the run.
 */
import { loadSync } from '../src/index.js';
import { randomProblem } from '../test/reference/generate.js';
import { statements } from '../test/reference/statements.js';

interface Row {
  checked: number;
  violations: number;
  worst: number;
  ratios: number[];
}

const TOLERANCE = 1e-12;
const count = Number(process.argv[2] ?? 10_000);
const first = Number(process.argv[3] ?? 1);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(first)) {
  console.error('usage: npm run check-bounds [-- COUNT [SEED]]');
  process.exit(2);
}

const hb = loadSync();
const started = performance.now();
const table: Record<string, Row> = {};
for (let seed = first; seed < first + count; seed++) {
  const { network, data } = randomProblem(seed, 1 + (seed % 8), 1 + (seed % 40));
  const { bounds, certificate, lower, upper, exact, moments } = hb.sharpness(network, data, {
    bounds: 'all',
    exact: true,
    // Few products leave brackets wide, many close them; the process begins anywhere.
    maxProducts: 1 + (seed % 23),
    tolerance: 1e-9,
    ends: 'both',
    seed,
  });
  if (!exact) throw new Error('the exact spectrum was asked for');
  for (const { name, small, large } of statements({ bounds, certificate, lower, upper }, exact.values)) {
    // Of the outer side of both ends.
    const ratio = name.startsWith('λ_1 ≤') ? large / small : name.startsWith('λ_P ≥') ? small / large : 0;
    record(seed, moments.frobeniusNorm, name, small - large, ratio);
  }
}

function record(seed: number, norm: number, name: string, excess: number, ratio: number): void {
  const row = (table[name] ??= { checked: 0, violations: 0, worst: -Infinity, ratios: [] });
  const relative = norm === 0 ? (excess > 0 ? Infinity : 0) : excess / norm;
  row.checked++;
  row.worst = Math.max(row.worst, relative);
  if (Number.isFinite(ratio) && ratio > 0) row.ratios.push(ratio);
  if (!(relative <= TOLERANCE)) {
    row.violations++;
    console.error(`seed ${seed}: ${name} is violated by ${relative} ‖H‖_F`);
  }
}

console.log(
  `${count} random networks from seed ${first}, ${((performance.now() - started) / 1000).toFixed(1)} s. ` +
    'Excess is relative to ‖H‖_F; positive means a violation.',
);
console.table(
  Object.fromEntries(
    Object.entries(table).map(([name, { checked, violations, worst, ratios }]) => {
      ratios.sort((a, b) => a - b);
      const quantile = (q: number): string =>
        ratios[Math.floor(q * (ratios.length - 1))]?.toPrecision(4) ?? '';
      return [
        name,
        {
          checked,
          violations,
          'largest excess': worst.toExponential(1),
          'bound/exact 10%': quantile(0.1),
          median: quantile(0.5),
          '90%': quantile(0.9),
        },
      ];
    }),
  ),
);
process.exitCode = Object.values(table).some((row) => row.violations > 0) ? 1 : 0;
