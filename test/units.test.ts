/** E of one hidden layer unit by unit, from exact moments and a process of each unit's own; the judge is the dense E, and its dense spectrum. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hessian } from '../src/core/hessian.js';
import { compileSync, Core } from '../src/core/instance.js';
import { perform, runHere } from '../src/core/job.js';
import { reorder } from '../src/core/model.js';
import { unitMoments } from '../src/core/unit-moments.js';
import { gaussNewtonSteps } from '../src/gauss-newton.js';
import { createPool, type Dataset, loadSync, type Network, type SharpnessOptions } from '../src/index.js';
import { beginKrylov, extend, ritzPairs, uncertainty } from '../src/krylov.js';
import { momentSteps } from '../src/moments.js';
import {
  ACTIVATIONS,
  checkDataset,
  checkNetwork,
  type CheckedNetwork,
  LOSSES,
  partOf,
} from '../src/network.js';
import { beginUnits, boundUnits, extendUnits, productsLeft } from '../src/unit-process.js';
import { unitRoute, unitSplit } from '../src/unit-split.js';
import { initialize } from '../src/initialization.js';
import { manyInputs, randomMatrix, uniforms } from './reference/generate.js';
import { dot, gramSchmidt, times } from './reference/symmetric.js';

const hb = loadSync();
const core = new Core(compileSync());
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('the units of one hidden layer', () => {
  it('have blocks whose trace and norm are known from pairs of samples', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, 2 ** 40), (seed, scale) => {
        // Enough samples for several tiles, some of the time.
        const { network, data } = oneHidden(seed, seed % 4 === 0 ? 150 : 9);
        const net = checkNetwork(network);
        const checked = checkDataset(net, data);
        const part = partOf(net, 'residual');
        const e = hessian(core, part, checked, () => undefined);
        const sums = runHere(core, perform(unitMoments, { network: part, data: checked, scale }));
        const P = net.parameters;
        unitPlaces(net).forEach((places, a) => {
          const block = places.map((i) => places.map((j) => scale * e[i * P + j]));
          const trace = block.reduce((sum, row, i) => sum + row[i], 0);
          const squares = block.flat().reduce((sum, x) => sum + x * x, 0);
          const size = sums.sizes[a];
          // Some hundred roundings, of ε/2 each, of the terms that both are summed from.
          expect(Math.abs(sums.traces[a] - trace)).toBeLessThanOrEqual(1e-13 * size);
          expect(Math.abs(sums.squares[a] - squares)).toBeLessThanOrEqual(1e-13 * size * size);
          expect(size * (1 + 1e-13)).toBeGreaterThanOrEqual(Math.sqrt(squares));
        });
        // And E is nothing but its units.
        const inside = new Set(
          unitPlaces(net).flatMap((places) => places.flatMap((i) => places.map((j) => i * P + j))),
        );
        expect(e.every((x, at) => x === 0 || inside.has(at))).toBe(true);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('are bounded by their processes after any number of products, with what is added to them and beyond what is split off', () => {
    let [close, far] = [0, 0];
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        (seed, steps, split) => {
          const { network, data } = oneHidden(seed, 9);
          const net = checkNetwork(network);
          const checked = checkDataset(net, data);
          const P = net.parameters;
          const e = hessian(core, partOf(net, 'residual'), checked, () => undefined);
          const process = runHere(core, beginUnits(net, checked, 1));
          // In two parts, the second from the rows of the first.
          for (let taken = 0; taken < 2 && productsLeft(process, 1) > 0; taken++)
            runHere(core, extendUnits(process, steps));
          const size = process.sums.sizes.reduce((most, x) => Math.max(most, x), 0);
          const open = orthonormal(Math.min(split, P - 1), P, seed);
          const [w] = orthonormal(1, P, seed + 1);
          const weight = size * 0.7;
          const packed = (rows: Float64Array[]): Float64Array =>
            Float64Array.from(rows.flatMap((row) => [...reorder(net, row, 'packed')]));
          const added = { rows: packed([w]), weights: Float64Array.of(weight) };
          const nothing = { rows: new Float64Array(0), weights: new Float64Array(0) };
          const { largest, beyondAdded } = runHere(core, boundUnits(process, { rows: packed(open), added }));
          const alone = runHere(core, boundUnits(process, { rows: packed(open), added: nothing }));
          const none = runHere(core, boundUnits(process, { rows: new Float64Array(0), added: nothing }));
          const exact = Math.max(0, top(e));
          const sum = e.map((x, at) => x + weight * w[Math.floor(at / P)] * w[at % P]);
          const [rest, restOfSum] = [e, sum].map((a) => Math.max(0, top(open.reduce(without, a))));
          // The judges are rounded themselves.
          const judged = 1e-13 * P * size;
          expect(largest).toBeGreaterThanOrEqual(exact - judged);
          expect(alone.beyondAdded).toBeGreaterThanOrEqual(rest - judged);
          expect(beyondAdded).toBeGreaterThanOrEqual(restOfSum - judged);
          expect(none.largest).toBe(largest);
          // [[T, β], [β, c]] has no eigenvalue above the larger of those of T and c by more than β.
          const link = process.found.couplings.at(-1)!.reduce((most, x) => Math.max(most, x), 0);
          expect(largest).toBeLessThanOrEqual(Math.max(exact, process.ceiling) + link + 1e-9 * size);
          expect(none.beyondAdded).toBeLessThanOrEqual(largest * (1 + 1e-5));
          if (productsLeft(process, 1) === 0) {
            // All of E has been met: what is left over is a millionth of halving, and rounding, of squares where it is a difference.
            expect(largest).toBeLessThanOrEqual(exact + 1e-9 * size);
            expect(alone.beyondAdded).toBeLessThanOrEqual(rest + 1e-5 * exact + 1e-7 * size);
            expect(beyondAdded).toBeLessThanOrEqual(restOfSum + 1e-5 * (exact + weight) + 1e-7 * size);
            close++;
          } else far++;
        },
      ),
      { numRuns: 300, seed: 2 },
    );
    expect(Math.min(close, far)).toBeGreaterThan(30);
  });

  it('bound the complement of a process of H, trial after trial', () => {
    let useful = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = oneHidden(seed, 9);
        const net = { ...checkNetwork(network), weightDecay: 0 };
        const checked = checkDataset(net, data);
        const P = net.parameters;
        const h = hessian(core, net, checked, () => undefined);
        const { loss } = runHere(core, momentSteps(net, checked, 'gram'));
        const krylov = beginKrylov(net, checked, 1, seed);
        const split = unitSplit('processes');
        for (let trial = 0; trial < 4; trial++) {
          while (krylov.columns.length < Math.min(2 * trial + 2, P - 1)) runHere(core, extend(krylov, 1));
          const ritz = runHere(core, ritzPairs(krylov));
          const uncertain = uncertainty(krylov, loss.frobeniusNorm);
          const ahead = split.ahead(krylov.columns.length);
          const before = split.products;
          const bound = runHere(core, split.complement(krylov, ritz, uncertain));
          expect(split.products - before).toBeLessThanOrEqual(ahead);
          const order = krylov.columns.length;
          const all = Array.from({ length: order }, (_, i) => i);
          const rows = all.map((r) => reorder(net, krylov.rows.slice(r * P, (r + 1) * P), 'public'));
          const rest = top(rows.reduce(without, h));
          expect(bound(all)).toBeGreaterThanOrEqual(rest - 1e-13 * P * loss.frobeniusNorm.upper);
          expect(bound(all.slice(1))).toBe(Infinity);
          if (bound(all) < 1.5 * Math.max(rest, ritz.values[order - 1])) useful++;
        }
      }),
      { numRuns: 100, seed: 3 },
    );
    expect(useful).toBeGreaterThan(100);
  });

  it('take the route that costs less: spectra where inputs are few, processes where they are many', () => {
    const route = (widths: number[], samples: number): string | undefined =>
      unitRoute(checkNetwork(random(widths)), samples);
    expect(route([4, 16, 3], 150)).toBe('spectra');
    expect(route([64, 40, 10], 1000)).toBe('spectra');
    expect(route([784, 128, 10], 1000)).toBe('processes');
    expect(route([784, 128, 10], 5000)).toBe('processes');
    expect(route([4, 16, 16, 3], 150)).toBeUndefined();
  });

  it('close the certificate where they are many-dimensional, and give the bound of the Gauss–Newton split; a pool the same bits', async () => {
    const { network, data } = manyInputs(7);
    const net = checkNetwork(network);
    expect(unitRoute(net, data.inputs.rows)).toBe('processes');
    const exact = top(hb.hessian(network, data).data);
    const options: SharpnessOptions = {
      tolerance: 1e-6,
      bounds: ['deflated', 'gaussNewton'],
      ingredients: false,
    };
    const result = hb.sharpness(network, data, options);
    expect(result.certificate!.converged).toBe(true);
    expect(result.lower).toBeLessThanOrEqual(exact * (1 + 1e-12));
    expect(result.upper).toBeGreaterThanOrEqual(exact * (1 - 1e-12));
    expect(result.certificate!.products).toBeLessThanOrEqual(40);

    const checked = checkDataset(net, data);
    const [g, e] = (['gaussNewton', 'residual'] as const).map((part) =>
      top(hessian(core, partOf(net, part), checked, () => undefined)),
    );
    const { loss } = runHere(core, momentSteps(net, checked, 'gram'));
    const choices = { tolerance: 1e-6, maxProducts: 200, seed: 0, ends: 'largest' } as const;
    const bound = runHere(core, gaussNewtonSteps(net, checked, loss, choices));
    expect(bound).toBeGreaterThanOrEqual(g + e);
    expect(bound).toBeLessThanOrEqual((g + e) * (1 + 3e-6));

    const pool = await createPool({ workers: 2 });
    expect(await pool.sharpness(network, data, options)).toEqual(result);
    await pool.close();
  });
});

/** A random network with one hidden layer, now and then saturated, or without any weight on an output. */
function oneHidden(seed: number, samples: number): { network: Network; data: Dataset } {
  const uniform = uniforms(seed);
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  const [d, units, K] = [integer(1, 7), integer(1, 5), integer(1, 4)];
  const loss = LOSSES[integer(0, 2)];
  const size = [0.3, 1, 3, 30, 0][integer(0, 4)];
  const bias = (n: number): { bias?: Float64Array } =>
    integer(0, 3) > 0 ? { bias: randomMatrix(uniform, 1, n).data } : {};
  const N = integer(1, samples);
  const targets = randomMatrix(uniform, N, K);
  for (let i = 0; i < N; i++) {
    const row = targets.data.subarray(i * K, (i + 1) * K);
    const sum = row.reduce((total, x) => total + Math.abs(x), 0);
    row.forEach((x, c) => (row[c] = Math.abs(x) / sum));
    // Sums of 1 to the last bit, nearly: what is missing the last one takes.
    row[K - 1] = 1 - row.subarray(0, K - 1).reduce((total, x) => total + x, 0);
  }
  return {
    network: {
      layers: [
        {
          weights: randomMatrix(uniform, units, d, integer(0, 5) === 0 ? 20 : 1),
          ...bias(units),
          activation: ACTIVATIONS[integer(1, ACTIVATIONS.length - 1)],
        },
        { weights: randomMatrix(uniform, K, units, size), ...bias(K) },
      ],
      loss,
    },
    data: { inputs: randomMatrix(uniform, N, d, [0.1, 1, 5][integer(0, 2)]), targets },
  };
}

