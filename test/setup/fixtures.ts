/** The committed oracle results (test/fixtures/generate.py), in the library's types. */
import gradients from '../fixtures/bound-gradient.json' with { type: 'json' };
import adversarial from '../fixtures/adversarial.json' with { type: 'json' };
import cancellation from '../fixtures/cancellation.json' with { type: 'json' };
import enclosures from '../fixtures/enclosures.json' with { type: 'json' };
import networks from '../fixtures/networks.json' with { type: 'json' };
import training from '../fixtures/training.json' with { type: 'json' };
import { type Dataset, matrix, type Matrix, type Network, type TrainingOptions } from '../../src/index.js';

interface RawMatrix {
  rows: number;
  cols: number;
  data: number[];
}

export interface Expected {
  logits: number[];
  loss: number;
  gradient: number[];
  gradientScale: number;
  trace: number;
  frobeniusNorm: number;
  layerTraces: number[];
  crossNorms: number[];
  eigenvalues: number[];
  vector: number[];
  product: number[];
  hessian?: number[];
}

export interface Case {
  name: string;
  oracle: 'pytorch' | 'mpmath';
  network: Network;
  data: Dataset;
  expected: Expected;
}

/** Cases whose curvature is a small difference of large numbers; only the spectrum is known. */
export interface SpectrumCase extends Omit<Case, 'expected'> {
  expected: Pick<Expected, 'frobeniusNorm' | 'eigenvalues'>;
}

/** What PyTorch's optimizers make of a network: its parameters after each step (test/fixtures/training.py). */
export interface Trajectory extends Pick<Case, 'network' | 'data'> {
  options: Omit<TrainingOptions, 'steps'>;
  trajectory: number[][];
}

/** The gradients of trace, squared Frobenius norm and Wolkowicz–Styan bound (test/fixtures/bound_gradient.py). */
export interface GradientCase extends Omit<Case, 'oracle' | 'expected'> {
  expected: Record<'trace' | 'squares' | 'upper', number> &
    Record<'traceGradient' | 'squaresGradient' | 'boundGradient', number[]>;
}

/** Cases on which some bound was nearest to failing, and how it was asked for. */
export interface AdversarialCase extends SpectrumCase {
  options: { maxProducts: number; seed: number };
}

interface RawCase {
  network: Omit<Network, 'layers'> & {
    layers: (Omit<Network['layers'][number], 'weights'> & { weights: RawMatrix })[];
  };
  data: { inputs: RawMatrix; targets: RawMatrix | number[]; weights?: number[] };
}

export const CASES = parse<Case>(networks.cases);
export const CANCELLATION_CASES = parse<SpectrumCase>(cancellation.cases);
export const TRAJECTORIES = parse<Trajectory>(training.cases);
export const GRADIENT_CASES = parse<GradientCase>(gradients.cases);
export const ADVERSARIAL_CASES = parse<AdversarialCase>(adversarial.cases);
/** Cases whose forward pass double precision gets wrong, some of it or all. */
export const LOST_CASES = parse<SpectrumCase>(enclosures.cases);

function parse<C extends Pick<Case, 'network' | 'data'>>(cases: unknown): C[] {
  return (cases as RawCase[]).map((raw) => ({
    ...raw,
    network: {
      ...raw.network,
      layers: raw.network.layers.map((layer) => ({ ...layer, weights: toMatrix(layer.weights) })),
    },
    data: {
      ...raw.data,
      inputs: toMatrix(raw.data.inputs),
      targets: Array.isArray(raw.data.targets) ? raw.data.targets : toMatrix(raw.data.targets),
    },
  })) as unknown as C[];
}

function toMatrix({ rows, cols, data }: RawMatrix): Matrix {
  return matrix(rows, cols, data);
}
