/**
 * What the page and its Workers say to each other. The page never computes: it asks, by name, and a Worker answers one call after another. The
 * page asks for the next frame when it has shown the last, so none pile up. Of what answers it has the types alone, so that importing this loads nothing.
 */
import type { Dataset, Network } from '../../src/index.js';
import type { Variation } from '../ingredients.js';
import type { State } from '../state.js';
import type { Point } from '../history.js';
import type { Contest, Outcome } from './benchmarks.js';
import type { Form } from './keep.js';
import type { Measurement, Problem, Reasons, TooMuch } from './ingredients.js';
import type { LandscapeFigures, Marks, MatrixFigures, SpectrumFigures } from './hessian.js';
import type { Given, Reading, Wanted } from './own/reading.js';
import type { Report } from './own/report.js';
import type { Part } from './own/roles.js';
import type { OwnData } from './own-data.js';
import type { Plane } from './plane.js';
import type { Frame, Stop } from './session.js';

/** What the page can ask, each with what it gives. Those up to snapshot are of the session that begin began; all others depend on their arguments alone. */
export interface Calls {
  /** Reads the visitor's data, for states that ask for them; column: of the targets, from 1, or 0. What was read before stays if this cannot be. */
  own: (file: OwnFile, column: number) => OwnData;
  begin: (state: State) => Frame;
  /** So many steps, or fewer and why. */
  advance: (steps: number) => Frame & { stopped?: Stop };
  /** The same moment again, its bracket with so many products; and so from here on. */
  effort: (products: State['products']) => Frame;
  /** Back to the weights that the seed gave. */
  reset: () => Frame;
  /** The samples as the page draws them. */
  plane: () => Plane;
  /** size × size × K outputs over that plane, rows from the top. */
  regions: (size: number) => Float64Array;
  /** N × K outputs for the samples. */
  outputs: () => Float64Array;
  /** The network and the data as they are now: for calls to another Worker, that the training does not wait. */
  snapshot: () => Snapshot;
  /** A file of the network, the data or both as they are now. */
  written: (form: Form) => Uint8Array<ArrayBuffer>;
  /** A file of the whole run; the page has its history. */
  savedRun: (state: State, history: readonly Point[]) => Uint8Array<ArrayBuffer>;
  /** Begins the run of such a file where it was. The session before goes on if it cannot be read. */
  restore: (file: OwnFile) => Restored;
  /** What there is to time, in order. */
  contests: (quick: boolean) => Contest[];
  /** Times the contest of that place, once its results are found equal. */
  contest: (place: number, quick: boolean) => Outcome;
  /** The bound and λ_max of a network and data with their ingredients changed. */
  vary: (problem: Problem, variation: Variation) => Measurement | TooMuch;
  /** Why the bound is what it is there. */
  explain: (problem: Problem, variation: Variation) => Reasons | TooMuch;
  /** Figures of eigenvalues, so many pixels wide. */
  spectrum: (values: Float64Array, marks: Marks, scale: State['scale'], width: number) => SpectrumFigures;
  /** The same of an estimate. */
  estimatedSpectrum: (
    snapshot: Snapshot,
    marks: Marks,
    scale: State['scale'],
    width: number,
  ) => SpectrumFigures;
  wholeSpectrum: (snapshot: Snapshot) => Float64Array;
  matrix: (snapshot: Snapshot, width: number) => MatrixFigures;
  landscape: (
    snapshot: Snapshot,
    look: { learningRate: number; zoom: number },
    widths: [wide: number, square: number],
  ) => LandscapeFigures;
  /** What each of a visitor's files is for. */
  rolesOf: (files: readonly File[]) => Part[];
  /** What is in them, what has to be asked, and what an analysis will take. */
  readGiven: (given: Given, wanted: Wanted) => Reading;
  reportOf: (given: Given, wanted: Wanted) => Report;
}

export interface OwnFile {
  name: string;
  bytes: Uint8Array;
}

export interface Restored {
  state: State;
  history: readonly Point[];
  frame: Frame;
  /** The visitor's data, which are in the file as well. */
  own?: { file: OwnFile; about: OwnData };
}

export interface Snapshot {
  step: number;
  network: Network;
  data: Dataset;
}

export type Arguments<Name extends keyof Calls> = Parameters<Calls[Name]>;
export type Result<Name extends keyof Calls> = ReturnType<Calls[Name]>;

export interface Request<Name extends keyof Calls = keyof Calls> {
  id: number;
  name: Name;
  args: Arguments<Name>;
}

/** How far a long call got. */
export interface Progress {
  stage: string;
  /** From 0 to 1. */
  fraction: number;
}

export type Answer =
  { id: number; result: unknown } | { id: number; error: string } | { id: number; progress: Progress };
