/** How a bracket closes, product by product: its two ends, and by how much they are apart. */
import { linearAxis, logAxis, type Axis } from './axes.js';
import { coordinate, element, figure, line, path, text } from './svg.js';
import { diamond } from './intervals.js';

export interface Closing {
  title: string;
  description: string;
  /** The bracket after so many products, which ascend. */
  history: readonly { products: number; lower: number; upper: number }[];
  exact?: number;
  /** Of the history so many are drawn, on axes that have room for all; by default all. */
  looks?: number;
}

const NARROW = 520;
const HEIGHT = 210;
/** What rounding leaves of a relative difference; equal ends are drawn here. */
const LEAST_GAP = 1e-16;

/** Two panels, under each other on a narrow page. */
export function closing({ title, description, history, exact, looks }: Closing, width: number): string {
  const narrow = width < NARROW;
  const panel = narrow ? width : (width - 28) / 2;
  const second = narrow ? { x: 0, y: HEIGHT + 12 } : { x: panel + 28, y: 0 };
  const height = narrow ? 2 * HEIGHT + 12 : HEIGHT;
  return figure(
    { width, height, title, description },
    ends(history, exact, panel, looks),
    element(
      'g',
      { transform: `translate(${coordinate(second.x)} ${coordinate(second.y)})` },
      gaps(history, panel, looks),
    ),
  );
}

function ends(history: Closing['history'], exact: number | undefined, width: number, looks?: number): string {
  const inner = inside(width);
  const values = history.flatMap(({ lower, upper }) => [lower, upper]);
  const x = productAxis(history, inner);
  const y = linearAxis(exact === undefined ? values : [...values, exact], [inner.bottom, inner.top], 26);
  const points = (end: 'lower' | 'upper'): [number, number][] =>
    history.slice(0, looks).map((look) => [x.at(look.products), y.at(look[end])]);
  const [above, below] = [points('upper'), points('lower')];
  const parts = [
    ...frame('λ_max is between', x, y, inner),
    element('path', { d: path([...above, ...below.slice().reverse()], true), class: 'bound wash' }),
    ...[above, below].flatMap((side) => drawn(side)),
  ];
  if (exact !== undefined) parts.push(diamond(inner.right, y.at(exact)));
  return parts.join('');
}

function gaps(history: Closing['history'], width: number, looks?: number): string {
  const inner = inside(width);
  const values = history.map(({ lower, upper }) => {
    const size = Math.max(Math.abs(lower), Math.abs(upper));
    // Halved: the distance of two doubles can overflow.
    return size === 0 ? LEAST_GAP : Math.max(LEAST_GAP, 2 * (upper / 2 / size - lower / 2 / size));
  });
  const x = productAxis(history, inner);
  const y = logAxis([...values, 1], [inner.bottom, inner.top], 24);
  const points = history.map(({ products }, i): [number, number] => [x.at(products), y.at(values[i])]);
  return [...frame('apart, relative to its size', x, y, inner), ...drawn(points.slice(0, looks))].join('');
}

function drawn(points: readonly (readonly [number, number])[]): string[] {
  const dots = points.map(([x, y]) => `M${coordinate(x)} ${coordinate(y)}h0`).join('');
  return [
    element('path', { d: path(points), class: 'curve bound' }),
    element('path', { d: dots, class: 'dots bound' }),
  ];
}

interface Inside {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function inside(width: number): Inside {
  return { left: 54, right: width - 12, top: 30, bottom: HEIGHT - 40 };
}

function productAxis(history: Closing['history'], { left, right }: Inside): Axis {
  const last = Math.max(1, history.at(-1)?.products ?? 1);
  const axis = linearAxis([0, last], [left, right], 30);
  // There is no half of a product.
  return { ...axis, ticks: axis.ticks.filter(({ label }) => !label.includes('.')) };
}

function frame(title: string, x: Axis, y: Axis, { left, right, top, bottom }: Inside): string[] {
  return [
    text(0, 14, title, 'strong'),
    ...y.ticks.flatMap((tick) => [
      line(left, tick.at, right, tick.at, 'grid'),
      text(left - 8, tick.at + 4, tick.label, 'note', 'end'),
    ]),
    ...x.ticks.map((tick) => text(tick.at, bottom + 17, tick.label, 'note', 'middle')),
    line(left, top, left, bottom, 'rule'),
    line(left, bottom, right, bottom, 'axis'),
    text((left + right) / 2, bottom + 34, 'products with the Hessian', 'note', 'middle'),
  ];
}
