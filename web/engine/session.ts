/**
 * A training run as the page shows it. Every number on the page comes from here; the page runs it in a Worker, the tests in Node, and both get
 * the same bits for the same state.
 */
import {
  type Certificate,
  type Dataset,
  type Hessbound,
  initialize,
  type Network,
  type TrainingOptions,
  type TrainingReport,
  type TrainingState,
} from '../../src/index.js';
import { EXACT_PARAMETERS, type State } from '../state.js';
import { outputsOver, type Plane, planeOf } from './plane.js';
import { type Snapshot } from './protocol.js';
import { outputsOf, type Samples, samplesOf, type Source } from './samples.js';

/** What is shown of one moment of the run. */
export interface Frame {
  step: number;
  /** P. */
  parameters: number;
  loss: number;
  accuracy?: number;
  /** 2/η, with momentum (1 + μ) 2/η: above it gradient descent diverges on the quadratic model. Of sgd. */
  stability?: number;
  /** lower ≤ λ_max ≤ upper, guaranteed. */
  lower: number;
  upper: number;
  /** Wolkowicz and Styan's bound, from the moments alone. */
  bound: number;
  /** How the bracket came about: after each product, from the moments alone on. */
  closing: Certificate['history'];
  /** Every eigenvalue, ascending, up to EXACT_PARAMETERS. */
  values?: Float64Array;
}

/** Why a run does not go on, beside having been told to. */
export interface Stop {
  step: number;
  reason: string;
}

/** How far the bracket is closed: as far as a chart shows. */
const TOLERANCE = 1e-3;

export class Session {
  readonly data: Dataset;
  /** That a frame's bracket may take. */
  products: State['products'];
  readonly #hb: Hessbound;
  readonly #state: State;
  readonly #initial: Network;
  readonly #samples: Samples;
  #network: Network;
  #training: TrainingState | undefined;
  #report: TrainingReport;
  #pictured: ReturnType<typeof planeOf> | undefined;

  private constructor(hb: Hessbound, state: State, samples: Samples, training: TrainingState | undefined) {
    const { data, classes } = samples;
    this.#hb = hb;
    this.#state = state;
    this.data = data;
    this.#samples = samples;
    this.products = state.products;
    this.#initial = initialize({
      widths: [data.inputs.cols, ...state.hidden, outputsOf(state, classes)],
      activation: state.activation,
      loss: state.loss,
      seed: state.seed,
    });
    if (state.weightDecay > 0) this.#initial.weightDecay = state.weightDecay;
    this.#network = this.#initial;
    this.#training = training;
    this.#report = this.#train(0).report;
  }

  /** own: what the visitor's file has, if the state asks for it; training: of a run with this state, to go on from. */
  static async begin(hb: Hessbound, state: State, own?: Source, training?: TrainingState): Promise<Session> {
    return new Session(hb, state, await samplesOf(state, own), training);
  }

  get network(): Network {
    return this.#network;
  }

  /** The names of the inputs; similarity adds some that have none. */
  get features(): readonly string[] | undefined {
    const { features, data } = this.#samples;
    return features.length === data.inputs.cols ? features : undefined;
  }

  /** To go on from. */
  get training(): TrainingState {
    return this.#training!;
  }

  /** Makes so many steps; tells why there were fewer. */
  advance(steps: number): Stop | undefined {
    const { report, stopped } = this.#train(steps);
    this.#report = report;
    return stopped;
  }

  /** Back to the weights that the seed gave. */
  reset(): void {
    this.#network = this.#initial;
    this.#training = undefined;
    this.#report = this.#train(0).report;
  }

  frame(): Frame {
    const parameters = this.#network.layers.reduce(
      (sum, { weights, bias }) => sum + weights.data.length + (bias?.length ?? 0),
      0,
    );
    const { lower, upper, bounds, certificate, exact } = this.#hb.sharpness(this.#network, this.data, {
      bounds: ['wolkowiczStyan'],
      ...(this.products !== 0 && { tolerance: TOLERANCE }),
      ...(typeof this.products === 'number' && this.products > 0 && { maxProducts: this.products }),
      exact: parameters <= EXACT_PARAMETERS,
      ingredients: false,
    });
    const { step, loss, accuracy, stability } = this.#report;
    return {
      ...{ step, parameters, loss },
      ...(accuracy !== undefined && { accuracy }),
      ...(stability !== undefined && { stability }),
      lower,
      upper,
      bound: bounds.wolkowiczStyan!.largest.upper,
      closing: certificate?.history ?? [{ products: 0, lower, upper }],
      ...(exact && { values: exact.values }),
    };
  }

  /** The samples as points of a plane. */
  plane(): Plane {
    return this.#picture().plane;
  }

  /** Outputs of the network at size × size points of that plane, rows from the top. */
  regions(size: number): Float64Array {
    const { plane, directions } = this.#picture();
    return outputsOver(this.#hb, this.#network, plane, directions, size);
  }

  /** Outputs of the network for the samples, N × K. */
  outputs(): Float64Array {
    return this.#hb.logits(this.#network, this.data.inputs).data;
  }

  snapshot(): Snapshot {
    return { step: this.#report.step, network: this.#network, data: this.data };
  }

  #picture(): ReturnType<typeof planeOf> {
    this.#pictured ??= planeOf(this.#hb, this.#samples);
    return this.#pictured;
  }

  #train(steps: number): { report: TrainingReport; stopped?: Stop } {
    const { network, state, history, stopped } = this.#hb.train(this.#network, this.data, {
      ...optionsOf(this.#state),
      steps,
      ...(this.#training && { state: this.#training }),
    });
    this.#network = network;
    this.#training = state;
    return { report: history.at(-1)!, ...(stopped && { stopped }) };
  }
}

function optionsOf(state: State): Omit<TrainingOptions, 'steps'> {
  const { optimizer, learningRate, momentum, rho, strength, batch, seed } = state;
  return {
    optimizer,
    learningRate,
    seed,
    ...(optimizer === 'sgd' && momentum > 0 && { momentum }),
    ...(optimizer === 'sam' && { rho }),
    ...(strength > 0 && { regularizer: { kind: 'hsr', strength } }),
    ...(batch > 0 && { batch }),
  };
}
