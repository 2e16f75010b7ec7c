/** The tasks of the benchmark, in any engine: results checked equal first, then timed. */
import { loadSync, type Hessbound, type Matrix } from 'hessbound';
import { create, all, type MathNumericType } from 'mathjs';
import { EigenvalueDecomposition, Matrix as MlMatrix } from 'ml-matrix';
import * as twinEigh from '../twins/eigh.js';
import * as twinGemm from '../twins/gemm.js';
import * as twinHessian from '../twins/hessian.js';
import * as twinHvp from '../twins/hvp.js';
import * as twinMoments from '../twins/moments.js';
import * as twinNorm from '../twins/norm.js';
import { expectClose, time, type Contenders, type Row } from './measure.js';
import * as operations from './operations.js';
import { openPool } from './pool.js';
import { problem, random, randomMatrix, randomSymmetric, type Problem } from './problems.js';

type Report = (row: Row) => void;

const TWIN = 'plain JS';
/** mathjs works on generic arrays: beyond these sizes a run takes many seconds. */
const MATHJS_GRAM = 200 * 200 * 100;
const MATHJS_EIGH = 64;

const mathjs = create(all, {});

/** Runs every task whose name contains the filter. */
export async function runSuite(filter: string, report: Report): Promise<void> {
  const hb = loadSync();
  const compare = async (
    section: string,
    task: string,
    count: number | undefined,
    prepare: () => Contenders | Promise<Contenders>,
  ): Promise<void> => {
    if (!`${section} ${task}`.toLowerCase().includes(filter.toLowerCase())) return;
    const contenders = await time(await prepare());
    report({ section, task, ...(count !== undefined && { operations: count }), contenders });
  };
  // First: later the engine is busy collecting what the peers leave behind, on cores that the workers want.
  for (const workers of [1, 2]) {
    const pool = await openPool(workers);
    if (!pool) break;
    for (const p of [DIGITS]) {
      await compare('moments, pool', `${p.name}, ${workers} workers`, operations.moments(p), async () => {
        const result = await pool.moments(p.network, p.data, { method: 'gram' });
        expectClose([result.frobeniusNorm], [pairs(hb, p).frobeniusNorm], 'pool');
        return { hessbound: () => pool.moments(p.network, p.data, { method: 'gram' }) };
      });
    }
    await pool.close();
  }
  for (const [n, k] of GRAMS) {
    await compare('Gram matrix', `${n} × ${k}`, operations.gram(n, k), () => gram(hb, n, k));
  }
  await compare('Frobenius norm', '1000 × 1000', 2e6, () => norm(hb, 1000));
  for (const n of [64, 200, 512]) {
    for (const vectors of [true, false]) {
      const task = `${n}, ${vectors ? 'with vectors' : 'values only'}`;
      await compare('eigh', task, operations.eigh(n, vectors), () => eigh(hb, n, vectors));
    }
  }
  for (const p of NETWORKS) {
    await compare('moments by pairs', p.name, operations.moments(p), () => moments(hb, p));
  }
  for (const p of GRADIENTS) {
    await compare('bound and its gradient', p.name, undefined, () => boundGradient(hb, p));
  }
  for (const p of NETWORKS.filter(({ parameters }) => parameters < 3000)) {
    await compare('Hessian', `${p.name}, P = ${p.parameters}`, operations.hessian(p), () => hessian(hb, p));
  }
  for (const p of NETWORKS) {
    await compare('H·v', p.name, operations.hessianVectorProduct(p), () => product(hb, p));
  }
  const one: Matrix = { rows: 1, cols: 1, data: Float64Array.of(1) };
  await compare('load', 'loadSync and one call, warm', undefined, () => ({
    hessbound: () => loadSync().frobeniusNorm(one),
  }));
  hb.dispose();
}

const GRAMS = [
  [150, 5],
  [200, 100],
  [512, 512],
  [768, 768],
] as const;

/** Optical digits: 64 pixels, 1,797 images. */
export const DIGITS = problem([64, 32, 10], 1797);

/** About 900 parameters; also the one that PyTorch gets. */
export const COMPARED = problem([41, 17, 10], 400);

const NETWORKS = [
  problem([4, 8, 3], 150),
  problem([30, 16, 2], 569),
  problem([30, 16, 1], 569, { activation: 'sigmoid' }),
  problem([64, 16, 10], 400),
  COMPARED,
  DIGITS,
  problem([20, 30, 30, 5], 300),
  problem([784, 128, 10], 128),
];

const GRADIENTS = [
  problem([4, 8, 3], 150),
  problem([64, 32, 10], 600),
  problem([20, 30, 30, 5], 300),
  problem([784, 128, 10], 128),
];

