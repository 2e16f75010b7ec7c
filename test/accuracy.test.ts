import { expect, describe, it } from 'vitest';
import { loadSync, matrix, type Network } from '../src/index.js';
import { accuracy } from '../src/training/accuracy.js';

const hb = loadSync();

describe('accuracy', () => {
  it('counts the largest output for softmax, with class indices or rows', () => {
    const network: Network = {
      layers: [{ weights: matrix(2, 2, [1, 0, 0, 1]) }],
      loss: 'softmax-cross-entropy',
    };
    const inputs = matrix(4, 2, [2, 1, 2, 1, 1, 2, 1, 2]);
    expect(accuracy(hb, network, { inputs, targets: [0, 1, 1, 1] })).toBe(0.75);
    const rows = matrix(4, 2, [0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0, 1]);
    expect(accuracy(hb, network, { inputs, targets: rows })).toBe(0.75);
  });

  it('counts the side of ½ of every output for sigmoid, and nothing for squared error', () => {
    const layers = [{ weights: matrix(2, 1, [1, -1]) }];
    const data = { inputs: matrix(2, 1, [0.3, -0.3]), targets: matrix(2, 2, [0.6, 0.4, 0.6, 0.9]) };
    expect(accuracy(hb, { layers, loss: 'sigmoid-cross-entropy' }, data)).toBe(0.75);
    expect(accuracy(hb, { layers, loss: 'squared-error' }, data)).toBeUndefined();
  });
});
