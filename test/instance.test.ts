/** What an instance owns: its memory, its results, its end. */
import { describe, expect, it } from 'vitest';
import { load, loadSync, matrix } from '../src/index.js';
import { DATA, NETWORK } from './reference/example.js';

const hb = loadSync();

describe('an instance', () => {
  it('keeps no reference to its input, and hands out arrays of the caller’s own', () => {
    const data = { ...DATA, inputs: matrix(2, 2, [1, 2, 3, 4]) };
    const first = hb.hessian(NETWORK, data);
    const copy = first.data.slice();
    hb.hessian(NETWORK, { ...DATA, inputs: matrix(2, 2, [9, 9, 9, 9]) });
    expect(first.data).toEqual(copy);
    expect(data.inputs.data).toEqual(Float64Array.of(1, 2, 3, 4));
    first.data.fill(0);
    expect(hb.hessian(NETWORK, data).data).toEqual(copy);
  });

  it('is gone after dispose, and says so', async () => {
    const instance = await load();
    expect(instance.frobeniusNorm(matrix(1, 2, [3, 4]))).toBe(5);
    instance.dispose();
    instance.dispose();
    expect(() => instance.frobeniusNorm(matrix(1, 2, [3, 4]))).toThrow(/disposed/);
    expect(() => instance.sharpness(NETWORK, DATA)).toThrow(/disposed/);
  });

  it('returns to where it was after 10,000 mixed calls, good and bad', () => {
    const instance = loadSync();
    const calls: (() => unknown)[] = [
      () => instance.loss(NETWORK, DATA),
      () => instance.gradient(NETWORK, DATA),
      () => instance.hessian(NETWORK, DATA),
      () => instance.hessianVectorProduct(NETWORK, DATA, new Float64Array(15).fill(1)),
      () => instance.moments(NETWORK, DATA, { method: 'gram' }),
      () => instance.sharpness(NETWORK, DATA, { exact: true, bounds: 'all' }),
      () => instance.eigh(matrix(3, 3, [2, 1, 0, 1, 2, 1, 0, 1, 2]), { vectors: true }),
      () => instance.gram(matrix(4, 3)),
      () => instance.sharpness(NETWORK, { ...DATA, targets: [0, 9] }),
      () => instance.eigh(matrix(2, 2, [1, 2, 3, 4])),
    ];
    const round = (): void => {
      for (const call of calls) {
        try {
          call();
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        expect(instance.memory().used).toBe(0);
      }
    };
    round();
    const { held } = instance.memory();
    for (let i = 0; i < 1000; i++) round();
    expect(instance.memory()).toEqual({ used: 0, held });
  });

  it('gives back the memory of a large job', () => {
    const instance = loadSync();
    instance.gram(matrix(3500, 1));
    expect(instance.memory().held).toBeLessThan(2 ** 26);
    expect(instance.frobeniusNorm(matrix(1, 2, [3, 4]))).toBe(5);
  });
});
