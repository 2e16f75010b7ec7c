/** Every kind of job, under the name a worker is told. */
import { type CheckedDataset, type CheckedNetwork } from '../network.js';
import { alignment } from './alignment.js';
import { boundedUnits } from './bounded-units.js';
import * as dense from './dense.js';
import * as eigen from './eigh.js';
import * as curvature from './hessian.js';
import { images } from './images.js';
import { type AnyKind, single } from './job.js';
import { lanczos } from './lanczos.js';
import * as model from './model.js';
import { assembled } from './moments.js';
import { contractedGradient, pairedGradient } from './moments-gradient.js';
import { norms as computeNorms, type WantedNorms } from './norms.js';
import { orthogonality } from './orthogonality.js';
import { pairs } from './pairs.js';
import { quartic } from './quartic.js';
import { quadrature } from './quadrature.js';
import { compression, provenSquares } from './proven.js';
import * as readings from './readings.js';
import { training } from './training.js';
import { transferNorms } from './transfers.js';
import { unitLanczos } from './unit-lanczos.js';
import { unitMoments } from './unit-moments.js';
import { units } from './units.js';

export { quartic };

export interface Problem {
  network: CheckedNetwork;
  data: CheckedDataset;
}

export const gram = single('gram', (core, x: { rows: number; cols: number; data: Float64Array }) =>
  dense.gram(core, x.data, x.rows, x.cols),
);

export const frobeniusNorm = single('frobeniusNorm', (core, x: Float64Array) => dense.frobeniusNorm(core, x));

export const eigh = single(
  'eigh',
  (core, { a, order, wanted }: { a: Float64Array; order: number; wanted: eigen.Wanted }, report) =>
    eigen.eigh(core, a, order, wanted, report),
);

export const eighResiduals = single(
  'eighResiduals',
  (
    core,
    { a, order, values, vectors }: Record<'a' | 'values' | 'vectors', Float64Array> & { order: number },
  ) => eigen.residuals(core, a, order, values, vectors),
);

export const predict = single(
  'predict',
  (core, { network, rows, data }: { network: CheckedNetwork; rows: number; data: Float64Array }) =>
    model.predict(core, network, rows, data),
);

export const loss = single('loss', (core, { network, data }: Problem) => readings.loss(core, network, data));

export const gradient = single('gradient', (core, { network, data }: Problem) =>
  readings.gradient(core, network, data),
);

export const hessianVectorProduct = single(
  'hessianVectorProduct',
  (core, { network, data, v }: Problem & { v: Float64Array }) =>
    readings.hessianVectorProduct(core, network, data, v),
);

export const hessian = single('hessian', (core, { network, data }: Problem, report) =>
  curvature.hessian(core, network, data, report),
);

export const spectrum = single('spectrum', (core, { network, data }: Problem, report) =>
  curvature.spectrum(core, network, data, report),
);

export const norms = single('norms', (core, { network, data, wanted }: Problem & { wanted: WantedNorms }) =>
  computeNorms(core, network, data, wanted),
);

export const KINDS: ReadonlyMap<string, AnyKind> = new Map(
  [
    alignment,
    gram,
    frobeniusNorm,
    eigh,
    eighResiduals,
    predict,
    loss,
    gradient,
    hessianVectorProduct,
    hessian,
    spectrum,
    norms,
    images,
    lanczos,
    quadrature,
    orthogonality,
    pairs,
    assembled,
    contractedGradient,
    pairedGradient,
    training,
    transferNorms,
    quartic,
    units,
    unitMoments,
    unitLanczos,
    boundedUnits,
    provenSquares,
    compression,
  ].map((kind) => [kind.name, kind as AnyKind]),
);