function gram(hb: Hessbound, n: number, k: number): Contenders {
  const x = randomMatrix(random(42), n, k);
  const rows = toRows(x);
  const peer = new MlMatrix(rows);
  const other = mathjs.matrix(rows, 'dense', 'number');
  const expected = hb.gram(x).data;
  const withMl = (): MlMatrix => peer.mmul(peer.transpose());
  const withMathjs = (): { valueOf(): unknown } => mathjs.multiply(other, mathjs.transpose(other));
  expectClose(twinGemm.gram(n, k, x.data), expected, 'gram');
  expectClose(withMl().to1DArray(), expected, 'gram');
  const small = n * n * k <= MATHJS_GRAM;
  if (small) expectClose((withMathjs().valueOf() as number[][]).flat(), expected, 'gram');
  return {
    hessbound: () => hb.gram(x),
    [TWIN]: () => twinGemm.gram(n, k, x.data),
    'ml-matrix': withMl,
    ...(small && { mathjs: withMathjs }),
  };
}

function norm(hb: Hessbound, n: number): Contenders {
  const x = randomMatrix(random(42), n, n);
  const rows = toRows(x);
  const peer = new MlMatrix(rows);
  const other = mathjs.matrix(rows, 'dense', 'number');
  const contenders = {
    hessbound: () => hb.frobeniusNorm(x),
    [TWIN]: () => twinNorm.frobeniusNorm(x.data),
    'ml-matrix': () => peer.norm('frobenius'),
    mathjs: () => mathjs.norm(other, 'fro') as MathNumericType,
  };
  for (const run of Object.values(contenders)) expectClose([Number(run())], [hb.frobeniusNorm(x)], 'norm');
  return contenders;
}

function eigh(hb: Hessbound, n: number, vectors: boolean): Contenders {
  const a = randomSymmetric(random(n), n);
  const rows = toRows(a);
  const peer = new MlMatrix(rows);
  // ml-matrix has no way to leave the vectors out.
  const withMl = (): EigenvalueDecomposition => new EigenvalueDecomposition(peer, { assumeSymmetric: true });
  const withMathjs = (): { values: unknown } =>
    vectors ? mathjs.eigs(rows) : mathjs.eigs(rows, { eigenvectors: false });
  const { values, vectors: expected } = hb.eigh(a, { vectors });
  const twin = twinEigh.eigh(n, a.data, vectors);
  expectClose(twin.values, values, 'eigh');
  if (expected) expectResiduals(a, twin.values, twin.vectors);
  expectClose(Float64Array.from(withMl().realEigenvalues).sort(), values, 'eigh');
  const small = n <= MATHJS_EIGH;
  if (small) expectClose(Float64Array.from(withMathjs().values as number[]).sort(), values, 'mathjs eigs');
  return {
    hessbound: () => hb.eigh(a, { vectors }),
    [TWIN]: () => twinEigh.eigh(n, a.data, vectors),
    ...(vectors && { 'ml-matrix': withMl }),
    ...(small && { mathjs: withMathjs }),
  };
}

function moments(hb: Hessbound, p: Problem): Contenders {
  const expected = pairs(hb, p);
  const twin = twinMoments.moments(p.network, p.data);
  expectClose([twin.trace, twin.frobeniusNorm], [expected.trace, expected.frobeniusNorm], 'moments');
  return { hessbound: () => pairs(hb, p), [TWIN]: () => twinMoments.moments(p.network, p.data) };
}

function pairs(hb: Hessbound, { network, data }: Problem): ReturnType<Hessbound['moments']> {
  return hb.moments(network, data, { method: 'gram' });
}

/** Beside the moments, which are a part of it. */
function boundGradient(hb: Hessbound, { network, data }: Problem): Contenders {
  const { wolkowiczStyan } = hb.sharpness(network, data).bounds;
  expectClose([hb.boundGradient(network, data).upper], [wolkowiczStyan!.largest.upper], 'bound');
  return {
    hessbound: () => hb.boundGradient(network, data),
    'moments alone': () => hb.moments(network, data),
  };
}

function hessian(hb: Hessbound, { network, data }: Problem): Contenders {
  expectClose(twinHessian.hessian(network, data), hb.hessian(network, data).data, 'hessian');
  return {
    hessbound: () => hb.hessian(network, data),
    [TWIN]: () => twinHessian.hessian(network, data),
  };
}

function product(hb: Hessbound, { network, data, parameters }: Problem): Contenders {
  const v = randomMatrix(random(7), 1, parameters).data;
  const twin = twinHvp.hessianVectorProduct(network, data, v);
  expectClose(twin, hb.hessianVectorProduct(network, data, v), 'H v');
  return {
    hessbound: () => hb.hessianVectorProduct(network, data, v),
    [TWIN]: () => twinHvp.hessianVectorProduct(network, data, v),
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

function toRows({ rows: n, cols, data }: Matrix): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}
