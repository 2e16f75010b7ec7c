/** The loss along some directions, each in a panel, on one scale: what is true, and what the quadratic model says. */
import { linearAxis, spanAxis } from '../../src/views/axes.js';
import { coordinate, element, figure, line, path, text } from '../../src/views/svg.js';
import { arrow, LANDSCAPE_KEYS, legend, point } from './legend.js';

export interface Slices {
  title: string;
  description: string;
  /** The loss at 0, where the directions meet. */
  loss: number;
  slices: readonly SliceView[];
}

export interface SliceView {
  name: string;
  curvature: number;
  slope: number;
  /** Ascending, from one end of the axis to the other. */
  places: ArrayLike<number>;
  losses: ArrayLike<number>;
  landing: { place: number; loss: number };
}

/** Below this width the panels stand under each other. */
const NARROW = 400;
const PLOT = 190;
const [LEFT, RIGHT, TOP, BELOW, BETWEEN] = [46, 12, 30, 42, 24];
/** Points of the model's curve. */
const FINE = 96;

export function slices({ title, description, loss, slices: all }: Slices, width: number): string {
  const narrow = width < NARROW;
  const panel = narrow ? width : (width - BETWEEN * (all.length - 1)) / all.length;
  const tall = TOP + PLOT + BELOW;
  const seen = heightsOf(loss, all);
  const keys = legend(LANDSCAPE_KEYS, width);
  const bottom = narrow ? all.length * tall : tall;
  const panels = all.map((slice, k) =>
    element(
      'g',
      {
        transform: narrow ? `translate(0 ${coordinate(k * tall)})` : `translate(${coordinate(k * (panel + BETWEEN))} 0)`,
      }, // prettier-ignore
      ...drawn(slice, loss, seen, panel),
    ),
  );
  return figure(
    { width, height: bottom + keys.height + 4, title, description },
    ...panels,
    ...keys.at(0, bottom + 2),
  );
}

/** From the least loss to the largest, with some room; from 0 where that takes little more. */
function heightsOf(loss: number, all: readonly SliceView[]): [number, number] {
  const losses = all.flatMap((slice) => Array.from(slice.losses));
  const [least, most] = [Math.min(loss, ...losses), Math.max(loss, ...losses)];
  const room = 0.08 * (most - least);
  return [least < 0.6 * most ? 0 : least - room, most + room];
}

function drawn(slice: SliceView, loss: number, seen: readonly number[], width: number): string[] {
  const { name, curvature, slope, landing } = slice;
  const [left, right, top, bottom] = [LEFT, width - RIGHT, TOP, TOP + PLOT];
  const places = Array.from(slice.places);
  const [from, to] = [places[0], places.at(-1)!];
  const x = linearAxis([from, to], [left, right], 34);
  const y = spanAxis(seen, [bottom, top], 26);
  const truth = places.map((place, i): [number, number] => [x.at(place), y.at(slice.losses[i])]);
  const model = Array.from({ length: FINE + 1 }, (_, i): [number, number] => {
    const place = from + ((to - from) * i) / FINE;
    return [x.at(place), y.at(loss + place * (slope + (curvature / 2) * place))];
  });
  const inside = landing.place >= from && landing.place <= to;
  const now: [number, number] = [x.at(0), y.at(loss)];
  const next: [number, number] = [x.at(landing.place), y.at(landing.loss)];
  // A picture within the picture, which ends where its frame does.
  const clipped = element(
    'svg',
    {
      x: left,
      y: top,
      width: right - left,
      height: PLOT,
      viewBox: `${left} ${top} ${coordinate(right - left)} ${PLOT}`,
    },
    element('path', { d: path(truth), class: 'curve ink' }),
    element('path', { d: path(model), class: 'curve exact', style: 'stroke-dasharray:6 4' }),
  );
  return [
    text(0, 13, name, 'strong'),
    ...y.ticks.flatMap(({ at, label }) => [
      line(left, at, right, at, 'grid'),
      text(left - 8, at + 4, label, 'note', 'end'),
    ]),
    ...x.ticks.map(({ at, label }) => text(at, bottom + 17, label, 'note', 'middle')),
    line(left, bottom, right, bottom, 'axis'),
    line(now[0], top, now[0], bottom, 'rule'),
    clipped,
    ...(inside ? [arrow(...now, ...next), point('next', ...next)] : []),
    point('now', ...now),
  ];
}
