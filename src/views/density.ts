/** A spectral density: about how many eigenvalues there are by size, estimated, with the spread between the probes. */
import { max } from 'd3-array';
import { linearAxis, logAxis } from './axes.js';
import { element, figure, line, path, text } from './svg.js';
import { type Mark } from './spectrum.js';

export interface Density {
  title: string;
  description: string;
  /** Ascending. */
  grid: ArrayLike<number>;
  /** Eigenvalues by unit of λ, at each point of the grid. */
  density: ArrayLike<number>;
  /** Of each density; NaN where it is not known. */
  standardError: ArrayLike<number>;
  marks: readonly Mark[];
}

const PLOT = 170;
/** Powers of ten below the largest density that are drawn. */
const DECADES = 6;

export function density(view: Density, width: number): string {
  const { title, description, marks } = view;
  // A point every other pixel.
  const stride = Math.max(1, Math.ceil((2 * view.grid.length) / width));
  const every = (list: ArrayLike<number>): number[] => Array.from(list).filter((_, i) => i % stride === 0);
  const [grid, densities] = [every(view.grid), every(view.density)];
  const top = 12 + 19 * marks.length;
  const bottom = top + PLOT;
  const [left, right] = [56, width - 14];
  const most = max(densities) ?? 0;
  if (!(most > 0)) return '';
  const floor = most / 10 ** DECADES;
  const x = linearAxis([...grid, ...marks.map(({ value }) => value)], [left + 4, right - 4]);
  const y = logAxis([floor, most], [bottom, top], 24);
  const level = (value: number): number => y.at(Math.max(floor, value));
  const places = grid.map((value) => x.at(value));
  const errors = every(view.standardError).map((error) => (Number.isFinite(error) ? error : 0));
  const above = places.map((at, i): [number, number] => [at, level(densities[i] + errors[i])]);
  const below = places.map((at, i): [number, number] => [at, level(densities[i] - errors[i])]);
  const curve = places.map((at, i): [number, number] => [at, level(densities[i])]);
  const parts = y.ticks.flatMap(({ at, label }) => [
    line(left, at, right, at, 'grid'),
    text(left - 8, at + 4, label, 'note', 'end'),
  ]);
  parts.push(
    element('path', { d: path([...above, ...below.reverse()], true), class: 'positive wash' }),
    element('path', { d: path(curve), class: 'curve positive' }),
    line(left, bottom, right, bottom, 'axis'),
    text(0, 10, 'eigenvalues by unit of λ', 'note'),
    text((left + right) / 2, bottom + 35, 'λ', 'note', 'middle'),
    ...x.ticks.map(({ at, label }) => text(at, bottom + 17, label, 'note', 'middle')),
    ...marks.flatMap(({ value, label, kind }, i) => {
      const [at, row] = [x.at(value), 24 + 19 * i];
      const before = at > (left + right) / 2;
      return [
        line(at, row - 10, at, bottom, `mark ${kind} dashed`),
        text(at + (before ? -7 : 7), row, label, kind, before ? 'end' : 'start'),
      ];
    }),
  );
  return figure({ width, height: bottom + 42, title, description }, ...parts);
}
