/** What each chart of a run shows. */
import { logarithmicEnds, type Theme, truest } from '../../src/views/index.js';
import { type Kept, type Point } from '../history.js';
import { type Ends, linearEnds, logEnds } from './ends.js';

export interface Curve {
  /** Those of one name are shown or put away together. */
  name: string;
  of: (point: Point) => number | undefined;
  color: keyof Theme;
  /** 0: the edge of a band that is not drawn. */
  width: number;
  dash?: number[];
  /** Written at the end of the curve. */
  label?: string;
}

export interface Spec {
  name: string;
  curves: readonly Curve[];
  /** What is between two curves is shaded. */
  band?: readonly [upper: number, lower: number];
  /** What kept runs are compared by; hidden with the curve of this name. */
  kept: { name: string; of: (point: Point) => number | undefined };
  log: boolean;
  /** The ends of the axis for what is in sight. */
  ends: (points: readonly Point[], kept: readonly (readonly Point[])[], hidden: ReadonlySet<string>) => Ends;
  label: (value: number) => string;
  height: number;
}

/** Far below every axis: where a bracket is open below. */
const GROUND = 1e-300;

/** threshold: how 2/η is called here. On a logarithmic axis what is not positive has no place: a gap, and a band down to the edge. */
export function sharpnessSpec(log: boolean, threshold: string, label: Spec['label'], height: number): Spec {
  const curves: Curve[] = [
    { name: 'bracket', of: ({ upper }) => upper, color: 'bound', width: 1 },
    {
      name: 'bracket',
      of: ({ lower }) => (log ? Math.max(lower, GROUND) : lower),
      color: 'bound',
      width: 0,
    },
    { name: 'bracket', of: ({ lower }) => lower, color: 'bound', width: 1 },
    { name: 'bound', of: ({ bound }) => bound, color: 'bound', width: 1.5, dash: [6, 4] },
    {
      name: 'stability',
      of: ({ stability }) => stability,
      color: 'threshold',
      width: 1.5,
      dash: [9, 4],
      label: threshold,
    },
    { name: 'exact', of: ({ exact }) => exact, color: 'exact', width: 2 },
  ];
  return {
    name: 'sharpness',
    curves,
    band: [0, 1],
    kept: { name: 'exact', of: truest },
    log,
    ends(points, kept, hidden) {
      const shown = curves.filter(({ name, width }) => width > 0 && !hidden.has(name));
      const beside = hidden.has('exact') ? [] : kept.flat().map(truest);
      const isLower = (curve: Curve): boolean => curve === curves[2];
      const values = (some: readonly Curve[]): number[] =>
        some.flatMap(({ of }) => points.flatMap((point) => of(point) ?? []));
      const main = [...values(shown.filter((curve) => !isLower(curve))), ...beside];
      const lowers = values(shown.filter(isLower));
      return log ? logEnds(logarithmicEnds(main, lowers) ?? [1, 10]) : linearEnds(extent([...main, ...lowers])); // prettier-ignore
    },
    label,
    height,
  };
}

export function lossSpec(log: boolean, label: Spec['label'], height: number): Spec {
  const of = ({ loss }: Point): number => loss;
  return {
    name: 'loss',
    curves: [{ name: 'loss', of, color: 'ink', width: 1.5 }],
    kept: { name: 'loss', of },
    log,
    ends(points, kept) {
      const values = [points, ...kept].flat().map(of);
      return log ? logEnds(logarithmicEnds(values) ?? [0.1, 1]) : linearEnds(extent(values));
    },
    label,
    height,
  };
}

export function accuracySpec(label: Spec['label'], height: number): Spec {
  const of = ({ accuracy }: Point): number | undefined => accuracy;
  return {
    name: 'accuracy',
    curves: [{ name: 'accuracy', of, color: 'ink', width: 1.5 }],
    kept: { name: 'accuracy', of },
    log: false,
    ends: () => [0, 1],
    label,
    height,
  };
}

/** Whether a logarithmic axis hides the lower end of some bracket. */
export function opensBelow(points: readonly Point[]): boolean {
  return points.some(({ lower }) => lower <= 0);
}

/** Those of a run over an axis of steps, and one on either side. */
export function inSight(points: Kept['history'], [low, high]: Ends): readonly Point[] {
  const from = firstAt(points, low);
  const to = firstAt(points, high);
  return points.slice(Math.max(0, from - 1), to + 1);
}

/** The index of the first point not before a step. */
function firstAt(points: readonly Point[], step: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].step < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

function extent(values: readonly number[]): Ends {
  let [low, high] = [0, 0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high && value < Infinity) high = value;
  }
  return [low, high];
}
