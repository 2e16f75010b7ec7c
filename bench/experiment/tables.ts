/** The numbers of the experiment as Markdown. */
import { duration, markdown } from '../core/table.js';
import { deviation, mean, PROBLEM_NAMES, type Setting, type Trials } from './plan.js';
import { type Outcome } from './trial.js';

/** A table a data set: means over the seeds, ± their standard deviation. */
export function outcomeTables(chosen: Trials[], steps: number): string {
  const head = ['', 'η', 'strength', 'training loss', 'test accuracy, %', 'test loss', 'λ_max', 'λ_min', 'width of the spectrum', 'eigenvalues < 0', 'bound / λ_max']; // prettier-ignore
  return PROBLEM_NAMES.map((problem) => {
    const rows = chosen
      .filter((one) => one.problem === problem)
      .map(({ method, learningRate, strength, outcomes }) => {
        const cell = (of: (outcome: Outcome) => number, digits?: number): string =>
          spread(outcomes.map(of), digits);
        const diverged = outcomes.filter((outcome) => outcome.steps < steps).length;
        return [
          diverged > 0 ? `${method} (${diverged} diverged)` : method,
          String(learningRate),
          method === 'plain' ? '' : String(strength),
          cell(({ trainLoss }) => trainLoss),
          cell(({ accuracy }) => 100 * accuracy, 1),
          cell(({ loss }) => loss),
          cell(({ spectrum }) => spectrum!.largest),
          cell(({ spectrum }) => spectrum!.smallest),
          cell(({ spectrum }) => spectrum!.largest - spectrum!.smallest),
          cell(({ spectrum }) => spectrum!.negative, 0),
          cell(({ spectrum }) => spectrum!.bound / spectrum!.largest, 2),
        ];
      });
    return `### ${problem}\n\n${markdown([head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows])}`;
  }).join('\n');
}

/** Seed by seed against plain training from the same start on the same samples: with the learning rate chosen for it, and with the method's. */
export function againstPlain(chosen: Trials[], all: Trials[]): string {
  const head = ['', 'λ_max, times plain', 'test accuracy, points', 'seeds better · worse', 'test loss'];
  const table = (title: string, plainOf: (one: Trials) => Trials): string => {
    const rows = chosen
      .filter(({ method }) => method !== 'plain')
      .map((one) => [`${one.problem}: ${one.method}`, ...against(one.outcomes, plainOf(one).outcomes)]);
    return `${title}:\n\n${markdown([head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows])}`;
  };
  const plain = (list: Trials[], { problem }: Trials): Trials[] =>
    list.filter((one) => one.problem === problem && one.method === 'plain');
  return [
    table('Each at its best', (one) => plain(chosen, one)[0]),
    table("At the method's own learning rate", (one) =>
      plain(all, one).find(({ learningRate }) => learningRate === one.learningRate)!,
    ),
  ].join('\n');
}

function against(outcomes: Outcome[], plain: Outcome[]): string[] {
  const differences = (of: (outcome: Outcome) => number): number[] =>
    outcomes.map((outcome, i) => of(outcome) - of(plain[i]));
  const ratios = outcomes
    .map(({ spectrum }, i) => spectrum!.largest / plain[i].spectrum!.largest)
    .sort((a, b) => a - b);
  const accuracies = differences(({ accuracy }) => 100 * accuracy);
  const losses = differences(({ loss }) => loss);
  return [
    `${median(ratios).toFixed(2)} (${ratios[0].toFixed(2)} – ${ratios.at(-1)!.toFixed(2)})`,
    difference(accuracies, 2),
    `${accuracies.filter((x) => x > 0).length} · ${accuracies.filter((x) => x < 0).length}`,
    difference(losses, 4),
  ];
}

export function timeTable(times: (Setting & { milliseconds: number })[], machine: string): string {
  const methods = [...new Set(times.map(({ method }) => method))];
  const rows = PROBLEM_NAMES.map((problem) => {
    const own = times.filter((one) => one.problem === problem);
    const [{ milliseconds: plain }] = own;
    const cells = own.map(({ milliseconds }, i) =>
      i === 0 ? duration(plain) : `${duration(milliseconds)} (${(milliseconds / plain).toFixed(1)}×)`,
    );
    return [problem, ...cells];
  });
  const head = ['', ...methods];
  const table = markdown([head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]);
  return `${table}\n${machine}.`;
}

/** 0.123 ± 0.004: as many digits as the deviation has use for, unless given. */
function spread(values: number[], decimals?: number): string {
  const [centre, width] = [mean(values), deviation(values)];
  const places = decimals ?? placesOf(Math.max(Math.abs(centre), width));
  return `${signed(centre, places)} ± ${width.toFixed(places)}`;
}

/** A mean and its standard error. */
function difference(values: number[], places: number): string {
  const error = deviation(values) / Math.sqrt(values.length);
  const centre = mean(values);
  return `${centre > 0 ? '+' : ''}${signed(centre, places)} ± ${error.toFixed(places)}`;
}

/** Decimals that give three digits of numbers of this size, at most four. */
function placesOf(size: number): number {
  const whole = Math.trunc(size);
  return whole >= 100 ? 0 : whole >= 10 ? 1 : whole >= 1 ? 2 : size >= 0.1 ? 3 : 4;
}

/** With a proper minus. */
function signed(x: number, places: number): string {
  return x.toFixed(places).replace('-', '−');
}

function median(sorted: number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
