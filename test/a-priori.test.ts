/**
 * The a-priori form on random networks. Oracles: every inequality in it against every sample's factors, by the chain rule in plain
 * TypeScript; the blocks and the whole against the assembled Hessian; for one hidden layer its formula, written out.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSync, LOSSES, matrix, type Network } from '../src/index.js';
import { boundsOf, frobenius, spectralNorm, withoutMeans } from './reference/a-priori.js';
import { dot, factorsOf, multiply, type Rows, transpose } from './reference/curvature.js';
import { randomMatrix, randomProblem, uniforms } from './reference/generate.js';

const hb = loadSync();
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** c n ε for products of a few factors, as far as these rows are long; the reference's own rounding. */
const ROUNDING = 1e-12;

/** randomProblem, with weights and inputs from vanishing to saturating. */
function harshProblem(seed: number): ReturnType<typeof randomProblem> {
  const uniform = uniforms(seed + 1);
  const { network, data } = randomProblem(seed, 1 + (seed % 6), 9);
  const size = [1, 1, 1e-3, 10, 300][seed % 5];
  const layers = network.layers.map((layer) => ({
    ...layer,
    weights: { ...layer.weights, data: layer.weights.data.map((w) => w * (uniform() < 0.5 ? 1 : size)) },
  }));
  const scale = [1, 1e-3, 1, 1e3][seed % 4];
  const inputs = { ...data.inputs, data: data.inputs.data.map((x) => x * scale) };
  return { network: { ...network, layers }, data: { ...data, inputs } };
}

function expectAtMost(value: number, bound: number): void {
  expect(value).toBeLessThanOrEqual(bound * (1 + ROUNDING));
}

describe('every inequality of the derivation', () => {
  it('holds for every sample of random networks', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network, data } = harshProblem(seed);
        const bounds = boundsOf(network, data);
        const N = data.inputs.rows;
        const weights = Array.from(data.weights ?? new Array<number>(N).fill(1));
        const total = weights.reduce((sum, w) => sum + w, 0);
        const { activation = 'identity' } = network.layers.at(-1)!;
        const centred = network.loss === 'softmax-cross-entropy' && activation === 'identity';
        const depth = network.layers.length;
        const squares = new Array<number>(depth).fill(0);
        for (let i = 0; i < N; i++) {
          if (weights[i] === 0) continue;
          const factors = factorsOf(network, data, i);
          for (let l = 0; l < depth; l++) {
            expectAtMost(frobenius([factors.errors[l]]), bounds.errors[l]);
            expectAtMost(spectralNorm(factors.curvatures[l]), bounds.curvatures[l]);
            expectAtMost(frobenius(factors.curvatures[l]), bounds.curvatureNorms[l]);
            const length = frobenius([factors.inputs[l]]);
            if (l > 0) expectAtMost(length, bounds.inputs[l].largest);
            squares[l] += (weights[i] / total) * length * length;
            for (let k = l + 1; k < depth; k++) {
              const b = factors.sensitivities[l][k];
              const seen = centred && k === depth - 1 ? withoutMeans(b) : b;
              // The mean of a column is off by ε of its entries.
              const blur = seen === b ? 0 : 1e-14 * frobenius(b);
              expectAtMost(spectralNorm(seen) - blur, bounds.sensitivities[l][k]);
              expectAtMost(spectralNorm(factors.transfers[l][k]), bounds.transfers[l][k]);
            }
          }
        }
        for (let l = 1; l < depth; l++) expectAtMost(Math.sqrt(squares[l]), bounds.inputs[l].rms);
      }),
      { numRuns: 300, seed: 30 },
    );
  });

  it('holds for every block of the Hessian and for the whole', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network: decayed, data } = harshProblem(seed);
        const { weightDecay: _, ...network } = decayed;
        const { spectral, frobenius: norm } = boundsOf(network, data);
        const depth = network.layers.length;
        const h = hb.hessian(network, data);
        const { ingredients, exact, moments } = hb.sharpness(network, data, { exact: true });
        const slack = ROUNDING * moments.frobeniusNorm;
        const ends = network.layers.map(({ weights, bias }) => weights.data.length + (bias?.length ?? 0));
        const offsets = ends.map((_count, l) => ends.slice(0, l).reduce((sum, n) => sum + n, 0));
        for (let l = 0; l < depth; l++) {
          for (let k = 0; k < depth; k++) {
            const block = Array.from({ length: ends[l] }, (_row, r) => {
              const start = (offsets[l] + r) * h.cols + offsets[k];
              return Array.from(h.data.subarray(start, start + ends[k]));
            });
            expectAtMost(spectralNorm(block) - slack, spectral[l * depth + k]);
            expectAtMost(frobenius(block) - slack, norm[l * depth + k]);
            expectAtMost(spectral[l * depth + k], norm[l * depth + k]);
          }
        }
        const { upper, frobeniusNorm } = ingredients!.aPriori;
        expectAtMost(Math.max(exact!.largest, -exact!.smallest) - slack, upper);
        expectAtMost(moments.frobeniusNorm, frobeniusNorm);
        expectAtMost(upper, frobeniusNorm);
      }),
      { numRuns: 300, seed: 31 },
    );
  });

  it('has the same factors as the library: their trace is that of the Hessian', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { network: decayed, data: weighted } = randomProblem(seed);
        const [{ weightDecay: _, ...network }, { weights: __, ...data }] = [decayed, weighted];
        const N = data.inputs.rows;
        const { layers } = hb.moments(network, data);
        layers.forEach(({ trace }, l) => {
          let [sum, size] = [0, 0];
          for (let i = 0; i < N; i++) {
            const { curvatures, inputs } = factorsOf(network, data, i);
            const square = dot(inputs[l], inputs[l]) / N;
            curvatures[l].forEach((row, r) => {
              sum += row[r] * square;
              size += Math.abs(row[r]) * square;
            });
          }
          expect(Math.abs(sum - trace)).toBeLessThanOrEqual(1e-9 * (size + 1));
        });
      }),
      { numRuns: 50, seed: 32 },
    );
  });
});

