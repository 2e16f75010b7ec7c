/** A small valid network and data set, to be spoiled one field at a time. */
import { type Dataset, matrix, type Network } from '../../src/index.js';

export const NETWORK: Network = {
  layers: [
    { weights: matrix(3, 2, [1, 2, 3, 4, 5, 6]), bias: [0, 0, 0], activation: 'tanh' },
    { weights: matrix(2, 3, [1, 0, 1, 0, 1, 0]) },
  ],
  loss: 'softmax-cross-entropy',
};
export const DATA: Dataset = { inputs: matrix(2, 2, [1, 2, 3, 4]), targets: [0, 1] };
