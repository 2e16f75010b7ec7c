/** What step sizes do on the quadratic model, on a logarithmic line: stable, not known, growing. */
import { logAxis } from './axes.js';
import { figure, line, rect, text } from './svg.js';

export interface Steps {
  title: string;
  description: string;
  /** 2 / upper: stable below. */
  stable: { value: number; label: string };
  /** 2 / lower: growing above; absent where nothing is known from below. */
  growing?: { value: number; label: string };
}

/** Nothing where a threshold is out of the range of doubles. */
export function steps({ title, description, stable, growing }: Steps, width: number): string {
  const known = growing !== undefined && growing.value < Infinity ? growing : undefined;
  if (!(stable.value > 0 && stable.value < Infinity)) return '';
  const [left, right, y] = [8, width - 8, 30];
  const { at, ticks } = logAxis([stable.value, ...(known ? [known.value] : [])], [left, right], undefined, 1);
  const from = at(stable.value);
  const parts = [
    rect(left, y, from - left, 12, 'bound'),
    ...(known ? [rect(at(known.value), y, right - at(known.value), 12, 'threshold')] : []),
    ...(known ? [] : [rect(from, y, right - from, 12, 'faint soft')]),
    rect(from - 1, y - 6, 2, 24, 'bound'),
    text(from - 8, y - 10, `stable: ${stable.label}`, 'bound', 'end'),
    ...(known
      ? [
          rect(at(known.value) - 1, y - 6, 2, 24, 'threshold'),
          text(at(known.value) + 8, y - 10, `grows: ${known.label}`, 'threshold'),
        ]
      : [text(from + 8, y - 10, 'not known', 'note')]),
    line(left, y + 20, right, y + 20, 'axis'),
    ...ticks.map((tick) => text(tick.at, y + 37, tick.label, 'note', 'middle')),
  ];
  return figure({ width, height: y + 44, title, description }, ...parts);
}
