/**
 * What the Hessian tab shows, figures and all: they are drawn here, in the Worker, so that the page has nothing to do but to show them. Each answer says
 * which step it is of, and depends on its arguments alone.
 */
import { type Hessbound } from '../../src/index.js';
import { percent, significant, significantDown, significantUp, typeset } from '../../src/report/numbers.js';
import { blocks, density, hessianPicture, histogram, type Mark, pictureOf, scree } from '../../src/views/index.js'; // prettier-ignore
import { type State } from '../state.js';
import { contours } from '../views/contours.js';
import { slices } from '../views/slices.js';
import { landscapeOf, type Landscape } from './landscape.js';
import { type Snapshot } from './protocol.js';
import { type Frame } from './session.js';

/** What figures of the spectrum compare the eigenvalues with. */
export type Marks = Pick<Frame, 'lower' | 'upper' | 'bound' | 'stability'>;

export interface SpectrumFigures {
  histogram: string;
  /** Of exact eigenvalues one by one; of an estimate the smooth density. */
  scree: string;
  /** Eigenvalues. */
  count: number;
  /** Of exact ones, those certainly below 0. */
  negative?: number;
  /** Of an estimate, whether the matrix is small enough to be assembled. */
  feasible?: boolean;
}

export interface MatrixFigures {
  step: number;
  /** Of each layer. */
  parameters: number[];
  /** The entries; absent where there are too many of them. */
  picture?: string;
  blocks: string;
  /** The share of ‖H‖_F² of each layer with itself, all together. */
  own: number;
}

export interface LandscapeFigures {
  step: number;
  landscape: Landscape;
  slices: string;
  map: string;
}

/** The most parameters of a matrix that is assembled for a look at it: 50 MB, and up to some seconds for all its eigenvalues. */
export const MOST_ASSEMBLED = 2500;
/** The estimate's random directions and the products for each. */
const [PROBES, STEPS] = [4, 30];
/** On a linear axis a mark so many times beyond the largest eigenvalue would leave no room for the eigenvalues. */
const FAR = 3;
/** Pixels below which a long name takes all of a figure. */
const NARROW = 300;

/** @param values every eigenvalue, ascending */
export function spectrumFigures(
  values: Float64Array,
  marks: Marks,
  scale: State['scale'],
  width: number,
): SpectrumFigures {
  const [smallest, largest] = [values[0], values.at(-1)!];
  const size = Math.max(-smallest, largest);
  // What rounding may have added to an eigenvalue (docs/eigensolver.md): those within it have no sign.
  const rounding = values.length * Number.EPSILON * size;
  const negative = values.filter((value) => value < -rounding).length;
  const description = `${values.length} eigenvalues from ${significant(smallest)} to ${significant(largest)}, ${negative} of them negative.`;
  const exact: Mark = { value: largest, label: typeset(`λ_max ${significant(largest)}`), kind: 'exact' };
  const shown = {
    values,
    marks: [exact, ...marksOf(marks, size, scale, width)],
    scale: viewOf(scale),
    rounding,
  };
  return {
    histogram: histogram({ title: 'Histogram of the eigenvalues', description, ...shown }, width),
    scree: scree({ title: 'The eigenvalues from the largest to the smallest', description, ...shown }, width),
    count: values.length,
    negative,
  };
}

/** Of a network too large for its exact spectrum at every look: stochastic Lanczos quadrature, seeded. */
export function estimatedSpectrum(
  hb: Hessbound,
  { network, data }: Snapshot,
  marks: Marks,
  scale: State['scale'],
  width: number,
): SpectrumFigures {
  const P = parametersOf(network);
  const { nodes, weights, ...smooth } = hb.spectralDensity(network, data, {
    ...{ probes: PROBES, steps: STEPS, moments: false },
  });
  const size = Math.max(-nodes[0], nodes.at(-1)!);
  const shown = { marks: marksOf(marks, size, scale, width), scale: viewOf(scale) };
  const counts = weights.map((weight) => P * weight);
  const description = `An estimate of ${P} eigenvalues from ${significant(nodes[0])} to ${significant(nodes.at(-1)!)}.`;
  const scaled = {
    grid: smooth.grid,
    density: smooth.density.map((x) => P * x),
    standardError: smooth.standardError.map((x) => P * x),
  };
  const title = 'Histogram of the eigenvalues, estimated';
  return {
    histogram: histogram({ title, description, values: nodes, counts, ...shown }, width),
    scree: density(
      {
        title: 'Density of the eigenvalues, estimated',
        description,
        ...scaled,
        // From the right, so that no line goes through the words of another.
        marks: marksOf(marks, size, 'linear', width).sort((a, b) => b.value - a.value),
      },
      width,
    ),
    count: P,
    feasible: P <= MOST_ASSEMBLED,
  };
}

/** Every eigenvalue of the assembled matrix, ascending. */
export function wholeSpectrum(hb: Hessbound, { network, data }: Snapshot): Float64Array {
  return hb.eigh(hb.hessian(network, data)).values;
}

