/**
 * Against the committed oracle: PyTorch double autograd, and mpmath at 900 digits where saturation takes PyTorch's digits.
 * Errors are relative to ‖H‖_F (the gradient's to the oracle's gradientScale). The project's bar is 1e-10; the worst
 * measured is 5e-14, on logits of 400 whose own rounding (ε · 400) every derivative inherits, so 1e-12 is asked here.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { loadSync } from '../src/index.js';
import { expectEnclosed } from './reference/enclosed.js';
import { CASES } from './setup/fixtures.js';

const TOLERANCE = 1e-12;
const hb = loadSync();
afterAll(() => hb.dispose());

describe.each(CASES)('$oracle: $name', ({ network, data, expected }) => {
  // A network whose Hessian is exactly 0 still has to return exactly 0.
  const scale = expected.frobeniusNorm;

  it('logits, loss and gradient', () => {
    const largest = Math.max(...expected.logits.map(Math.abs));
    expectClose(hb.logits(network, data.inputs).data, expected.logits, largest);
    expectClose([hb.loss(network, data)], [expected.loss], expected.loss);
    expectClose(hb.gradient(network, data), expected.gradient, expected.gradientScale);
  });

  it.each(['gram', 'hessian'] as const)('trace and Frobenius norm by the %s route', (method) => {
    const moments = hb.moments(network, data, { method });
    expect(moments.method).toBe(method);
    expect(moments.parameters).toBe(expected.eigenvalues.length);
    expectClose([moments.trace], [expected.trace], scale);
    expectClose([moments.frobeniusNorm], [expected.frobeniusNorm], scale);
    expectClose(
      moments.layers.map((layer) => layer.trace),
      expected.layerTraces,
      scale,
    );
    expectClose(moments.crossNorms.data, expected.crossNorms, scale);
  });

  it('Hessian, Hessian–vector product and every eigenvalue', () => {
    const h = hb.hessian(network, data);
    if (expected.hessian) expectClose(h.data, expected.hessian, scale);
    const length = Math.sqrt(expected.vector.reduce((sum, x) => sum + x * x, 0));
    expectClose(hb.hessianVectorProduct(network, data, expected.vector), expected.product, scale * length);
    const { exact } = hb.sharpness(network, data, { exact: true });
    expectClose(exact!.values, expected.eigenvalues, scale);
  });

  it('bounds on the right side of the oracle’s eigenvalues', () => {
    const { bounds, certificate, lower, upper, ingredients } = hb.sharpness(network, data, { bounds: 'all' });
    const largest = expected.eigenvalues.at(-1)!;
    const smallest = expected.eigenvalues[0];
    const slack = 1e-12 * scale;
    expect(upper).toBeGreaterThanOrEqual(largest - slack);
    expect(lower).toBeLessThanOrEqual(largest + slack);
    const { wolkowiczStyan, aPriori } = bounds;
    expect(wolkowiczStyan!.smallest!.lower).toBeLessThanOrEqual(smallest + slack);
    expect(wolkowiczStyan!.smallest!.upper).toBeGreaterThanOrEqual(smallest - slack);
    expect(bounds.deflated!.smallest!.lower).toBeLessThanOrEqual(smallest + slack);
    expect(bounds.deflated!.smallest!.upper).toBeGreaterThanOrEqual(smallest - slack);
    expectEnclosed({ certificate }, expected.eigenvalues, slack);
    expect(aPriori!.largest.upper).toBeGreaterThanOrEqual(largest - slack);
    expect(ingredients!.aPriori.frobeniusNorm).toBeGreaterThanOrEqual(expected.frobeniusNorm * (1 - 1e-12));
  });
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    if (!(error <= TOLERANCE * scale)) {
      expect.fail(`entry ${i}: ${actual[i]} for ${expected[i]}, off by ${error / scale} of the scale`);
    }
  }
}
