/**
 * Holds the bounds against the exact spectrum on many random networks: npm run check-bounds [-- COUNT [SEED]].
 * A violation beyond 1e-12 ‖H‖_F is printed with the seed that reproduces it, and fails the run.
 */
import { loadSync } from '../src/index.js';
import { randomProblem } from '../test/reference/generate.js';

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
  const { bounds, certificate, exact, moments, ingredients } = hb.sharpness(network, data, {
    bounds: 'all',
    exact: true,
    // Few products leave brackets wide, many close them; the process begins anywhere.
    maxProducts: 1 + (seed % 23),
    tolerance: 1e-9,
    ends: 'both',
    seed,
  });
  if (!exact) throw new Error('the exact spectrum was asked for');
  const { largest, smallest } = exact;
  const norm = moments.frobeniusNorm;
  const ws = bounds.wolkowiczStyan;
  if (!ws?.smallest) throw new Error('Wolkowicz–Styan always applies');
  record(seed, norm, 'λ_1 ≤ Wolkowicz–Styan', largest - ws.largest.upper, ws.largest.upper / largest);
  record(seed, norm, 'λ_1 ≥ Wolkowicz–Styan', (ws.largest.lower ?? -Infinity) - largest, 0);
  record(seed, norm, 'λ_P ≤ Wolkowicz–Styan', smallest - ws.smallest.upper, 0);
  record(seed, norm, 'λ_P ≥ Wolkowicz–Styan', ws.smallest.lower - smallest, ws.smallest.lower / smallest);
  const certified = bounds.deflated;
  if (!certified?.smallest || !certificate) throw new Error('the certificate always applies');
  record(
    seed,
    norm,
    'λ_1 ≤ certificate',
    largest - certified.largest.upper,
    certified.largest.upper / largest,
  );
  record(seed, norm, 'λ_1 ≥ certificate', (certified.largest.lower ?? -Infinity) - largest, 0);
  record(seed, norm, 'λ_P ≤ certificate', smallest - certified.smallest.upper, 0);
  record(
    seed,
    norm,
    'λ_P ≥ certificate',
    certified.smallest.lower - smallest,
    certified.smallest.lower / smallest,
  );
  const descending = [...exact.values].reverse();
  certificate.enclosures.forEach(({ lower, upper }, i) => {
    record(seed, norm, 'λ_i in its enclosure', Math.max(lower - descending[i], descending[i] - upper), 0);
  });
  if (certificate.deflated < descending.length) {
    const next = descending[certificate.deflated];
    record(seed, norm, 'λ_k+1 ≤ complement', next - certificate.complement, certificate.complement / next);
  }
  const split = bounds.gaussNewton?.largest.upper ?? -Infinity;
  record(seed, norm, 'λ_1 ≤ Gauss–Newton', largest - split, split / largest);
  const blocks = bounds.layerBlocks?.largest.upper ?? -Infinity;
  record(seed, norm, 'λ_1 ≤ layer blocks', largest - blocks, blocks / largest);
  const quartic = bounds.quartic;
  if (!quartic?.smallest) throw new Error('the quartic bound applies to so few parameters');
  record(seed, norm, 'λ_1 ≤ quartic', largest - quartic.largest.upper, quartic.largest.upper / largest);
  record(
    seed,
    norm,
    'λ_1 ≥ quartic',
    (quartic.largest.lower ?? -Infinity) - largest,
    (quartic.largest.lower ?? -Infinity) / largest,
  );
  record(seed, norm, 'λ_P ≤ quartic', smallest - quartic.smallest.upper, quartic.smallest.upper / smallest);
  record(seed, norm, 'λ_P ≥ quartic', quartic.smallest.lower - smallest, quartic.smallest.lower / smallest);
  const aPriori = bounds.aPriori?.largest.upper ?? -Infinity;
  record(seed, norm, 'λ_1 ≤ a-priori', largest - aPriori, aPriori / largest);
  const wholeNorm = ingredients?.aPriori.frobeniusNorm ?? -Infinity;
  record(seed, norm, '‖H‖_F ≤ a-priori', norm - wholeNorm, wholeNorm / norm);
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
