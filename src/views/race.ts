/** What two contenders take for each task, on a logarithmic axis: a dot each, the way between them, and how many times as long it is. */
import { logAxis } from './axes.js';
import { element, figure, line, text, textWidth } from './svg.js';

export interface Race {
  title: string;
  description: string;
  /** Whose dot is full, and whose is a ring. */
  contenders: readonly [string, string];
  /** Positive times in any one unit. */
  rows: readonly { name: string; times: readonly [number, number]; label: string }[];
  /** What the axis measures. */
  unit: string;
}

const NARROW = 520;
const LEGEND = 30;

export function race({ title, description, contenders, rows, unit }: Race, width: number): string {
  const narrow = width < NARROW;
  const names = narrow
    ? 8
    : widest(
        rows.map(({ name }) => name),
        width / 2,
      );
  const labels = widest(
    rows.map(({ label }) => label),
    width / 3,
  );
  const pitch = narrow ? 46 : 30;
  const bottom = LEGEND + rows.length * pitch + 2;
  const times = rows.flatMap(({ times: pair }) => pair);
  const { at, ticks } = logAxis(times, [names, width - labels], 64, 0.08);
  const [first, second] = contenders;
  const turn = Math.min(names + 41 + textWidth(first), width / 2);
  return figure(
    { width, height: bottom + 42, title, description },
    dot(names + 5, 11),
    text(names + 16, 15.5, first),
    ring(turn, 11),
    text(turn + 11, 15.5, second),
    ...ticks.flatMap((tick) => [
      line(tick.at, LEGEND, tick.at, bottom, 'grid'),
      text(tick.at, bottom + 17, tick.label, 'note', 'middle'),
    ]),
    line(names, bottom, width - labels, bottom, 'axis'),
    text((names + width - labels) / 2, bottom + 36, unit, 'note', 'middle'),
    ...rows.flatMap(({ name, times: [one, other], label }, i) => {
      const y = LEGEND + i * pitch + (narrow ? 31 : 15);
      const [left, right] = [Math.min(at(one), at(other)), Math.max(at(one), at(other))];
      return [
        text(0, narrow ? y - 15 : y + 4.5, name),
        line(left, y, right, y, 'axis'),
        ring(at(other), y),
        dot(at(one), y),
        text(right + 11, y + 4.5, label, 'strong'),
      ];
    }),
  );
}

/** The room that texts take beside the axis. */
function widest(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(20, ...texts.map(textWidth)) + 18);
}

function dot(x: number, y: number): string {
  return element('circle', { cx: x, cy: y, r: 5.5, class: 'ink' });
}

function ring(x: number, y: number): string {
  return element('circle', { cx: x, cy: y, r: 4.5, class: 'ring' });
}
