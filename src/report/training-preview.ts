/**
 * What a training will take, before it begins: its steps, the rows of its table, and the report at its end. A step's cost is that of two passes over its samples,
 * 6 P operations each, of the activations, and with a regularizer of the moments over pairs and back: within a factor of 2 of what was timed
 * for 67 to 18,954 parameters.
 */
import { routeCosts } from '../moments.js';
import { checkNetwork, type Dataset, type Network } from '../network.js';
import { type TrainingOptions } from '../training/options.js';
import { type AnalysisOptions } from './analysis.js';
import { preview, type Preview, type Range } from './preview.js';

export interface TrainingPlan {
  options: TrainingOptions;
  /** Of the table. */
  rows: number;
  /** What each of them measures; absent: the loss alone. */
  measure?: AnalysisOptions;
  /** The report at the end; absent: none. */
  report?: AnalysisOptions;
}

/** Operations a second on one thread of the machine of bench/RESULTS.md. */
const STEP_RATE = 18e9;
const GRADIENT_RATE = 7e9;
/** Of an activation and its derivative, or of a term of the loss. */
const UNIT_SECONDS = 7e-9;

/** speed: as of preview(). The memory is that of the report, or else of a row: a step takes less. */
export function trainingPreview(
  network: Network,
  data: Dataset,
  { options, rows, measure, report }: TrainingPlan,
  { workers, speed = 1 }: { workers: number; speed?: number },
): Preview {
  const costs = (wanted: AnalysisOptions): Preview => preview(network, data, wanted, { workers, speed });
  const whole = costs(report ?? measure ?? { bounds: ['wolkowiczStyan'], exact: false });
  const training = (options.steps * stepSeconds(network, data, options)) / speed;
  const row = measure ? timesOf(costs(measure)) : { least: 0, most: 0 };
  const steps = [
    { name: 'training', seconds: { least: training, most: training } },
    ...(measure ? [{ name: 'measuring', seconds: { least: rows * row.least, most: rows * row.most } }] : []),
    ...(report ? whole.steps : []),
  ];
  return { ...whole, steps, seconds: sum(steps) };
}

function stepSeconds(
  network: Network,
  data: Dataset,
  { optimizer, batch, regularizer }: TrainingOptions,
): number {
  const net = checkNetwork(network);
  const samples = Math.min(data.inputs.rows, batch ?? Infinity);
  const units = net.layers.reduce((total, { outputs }) => total + outputs, 0);
  const passes = (6 * net.parameters * samples) / STEP_RATE + units * samples * UNIT_SECONDS;
  const bound = regularizer ? routeCosts(net, samples).gram / GRADIENT_RATE : 0;
  // SAM takes the gradient at two places.
  return (optimizer === 'sam' ? 2 : 1) * passes + bound;
}

/** Of a row, which has no ingredients. */
function timesOf({ steps }: Preview): Range {
  return sum(steps.filter(({ name }) => name !== 'ingredients'));
}

function sum(steps: Preview['steps']): Range {
  const of = (end: keyof Range): number => steps.reduce((total, { seconds }) => total + seconds[end], 0);
  return { least: of('least'), most: of('most') };
}
