/** Training in the pool, with a bar where somebody watches: what demo and train share. */
import { type Dataset, type Network } from '../network.js';
import { significant } from '../report/numbers.js';
import { type TrainingOptions } from '../training/options.js';
import { type TrainingState } from '../training/state.js';
import { type Trained, type TrainingReport } from '../training/train.js';
import { type Pool } from '../workers/pool.js';
import { type Computing } from './compute.js';

/** How often a bar moves: often enough for eyes, and for an interruption to lose little. */
const TICKS = 200;

export interface Watch {
  computing: Computing;
  /** The steps of the whole training, of which this may be a part. */
  first: number;
  last: number;
  /** Told a few times, with the state to go on from. */
  onTick?: (report: TrainingReport, state: TrainingState) => void;
}

export function trainWatched(
  pool: Pool,
  network: Network,
  data: Dataset,
  options: TrainingOptions,
  { computing, first, last, onTick }: Watch,
): Promise<Trained> {
  const { progress, signal } = computing;
  const every = Math.max(1, Math.ceil((last - first) / TICKS));
  return pool.train(network, data, {
    ...options,
    every,
    signal,
    onStep: ({ state, ...report }) => {
      const { step, loss } = report;
      computing.during = `training, step ${step} of ${last}`;
      const fraction = last === first ? 1 : (step - first) / (last - first);
      progress.update('training', fraction, `step ${step} of ${last}, loss ${significant(loss)}`);
      onTick?.(report, state);
    },
  });
}
