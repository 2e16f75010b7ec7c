/** Everything the report shows, computed with the time of each step; plain data. */
import { type CallOptions } from '../call-options.js';
import { shareOfRight } from '../core/accuracy.js';
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
import { AUTO_EXACT_PARAMETERS, type BoundName, type SharpnessOptions } from '../sharpness-options.js';
import { type SpectralDensity } from '../spectral-density.js';
import { type MatrixPicture, pictureOf } from '../views/hessian.js';
import { type Pool } from '../workers/pool.js';

/** What computes: a pool, or whatever else has these methods of it. */
export type Calculator = Pick<Pool, 'hessian' | 'logits' | 'loss' | 'sharpness' | 'spectralDensity'>;

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
  /** Whether to keep a picture of the Hessian too, where there is the exact spectrum and up to 2,000 parameters: default false. */
  picture?: boolean;
  /** Becomes part of the result. */
  origin?: Origin;
  /** Of the certificate's first vector and of the density's probes: defaults as for sharpness and spectralDensity. */
  seed?: number;
  /** Its abort rejects the call at once, with signal.reason. */
  signal?: AbortSignal;
  /** Told the step under way and the fraction finished of it. */
  onProgress?: (step: string, fraction: number) => void;
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
  /** Of a network and data from files. */
  origin?: Origin;
}

/** What the files of a network and its data were taken to mean. */
export interface Origin {
  /** The network's: 'safetensors', 'ONNX', … */
  format: string;
  /** What was inferred rather than stated, a sentence each, without the full stop. */
  inferred: string[];
  /** What the class indices stand for. */
  classes?: string[];
  /** The names of the inputs. */
  features?: string[];
  /** Column j of the inputs became (x − means[j]) / scales[j]. */
  standardization?: { means: Float64Array; scales: Float64Array };
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

/** A Hessian of 32 MB. */
const PICTURE_PARAMETERS = 2000;

/** What the report calls the stages of sharpness, in the order in which they come. */
export const STAGES: Readonly<Record<string, string>> = {
  moments: 'moments',
  gaussNewton: 'Gauss-Newton split',
  quartic: 'four moments',
  deflated: 'certificate',
  ingredients: 'ingredients',
  explanation: 'explanation',
  exact: 'exact spectrum',
};

/**
 * The same numbers as the methods of the library give, to the bit.
 *
 * @throws what the library throws on bad input; on a Hessian too large for the exact spectrum before any work is done
 */
export async function analyze(
  calculator: Calculator,
  network: Network,
  data: Dataset,
  options: AnalysisOptions = {},
): Promise<Analysis> {
  const checked = checkNetwork(network);
  const { samples, targets } = checkDataset(checked, data);
  const { parameters } = checked;
  const exact = wantsExact(parameters, options.exact);
  if (exact) checkAssembly(checked, 'the bounds without the exact spectrum');

  const steps: Seconds = new Map();
  const loss = await watched('loss', steps, options, (call) => calculator.loss(network, data, call));
  const outputs = await watched('loss', steps, options, (call) =>
    calculator.logits(network, data.inputs, call),
  );
  const right = shareOfRight(checked, outputs.data, targets);
  const sharpness = await watched('bracket', steps, options, (call) =>
    calculator.sharpness(network, data, { ...sharpnessOptions(options, exact), ...call }),
  );
  const density = options.density
    ? await watched('spectral density', steps, options, (call) =>
        calculator.spectralDensity(network, data, { ...seedOf(options), ...call }),
      )
    : undefined;
  const picture =
    options.picture && exact && parameters <= PICTURE_PARAMETERS
      ? await watched('picture', steps, options, async (call) =>
          pictureOf(await calculator.hessian(network, data, call)),
        )
      : undefined;
  const costs = routeCosts(checked, samples);
  const values = sharpness.exact?.values;
  return {
    network: {
      widths: [checked.inputs, ...checked.layers.map((layer) => layer.outputs)],
      activations: checked.layers.map((layer) => layer.activation),
      loss: checked.loss,
      weightDecay: checked.weightDecay,
    },
    samples,
    loss,
    ...(right !== undefined && { accuracy: right }),
    ...sharpness,
    ...(values && { spectrum: summarize(values, sharpness.moments.frobeniusNorm) }),
    ...(density && { density }),
    ...(picture && { picture }),
    // Householder tridiagonalization takes 4/3 P³; everything after it, with eigenvalues only, is of order P².
    flops: { ...costs, exact: costs.hessian + (4 / 3) * parameters ** 3 },
    steps: [...steps].map(([name, seconds]) => ({ name, seconds })),
    ...(options.origin && { origin: options.origin }),
  };
}

/** What analyze() asks of sharpness. */
export function sharpnessOptions(options: AnalysisOptions, exact: boolean): SharpnessOptions {
  const { bounds = ['wolkowiczStyan', 'deflated'], tolerance, maxProducts } = options;
  return {
    bounds,
    exact,
    ...(tolerance !== undefined && { tolerance }),
    ...(maxProducts !== undefined && { maxProducts }),
    ...seedOf(options),
    explain: options.explain ?? false,
    certified: options.certified ?? false,
  };
}

export function wantsExact(parameters: number, exact: boolean | 'auto' = 'auto'): boolean {
  return exact === 'auto' ? parameters <= AUTO_EXACT_PARAMETERS : exact;
}

/** Ready for JSON.stringify: typed arrays as arrays, and null for what is not finite. Without the picture, which is nothing but one. */
export function analysisToJson(analysis: object): unknown {
  return JSON.parse(
    JSON.stringify(analysis, (key, value: unknown) => {
      if (key === 'picture') return undefined;
      return value instanceof Float64Array ? Array.from(value) : value;
    }),
  );
}

function seedOf({ seed }: AnalysisOptions): { seed?: number } {
  return seed === undefined ? {} : { seed };
}

/** Of each step, by its name. */
type Seconds = Map<string, number>;

/** Tells the progress of a call and adds the time of its stages to the steps. */
async function watched<Result>(
  name: string,
  steps: Seconds,
  { signal, onProgress }: AnalysisOptions,
  call: (options: CallOptions) => Promise<Result>,
): Promise<Result> {
  let step = name;
  let since = performance.now();
  const account = (): void => {
    const now = performance.now();
    steps.set(step, (steps.get(step) ?? 0) + (now - since) / 1000);
    since = now;
  };
  signal?.throwIfAborted();
  const result = await call({
    signal,
    onProgress: (fraction, stage) => {
      // The last word of a method is of no stage.
      if (stage) step = STAGES[stage.name] ?? stage.name;
      account();
      if (stage || step === name) onProgress?.(step, stage?.fraction ?? fraction);
    },
  });
  account();
  return result;
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
