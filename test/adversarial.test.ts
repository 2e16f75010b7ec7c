/**
 * The networks on which bounds came nearest to failing in searches for violations (npm run search-violations), those on which they once failed
 * among them. The oracle is mpmath: spectra from the loss alone, right to every digit (fixtures/adversarial.py).
 */
import { describe, expect, it } from 'vitest';
import { loadSync } from '../src/index.js';
import { statements } from './reference/statements.js';
import { ADVERSARIAL_CASES } from './setup/fixtures.js';

const hb = loadSync();

describe.each(ADVERSARIAL_CASES)('$name', ({ network, data, options, expected }) => {
  // The forward pass is taken as computed (docs/accuracy.md): its rounding is c ε ‖H‖_F, c a hundred times some conditioning.
  const slack = 1e-13 * expected.frobeniusNorm;
  const expectTrue = (asked: { maxProducts: number; seed: number }): void => {
    const result = hb.sharpness(network, data, {
      ...asked,
      bounds: 'all',
      ends: 'both',
      tolerance: 1e-12,
      ingredients: false,
    });
    const all = statements(result, expected.eigenvalues);
    expect(all.length).toBeGreaterThan(8);
    for (const { name, small, large } of all) {
      if (!(small <= large + slack)) {
        expect.fail(`${name}, ${JSON.stringify(asked)}: ${small} > ${large} by ${small - large}`);
      }
    }
  };

  it('every statement holds as it was found', () => expectTrue(options));

  it('and after any number of products from other vectors', () => {
    for (let maxProducts = 1; maxProducts <= 24; maxProducts++) {
      expectTrue({ maxProducts, seed: options.seed + maxProducts });
    }
  });
});
