/** The tasks of the benchmark, in any engine: results checked equal first, then timed. */
import { loadSync, type Hessbound, type Matrix } from 'hessbound';
import { create, all, type MathNumericType } from 'mathjs';
import { EigenvalueDecomposition, Matrix as MlMatrix } from 'ml-matrix';
import { expectClose, time, type Contenders, type Row } from '../../src/compare/measure.js';
import * as operations from './operations.js';
import { openPool } from './pool.js';
import { problem, random, randomMatrix, randomSymmetric, type Problem } from '../../src/compare/problems.js';
import * as tasks from '../../src/compare/tasks.js';

type Report = (row: Row) => void;

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
    await compare('moments by pairs', p.name, operations.moments(p), () => tasks.moments(hb, p));
  }
  for (const p of GRADIENTS) {
    await compare('bound and its gradient', p.name, undefined, () => boundGradient(hb, p));
  }
  for (const p of NETWORKS.filter(({ parameters }) => parameters < 3000)) {
    await compare('Hessian', `${p.name}, P = ${p.parameters}`, operations.hessian(p), () =>
      tasks.hessian(hb, p),
    );
  }
  for (const p of NETWORKS) {
    await compare('H·v', p.name, operations.hessianVectorProduct(p), () => tasks.product(hb, p));
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
  expectClose(withMl().to1DArray(), expected, 'gram');
  const small = n * n * k <= MATHJS_GRAM;
  if (small) expectClose((withMathjs().valueOf() as number[][]).flat(), expected, 'gram');
  return {
    ...tasks.gram(hb, x),
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
    ...tasks.norm(hb, x),
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
  const { values } = hb.eigh(a);
  expectClose(Float64Array.from(withMl().realEigenvalues).sort(), values, 'eigh');
  const small = n <= MATHJS_EIGH;
  if (small) expectClose(Float64Array.from(withMathjs().values as number[]).sort(), values, 'mathjs eigs');
  return {
    ...tasks.eigh(hb, a, vectors),
    ...(vectors && { 'ml-matrix': withMl }),
    ...(small && { mathjs: withMathjs }),
  };
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

function toRows({ rows: n, cols, data }: Matrix): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}
