import { describe, expect, it } from 'vitest';
import { initialize, type Initializer, INITIALIZERS, type NetworkShape } from '../src/index.js';
import { digest } from './setup/digests.js';

const SHAPE: NetworkShape = {
  widths: [4, 8, 3],
  activation: 'tanh',
  loss: 'softmax-cross-entropy',
  seed: 1,
};
const weights = (shape: NetworkShape): Float64Array =>
  Float64Array.from(
    initialize(shape).layers.flatMap((layer) => [...layer.weights.data, ...Array.from(layer.bias!)]),
  );

describe('initialize', () => {
  // The papers' variances for 40 inputs and 60 outputs.
  const VARIANCES: Record<string, number> = {
    glorot: 2 / 100,
    xavier: 2 / 100,
    he: 2 / 40,
    kaiming: 2 / 40,
    lecun: 1 / 40,
  };

  it.each(INITIALIZERS)('draws %s weights and sets biases to 0', (initializer) => {
    const { layers } = initialize({ ...SHAPE, widths: [40, 60, 3], initializer });
    expect(layers.map(({ activation }) => activation)).toEqual(['tanh', 'identity']);
    for (const { bias } of layers) expect(bias).toEqual(new Float64Array(bias!.length));
    const { data } = layers[0].weights;
    const variance = VARIANCES[initializer.split('-')[0]];
    const mean = data.reduce((sum, w) => sum + w, 0) / data.length;
    const square = data.reduce((sum, w) => sum + w * w, 0) / data.length;
    // 2,400 draws: the mean errs by 0.02, the mean square by at most 0.029 of their units; four times that.
    expect(Math.abs(mean) / Math.sqrt(variance)).toBeLessThan(0.082);
    expect(Math.abs(square / variance - 1)).toBeLessThan(0.116);
    const largest = data.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / Math.sqrt(variance);
    if (initializer.endsWith('uniform')) {
      expect(largest).toBeLessThanOrEqual(Math.sqrt(3));
      expect(largest).toBeGreaterThan(0.99 * Math.sqrt(3));
    } else {
      // None of 2,400 beyond 2.6: one in 10⁹ times.
      expect(largest).toBeGreaterThan(2.6);
    }
  });

  it('gives the same bits on every engine, others for another seed', () => {
    expect(digest(weights(SHAPE))).toBe('3f0cbad65949687d');
    expect(digest(weights({ ...SHAPE, initializer: 'he-normal' }))).toBe('4a6fde036b41aa31');
    expect(weights({ ...SHAPE, seed: 2 })).not.toEqual(weights(SHAPE));
  });

  it('knows initializers by both names', () => {
    for (const [one, other] of [
      ['glorot', 'xavier'],
      ['he', 'kaiming'],
    ]) {
      for (const kind of ['uniform', 'normal']) {
        expect(weights({ ...SHAPE, initializer: `${one}-${kind}` as Initializer })).toEqual(
          weights({ ...SHAPE, initializer: `${other}-${kind}` as Initializer }),
        );
      }
    }
  });

  it('refuses widths and names it cannot use', () => {
    expect(() => initialize({ ...SHAPE, widths: [4] })).toThrow('widths: expected at least two; got 1');
    expect(() => initialize({ ...SHAPE, widths: [4, 0, 3] })).toThrow(
      /^widths\[1\]: expected an integer from 1/,
    );
    expect(() => initialize({ ...SHAPE, activation: 'relu' as 'tanh' })).toThrow(/twice differentiable/);
    expect(() => initialize({ ...SHAPE, initializer: 'he-norm' as 'he-normal' })).toThrow(
      /^initializer: expected one of .*did you mean 'he-normal'/,
    );
    expect(() => initialize(undefined as never)).toThrow(/^shape: expected an object; got undefined/);
  });
});
