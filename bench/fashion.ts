/** 784-128-10 on Fashion-MNIST (Debian's dataset-fashion-mnist), or on random data of that shape where there is none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as hessbound from 'hessbound';
import { problem, type Problem } from '../src/compare/problems.js';
import { readIdx } from './idx.js';

export const WIDTHS = [784, 128, 10];

const DIRECTORY = '/usr/share/datasets/fashion-mnist';

export function fashionName(): string {
  return existsSync(DIRECTORY) ? 'Fashion-MNIST' : 'random data (Fashion-MNIST is not installed)';
}

/** The first images, pixels as 0 … 1, labels as classes; Glorot-sized seeded weights. */
export function fashion(count: number): Problem {
  const made = problem(WIDTHS, existsSync(DIRECTORY) ? 1 : count);
  if (!existsSync(DIRECTORY)) return made;
  const images = readIdx(join(DIRECTORY, 'train-images-idx3-ubyte.gz'));
  const labels = readIdx(join(DIRECTORY, 'train-labels-idx1-ubyte.gz'));
  const pixels = Float64Array.from(images.bytes.subarray(0, count * 784), (byte) => byte / 255);
  return {
    ...made,
    samples: count,
    data: {
      inputs: hessbound.matrix(count, 784, pixels),
      targets: Array.from(labels.bytes.subarray(0, count)),
    },
  };
}
