/** Everything the report shows, computed with the time of each step; plain data. */
import { type Hessbound } from '../load.js';
import { checkAssembly, routeCosts } from '../moments.js';
import {
  checkDataset,
  checkNetwork,
  type Activation,
  type Dataset,
  type Loss,
  type Network,
} from '../network.js';
import { type Sharpness } from '../sharpness.js';
import { AUTO_EXACT_PARAMETERS, type BoundName } from '../sharpness-options.js';
import { type SpectralDensity } from '../spectral-density.js';
import { accuracy } from '../training/accuracy.js';
import { type MatrixPicture, pictureOf } from '../views/hessian.js';

export interface AnalysisOptions {
  /** Whether to compute the exact spectrum too; 'auto' (if absent): up to AUTO_EXACT_PARAMETERS. */
  exact?: boolean | 'auto';
  /** Default: Wolkowicz–Styan and the certificate. */
  bounds?: 'all' | BoundName[];
  /** As for sharpness. */
  tolerance?: number;
  maxProducts?: number;
  /** As for sharpness. */
  explain?: boolean;
  certified?: boolean;
  /** Whether to estimate the spectral density: default false. */
  density?: boolean;
  /** Whether to keep a picture of the Hessian beside the exact spectrum: default false. */
  picture?: boolean;
  /** Called with the name of each step before it begins. */
  onStep?: (name: string) => void;
}

export interface Analysis extends Sharpness {
  network: { widths: number[]; activations: Activation[]; loss: Loss; weightDecay: number };
  samples: number;
  loss: number;
  /** Share of right answers; absent for squared error. */
  accuracy?: number;
  /** What the exact spectrum looks like, if computed. */
  spectrum?: SpectrumSummary;
  /** Estimated, if asked for. */
  density?: SpectralDensity;
  /** The Hessian, made smaller, if asked for. */
  picture?: MatrixPicture;
  /** Floating-point operations of both routes to the moments, and of the exact spectrum. */
  flops: { gram: number; hessian: number; exact: number };
  steps: Step[];
}

export interface Step {
  name: string;
  seconds: number;
}

/** Eigenvalues within rounding of 0 count as neither negative nor positive. */
export interface SpectrumSummary {
  /** P ε ‖H‖_F, what rounding may have added to an eigenvalue. */
  rounding: number;
  negative: number;
  zero: number;
  positive: number;
  /** Those above outlierThreshold · λ_max, and their share of ‖H‖_F². */
  outliers: number;
  outlierShare: number;
}

/** Above this share of λ_max an eigenvalue counts as an outlier of the spectrum. */
export const OUTLIER_THRESHOLD = 0.01;

/** @throws what the library throws on bad input; on a Hessian too large for the exact spectrum before any work is done */
export function analyze(
  hb: Hessbound,
  network: Network,
  data: Dataset,
  options: AnalysisOptions = {},
): Analysis {
  const checked = checkNetwork(network);
  const { samples } = checkDataset(checked, data);
  const { parameters } = checked;
  const { exact = 'auto', bounds = ['wolkowiczStyan', 'deflated'], onStep, tolerance, maxProducts } = options;
  const wantsExact = exact === 'auto' ? parameters <= AUTO_EXACT_PARAMETERS : exact;
  if (wantsExact) checkAssembly(checked, 'the bounds without the exact spectrum');

  const steps: Step[] = [];
  const timed = <T>(name: string, body: () => T): T => {
    onStep?.(name);
    const start = performance.now();
    const result = body();
    steps.push({ name, seconds: (performance.now() - start) / 1000 });
    return result;
  };
  const fit = timed('loss', () => {
    const share = accuracy(hb, network, data);
    return { loss: hb.loss(network, data), ...(share !== undefined && { accuracy: share }) };
  });
  const sharpness = timed('bracket', () =>
    hb.sharpness(network, data, {
      bounds,
      ...(tolerance !== undefined && { tolerance }),
      ...(maxProducts !== undefined && { maxProducts }),
      explain: options.explain ?? false,
      certified: options.certified ?? false,
    }),
  );
  const values = wantsExact ? exactSpectrum(hb, network, data, timed) : undefined;
  const density = options.density
    ? timed('spectral density', () => hb.spectralDensity(network, data))
    : undefined;
  const picture =
    options.picture && wantsExact ? timed('picture', () => pictureOf(hb.hessian(network, data))) : undefined;
  const costs = routeCosts(checked, samples);
  return {
    network: {
      widths: [checked.inputs, ...checked.layers.map((layer) => layer.outputs)],
      activations: checked.layers.map((layer) => layer.activation),
      loss: checked.loss,
      weightDecay: checked.weightDecay,
    },
    samples,
    ...fit,
    ...sharpness,
    ...(values && {
      exact: { largest: values.at(-1)!, smallest: values[0], values },
      spectrum: summarize(values, sharpness.moments.frobeniusNorm),
    }),
    ...(density && { density }),
    ...(picture && { picture }),
    // Householder tridiagonalization takes 4/3 P³; everything after it, with eigenvalues only, is of order P².
    flops: { ...costs, exact: costs.hessian + (4 / 3) * parameters ** 3 },
    steps,
  };
}

/** Ready for JSON.stringify: typed arrays as arrays, and null for what is not finite. */
export function analysisToJson(analysis: object): unknown {
  return JSON.parse(
    JSON.stringify(analysis, (_, value: unknown) =>
      value instanceof Float64Array ? Array.from(value) : value,
    ),
  );
}

/** What sharpness({ exact: true }) gives, to the bit, in two steps to time each. */
function exactSpectrum(
  hb: Hessbound,
  network: Network,
  data: Dataset,
  timed: <T>(name: string, body: () => T) => T,
): Float64Array {
  // Weight decay shifts every eigenvalue by exactly ω, so it is added last, where it cannot disturb the small ones.
  const plain = { ...network, weightDecay: 0 };
  const matrix = timed('Hessian', () => hb.hessian(plain, data));
  const { values } = timed('eigenvalues', () => hb.eigh(matrix));
  return values.map((value) => value + (network.weightDecay ?? 0));
}

function summarize(values: Float64Array, norm: number): SpectrumSummary {
  const rounding = values.length * Number.EPSILON * norm;
  const largest = values.at(-1)!;
  const outliers = values.filter((value) => value > Math.max(OUTLIER_THRESHOLD * largest, rounding));
  const negative = values.filter((value) => value < -rounding).length;
  const positive = values.filter((value) => value > rounding).length;
  return {
    rounding,
    negative,
    zero: values.length - negative - positive,
    positive,
    outliers: outliers.length,
    outlierShare: norm === 0 ? 0 : outliers.reduce((sum, value) => sum + (value / norm) * (value / norm), 0),
  };
}
