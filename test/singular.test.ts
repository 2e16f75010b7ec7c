/** Situations that are singular for the certificate, beyond those of certificate.test.ts. The oracle is the exact spectrum, mostly in closed form. */
import { describe, expect, it } from 'vitest';
import { compileSync, Core } from '../src/core/instance.js';
import { runHere } from '../src/core/job.js';
import { deflate } from '../src/deflation.js';
import { loadSync, matrix, type Network, type Sharpness } from '../src/index.js';
import { beginKrylov, extend, ritzPairs } from '../src/krylov.js';
import { checkDataset, checkNetwork } from '../src/network.js';
import { initialize } from '../src/initialization.js';
import { flowers } from './reference/generate.js';
import { statements } from './reference/statements.js';

const hb = loadSync();

function expectTrue(result: Sharpness): void {
  // The judge is a rounded spectrum: a few ε ‖H‖_F.
  const slack = 1e-14 * result.moments.frobeniusNorm;
  for (const { name, small, large } of statements(result, result.exact!.values)) {
    expect(small, name).toBeLessThanOrEqual(large + slack);
  }
}

describe('singular situations', () => {
  it('every eigenvalue negative', () => {
    // Outputs of tanh on its upper half, where it bends down, and targets far below: each sample's curvature is negative.
    const layers = [{ weights: matrix(1, 3, [0.5, 0.4, 0.3]), activation: 'tanh' as const }];
    const inputs = matrix(4, 3, [1, 0.2, 0.1, 0.3, 1, 0.2, 0.1, 0.1, 1, 0.6, 0.5, 0.4]);
    const data = { inputs, targets: [-5, -6, -7, -5] };
    const result = hb.sharpness({ layers, loss: 'squared-error' }, data, {
      bounds: 'all',
      tolerance: 1e-9,
      ends: 'both',
      exact: true,
    });
    expectTrue(result);
    expect(result.upper).toBeLessThan(0);
    expect(result.certificate).toMatchObject({ converged: true });
    expect(result.certificate!.smallest!.enclosures[0].lower).toBeLessThan(result.lower);
  });

  it('an eigenvalue three times over: one and the same for each output', () => {
    const layers = [
      {
        weights: matrix(
          3,
          4,
          Array.from({ length: 12 }, (_, i) => i),
        ),
      },
    ];
    const inputs = matrix(4, 4, [2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const targets = matrix(4, 3);
    for (const maxProducts of [1, 2, 3, 4, 12]) {
      const options = { tolerance: 1e-9, maxProducts, ends: 'both', exact: true } as const;
      const result = hb.sharpness({ layers, loss: 'squared-error' }, { inputs, targets }, options);
      expectTrue(result);
      expect(result.exact!.values.slice(-3).every((value) => Math.abs(value - 2.25) < 1e-14)).toBe(true);
    }
  });

  it('a tolerance that nothing reaches: what there is, and that it is not enough', () => {
    const result = hb.sharpness(
      initialize({ widths: [4, 3], activation: 'tanh', loss: 'softmax-cross-entropy', seed: 1 }),
      flowers('softmax-cross-entropy'),
      { tolerance: 0, maxProducts: 500, exact: true },
    );
    expectTrue(result);
    expect(result.certificate).toMatchObject({ products: 15, converged: false, reason: 'products' });
    expect(result.upper / result.lower - 1).toBeLessThan(1e-11);
  });

  it('NaN among the data is refused, and the instance goes on', () => {
    const network: Network = { layers: [{ weights: matrix(1, 2, [1, 2]) }], loss: 'squared-error' };
    const asked = (inputs: number[], target: number): Sharpness => {
      const data = { inputs: { rows: 1, cols: 2, data: Float64Array.from(inputs) }, targets: [target] };
      return hb.sharpness(network, data, { tolerance: 1e-9 });
    };
    expect(() => asked([1, NaN], 0)).toThrow(RangeError);
    expect(() => asked([1, NaN], 0)).toThrow(/data\.inputs\.data.*NaN/);
    expect(() => asked([1, 2], NaN)).toThrow(/data\.targets.*NaN/);
    expect(asked([1, 2], 0).upper).toBeCloseTo(5, 12);
  });

  it('a process that begins orthogonal to the top eigenvector never meets it, and bounds it all the same', () => {
    // H = diag(25, 16, 9, 4, 1, 0.25, …) / 8, in which products keep zeros zero.
    const size = 8;
    const roots = Array.from({ length: size }, (_, i) => (i < 5 ? 5 - i : 2 ** (4 - i)));
    const diagonal = roots.map((x) => (x * x) / size);
    const inputs = matrix(
      size,
      size,
      Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? roots[i / (size + 1)] : 0)),
    );
    const network = checkNetwork({ layers: [{ weights: matrix(1, size) }], loss: 'squared-error' });
    const data = checkDataset(network, { inputs, targets: matrix(size, 1) });
    const core = new Core(compileSync());
    const sum = (values: number[]): number => values.reduce((total, x) => total + x, 0);
    const around = (x: number): { lower: number; upper: number } => ({ lower: x - 1e-13, upper: x + 1e-13 });
    const moments = {
      order: size,
      trace: around(sum(diagonal)),
      frobeniusNorm: around(Math.sqrt(sum(diagonal.map((x) => x * x)))),
    };
    const uppers = [1, 2, 3, 4, 5, 6].map((steps) => {
      const krylov = beginKrylov(network, data, 1, 0);
      krylov.rows = Float64Array.from({ length: size }, (_, i) => (i === 0 ? 0 : 1));
      runHere(core, extend(krylov, steps));
      const ritz = runHere(core, ritzPairs(krylov));
      const { lower, upper, complement } = deflate(ritz, moments, 1e-12);
      expect(lower).toBeLessThanOrEqual(diagonal[1]);
      expect(upper).toBeGreaterThanOrEqual(diagonal[0]);
      expect(complement).toBeGreaterThanOrEqual(diagonal[0]);
      return upper;
    });
    // It even closes from above: what the moments leave is the one that was never met.
    expect(uppers.at(-1)).toBeLessThan(diagonal[0] * (1 + 1e-5));
  });
});
