/** What the tests of spectral densities share: a problem, and sums over rules that share no code with the library. */
import { type Dataset, type Network } from '../../src/index.js';
import { initialize } from '../../src/initialization.js';
import { flowers } from './generate.js';

/** P = 51, curvature of both signs. */
export const FLOWERS: { network: Network; data: Dataset } = {
  network: initialize({ widths: [4, 6, 3], activation: 'tanh', loss: 'softmax-cross-entropy', seed: 2 }),
  data: flowers('softmax-cross-entropy'),
};

export function moment(nodes: ArrayLike<number>, weights: ArrayLike<number>, power: number): number {
  return Array.from(weights).reduce((sum, weight, k) => sum + weight * nodes[k] ** power, 0);
}

export function total(x: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, y) => sum + y, 0);
}

/** The cubic B-spline of that standard deviation by truncated powers: the fourth difference of t³₊/6. */
export function kernel(x: number, deviation: number): number {
  const h = deviation * Math.sqrt(3);
  return [1, -4, 6, -4, 1].reduce((sum, c, k) => sum + (c * Math.max(0, x / h + 2 - k) ** 3) / 6, 0) / h;
}