function random(widths: number[]): Network {
  return initialize({ widths, activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 });
}

/** The parameters of each unit in public order: its weights, its bias, and the weights its output meets. */
function unitPlaces({ layers }: CheckedNetwork): number[][] {
  const [{ inputs, outputs: units, bias }, last] = layers;
  const offset = units * (inputs + (bias ? 1 : 0));
  return Array.from({ length: units }, (_, a) => [
    ...Array.from({ length: inputs }, (_, b) => a * inputs + b),
    ...(bias ? [units * inputs + a] : []),
    ...Array.from({ length: last.outputs }, (_, c) => offset + c * units + a),
  ]);
}

function top(a: Float64Array): number {
  const order = Math.sqrt(a.length);
  const symmetric = a.map((x, at) => (x + a[(at % order) * order + Math.floor(at / order)]) / 2);
  return hb.eigh({ rows: order, cols: order, data: symmetric }).values[order - 1];
}

/** (1 − x xᵀ) A (1 − x xᵀ) for x of norm 1. */
function without(a: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const y = times(a, x);
  const inner = dot(x, y);
  return a.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return value - x[i] * y[j] - y[i] * x[j] + inner * x[i] * x[j];
  });
}

function orthonormal(count: number, n: number, seed: number): Float64Array[] {
  const rows = Array.from({ length: count }, (_, r) =>
    randomMatrix(uniforms(seed + 7 * r), 1, n).data.slice(),
  );
  return gramSchmidt(rows);
}
