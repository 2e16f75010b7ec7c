/** The figures of the experiment. */
import { COLORS, FAINT, line, mark, RULE, svg, text } from '../figure.js';
import { type Sweep } from './ingredients.js';
import { mean, PROBLEM_NAMES, type Trials } from './plan.js';
import { METHODS } from './trial.js';

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** From values to places. */
interface Scale {
  at: (value: number) => number;
  ticks: number[];
}

/** What came of the settings chosen: for each data set a dot a seed, in a row for each method, and a stroke at their mean. */
export function drawOutcomes(chosen: Trials[]): string {
  const [label, column, top, tall, pitch] = [150, 350, 84, 148, 20];
  const measures = [
    { name: 'λ_max of the training loss', logarithmic: true, of: largest },
    { name: 'test accuracy, %', logarithmic: false, of: accuracies },
  ];
  const parts = PROBLEM_NAMES.flatMap((problem, row) => {
    const own = chosen.filter((one) => one.problem === problem);
    const start = top + row * tall;
    const names = own.map(({ method }, i) => text(label - 14, start + 40 + i * pitch, method, 'end'));
    const panels = measures.flatMap(({ name, logarithmic, of }, at) => {
      const left = label + at * column;
      const box = {
        left,
        right: left + column - 40,
        top: start + 24,
        bottom: start + 26 + own.length * pitch,
      };
      const x = scale(own.flatMap(of), [box.left + 6, box.right - 6], logarithmic);
      const dots = own.flatMap((one, i) => {
        const y = start + 36 + i * pitch;
        const color = COLORS[METHODS.indexOf(one.method)];
        const centre = x.at(mean(of(one)));
        return [
          ...of(one).map((value) => dot(x.at(value), y, color)),
          line(centre, y - 8, centre, y + 8, color, 2),
        ];
      });
      return [text(left, start + 15, name, 'faint'), ...verticals(x, box), ...dots];
    });
    return [text(20, start + 15, problem, 'strong'), ...names, ...panels];
  });
  return svg(
    label + measures.length * column,
    top + PROBLEM_NAMES.length * tall + 10,
    'Sharpness and test accuracy, method by method',
    'a dot for each seed, a stroke at their mean; each method with the learning rate and the strength that the search chose for it',
    parts,
  );
}

/** What strength does: λ_max against the test, a line a method through its strengths, ringed where chosen. */
export function drawStrengths(trials: Trials[], chosen: Trials[]): string {
  const all = trials.filter((one) => one.method !== 'plain' || chosen.includes(one));
  const [column, top, tall] = [262, 104, 214];
  const measures = [
    { name: 'test accuracy, %', logarithmic: false, of: accuracies },
    { name: 'test loss', logarithmic: true, of: losses },
  ];
  const legend = METHODS.flatMap((method, i) => [
    mark(i, 30 + 130 * i, 79),
    text(42 + 130 * i, 84, method, ''),
  ]);
  const panels = PROBLEM_NAMES.flatMap((problem, at) =>
    measures.flatMap(({ name, logarithmic, of }, row) => {
      const own = all.filter((one) => one.problem === problem);
      const left = 20 + at * column;
      const start = top + row * tall;
      const box = { left: left + 42, right: left + column - 18, top: start + 26, bottom: start + tall - 34 };
      const x = scale(
        own.map((one) => mean(largest(one))),
        [box.left + 10, box.right - 10],
        true,
      );
      const y = scale(
        own.map((one) => mean(of(one))),
        [box.bottom - 8, box.top + 8],
        logarithmic,
      );
      const place = (one: Trials): [number, number] => [x.at(mean(largest(one))), y.at(mean(of(one)))];
      const lines = METHODS.flatMap((method, i) => {
        const through = own.filter((one) => one.method === method).map(place);
        const [a, b] = place(chosen.find((one) => one.problem === problem && one.method === method)!);
        return [
          polyline(through, COLORS[i]),
          ...through.map(([u, v]) => mark(i, u, v)),
          `<circle cx="${a.toFixed(1)}" cy="${b.toFixed(1)}" r="9" fill="none" stroke="${COLORS[i]}" stroke-width="1.5"/>`,
        ];
      });
      return [
        text(left, start + 14, `${problem}: ${name}`, row === 0 ? 'strong' : ''),
        ...verticals(x, box),
        ...horizontals(y, box),
        text((box.left + box.right) / 2, box.bottom + 29, 'λ_max', 'faint middle'),
        ...lines,
      ];
    }),
  );
  return svg(
    20 + PROBLEM_NAMES.length * column,
    top + measures.length * tall + 12,
    'What strength buys: sharpness against the test',
    'means over the seeds; a mark for each strength of a method at the learning rate chosen for it; ringed: the strength chosen',
    [...legend, ...panels],
  );
}

