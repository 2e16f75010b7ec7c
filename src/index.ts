/** hessbound: guaranteed bounds on how sharp a neural network's loss surface is. */
export { load, loadSync, type Hessbound } from './load.js';
export { createPool, type PoolOptions } from './create-pool.js';
export { type Pool } from './workers/pool.js';
export { type WorkerLike } from './workers/thread.js';
export { type CallOptions, type Stage } from './call-options.js';
export { type Eigh, type EighOptions, type EighResiduals } from './eigen.js';
export { matrix, type Matrix } from './matrix.js';
export {
  ACTIVATIONS,
  LOSSES,
  type Activation,
  type Dataset,
  type Layer,
  type Loss,
  type Network,
} from './network.js';
export { wolkowiczStyan, type EigenvalueBounds, type Interval, type WolkowiczStyanBounds } from './bounds.js';
export { type Moments, type MomentsOptions } from './moments.js';
export { BOUNDS, type BoundName, type SharpnessOptions } from './sharpness-options.js';
export { type Sharpness } from './sharpness.js';
export { type Part } from './parts.js';
export { type ShardOptions } from './shard.js';
export { type Certificate, type CertifiedEnd } from './certificate.js';
export { type AlignedPair, type Explanation, type PartShare } from './explanation.js';
export { type BoundGradient } from './bound-gradient.js';
export { type TopEigenvalues, type TopOptions } from './top-eigenvalues.js';
export { type DensityOptions, type Estimate, type SpectralDensity } from './spectral-density.js';
export { type GaussRule } from './core/quadrature.js';
export { type Ingredients } from './ingredients.js';
export { initialize, INITIALIZERS, type Initializer, type NetworkShape } from './initialization.js';
export {
  type LearningRateSchedule,
  OPTIMIZERS,
  type Regularizer,
  REGULARIZERS,
  type TrainingOptions,
} from './training/options.js';
export { type TrainingState, trainingStateFromJson, trainingStateToJson } from './training/state.js';
export { type Trained, type TrainingReport } from './training/train.js';
export { type BatchOptions, type BatchSharpness } from './streaming.js';
