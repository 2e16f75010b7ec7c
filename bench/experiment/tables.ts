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

/** Seed by seed against plain training from the same start on the same samples. */
export function againstPlain(chosen: Trials[]): string {
  const head = ['', 'λ_max, times plain', 'width, times plain', 'test accuracy, points', 'seeds better · worse', 'test loss']; // prettier-ignore
  const rows = chosen.flatMap(({ problem, method, outcomes }) => {
    if (method === 'plain') return [];
    const { outcomes: plain } = chosen.find((one) => one.problem === problem && one.method === 'plain')!;
    const differences = (of: (outcome: Outcome) => number): number[] =>
      outcomes.map((outcome, i) => of(outcome) - of(plain[i]));
    const ratios = (of: (outcome: Outcome) => number): string => {
      const sorted = outcomes.map((outcome, i) => of(outcome) / of(plain[i])).sort((a, b) => a - b);
      return `${median(sorted).toFixed(2)} (${sorted[0].toFixed(2)} – ${sorted.at(-1)!.toFixed(2)})`;
    };
    const accuracies = differences(({ accuracy }) => 100 * accuracy);
    return [
      [
        `${problem}: ${method}`,
        ratios(({ spectrum }) => spectrum!.largest),
        ratios(({ spectrum }) => spectrum!.largest - spectrum!.smallest),
        difference(accuracies, 2),
        `${accuracies.filter((x) => x > 0).length} · ${accuracies.filter((x) => x < 0).length}`,
        difference(
          differences(({ loss }) => loss),
          4,
        ),
      ],
    ];
  });
  return markdown([head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]);
}

export function timeTable(
  times: (Setting & { milliseconds: number })[],
  machine: string,
  processes: number,
  seconds: number,
): string {
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
  return `${table}\n${machine}. The whole experiment took ${(seconds / 60).toFixed(1)} minutes with ${processes} processes.`;
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
