/** What the strokes of a figure mean, in rows under it. */
import { element, line, path, text, textWidth } from '../../src/views/svg.js';

export interface Key {
  label: string;
  /** A line: true or of the model; a point: now, or where the next step lands. */
  kind: 'loss' | 'model' | 'now' | 'next';
}

const ROW = 20;
const SIGN = 30;
const GAP = 18;

export const LANDSCAPE_KEYS: readonly Key[] = [
  { kind: 'loss', label: 'the loss' },
  { kind: 'model', label: 'quadratic model' },
  { kind: 'now', label: 'now' },
  { kind: 'next', label: 'after one step' },
];

/** Its height, and its parts from the given place on. */
export function legend(
  keys: readonly Key[],
  width: number,
): { height: number; at: (x: number, y: number) => string[] } {
  let [row, next] = [0, 0];
  const places = keys.map((key) => {
    const wide = SIGN + textWidth(key.label);
    if (next > 0 && next + wide > width) [row, next] = [row + 1, 0];
    const place = { key, x: next, y: row * ROW };
    next += wide + GAP;
    return place;
  });
  return {
    height: (row + 1) * ROW,
    at: (x, y) =>
      places.flatMap(({ key, ...place }) => [
        ...sign(key.kind, x + place.x, y + place.y + ROW / 2),
        text(x + place.x + SIGN, y + place.y + ROW / 2 + 4.5, key.label, 'note'),
      ]),
  };
}

function sign(kind: Key['kind'], x: number, y: number): string[] {
  if (kind === 'now' || kind === 'next') return [point(kind, x + 12, y)];
  return [line(x, y, x + 24, y, kind === 'loss' ? 'mark ink' : 'mark exact dashed')];
}

/** Filled where the parameters are, hollow where they would land. */
export function point(kind: 'now' | 'next', cx: number, cy: number): string {
  return kind === 'now'
    ? element('circle', { cx, cy, r: 5, class: 'ink' })
    : element('circle', { cx, cy, r: 5, style: 'fill:var(--hb-card);stroke:var(--hb-ink);stroke-width:2' });
}

/** From one point to another, as far as the rim of the latter; nothing between points that touch. */
export function arrow(x1: number, y1: number, x2: number, y2: number): string {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = Math.sqrt(dx * dx + dy * dy);
  if (length < 16) return '';
  const [ux, uy] = [dx / length, dy / length];
  const [tipX, tipY] = [x2 - 6 * ux, y2 - 6 * uy];
  const [footX, footY] = [tipX - 8 * ux, tipY - 8 * uy];
  const head = [
    [tipX, tipY],
    [footX - 4 * uy, footY + 4 * ux],
    [footX + 4 * uy, footY - 4 * ux],
  ] as const;
  return line(x1, y1, footX, footY, 'mark ink') + element('path', { d: path(head, true), class: 'ink' });
}
