/** topEigenvalues against eigh of the assembled Hessian and the oracles' spectra. */
import { describe, expect, it } from 'vitest';
import { loadSync, matrix, type Network } from '../src/index.js';
import { flowers } from './reference/generate.js';
import { CASES } from './setup/fixtures.js';
import { initialize } from '../src/initialization.js';

const hb = loadSync();
const SHAPE = { activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 } as const;

describe('topEigenvalues', () => {
  it.each(CASES)('equals eigh and the oracle: $name', ({ network, data, expected }) => {
    const k = Math.min(3, expected.eigenvalues.length);
    // An eigenvalue that the process meets once only may be there twice.
    const exact = [...hb.eigh(hb.hessian(network, data)).values];
    const allowed = 1e-9 * Math.max(expected.frobeniusNorm, Math.abs(exact[0]), Math.abs(exact.at(-1)!));
    for (const ends of ['largest', 'smallest'] as const) {
      const { values, vectors, residuals } = hb.topEigenvalues(network, data, { k, ends, tolerance: 1e-9 });
      const outermost = ends === 'largest' ? exact.at(-1)! : exact[0];
      expect(Math.abs(values[0] - outermost)).toBeLessThanOrEqual(allowed);
      for (let i = 0; i < k; i++) {
        const v = vectors.data.subarray(i * vectors.cols, (i + 1) * vectors.cols);
        const nearest = exact.reduce((gap, value) => Math.min(gap, Math.abs(value - values[i])), Infinity);
        expect(nearest).toBeLessThanOrEqual(residuals[i] + allowed);
        const product = hb.hessianVectorProduct(network, data, v);
        const residual = hb.frobeniusNorm(
          matrix(
            1,
            v.length,
            product.map((x, p) => x - values[i] * v[p]),
          ),
        );
        expect(residual).toBeLessThanOrEqual(residuals[i] + allowed);
        expect(Math.abs(hb.frobeniusNorm(matrix(1, v.length, v)) - 1)).toBeLessThan(1e-12);
      }
    }
  });

  it('finds both ends of a spectrum of some size, in order', () => {
    const data = flowers('softmax-cross-entropy');
    const network = initialize({ ...SHAPE, widths: [4, 16, 16, 3] });
    const exact = hb.eigh(hb.hessian(network, data)).values;
    const size = Math.max(-exact[0], exact.at(-1)!);
    for (const [ends, expected] of [
      ['largest', [...exact].reverse()],
      ['smallest', [...exact]],
    ] as const) {
      const found = hb.topEigenvalues(network, data, { k: 8, ends, tolerance: 1e-6 });
      expect(found.converged).toBe(true);
      found.values.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-9 * size));
    }
  });

  it('takes weight decay, all eigenvalues, and no more products than it may', () => {
    const data = flowers('softmax-cross-entropy');
    const network: Network = { ...initialize({ ...SHAPE, widths: [4, 3] }), weightDecay: 0.5 };
    const P = 15;
    const { values, products } = hb.topEigenvalues(network, data, { k: P });
    const exact = [...hb.eigh(hb.hessian(network, data)).values].reverse();
    expect(products).toBe(P);
    values.forEach((value, i) => expect(value).toBeCloseTo(exact[i], 12));
    const few = hb.topEigenvalues(network, data, { maxProducts: 2, tolerance: 0 });
    expect(few).toMatchObject({ products: 2, converged: false });
  });

  it.each([
    [{ k: 0 }, /options\.k: expected an integer from 1 to 15; got 0/],
    [{ k: 16 }, /options\.k: expected an integer from 1 to 15; got 16/],
    [{ ends: 'both' }, /options\.ends: expected one of 'largest', 'smallest'/],
    [{ tolerance: -1 }, /options\.tolerance/],
    [{ steps: 3 }, /options: unknown option "steps"; known: k, ends, tolerance, maxProducts, seed/],
  ])('refuses %j', (options, message) => {
    const network = initialize({ ...SHAPE, widths: [4, 3] });
    const call = (): unknown =>
      hb.topEigenvalues(network, flowers('softmax-cross-entropy'), options as object);
    expect(call).toThrow(message);
  });
});
