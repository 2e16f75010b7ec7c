/** The shapes of classes' samples, of radius 1: the same on the canvas and in the legend. */

type Corner = readonly [number, number];

const CIRCLE = 'M.95 0A.95 .95 0 1 1-.95 0A.95 .95 0 1 1 .95 0Z';
const PLUS: readonly Corner[] = [
  [-0.38, -1.1],
  [0.38, -1.1],
  [0.38, -0.38],
  [1.1, -0.38],
  [1.1, 0.38],
  [0.38, 0.38],
  [0.38, 1.1],
  [-0.38, 1.1],
  [-0.38, 0.38],
  [-1.1, 0.38],
  [-1.1, -0.38],
  [-0.38, -0.38],
];

const SHAPES = [
  CIRCLE,
  polygon(regular(3, 1.25)),
  polygon(regular(4, 1.25, 0.5)),
  polygon(regular(4, 1.25)),
  polygon(regular(3, 1.25, 0.5)),
  polygon(PLUS),
  polygon(PLUS.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2])),
  polygon(regular(6, 1.1)),
  polygon(regular(10, 1).map(([x, y], i) => (i % 2 === 0 ? [1.4 * x, 1.4 * y] : [0.6 * x, 0.6 * y]))),
  polygon([
    [-1.3, -0.5],
    [1.3, -0.5],
    [1.3, 0.5],
    [-1.3, 0.5],
  ]),
];

/** The outline of class c's shape, as in the d of an SVG path. Past the tenth, shapes come again with other colours. */
export function shapeOf(c: number): string {
  return SHAPES[(c + 3 * Math.floor(c / SHAPES.length)) % SHAPES.length];
}

/** Names that are marks themselves: of several classes, a character each. */
export function areMarks(names: readonly string[]): boolean {
  return names.length > 3 && names.every((name) => name.length === 1);
}

/** From the top; turned by so many of the angles between corners. */
function regular(corners: number, radius: number, turned = 0): Corner[] {
  return Array.from({ length: corners }, (_, k) => {
    const angle = (2 * Math.PI * (k + turned)) / corners;
    return [radius * Math.sin(angle), -radius * Math.cos(angle)];
  });
}

function polygon(corners: readonly Corner[]): string {
  return `M${corners.map(([x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`).join('L')}Z`;
}
