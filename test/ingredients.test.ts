/** The ingredients against their definitions, summed over all pairs here. */
import { describe, expect, it } from 'vitest';
import { type Dataset, loadSync, matrix, type Network } from '../src/index.js';
import { randomMatrix, uniforms } from './reference/generate.js';

const hb = loadSync();

/** 5-4-3 tanh with softmax on N samples: N = 70 takes three tiles. */
function problem(N: number, bias: boolean, weights?: number[]): { network: Network; data: Dataset } {
  const uniform = uniforms(N);
  return {
    network: {
      layers: [
        {
          weights: randomMatrix(uniform, 4, 5),
          ...(bias && { bias: [1, -2, 0.5, 0] }),
          activation: 'tanh',
        },
        { weights: randomMatrix(uniform, 3, 4), bias: [0.3, 0, -0.4] },
      ],
      loss: 'softmax-cross-entropy',
    },
    data: {
      inputs: randomMatrix(uniform, N, 5, 2),
      targets: Array.from({ length: N }, (_, i) => i % 3),
      ...(weights && { weights }),
    },
  };
}

describe('orthogonality', () => {
  it.each([
    [1, true, undefined],
    [2, false, undefined],
    [33, true, undefined],
    [70, false, undefined],
    [70, true, Array.from({ length: 70 }, (_, i) => i % 4)],
  ])('is the sum over all pairs: N = %i, bias %s', (N, bias, weights) => {
    const { network, data } = problem(N, bias, weights);
    const { orthogonality } = hb.sharpness(network, data).ingredients!;
    const x = Array.from({ length: N }, (_, i) => Array.from(data.inputs.data.subarray(i * 5, i * 5 + 5)));
    const w = weights ?? new Array<number>(N).fill(1);
    const total = w.reduce((sum, weight) => sum + weight, 0);
    let [kappa2, kappa4, cosines] = [0, 0, 0];
    for (let i = 0; i < N; i++) {
      for (let j = 0; j < N; j++) {
        const inner = x[i].reduce((sum, value, k) => sum + value * x[j][k], 0);
        const lengths = [x[i], x[j]].map((row) => row.reduce((sum, value) => sum + value * value, 0));
        const kernel = inner + (bias ? 1 : 0);
        const p = (w[i] / total) * (w[j] / total);
        kappa2 += p * Math.abs(kernel);
        kappa4 += p * kernel * kernel;
        if (i !== j) cosines += (inner * inner) / (lengths[0] * lengths[1]);
      }
    }
    // c n ε: sums of N² d terms in another order, all of one sign but within an inner product.
    const close = (a: number, b: number): void => expect(Math.abs(a / b - 1)).toBeLessThan(1e-12);
    close(orthogonality.kappa2, kappa2);
    close(orthogonality.kappa4, kappa4);
    if (N === 1) expect(orthogonality.meanSquaredCosine).toBeUndefined();
    else close(orthogonality.meanSquaredCosine!, cosines / (N * (N - 1)));
  });

  it('is 0 for orthogonal samples, 1 for parallel ones, and takes a sample of zeros as orthogonal', () => {
    const network: Network = { layers: [{ weights: matrix(1, 3) }], loss: 'squared-error' };
    const cosine = (rows: number[][]): number | undefined => {
      const inputs = matrix(rows.length, 3, rows.flat());
      const targets = new Float64Array(rows.length);
      return hb.sharpness(network, { inputs, targets }).ingredients!.orthogonality.meanSquaredCosine;
    };
    expect(cosine([[2, 0, 0], [0, 3, 0], [0, 0, -1]])).toBe(0); // prettier-ignore
    expect(cosine([[1, 2, 2], [-2, -4, -4]])).toBeCloseTo(1, 15); // prettier-ignore
    expect(cosine([[0, 0, 0], [1, 2, 3]])).toBe(0); // prettier-ignore
    expect(cosine([[1e150, 0, 0], [1e-150, 0, 0]])).toBe(1); // prettier-ignore
    expect(cosine([[5e-324, 5e-324, 0], [1, 1, 0]])).toBeLessThanOrEqual(1); // prettier-ignore
  });
});

describe('parameters', () => {
  it('have the widths and norms they have', () => {
    const { network, data } = problem(4, true);
    const { widths, layers, parameterNorm } = hb.sharpness(network, data).ingredients!;
    const norm = (x: ArrayLike<number>): number =>
      Math.sqrt(Array.from(x).reduce((sum, value) => sum + value * value, 0));
    expect(widths).toEqual([5, 4, 3]);
    network.layers.forEach((layer, l) => {
      expect(layers[l].weightNorm).toBeCloseTo(norm(layer.weights.data), 14);
      expect(layers[l].biasNorm).toBeCloseTo(norm(layer.bias!), 14);
    });
    const all = network.layers.flatMap((layer) => [...layer.weights.data, ...Array.from(layer.bias!)]);
    expect(parameterNorm).toBeCloseTo(norm(all), 14);
    expect(hb.sharpness(network, data, { ingredients: false }).ingredients).toBeUndefined();
  });
});
