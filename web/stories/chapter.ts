/**
 * What a chapter is: a state, a number of steps, what to watch for, and sentences on what was seen, which carry the numbers of the run and know
 * whether they are true of it. Below, what such sentences measure.
 */
import { readable } from '../number.js';
import { type Point } from '../history.js';
import { type Place, type State } from '../state.js';

export interface Story {
  title: string;
  /** What one would like to know. */
  teaser: string;
  /** A small drawing, 40 × 24, for the eye alone. */
  mark: readonly { of: 'bound' | 'exact' | 'threshold' | 'ink' | 'dots'; path: string }[];
  chapters: readonly Chapter[];
}

export interface Chapter {
  place: Place;
  title: string;
  /** What is done, and what to watch for. */
  text: string;
  /** Where its run differs from DEFAULTS. */
  state: Partial<State>;
  /** Of the whole chapter. */
  steps: number;
  sights: readonly Sight[];
}

export type Course = readonly Point[];

/** A sentence about a run, and whether it is true of it. It may compare with the runs of the story's earlier chapters, where they are there. */
export type Sight = (
  run: Course,
  earlier: (chapter: number) => Course | undefined,
) => { says: string; holds: boolean } | undefined;

export const sharp = (point: Point): number => point.exact ?? point.upper;
export const gap = (point: Point): number => point.bound / sharp(point);
/** λ_max in units of 2/η. */
export const height = (point: Point): number => sharp(point) / point.stability!;
export const first = (run: Course): Point => run[0];
export const last = (run: Course): Point => run[run.length - 1];
export const sharpest = (run: Course): Point =>
  run.reduce((most, point) => (sharp(point) > sharp(most) ? point : most));
export const rises = (run: Course): number =>
  run.filter(({ loss }, i) => i > 0 && loss > run[i - 1].loss).length;
/** How far λ_max of two runs is apart, as a share of itself, where both have a point. */
export function apart(run: Course, other: Course): number {
  const others = new Map(other.map((point) => [point.step, point]));
  return Math.max(
    ...run.map((point) => {
      const like = others.get(point.step);
      return like ? Math.abs(sharp(point) / sharp(like) - 1) : 0;
    }),
  );
}
export const n = (value: number): string => readable(value, 3);
export const percent = (share: number): string => `${readable(100 * share, 3)} %`;

/** Least and greatest of a measure over the steps from one on. */
export function range(run: Course, from: number, measure: (point: Point) => number): [number, number] {
  const values = run.filter(({ step }) => step >= from).map(measure);
  return [Math.min(...values), Math.max(...values)];
}

/** Where it began. */
export const starts: Sight = (run) => ({
  says: `At the start λ_max was ${n(sharp(first(run)))} and the bound ${n(first(run).bound)}, ${n(gap(first(run)))} times that.`,
  holds: gap(first(run)) > 1,
});

/** That the bound came down to the truth. */
export const narrowing: Sight = (run) => ({
  says: `The bound began at ${n(gap(first(run)))} times the truth and ended at ${n(gap(last(run)))} times.`,
  holds: gap(last(run)) < gap(first(run)) && gap(last(run)) < 1.15,
});

/** A run as far as a chapter goes. */
export function upTo(run: Course, steps: number): Course {
  return run.filter(({ step }) => step <= steps);
}