describe('one hidden layer', () => {
  it.each(LOSSES)('with %s it is its formula', (loss) => {
    const uniform = uniforms(6);
    const [N, d, m, K] = [6, 5, 4, 3];
    const v = randomMatrix(uniform, K, m);
    const network: Network = {
      layers: [
        { weights: randomMatrix(uniform, m, d), bias: [1, -2, 0.5, 0], activation: 'tanh' },
        { weights: v, bias: [0.3, 0, -0.4] },
      ],
      loss,
      weightDecay: 0.25,
    };
    const targets = matrix(
      N,
      K,
      Array.from({ length: N * K }, (_, at) => (at % K === 0 ? 1 : 0)),
    );
    const data = { inputs: randomMatrix(uniform, N, d, 2), targets };
    const { ingredients, moments } = hb.sharpness(network, data);
    const { kappa2, kappa4 } = ingredients!.orthogonality;
    const { upper, frobeniusNorm, spectralNorms, outputSpectralNorm, measured } = ingredients!.aPriori;

    const rows: Rows = [0, 1, 2].map((j) => Array.from(v.data.subarray(j * m, (j + 1) * m)));
    const columns = transpose(rows);
    const V = spectralNorm(loss === 'softmax-cross-entropy' ? withoutMeans(rows) : rows);
    expect(spectralNorms).toHaveLength(1);
    expect(spectralNorms[0] / V).toBeCloseTo(1, 13);
    expect(outputSpectralNorm).toBe(spectralNorms[0]);
    const errors = multiply(
      [[1]],
      [Array.from(hb.logits(network, data.inputs).data, (o, at) => o - targets.data[at])],
    )[0];
    const error = Math.max(...[0, 1, 2, 3, 4, 5].map((i) => frobenius([errors.slice(K * i, K * (i + 1))])));
    const greatest = (f: (column: number[]) => number): number => Math.max(...columns.map(f));
    const [rho, rhoF, eta, steepest] = {
      'softmax-cross-entropy': [1 / 2, 1 / 2, Math.SQRT2, greatest((w) => Math.max(...w) - Math.min(...w))],
      'sigmoid-cross-entropy': [
        1 / 4,
        Math.sqrt(K) / 4,
        Math.sqrt(K),
        greatest((w) => w.reduce((s, x) => s + Math.abs(x), 0)),
      ],
      'squared-error': [1, Math.sqrt(K), error, error * greatest((w) => frobenius([w]))],
    }[loss] as [number, number, number, number];
    const c2 = 4 / (3 * Math.sqrt(3));
    const h = Math.sqrt(m + 1);
    const sigma = rho * V * V + c2 * steepest;
    const across = Math.sqrt(kappa2) * (rho * V * h + eta);
    const [a, b, c] = [sigma * Math.sqrt(kappa4), across, rho * h * h];
    const largest = (a + c) / 2 + Math.sqrt(((a - c) / 2) ** 2 + b * b);
    expect(upper / (largest + 0.25)).toBeCloseTo(1, 11);

    const s = Math.min(rhoF * V * V + c2 * eta * V, Math.sqrt(m) * sigma);
    const mixed = Math.min(rhoF, Math.sqrt(Math.min(m, K)) * rho) * V * h;
    const square = mixed * mixed + m * eta * eta + 2 * rho * V * h * eta;
    const whole = Math.sqrt(s * s * kappa4 + 2 * kappa2 * square + rhoF * rhoF * h ** 4);
    expect(frobeniusNorm / (whole + 0.25 * Math.sqrt(moments.parameters))).toBeCloseTo(1, 11);
    expect(measured).toEqual(loss === 'squared-error' ? ['errors'] : []);
  });

  // √(σ² κ₄ + ρ² h⁴ + 2 τ² κ₂) with σ = c_1² ρ ‖V‖² + c_2 η ‖V‖, τ = c_1 ρ ‖V‖ h + η c_1 √m, ρ ≥ ‖S‖_F.
  it('is never above the form with Frobenius norms throughout', () => {
    let compared = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const { network: decayed, data } = harshProblem(seed);
      const { weightDecay: _, ...network } = decayed;
      const [hidden, output] = network.layers;
      if (network.layers.length !== 2 || output.activation !== undefined || hidden.activation !== 'tanh')
        continue;
      if (network.loss === 'squared-error') continue;
      compared++;
      const { upper, frobeniusNorm } = hb.sharpness(network, data).ingredients!.aPriori;
      const { kappa2, kappa4 } = hb.sharpness(network, data).ingredients!.orthogonality;
      const { rows: K, cols: m, data: w } = output.weights;
      const V = spectralNorm(
        Array.from({ length: K }, (_row, j) => Array.from(w.subarray(j * m, (j + 1) * m))),
      );
      const softmax = network.loss === 'softmax-cross-entropy';
      const [rho, eta] = softmax ? [0.5, Math.SQRT2] : [Math.sqrt(K) / 4, Math.sqrt(K)];
      const h = Math.sqrt(m + (output.bias ? 1 : 0));
      const sigma = rho * V * V + (4 / (3 * Math.sqrt(3))) * eta * V;
      const tau = rho * V * h + eta * Math.sqrt(m);
      const former = Math.sqrt(sigma * sigma * kappa4 + rho * rho * h ** 4 + 2 * tau * tau * kappa2);
      // Labels whose sum is 1 by rounding only.
      expect(Math.max(upper, frobeniusNorm)).toBeLessThanOrEqual(former * (1 + 1e-11));
    }
    expect(compared).toBeGreaterThan(20);
  });
});