/** Bound and exact value as one ingredient varies. */
export function drawSweeps(list: Sweep[]): string {
  const [column, top, tall] = [290, 104, 250];
  const legend = ['Wolkowicz–Styan bound', 'exact λ_max'].flatMap((name, i) => [
    mark(i, 30 + 200 * i, 79),
    text(42 + 200 * i, 84, name, ''),
  ]);
  const panels = list.flatMap(({ title, axis, logarithmic, points }, at) => {
    const left = 20 + at * column;
    const box = { left: left + 42, right: left + column - 20, top: top + 26, bottom: top + tall - 44 };
    const x = scale(
      points.map((point) => point.x),
      [box.left + 8, box.right - 8],
      logarithmic,
    );
    const y = scale(
      points.flatMap(({ bound, exact }) => [bound, exact]),
      [box.bottom - 8, box.top + 8],
      true,
    );
    const lines = (['bound', 'exact'] as const).flatMap((key, i) => {
      const through = points.map((point): [number, number] => [x.at(point.x), y.at(point[key])]);
      return [polyline(through, COLORS[i]), ...through.map(([u, v]) => mark(i, u, v))];
    });
    return [
      text(left, top + 14, title, 'strong'),
      ...verticals(x, box),
      ...horizontals(y, box),
      text((box.left + box.right) / 2, box.bottom + 30, axis, 'faint middle'),
      ...lines,
    ];
  });
  return svg(
    20 + list.length * column,
    top + tall + 10,
    'Three ingredients of the bound, one varied at a time',
    'three-layer networks at random initialization, tanh, softmax cross-entropy; means over five seeds',
    [...legend, ...panels],
  );
}

function largest({ outcomes }: Trials): number[] {
  return outcomes.map(({ spectrum }) => spectrum!.largest);
}

function accuracies({ outcomes }: Trials): number[] {
  return outcomes.map(({ accuracy }) => 100 * accuracy);
}

function losses({ outcomes }: Trials): number[] {
  return outcomes.map(({ loss }) => loss);
}

/** All values fit between the two places. */
function scale(values: number[], [from, to]: [number, number], logarithmic: boolean): Scale {
  const map = logarithmic ? Math.log : (value: number) => value;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [low, high] = [map(least), map(most)];
  const at = (value: number): number =>
    high === low ? (from + to) / 2 : from + ((to - from) * (map(value) - low)) / (high - low);
  // The densest that stand at least 34 apart; in a narrow range none of the round numbers of decades may be in it.
  const candidates = [...(logarithmic ? decades(least, most) : []), ...steps(least, most)];
  const good = (ticks: number[]): boolean =>
    ticks.length > 1 && ticks.every((tick, i) => i === 0 || Math.abs(at(tick) - at(ticks[i - 1])) >= 34);
  return { at, ticks: candidates.find(good) ?? [] };
}

/** 1, 2, 5; 1, 3; 1 in every decade, or in every so many; from the densest on. */
function decades(least: number, most: number): number[][] {
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  const list = (digits: number[], every: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => i)
      .filter((i) => i % every === 0)
      .flatMap((i) => digits.map((digit) => Number(`${digit}e${first + i}`)))
      .filter((tick) => tick >= least && tick <= most);
  return [
    list([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 7], 1),
    list([1, 1.5, 2, 3, 5, 7], 1),
    list([1, 2, 5], 1),
    list([1, 3], 1),
    list([1], 1),
    list([1], 2),
    list([1], 3),
  ];
}

function steps(least: number, most: number): number[][] {
  const power = Math.floor(Math.log10(most - least || 1)) - 1;
  return [1, 2, 5, 10, 20, 50, 100].map((factor) => {
    const step = Number(`${factor}e${power}`);
    const ticks: number[] = [];
    for (let i = Math.ceil(least / step); i * step <= most; i++) ticks.push(i * step);
    return ticks;
  });
}

function verticals({ at, ticks }: Scale, { top, bottom }: Box): string[] {
  return ticks.flatMap((tick) => [
    line(at(tick), top, at(tick), bottom, RULE, 1),
    text(at(tick), bottom + 14, written(tick), 'faint middle'),
  ]);
}

function horizontals({ at, ticks }: Scale, { left, right, bottom }: Box): string[] {
  const rules = ticks.flatMap((tick) => [
    line(left, at(tick), right, at(tick), RULE, 1),
    text(left - 6, at(tick) + 4, written(tick), 'faint end'),
  ]);
  return [...rules, line(left, bottom, right, bottom, FAINT, 1)];
}

function written(tick: number): string {
  return String(Number(tick.toPrecision(3))).replace('-', '−');
}

function polyline(points: [number, number][], color: string): string {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`;
}

function dot(x: number, y: number, color: string): string {
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4" fill="${color}" fill-opacity="0.45"/>`;
}