/** The matrix entry by entry, and layer by layer, each so many pixels wide. */
export function matrixFigures(
  hb: Hessbound,
  { step, network, data }: Snapshot,
  width: number,
): MatrixFigures {
  const { layers, crossNorms, frobeniusNorm } = hb.moments(network, data);
  const L = layers.length;
  const sizes = layers.map(({ parameters }) => parameters);
  const shares = Array.from(crossNorms.data, (norm) => (frobeniusNorm > 0 ? (norm / frobeniusNorm) ** 2 : 0));
  const names = layers.map((_, l) => String(l + 1));
  const own = names.reduce((sum, _, l) => sum + shares[l * L + l], 0);
  const words = names.map((name, l) => `layer ${name} ${percent(shares[l * L + l], 1)}`).join(', ');
  const figures = {
    step,
    parameters: sizes,
    blocks: blocks(
      {
        title: 'Shares of the squared Frobenius norm by pair of layers',
        description: `On the diagonal: ${words}; the rest is across layers.`,
        shares,
        labels: shares.map((share, at): [string, string] => [
          percent(share, 1),
          typeset(`norm ${significant(crossNorms.data[at], 3)}`),
        ]),
        names,
      },
      width,
    ),
    own,
  };
  if (parametersOf(network) > MOST_ASSEMBLED) return figures;
  const picture = pictureOf(hb.hessian(network, data));
  const largest = typeset(
    significant(
      picture.entries.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
      3,
    ),
  );
  const description = `${picture.order} × ${picture.order} entries of size up to ${largest}, lines between the ${L} layers.`;
  const pairs = shares.map((share, at) => {
    const [k, l] = [Math.floor(at / L), at % L];
    const which = k === l ? `layer ${k + 1} with itself` : `layer ${k + 1} with layer ${l + 1}`;
    return `${which}: ${percent(share, 1)} of ‖H‖²`;
  });
  const view = {
    title: 'The Hessian, entry by entry',
    description,
    picture,
    layers: sizes,
    largest,
    names: pairs,
  };
  return { ...figures, picture: hessianPicture(view, width) };
}

/** The loss along the two directions of largest curvature; widths of the slices and of the map, in pixels. */
export function landscapeFigures(
  hb: Hessbound,
  { step, network, data }: Snapshot,
  { learningRate, zoom }: { learningRate: number; zoom: number },
  [wide, square]: [number, number],
): LandscapeFigures {
  const landscape = landscapeOf(hb, network, data, { learningRate, zoom });
  const { loss, reach, size, losses } = landscape;
  const [first, second] = landscape.slices;
  const words = landscape.slices.map(({ curvature }) => significant(curvature)).join(' and ');
  const common = `The directions have the curvatures ${words}; the loss here is ${significant(loss)}.`;
  const landing = `One step lands ${significant(first.landing.place)} along the first and ${significant(second.landing.place)} along the second.`;
  return {
    step,
    landscape,
    slices: slices(
      {
        title: 'The loss along the two sharpest directions',
        description: `${common} ${landing}`,
        loss,
        slices: landscape.slices.map((slice, k) => ({
          ...slice,
          name: typeset(`along v${'₁₂'[k]}: curvature ${significant(slice.curvature)}`),
        })),
      },
      wide,
    ),
    map: contours(
      {
        title: 'The loss over the plane of the two sharpest directions',
        description: `${common} From ${significant(-reach)} to ${significant(reach)} in each. ${landing}`,
        names: ['along v₁', 'along v₂'],
        ...{ reach, size, heights: losses },
        model: (a, b) =>
          loss +
          a * (first.slope + (first.curvature / 2) * a) +
          b * (second.slope + (second.curvature / 2) * b),
        landing: [first.landing.place, second.landing.place],
      },
      square,
    ),
  };
}

/** Bounds and 2/η, those printed as bounds rounded to their safe side. */
function marksOf(
  { lower, upper, bound, stability }: Marks,
  size: number,
  scale: State['scale'],
  width: number,
): Mark[] {
  const name = width < NARROW ? 'W.–S.' : 'Wolkowicz–Styan';
  const marks: Mark[] = [
    { value: upper, label: typeset(`certified ≤ ${significantUp(upper)}`), kind: 'bound' },
    { value: bound, label: typeset(`${name} ≤ ${significantUp(bound)}`), kind: 'bound' },
  ];
  // A closed bracket is one line.
  if (upper - lower > 0.01 * Math.abs(upper))
    marks.push({ value: lower, label: typeset(`certified ≥ ${significantDown(lower)}`), kind: 'bound' });
  if (stability !== undefined)
    marks.push({ value: stability, label: typeset(`2/η ${significant(stability)}`), kind: 'threshold' });
  return scale === 'linear' ? marks.filter(({ value }) => Math.abs(value) <= FAR * size) : marks;
}

function viewOf(scale: State['scale']): 'log' | 'linear' {
  return scale === 'linear' ? 'linear' : 'log';
}

function parametersOf({ layers }: Snapshot['network']): number {
  return layers.reduce((sum, { weights, bias }) => sum + weights.data.length + (bias?.length ?? 0), 0);
}
