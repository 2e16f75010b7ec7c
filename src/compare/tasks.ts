/** hessbound and the same mathematics in plain JavaScript (src/plain) at one task each; their results are found equal before anything is timed. */
import { type Hessbound } from '../load.js';
import { type Matrix } from '../matrix.js';
import * as plainEigh from '../plain/eigh.js';
import * as plainGemm from '../plain/gemm.js';
import * as plainHessian from '../plain/hessian.js';
import * as plainHvp from '../plain/hvp.js';
import * as plainMoments from '../plain/moments.js';
import * as plainNorm from '../plain/norm.js';
import { type Contenders, expectClose } from './measure.js';
import { problem, type Problem, random, randomMatrix, randomSymmetric } from './problems.js';

/** What the tasks take of an instance, of whichever build. */
export type Instance = Pick<
  Hessbound,
  'gram' | 'frobeniusNorm' | 'eigh' | 'moments' | 'hessian' | 'hessianVectorProduct'
>;

export const PLAIN = 'plain JS';

export interface Comparison {
  section: string;
  task: string;
  /** Checks the results, and gives what is to be timed. */
  prepare: (hb: Instance) => Contenders;
}

/** A task or two of everything the core does, for a minute's look at a machine; quick: smaller ones, for ten seconds. */
export function comparisons({ quick = false } = {}): Comparison[] {
  const n = quick ? 256 : 512;
  const digits = problem([64, 32, 10], quick ? 200 : 600);
  const small = problem([41, 17, 10], quick ? 200 : 400);
  const wide = problem([784, 128, 10], 128);
  return [
    {
      section: 'Gram matrix',
      task: `${n} × ${n}`,
      prepare: (hb) => gram(hb, randomMatrix(random(42), n, n)),
    },
    {
      section: 'norm',
      task: '1000 × 1000',
      prepare: (hb) => norm(hb, randomMatrix(random(42), 1000, 1000)),
    },
    ...[200, n].flatMap((order) =>
      [false, true].map((vectors) => ({
        section: 'eigh',
        task: `${order}, ${vectors ? 'with vectors' : 'values only'}`,
        prepare: (hb: Instance) => eigh(hb, randomSymmetric(random(order), order), vectors),
      })),
    ),
    { section: 'moments', task: digits.name, prepare: (hb) => moments(hb, digits) },
    { section: 'Hessian', task: small.name, prepare: (hb) => hessian(hb, small) },
    { section: 'H·v', task: wide.name, prepare: (hb) => product(hb, wide) },
  ];
}

export function gram(hb: Instance, x: Matrix): Contenders {
  const { rows, cols, data } = x;
  expectClose(plainGemm.gram(rows, cols, data), hb.gram(x).data, 'gram');
  return { hessbound: () => hb.gram(x), [PLAIN]: () => plainGemm.gram(rows, cols, data) };
}

export function norm(hb: Instance, x: Matrix): Contenders {
  expectClose([plainNorm.frobeniusNorm(x.data)], [hb.frobeniusNorm(x)], 'norm');
  return { hessbound: () => hb.frobeniusNorm(x), [PLAIN]: () => plainNorm.frobeniusNorm(x.data) };
}

export function eigh(hb: Instance, a: Matrix, vectors: boolean): Contenders {
  const result = hb.eigh(a, { vectors });
  const plain = plainEigh.eigh(a.rows, a.data, vectors);
  expectClose(plain.values, result.values, 'eigh');
  if (result.vectors) {
    expectResiduals(a, result.values, result.vectors.data);
    expectResiduals(a, plain.values, plain.vectors);
  }
  return {
    hessbound: () => hb.eigh(a, { vectors }),
    [PLAIN]: () => plainEigh.eigh(a.rows, a.data, vectors),
  };
}

/** By pairs of samples. */
export function moments(hb: Instance, { network, data }: Problem): Contenders {
  const pairs = (): ReturnType<Instance['moments']> => hb.moments(network, data, { method: 'gram' });
  const plain = plainMoments.moments(network, data);
  const { trace, frobeniusNorm } = pairs();
  expectClose([plain.trace, plain.frobeniusNorm], [trace, frobeniusNorm], 'moments');
  return { hessbound: pairs, [PLAIN]: () => plainMoments.moments(network, data) };
}

export function hessian(hb: Instance, { network, data }: Problem): Contenders {
  expectClose(plainHessian.hessian(network, data), hb.hessian(network, data).data, 'hessian');
  return {
    hessbound: () => hb.hessian(network, data),
    [PLAIN]: () => plainHessian.hessian(network, data),
  };
}

export function product(hb: Instance, { network, data, parameters }: Problem): Contenders {
  const v = randomMatrix(random(7), 1, parameters).data;
  const plain = plainHvp.hessianVectorProduct(network, data, v);
  expectClose(plain, hb.hessianVectorProduct(network, data, v), 'H v');
  return {
    hessbound: () => hb.hessianVectorProduct(network, data, v),
    [PLAIN]: () => plainHvp.hessianVectorProduct(network, data, v),
  };
}

/** A v = λ v for every pair, to 1e-10 of the largest eigenvalue. */
function expectResiduals(
  { rows: n, data }: Matrix,
  values: ArrayLike<number>,
  vectors: ArrayLike<number>,
): void {
  const size = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      let sum = -values[k] * vectors[k * n + i];
      for (let j = 0; j < n; j++) sum += data[i * n + j] * vectors[k * n + j];
      if (!(Math.abs(sum) <= 1e-10 * size)) throw new Error(`eigh: vector ${k} has residual ${sum}`);
    }
  }
}
